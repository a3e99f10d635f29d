//! The second pass: the stored file once more, now into typed columns and from there into Parquet.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use impala_core::source::ColumnType;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{ParquetCompression, ParquetWriter, PolarsError, StatisticsOptions};

use super::batch::Batch;
use super::format::ColumnFormat;
use super::pack::Packing;
use super::reader::Shape;
use super::records::Record;
use super::rows::{self, changed};
use super::settings::Settings;
use super::text::TextEncoding;
use super::{CsvLimits, How, IngestError, Scanned, columnar};
use crate::engine::Stop;

/// The file is read in pieces of this size.
const BUFFER_BYTES: usize = 256 * 1024;

/// How the first pass read the file, so that the second reads it in the same way.
#[derive(Clone, Debug)]
pub(super) struct Dialect {
    pub packing: Packing,
    pub text: TextEncoding,
    pub shape: Shape,
    pub formats: Vec<ColumnFormat>,
    pub settings: Arc<Settings>,
    pub limits: CsvLimits,
}

/// Writes the rows of a scanned file as Parquet, and the rejected ones as CSV.
///
/// * `csv`: the file that was scanned, byte for byte
/// * `parquet`: overwritten. Columns in the order of the file, as Boolean, Int64, Float64, Date, Datetime(us),
///   Datetime(us, UTC) or String; statistics for each row group; compressed with Zstandard.
/// * `rejects`: overwritten; columns `row`, `reason` and `line`, the last being the row as it is written. It holds no
///   rows when none were rejected.
///
/// Both files are on disk when this returns. After an error they are to be removed.
///
/// # Errors
/// `Io` when a file cannot be read or written, `Stopped`, and `Failed` when Polars fails or `csv` is not the file that
/// was scanned.
pub fn write_parquet(
    csv: &Path,
    scanned: &Scanned,
    parquet: &Path,
    rejects: Option<&Path>,
    stop: &Stop,
) -> Result<(), IngestError> {
    let file = File::open(csv)?;
    let mut output =
        Output { file: BufWriter::with_capacity(BUFFER_BYTES, File::create(parquet)?), error: None };
    let result = convert(&file, scanned, &mut output, rejects, stop);
    output.into_file(result).map(drop)
}

/// Writes frames as Parquet, in the form of [`write_parquet`], and gives the file back when they are on disk.
///
/// * `columns`: those of every frame
/// * `work`: hands the frames over
///
/// # Errors
/// Those of `work`; as [`write_parquet`].
pub(super) fn write_frames<'a>(
    file: File,
    columns: impl IntoIterator<Item = (&'a str, ColumnType)>,
    work: impl FnOnce(&mut columnar::Sink<'_>) -> Result<(), IngestError>,
) -> Result<File, IngestError> {
    let mut output = Output { file: BufWriter::with_capacity(BUFFER_BYTES, file), error: None };
    let batch = Batch::new(columns);
    let result = writer(&mut output, &batch).and_then(|mut writer| {
        work(&mut |frame| writer.write_batch(&frame).map_err(failed))?;
        writer.finish().map(drop).map_err(failed)
    });
    output.into_file(result)
}

/// Remembers why writing failed.
struct Output {
    file: BufWriter<File>,
    error: Option<io::Error>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|error| self.remember(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|error| self.remember(error))
    }
}

impl Output {
    /// The file, when it is on disk.
    fn into_file(mut self, result: Result<(), IngestError>) -> Result<File, IngestError> {
        if let Some(error) = self.error.take() {
            // Polars keeps only the text of it; the caller must tell a full disk from a fault.
            return Err(IngestError::Io(error));
        }
        result?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(file)
    }

    fn remember(&mut self, error: io::Error) -> io::Error {
        let kind = error.kind();
        if kind != io::ErrorKind::Interrupted {
            self.error = Some(error);
        }
        kind.into()
    }
}

fn convert(
    file: &File,
    scanned: &Scanned,
    output: &mut Output,
    rejects: Option<&Path>,
    stop: &Stop,
) -> Result<(), IngestError> {
    if let How::Parquet(settings, limits) = &scanned.how {
        let types = scanned.columns.iter().map(|column| (column.name.as_str(), column.column_type));
        let mut writer = writer(output, &Batch::new(types))?;
        let mut rows = 0;
        columnar::frames(file, settings, *limits, stop, &mut |frame| {
            rows += frame.height() as u64;
            writer.write_batch(&frame).map_err(failed)
        })?;
        if rows != scanned.rows {
            return Err(changed());
        }
        return writer.finish().map(drop).map_err(failed);
    }
    let mut written = Rows::new(scanned, output, rejects)?;
    rows::each(file, scanned, rejects.is_some(), stop, &mut |row, record, fault| {
        written.add(row, record, fault)
    })?;
    written.finish(scanned)
}

