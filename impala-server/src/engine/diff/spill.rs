//! Records of rows on disk, parted so that one part fits into memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

/// A row in a few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Fingerprint of its key.
    pub(super) key: u128,
    /// Fingerprint of its other values.
    pub(super) values: u128,
    /// Its number, from 0.
    pub(super) row: u64,
}

const RECORD_BYTES: usize = 40;

/// The files go when this is dropped, also when the process is killed: they have no name.
pub(super) struct Spill(Vec<BufWriter<File>>);

impl Spill {
    pub(super) fn new(parts: u64, dir: &Path) -> io::Result<Self> {
        Ok(Self(
            (0..parts.max(1))
                .map(|_| tempfile::tempfile_in(dir).map(BufWriter::new))
                .collect::<Result<_, _>>()?,
        ))
    }

    pub(super) fn parts(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, record: &Record) -> io::Result<()> {
        let part = (record.key % self.0.len() as u128) as usize;
        let mut bytes = [0; RECORD_BYTES];
        bytes[..16].copy_from_slice(&record.key.to_le_bytes());
        bytes[16..32].copy_from_slice(&record.values.to_le_bytes());
        bytes[32..].copy_from_slice(&record.row.to_le_bytes());
        self.0[part].write_all(&bytes)
    }

    /// To be called after the last record.
    pub(super) fn finish(mut self) -> io::Result<Self> {
        for file in &mut self.0 {
            file.flush()?;
            file.get_mut().rewind()?;
        }
        Ok(self)
    }

    /// The records of a part, by key and row.
    pub(super) fn take(&mut self, part: usize) -> io::Result<Vec<Record>> {
        let file = self.0[part].get_mut();
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX) / RECORD_BYTES;
        let mut reader = BufReader::new(file);
        let mut records = Vec::with_capacity(length);
        let mut bytes = [0; RECORD_BYTES];
        for _ in 0..length {
            reader.read_exact(&mut bytes)?;
            let number = |at: usize| {
                let mut number = [0; 16];
                number.copy_from_slice(&bytes[at..at + 16]);
                u128::from_le_bytes(number)
            };
            let mut row = [0; 8];
            row.copy_from_slice(&bytes[32..]);
            records.push(Record { key: number(0), values: number(16), row: u64::from_le_bytes(row) });
        }
        records.sort_unstable_by_key(|record| (record.key, record.row));
        Ok(records)
    }
}
