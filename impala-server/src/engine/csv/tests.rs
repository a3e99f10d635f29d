//! Whole files through both passes.

pub(super) mod columnar;
mod lattice;
mod real;
mod refusals;
mod storage;
mod streaming;

use std::fs::File;
use std::path::PathBuf;

use impala_core::source::{ColumnType, CsvSettings, InputFormat, OnBadRows};
use polars::prelude::{DataFrame, ParquetReader, SerReader};

use super::{CsvLimits, IngestError, Intake, Scanned, write_parquet};
use crate::engine::Stop;

/// A file that was scanned, in the folder where its bytes are.
#[derive(Debug)]
pub(super) struct Kept {
    folder: tempfile::TempDir,
    pub(super) scanned: Scanned,
}

impl Kept {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The second pass, and its Parquet file read back.
    fn convert(&self) -> DataFrame {
        let rejects = self.path("rejects");
        write_parquet(
            &self.path("csv"),
            &self.scanned,
            &self.path("parquet"),
            Some(&rejects),
            &Stop::never(),
        )
        .expect("what was scanned can be converted");
        let file = File::open(self.path("parquet")).expect("it was written");
        ParquetReader::new(file).finish().expect("it is Parquet")
    }

    fn rejects(&self) -> String {
        std::fs::read_to_string(self.path("rejects")).expect("it was written")
    }
}

fn take_in(bytes: &[u8], settings: &CsvSettings) -> Result<Kept, IngestError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("csv");
    let file = File::options().read(true).write(true).create_new(true).open(path).expect("a new file");
    let mut intake = Intake::new(file, settings, CsvLimits::default())?;
    intake.push(bytes)?;
    Ok(Kept { scanned: intake.finish(&Stop::never())?, folder })
}

/// Scans what is good.
pub(super) fn good(bytes: impl AsRef<[u8]>, settings: &CsvSettings) -> Kept {
    take_in(bytes.as_ref(), settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Scans what is refused, and says why, a problem a line.
fn refusal(bytes: impl AsRef<[u8]>, settings: &CsvSettings) -> String {
    match take_in(bytes.as_ref(), settings) {
        Err(IngestError::Refused(invalid)) => invalid.to_string(),
        other => panic!("it should be refused: {other:?}"),
    }
}

pub(super) fn automatic() -> CsvSettings {
    CsvSettings::default()
}

fn by_hand(column: &str, column_type: ColumnType, on_bad_rows: OnBadRows) -> CsvSettings {
    CsvSettings { types: [(column.to_owned(), column_type)].into(), on_bad_rows, ..automatic() }
}

fn skipping() -> CsvSettings {
    CsvSettings { on_bad_rows: OnBadRows::Skip, ..automatic() }
}