/// Writes the rows of a scanned file that are left out, as [`write_parquet`] does. No file when there are none.
///
/// # Errors
/// As [`write_parquet`].
pub fn write_rejects(csv: &Path, scanned: &Scanned, path: &Path, stop: &Stop) -> Result<(), IngestError> {
    if scanned.rejected_rows == 0 {
        return Ok(());
    }
    let mut rejects = Rejects::create(path)?;
    rows::each(&File::open(csv)?, scanned, true, stop, &mut |row, record, fault| match fault {
        Some(reason) => Ok(rejects.add(row, &reason, record.raw)?),
        None => Ok(()),
    })?;
    Ok(rejects.finish()?)
}

fn failed(error: PolarsError) -> IngestError {
    IngestError::Failed(Box::new(error))
}

fn writer<'a>(output: &'a mut Output, batch: &Batch) -> Result<BatchedWriter<&'a mut Output>, IngestError> {
    ParquetWriter::new(output)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::default())
        .batched(&batch.schema())
        .map_err(failed)
}

/// Sorts records into good rows, which go into Parquet, and rejected ones.
struct Rows<'a> {
    dialect: &'a Dialect,
    batch: Batch,
    writer: BatchedWriter<&'a mut Output>,
    rejects: Option<Rejects>,
    records: u64,
    rejected: u64,
}

impl<'a> Rows<'a> {
    fn new(
        scanned: &'a Scanned,
        output: &'a mut Output,
        rejects: Option<&Path>,
    ) -> Result<Self, IngestError> {
        let (dialect, columns) = (scanned.dialect()?, scanned.columns.as_slice());
        let batch = Batch::new(columns.iter().map(|column| (column.name.as_str(), column.column_type)));
        let writer = writer(output, &batch)?;
        Ok(Self {
            dialect,
            batch,
            writer,
            rejects: rejects.map(Rejects::create).transpose()?,
            records: 0,
            rejected: 0,
        })
    }

    fn add(&mut self, row: u64, record: &Record<'_>, fault: Option<String>) -> Result<(), IngestError> {
        self.records = row;
        match fault {
            None => self.put(record),
            Some(reason) => {
                self.rejected += 1;
                let rejects = self.rejects.as_mut();
                rejects.map_or(Ok(()), |rejects| Ok(rejects.add(row, &reason, record.raw)?))
            }
        }
    }

    fn put(&mut self, record: &Record<'_>) -> Result<(), IngestError> {
        let dialect = self.dialect;
        for (index, (format, field)) in dialect.formats.iter().zip(record.iter()).enumerate() {
            let is_null = dialect.settings.nulls.contains(field);
            let cell = if is_null { None } else { format.read(field) };
            if (cell.is_none() && !is_null) || !self.batch.put(index, cell) {
                return Err(changed());
            }
        }
        if self.batch.end_row() { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), IngestError> {
        let frame = self.batch.take().map_err(failed)?;
        self.writer.write_batch(&frame).map_err(failed)
    }

    fn finish(mut self, scanned: &Scanned) -> Result<(), IngestError> {
        self.write()?;
        // The rejected rows of an appended file are not in this one.
        let rejected = if self.rejects.is_some() { scanned.rejected_rows } else { self.rejected };
        if (self.records - self.rejected, self.rejected) != (scanned.rows, rejected) {
            return Err(changed());
        }
        self.writer.finish().map_err(failed)?;
        self.rejects.map_or(Ok(()), |rejects| Ok(rejects.finish()?))
    }
}

/// The rows that were left out, with the reason, as CSV.
struct Rejects(BufWriter<File>);

impl Rejects {
    fn create(path: &Path) -> io::Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(b"row,reason,line\n")?;
        Ok(Self(file))
    }

    fn add(&mut self, row: u64, reason: &str, line: &[u8]) -> io::Result<()> {
        write!(self.0, "{row},\"{}\",\"", reason.replace('"', "\"\""))?;
        for (index, piece) in line.split(|byte| *byte == b'"').enumerate() {
            self.0.write_all(if index > 0 { b"\"\"" } else { b"" })?;
            self.0.write_all(piece)?;
        }
        self.0.write_all(b"\"\n")
    }

    fn finish(self) -> io::Result<()> {
        self.0.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}
