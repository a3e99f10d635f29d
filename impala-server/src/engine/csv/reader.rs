//! Records, whichever way they are written.

use super::CsvLimits;
use super::json::JsonReader;
use super::records::{ReadError, Record, RecordReader};
use super::settings;

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Fields behind one another, parted by this.
    Delimited(u8),
    /// A JSON object a line.
    Json,
}

impl Shape {
    /// What answers call the delimiter.
    pub fn delimiter_name(self) -> String {
        match self {
            Self::Delimited(delimiter) => settings::delimiter_name(delimiter),
            Self::Json => "none".to_owned(),
        }
    }

    /// How the name of such a file ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Delimited(b'\t') => "tsv",
            Self::Delimited(_) => "csv",
            Self::Json => "ndjson",
        }
    }
}

/// Reads records from text that comes in chunks.
pub(super) enum Reader {
    Delimited(Box<RecordReader>),
    Json(Box<JsonReader>),
}

impl Reader {
    /// * `names`: the columns, where they are known; delimited records do not ask for them
    /// * `keeps_raw`: whether [`Record::raw`] is wanted, which costs a copy
    pub fn new(shape: Shape, limits: CsvLimits, names: Vec<String>, keeps_raw: bool) -> Self {
        match shape {
            Shape::Delimited(delimiter) => {
                Self::Delimited(Box::new(RecordReader::new(delimiter, limits, keeps_raw)))
            }
            Shape::Json => Self::Json(Box::new(JsonReader::new(limits, names))),
        }
    }

    /// The line that is being read, from 1.
    pub fn line(&self) -> u64 {
        match self {
            Self::Delimited(reader) => reader.line(),
            Self::Json(reader) => reader.line(),
        }
    }

    /// The field of the record that is being read, from 0; `None` where unknown.
    pub fn field_index(&self) -> Option<usize> {
        match self {
            Self::Delimited(reader) => Some(reader.field_index()),
            Self::Json(_) => None,
        }
    }

    /// Reads on, and hands each record that ends in `chunk` to `sink`, with the names of its columns where the record
    /// has them.
    pub fn feed<E>(
        &mut self,
        chunk: &[u8],
        sink: &mut impl FnMut(&Record<'_>, &[String]) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        match self {
            Self::Delimited(reader) => reader.feed(chunk, &mut |record| sink(record, &[])),
            Self::Json(reader) => reader.feed(chunk, sink),
        }
    }

    /// Ends the file: the last line needs no line end.
    pub fn finish<E>(
        &mut self,
        sink: &mut impl FnMut(&Record<'_>, &[String]) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        match self {
            Self::Delimited(reader) => reader.finish(&mut |record| sink(record, &[])),
            Self::Json(reader) => reader.finish(sink),
        }
    }
}
