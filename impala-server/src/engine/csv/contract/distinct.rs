//! Which values come twice, of any number of them: hashes are sorted into files by their first bits, and each file fits
//! into memory.

use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

use super::super::IngestError;
use crate::engine::Stop;

/// So many files: with a billion values each holds about 200 MB.
const FILES: usize = 128;

/// Hash and row.
const ENTRY_BYTES: usize = 24;

const BUFFER_BYTES: usize = 16 << 10;

/// Values by their hash.
pub(super) struct Distinct {
    // Two keys that nobody knows make 128 bits: no two different values are taken for one.
    keys: [RandomState; 2],
    files: Vec<BufWriter<File>>,
}

impl Distinct {
    /// * `folder`: where the files are; they have no names there, and go by themselves
    ///
    /// # Errors
    /// When no file can be made.
    pub fn new(folder: &Path) -> Result<Self, IngestError> {
        let file = |_| Ok(BufWriter::with_capacity(BUFFER_BYTES, tempfile::tempfile_in(folder)?));
        let files = (0..FILES).map(file).collect::<Result<_, std::io::Error>>()?;
        Ok(Self { keys: [RandomState::new(), RandomState::new()], files })
    }

    /// Notes the values of a row.
    pub fn note(&mut self, row: u64, values: &[&[u8]]) -> std::io::Result<()> {
        let [high, low] = [self.keys[0].hash_one(values), self.keys[1].hash_one(values)];
        let file = &mut self.files[(high % FILES as u64) as usize];
        for number in [high, low, row] {
            file.write_all(&number.to_le_bytes())?;
        }
        Ok(())
    }

    /// Tells each row whose values were in an earlier one, with that one; by row within a part of them.
    ///
    /// # Errors
    /// Those of `tell`; `Io` and `Stopped`.
    pub fn repeated(
        self,
        stop: &Stop,
        tell: &mut dyn FnMut(u64, u64) -> Result<(), IngestError>,
    ) -> Result<(), IngestError> {
        for file in self.files {
            stop.check()?;
            let mut file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.rewind()?;
            let mut entries = read(file)?;
            entries.sort_unstable();
            let mut found = Vec::new();
            let mut first = 0;
            for index in 1..entries.len() {
                let is_same = entries[index].0 == entries[first].0;
                if is_same {
                    found.push((entries[index].1, entries[first].1));
                } else {
                    first = index;
                }
            }
            found.sort_unstable();
            found.into_iter().try_for_each(|(row, first)| tell(first, row))?;
        }
        Ok(())
    }
}

fn read(file: File) -> std::io::Result<Vec<((u64, u64), u64)>> {
    let entries = file.metadata()?.len() as usize / ENTRY_BYTES;
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let mut found = Vec::with_capacity(entries);
    let mut entry = [0; ENTRY_BYTES];
    for _ in 0..entries {
        reader.read_exact(&mut entry)?;
        let number = |at: usize| u64::from_le_bytes(entry[at..at + 8].try_into().unwrap_or_default());
        found.push(((number(0), number(8)), number(16)));
    }
    Ok(found)
}
