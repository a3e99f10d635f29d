//! Parquet files that users upload: their schema gives the types, and their rows are rewritten in our own form.
//! || They are kept as they came, like any other file, and read when all bytes are there, as their metadata is at the end.
//! Row groups are read in slices, so memory does not grow with the file. What a file claims of itself is only trusted as far
//! as it proves true.

mod records;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use impala_core::source::{ColumnType, SourceColumn};
use impala_core::{FieldError, Invalid};
use polars::prelude::{
    Column, DataFrame, DataType, ParallelStrategy, ParquetReader, PolarsError, Schema, SchemaExt as _,
    SerReader as _, Series,
};

use super::problems::{Problems, counted, thousands};
use super::range::{Range, cut_text, decimal_text};
use super::settings::Settings;
use super::temporal::to_text;
use super::{CsvLimits, IngestError, pack};
use crate::engine::Stop;
use crate::engine::collect::dtype;

pub(super) use records::Records;

/// First bytes of a Parquet file, and those that rule out a text that happens to begin the same.
const MAGIC: [&[u8]; 2] = [b"PAR1", b"PAR1\x15"];

/// A slice has so many rows at most, ...
const MOST_ROWS: usize = 128 * 1024;

/// ... at least, ...
const LEAST_ROWS: usize = 1024;

/// ... and about so many bytes, as far as the file says what its rows take.
const SLICE_BYTES: usize = 64 << 20;

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// Whether a file begins as Parquet does. A file that is declared as Parquet is checked less closely.
pub(super) fn is_parquet(head: &[u8], is_said: bool) -> bool {
    head.starts_with(MAGIC[usize::from(!is_said)])
}

/// What was found in a file.
pub(super) struct Found {
    pub rows: u64,
    pub columns: Vec<SourceColumn>,
}

/// Reads all of a file.
///
/// # Errors
/// `Refused` for a file that is damaged, cut off, or holds what a source cannot.
pub(super) fn scan(
    file: &File,
    settings: &Settings,
    limits: CsvLimits,
    stop: &Stop,
) -> Result<Found, IngestError> {
    let mut reader = Reader::open(file, limits)?;
    let kinds = reader.kinds(settings)?;
    let mut tallies: Vec<Tally> = kinds.iter().map(Tally::new).collect();
    let (mut rows, mut bytes) = (0, 0);
    reader.each(&kinds, stop, &mut |frame| {
        rows += frame.height() as u64;
        bytes += frame.estimated_size() as u64;
        if bytes > limits.unpacked_bytes {
            return Err(pack::too_large(limits.unpacked_bytes).into());
        }
        for (tally, column) in tallies.iter_mut().zip(frame.columns()) {
            tally.add(column.as_materialized_series(), limits)?;
        }
        Ok(())
    })?;
    if rows == 0 {
        return Err(Invalid::at("", "the file has no rows; expected at least one").into());
    }
    let columns: Result<Vec<_>, _> = tallies.into_iter().map(Tally::finish).collect();
    Ok(Found { rows, columns: columns? })
}

/// Hands the rows of a file that was scanned to `sink`, with the types that a source has.
///
/// # Errors
/// Those of `sink`; as [`scan`].
pub(super) fn frames(
    file: &File,
    settings: &Settings,
    limits: CsvLimits,
    stop: &Stop,
    sink: &mut Sink<'_>,
) -> Result<(), IngestError> {
    let mut reader = Reader::open(file, limits)?;
    let kinds = reader.kinds(settings)?;
    reader.each(&kinds, stop, sink)
}

pub(super) type Sink<'a> = dyn FnMut(DataFrame) -> Result<(), IngestError> + 'a;

/// How a column is converted.
struct Kind {
    name: String,
    /// As the file has it.
    from: DataType,
    to: ColumnType,
}

struct Reader {
    file: File,
    schema: Schema,
    /// The rows of each row group, and about how many bytes one of them takes.
    groups: Vec<(usize, usize)>,
    limits: CsvLimits,
}

impl Reader {
    fn open(file: &File, limits: CsvLimits) -> Result<Self, IngestError> {
        let file = file.try_clone()?;
        let own = file.try_clone()?;
        guarded(move || {
            let mut reader = ParquetReader::new(own);
            let arrow = reader.schema().map_err(damaged)?;
            let schema = Schema::from_arrow_schema(arrow.as_ref());
            let metadata = Arc::clone(reader.get_metadata().map_err(damaged)?);
            let groups = metadata.row_groups.iter().map(|group| {
                (group.num_rows(), group.total_byte_size().checked_div(group.num_rows()).unwrap_or(0))
            });
            Ok(Self { file, schema, groups: groups.collect(), limits })
        })
    }

