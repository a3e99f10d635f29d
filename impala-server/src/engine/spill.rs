//! Numbers in files of no name, by parts of which each fits into memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

const BUFFER_BYTES: usize = 16 << 10;

/// Entries of `N` numbers.
pub(super) struct Spill<const N: usize> {
    files: Vec<BufWriter<File>>,
}

impl<const N: usize> Spill<N> {
    /// * `folder`: where the files are; they have no names there, and vanish when closed
    /// * `parts`: as many files
    ///
    /// # Errors
    /// When no file can be made.
    pub fn new(folder: &Path, parts: u64) -> io::Result<Self> {
        let file = |_| Ok(BufWriter::with_capacity(BUFFER_BYTES, tempfile::tempfile_in(folder)?));
        Ok(Self { files: (0..parts).map(file).collect::<io::Result<_>>()? })
    }

    /// * `part`: less than there are
    pub fn add(&mut self, part: u64, entry: [u64; N]) -> io::Result<()> {
        let file = &mut self.files[part as usize];
        entry.iter().try_for_each(|number| file.write_all(&number.to_le_bytes()))
    }

    /// The entries of each part, rising; its file goes with it.
    pub fn into_parts(self) -> impl Iterator<Item = io::Result<Vec<[u64; N]>>> {
        self.files.into_iter().map(|file| {
            let mut entries = read(file.into_inner().map_err(io::IntoInnerError::into_error)?)?;
            entries.sort_unstable();
            Ok(entries)
        })
    }
}

fn read<const N: usize>(mut file: File) -> io::Result<Vec<[u64; N]>> {
    file.rewind()?;
    let entries = file.metadata()?.len() as usize / size_of::<[u64; N]>();
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let mut found = Vec::with_capacity(entries);
    for _ in 0..entries {
        let mut entry = [0; N];
        for number in &mut entry {
            let mut bytes = [0; 8];
            reader.read_exact(&mut bytes)?;
            *number = u64::from_le_bytes(bytes);
        }
        found.push(entry);
    }
    Ok(found)
}
