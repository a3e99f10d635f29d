//! Numbers in files of no name, by parts of which each fits into memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

/// So many parts: of a billion entries each holds about 200 MB.
pub(super) const PARTS: u64 = 128;

const BUFFER_BYTES: usize = 16 << 10;

/// What is kept at once.
pub(super) type Entry = [u64; 3];

const ENTRY_BYTES: usize = size_of::<Entry>();

pub(super) struct Spill {
    files: Vec<BufWriter<File>>,
}

impl Spill {
    /// * `folder`: where the files are; they have no names there, and vanish when closed
    ///
    /// # Errors
    /// When no file can be made.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let file = |_| Ok(BufWriter::with_capacity(BUFFER_BYTES, tempfile::tempfile_in(folder)?));
        Ok(Self { files: (0..PARTS).map(file).collect::<io::Result<_>>()? })
    }

    /// * `part`: less than [`PARTS`]
    pub fn add(&mut self, part: u64, entry: Entry) -> io::Result<()> {
        let file = &mut self.files[part as usize];
        entry.iter().try_for_each(|number| file.write_all(&number.to_le_bytes()))
    }

    /// The entries of each part, rising; its file goes with it.
    pub fn into_parts(self) -> impl Iterator<Item = io::Result<Vec<Entry>>> {
        self.files.into_iter().map(|file| {
            let mut entries = read(file.into_inner().map_err(io::IntoInnerError::into_error)?)?;
            entries.sort_unstable();
            Ok(entries)
        })
    }
}

fn read(mut file: File) -> io::Result<Vec<Entry>> {
    file.rewind()?;
    let entries = file.metadata()?.len() as usize / ENTRY_BYTES;
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let mut found = Vec::with_capacity(entries);
    let mut entry = [0; ENTRY_BYTES];
    for _ in 0..entries {
        reader.read_exact(&mut entry)?;
        let number = |at: usize| u64::from_le_bytes(entry[at..at + 8].try_into().unwrap_or_default());
        found.push([number(0), number(8), number(16)]);
    }
    Ok(found)
}
