//! Whole files through both passes.

use std::fs::File;

use impala_core::source::CsvSettings;
use polars::prelude::{ParquetReader, SerReader};

use super::{CsvLimits, IngestError, Intake, Scanned, write_parquet};
use crate::engine::Stop;

/// A file that was scanned, where its bytes are kept.
struct Kept {
    folder: tempfile::TempDir,
    scanned: Scanned,
}

fn take_in(chunks: &[&[u8]], settings: &CsvSettings, limits: CsvLimits) -> Result<Kept, IngestError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(folder.path().join("csv"))
        .expect("a temporary file");
    let mut intake = Intake::new(file, settings, limits)?;
    chunks.iter().try_for_each(|chunk| intake.push(chunk))?;
    let scanned = intake.finish(&Stop::never())?;
    Ok(Kept { folder, scanned })
}

fn scan(bytes: impl AsRef<[u8]>, settings: &CsvSettings) -> Result<Scanned, IngestError> {
    take_in(&[bytes.as_ref()], settings, CsvLimits::default()).map(|kept| kept.scanned)
}

#[test]
fn a_file_goes_the_whole_road() {
    let csv = "city,founded,people\nBern,1191-01-01,133883\nRoma,,2.8e6\n";
    let kept =
        take_in(&[csv.as_bytes()], &CsvSettings::default(), CsvLimits::default()).expect("a good file");
    assert_eq!((kept.scanned.rows, kept.scanned.size_bytes), (2, csv.len() as u64));
    let [csv, parquet] = ["csv", "parquet"].map(|name| kept.folder.path().join(name));
    write_parquet(&csv, &kept.scanned, &parquet, None, &Stop::never()).expect("a good file");
    let frame = ParquetReader::new(File::open(parquet).expect("written")).finish().expect("Parquet");
    let types: Vec<String> = frame.columns().iter().map(|column| column.dtype().to_string()).collect();
    assert_eq!((frame.height(), types.join(" ")), (2, "str date f64".to_owned()));
    assert!(matches!(scan("", &CsvSettings::default()), Err(IngestError::Refused(_))));
}