    /// What becomes of each column.
    fn kinds(&self, settings: &Settings) -> Result<Vec<Kind>, Invalid> {
        let mut problems = Problems::default();
        let most = self.limits.columns;
        if self.schema.len() > most {
            let found = counted(self.schema.len() as u64, "column");
            let most = thousands(most as u64);
            return Err(Invalid::at("", format!("the file has {found}; at most {most} are allowed")));
        }
        let mut kinds = Vec::new();
        for (name, from) in self.schema.iter() {
            match kind(name, from, settings) {
                Ok(kind) => kinds.push(kind),
                Err(detail) => problems.add(of_column(name, detail)),
            }
        }
        problems.check()?;
        match kinds.is_empty() {
            true => Err(Invalid::at("", "the file has no columns")),
            false => Ok(kinds),
        }
    }

    fn each(&mut self, kinds: &[Kind], stop: &Stop, sink: &mut Sink<'_>) -> Result<(), IngestError> {
        let mut first = 0;
        for (rows, row_bytes) in std::mem::take(&mut self.groups) {
            let step = (SLICE_BYTES / row_bytes.max(1)).clamp(LEAST_ROWS, MOST_ROWS);
            let mut done = 0;
            while done < rows {
                stop.check()?;
                let wanted = step.min(rows - done);
                let frame = self.slice(kinds, first + done, wanted)?;
                if frame.height() != wanted {
                    return Err(refused("it has fewer rows than it says"));
                }
                sink(frame)?;
                done += wanted;
            }
            first += rows;
        }
        Ok(())
    }

    fn slice(&self, kinds: &[Kind], first: usize, rows: usize) -> Result<DataFrame, IngestError> {
        let file = self.file.try_clone()?;
        let frame = guarded(|| {
            let reader = ParquetReader::new(file).with_slice(Some((first, rows)));
            reader.read_parallel(ParallelStrategy::None).finish().map_err(damaged)
        })?;
        let columns: Result<Vec<Column>, IngestError> = kinds
            .iter()
            .map(|kind| {
                let column = frame.column(&kind.name).map_err(damaged)?;
                guarded(|| kind.cast(column.as_materialized_series()))
            })
            .collect();
        DataFrame::new(frame.height(), columns?).map_err(damaged)
    }
}

impl Kind {
    fn cast(&self, series: &Series) -> Result<Column, IngestError> {
        let cast = series.strict_cast(&dtype(self.to)).map_err(|_| {
            let detail = match &self.from {
                DataType::Binary => {
                    "holds bytes that are no UTF-8 text; a source has text, numbers, times and truth values"
                }
                DataType::UInt64 => {
                    "holds a number above 9,223,372,036,854,775,807, the largest that an integer may be"
                }
                _ => "holds a value that cannot be kept",
            };
            IngestError::Refused(of_column(&self.name, detail.to_owned()).into())
        })?;
        Ok(cast.into())
    }
}

/// The type that a column becomes, or why it cannot become one.
fn kind(name: &str, from: &DataType, settings: &Settings) -> Result<Kind, String> {
    if name.trim().is_empty() {
        return Err("a column has no name; expected one for each".to_owned());
    }
    let to = match from {
        DataType::Boolean => ColumnType::Boolean,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => ColumnType::Integer,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => ColumnType::Integer,
        DataType::Float32 | DataType::Float64 | DataType::Decimal(..) => ColumnType::Decimal,
        DataType::Date => ColumnType::Date,
        DataType::Datetime(_, None) => ColumnType::Datetime,
        DataType::Datetime(_, Some(_)) => ColumnType::Timestamp,
        DataType::String | DataType::Binary | DataType::Time | DataType::Null => ColumnType::String,
        DataType::Categorical(..) | DataType::Enum(..) => ColumnType::String,
        other => {
            return Err(format!(
                "is {other}, which a source cannot hold: it has text, numbers, dates, times and truth values; \
                 leave it out, or make columns of its parts"
            ));
        }
    };
    match settings.types.get(name) {
        Some(given) if *given != to => Err(format!(
            "is {to} in the file, and {given} as set by hand; write it as {given}, or forget that: --type '{name}=auto'"
        )),
        _ => Ok(Kind { name: name.to_owned(), from: from.clone(), to }),
    }
}

