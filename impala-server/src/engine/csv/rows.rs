//! The rows of a scanned file, read again in the same way.

use std::fs::File;

use impala_core::source::SourceColumn;

use super::pack;
use super::parquet::Dialect;
use super::problems::shown;
use super::reader::Reader;
use super::records::{ReadError, Record};
use super::table::{is_row, misfit, structural_fault};
use super::text::{self, DecodeError};
use super::{How, IngestError, Scanned, columnar};
use crate::engine::Stop;

/// The file is read in pieces of this size.
const BUFFER_BYTES: usize = 256 * 1024;

/// Gets rows: the number of each from 1, its fields, and why it is left out, if it is.
pub(super) type Sink<'a> = dyn FnMut(u64, &Record<'_>, Option<String>) -> Result<(), IngestError> + 'a;

/// Hands each row of `file` to `sink`; those of Parquet as a CSV file would have them.
///
/// * `file`: the file that was scanned, byte for byte, at its beginning
/// * `keeps_raw`: whether [`Record::raw`] is wanted, which costs a copy
///
/// # Errors
/// Those of `sink`; `Io`, `Stopped`, and `Failed` when it is another file.
pub(super) fn each(
    file: &File,
    scanned: &Scanned,
    keeps_raw: bool,
    stop: &Stop,
    sink: &mut Sink<'_>,
) -> Result<(), IngestError> {
    if let How::Parquet(settings, limits) = &scanned.how {
        let mut rows = columnar::Records::new(keeps_raw, sink);
        return columnar::frames(file, settings, *limits, stop, &mut |frame| rows.add(&frame));
    }
    let dialect = scanned.dialect()?;
    let names = scanned.columns.iter().map(|column| column.name.clone()).collect();
    let mut reader = Reader::new(dialect.shape, dialect.limits, names, keeps_raw);
    let mut file = pack::reader(dialect.packing, file)?;
    let mut sorter = Sorter::new(dialect, &scanned.columns);
    let mut decoder = dialect.text.decoder();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut skipped = dialect.text.mark_bytes;
    loop {
        stop.check()?;
        let length = text::read(&mut file, &mut buffer)?;
        // A byte order mark is at most 3 bytes long, and a file is not read in smaller pieces but at its end.
        let mark = std::mem::take(&mut skipped).min(length);
        let mut feed = |text: &[u8]| reader.feed(text, &mut |record, _| sorter.add(record, sink));
        match decoder.decode(&buffer[mark..length], length == 0, &mut feed) {
            Ok(()) => {}
            Err(DecodeError::Sink(error)) => return Err(unreadable(error)),
            Err(DecodeError::Malformed(_)) => return Err(changed()),
        }
        if length == 0 {
            return reader.finish(&mut |record, _| sorter.add(record, sink)).map_err(unreadable);
        }
    }
}

fn unreadable(error: ReadError<IngestError>) -> IngestError {
    match error {
        ReadError::Sink(error) => error,
        _ => changed(),
    }
}

/// The file is not the one that was scanned.
pub(super) fn changed() -> IngestError {
    IngestError::Failed("the stored file is not the one that was scanned".into())
}

/// Finds rows among the records, and separates good ones from those that are left out.
struct Sorter<'a> {
    dialect: &'a Dialect,
    columns: &'a [SourceColumn],
    by_hand: Vec<usize>,
    is_header_due: bool,
    records: u64,
}

impl<'a> Sorter<'a> {
    fn new(dialect: &'a Dialect, columns: &'a [SourceColumn]) -> Self {
        let by_hand = |index: &usize| dialect.formats[*index].is_by_hand;
        Self {
            dialect,
            columns,
            by_hand: (0..dialect.formats.len()).filter(by_hand).collect(),
            is_header_due: dialect.settings.has_header,
            records: 0,
        }
    }

    fn add(&mut self, record: &Record<'_>, sink: &mut Sink<'_>) -> Result<(), IngestError> {
        if self.is_header_due {
            // Empty lines before the header are skipped.
            self.is_header_due = record.is_blank;
            return Ok(());
        }
        let is_first = self.records == 0;
        let is_nothing = record.is_blank && is_first && !self.dialect.settings.has_header;
        if is_nothing || !is_row(record, self.columns.len()) {
            return Ok(());
        }
        self.records += 1;
        sink(self.records, record, self.fault(record))
    }

    /// The same checks as in the first pass.
    fn fault(&self, record: &Record<'_>) -> Option<String> {
        let named = |index: usize| self.columns.get(index).map(|column| shown(column.name.as_bytes()));
        let settings = &self.dialect.settings;
        let (detail, index) =
            structural_fault(record, self.columns.len(), settings.has_header).or_else(|| {
                self.by_hand.iter().find_map(|index| {
                    let field = record.field(*index);
                    let is_good =
                        settings.nulls.contains(field) || self.dialect.formats[*index].read(field).is_some();
                    (!is_good).then(|| (misfit(field, self.columns[*index].column_type), Some(*index)))
                })
            })?;
        Some(match index.and_then(named) {
            Some(name) => format!("column \"{name}\": {detail}"),
            None => detail,
        })
    }
}