/// What is known of a column after some slices.
struct Tally<'a> {
    kind: &'a Kind,
    nulls: u64,
    range: Bounds,
}

enum Bounds {
    Boolean(Range<bool>),
    Integer(Range<i64>),
    Decimal(Range<f64>),
    Text(Range<Vec<u8>>),
}

impl<'a> Tally<'a> {
    fn new(kind: &'a Kind) -> Self {
        let range = match kind.to {
            ColumnType::Boolean => Bounds::Boolean(Range::default()),
            ColumnType::Decimal => Bounds::Decimal(Range::default()),
            ColumnType::String => Bounds::Text(Range::default()),
            ColumnType::Integer | ColumnType::Date | ColumnType::Datetime | ColumnType::Timestamp => {
                Bounds::Integer(Range::default())
            }
        };
        Self { kind, nulls: 0, range }
    }

    fn add(&mut self, series: &Series, limits: CsvLimits) -> Result<(), IngestError> {
        self.nulls += series.null_count() as u64;
        let physical = series.to_physical_repr();
        match &mut self.range {
            Bounds::Boolean(range) => {
                physical.bool().map_err(damaged)?.iter().flatten().for_each(|value| range.include(value));
            }
            Bounds::Integer(range) if self.kind.to == ColumnType::Date => {
                let days = physical.i32().map_err(damaged)?;
                days.iter().flatten().for_each(|day| range.include(i64::from(day) * DAY_US));
            }
            Bounds::Integer(range) => {
                physical.i64().map_err(damaged)?.iter().flatten().for_each(|value| range.include(value));
            }
            Bounds::Decimal(range) => {
                physical
                    .f64()
                    .map_err(damaged)?
                    .iter()
                    .flatten()
                    .for_each(|value| range.include_number(value));
            }
            Bounds::Text(range) => {
                for text in physical.str().map_err(damaged)?.iter().flatten() {
                    if text.len() > limits.field_bytes {
                        let most = thousands(limits.field_bytes as u64);
                        let detail =
                            format!("holds a text of more than {most} bytes, the most that one may have");
                        return Err(IngestError::Refused(of_column(&self.kind.name, detail).into()));
                    }
                    range.include_text(text.as_bytes());
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<SourceColumn, Invalid> {
        let Kind { name, from, to } = self.kind;
        let is_there = !matches!(&self.range, Bounds::Integer(range) if range.is_empty());
        let (min, max) = match self.range {
            Bounds::Boolean(range) => range.texts(|value| Some(value.to_string())),
            Bounds::Integer(range) if *to == ColumnType::Integer => {
                range.texts(|value| Some(value.to_string()))
            }
            Bounds::Integer(range) => range.texts(|us| to_text(*to, *us)),
            Bounds::Decimal(range) => range.texts(|value| Some(decimal_text(*value))),
            Bounds::Text(range) => range.texts(|text| Some(cut_text(text))),
        };
        if to.is_temporal() && is_there && (min.is_none() || max.is_none()) {
            let detail = "holds a time before the year -9999 or after 9999, which cannot be kept";
            return Err(of_column(name, detail.to_owned()).into());
        }
        let reason = format!("the Parquet file says {from}");
        Ok(SourceColumn { name: name.clone(), column_type: *to, reason, nulls: self.nulls, min, max })
    }
}

fn of_column(name: &str, detail: String) -> FieldError {
    FieldError { column: Some(name.to_owned()), ..FieldError::at("", detail) }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn damaged(error: PolarsError) -> IngestError {
    let error = error.to_string();
    refused(error.lines().next().unwrap_or_default())
}

/// The error for a file that cannot be read.
pub(super) fn refused(why: &str) -> IngestError {
    let detail =
        format!("the Parquet file cannot be read ({why}); it is cut off or damaged: write and send it again");
    IngestError::Refused(Invalid::at("", detail))
}

/// Decoders of such formats panic on some malformed files.
fn guarded<T>(work: impl FnOnce() -> Result<T, IngestError>) -> Result<T, IngestError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(refused("what it says does not fit together")))
}
