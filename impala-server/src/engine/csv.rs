//! CSV ingest: bytes come in, and either the whole file is understood or nothing of it is kept.
//!
//! The first pass ([`Intake`]) runs while the bytes arrive. It keeps them as they came and decides, over all of them,
//! encoding, delimiter, header, row count and the type of each column. The second ([`write_parquet`]) reads the stored
//! file with the same record reader and the same value parsers and writes Parquet with exactly that schema. Polars'
//! own CSV inference is not used: over a whole file it is many times slower than this, and it does not say why.
//!
//! Memory does not grow with the file: what is held is one record (bounded by [`CsvLimits`]), some counters a column,
//! and in the second pass one batch of rows.
//!
//! What is decided where CSV itself leaves it open:
//!
//! * A field is null when it is empty, quoted or not, or one of the `null_values`.
//! * Empty lines are nothing, but in a file of one column each is a row without a value.
//! * Spaces around names, numbers, dates and truth values are ignored; in text they stay.
//! * A quote must be closed, and be followed by a delimiter or a line end. A quote within an unquoted field is itself.
//! * A header without rows is refused: a canvas over nothing helps nobody, and most often an export has failed.
//! * Leading zeros make a code, which is text. `1/2/2012` is a date only when the column settles the order.
//! * A file that turns out not to be UTF-8, however late, is read back once more in the encoding that is then detected.
//! * With `on_bad_rows: skip`, ragged rows, rows with broken quotes or a NUL byte, and rows with a value that is not of
//!   the type set by hand are left out. A quote that is never closed, a field beyond the limit and bytes that are no
//!   text still refuse the file, as nobody can tell where the next good row begins.
//!
//! In reading order:
//!
//! * `settings`: what was set by hand, checked
//! * `magic`: files that are no text at all; `pack`: those that are packed; `columnar`: those that are Parquet
//! * `text`: bytes to UTF-8, and how the encoding is known
//! * `records`: UTF-8 to records and fields, strict about quotes; `json`: the same for newline-delimited JSON; `reader`:
//!   either of the two
//! * `sniff`: which delimiter a file uses
//! * `value`, `temporal`: one field to a number, a truth value, a date
//! * `infer`, `days`, `range`, `reason`: the type of a column over all its values, and why
//! * `format`: how a column of a type is read once that is decided
//! * `header`, `table`: names, rows, and what is wrong with them
//! * `scan`, `intake`: the first pass
//! * `rows`, `batch`, `parquet`: the second
//! * `append`: the rows of two files as one
//! * `contract`: whether a file is what was agreed on

mod append;
mod batch;
mod columnar;
mod contract;
mod days;
mod format;
mod header;
mod infer;
mod intake;
mod json;
mod magic;
mod pack;
mod parquet;
mod problems;
mod quote;
mod range;
mod reader;
mod reason;
mod records;
mod rows;
mod scan;
mod settings;
mod sniff;
mod table;
mod temporal;
mod text;
mod value;

#[cfg(test)]
mod tests;

use impala_core::Invalid;
use impala_core::source::SourceColumn;

use super::Stopped;

pub use append::{Base, append};
pub use contract::{
    Appended, Checked, Contract, OnDrift, Report, asks_for_unique, check_contract, check_rules,
};
pub use intake::{Intake, scan_file};
pub use parquet::{write_parquet, write_rejects};

/// What a CSV file may be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvLimits {
    /// Most columns.
    pub columns: usize,
    /// Largest field in bytes of UTF-8. A whole record may have 16 times as many.
    pub field_bytes: usize,
    /// What a packed file may unpack to, in bytes.
    pub unpacked_bytes: u64,
}

impl CsvLimits {
    /// Largest record, in bytes of UTF-8.
    const fn record_bytes(&self) -> usize {
        self.field_bytes.saturating_mul(16)
    }
}

impl Default for CsvLimits {
    /// 4,096 columns: wider files are matrices, which a canvas cannot show. 1 MiB a field: far above any text that
    /// people put in a cell, and small enough that a quote that is never closed is found before it fills the memory.
    fn default() -> Self {
        Self { columns: 4096, field_bytes: 1 << 20, unpacked_bytes: 1 << 40 }
    }
}

/// What the first pass found, and how the second is to read the file.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// SHA-256 of the bytes as they came, in hexadecimal.
    pub sha256: String,
    /// Size of the file as it came, in bytes.
    pub size_bytes: u64,
    /// Rows of data, rejected ones not counted.
    pub rows: u64,
    /// Rows left out with `on_bad_rows: skip`.
    pub rejected_rows: u64,
    /// Columns in the order of the file.
    pub columns: Vec<SourceColumn>,
    /// Delimiter that was used, a character or `tab`.
    pub delimiter: String,
    /// Encoding that was used, and how it was known: `UTF-8`, `windows-1252 (detected)`.
    pub encoding: String,
    /// What the file is, as its name would end: `csv`, `tsv.gz`, `ndjson`.
    pub format: String,
    how: How,
}

/// How the second pass is to read the file.
#[derive(Clone, Debug)]
enum How {
    /// Records of text.
    Text(Box<parquet::Dialect>),
    /// It is Parquet.
    Parquet(std::sync::Arc<settings::Settings>, CsvLimits),
}

impl Scanned {
    /// How its records of text are read.
    ///
    /// # Errors
    /// `Failed` for a file that has none.
    fn dialect(&self) -> Result<&parquet::Dialect, IngestError> {
        match &self.how {
            How::Text(dialect) => Ok(dialect),
            How::Parquet(..) => Err(IngestError::Failed("a Parquet file has no records of text".into())),
        }
    }

    /// What was set by hand.
    fn settings(&self) -> &settings::Settings {
        match &self.how {
            How::Text(dialect) => &dialect.settings,
            How::Parquet(settings, _) => settings,
        }
    }

    /// Whether the file itself says what types its columns have.
    const fn has_types(&self) -> bool {
        matches!(self.how, How::Parquet(..))
    }
}

/// Why a file did not become a source.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The file or its settings are wrong. It holds the first five problems, and how many more there are.
    #[error(transparent)]
    Refused(#[from] Invalid),
    /// The file could not be written or read back: a full disk, for one.
    #[error("the file could not be kept: {0}")]
    Io(#[from] std::io::Error),
    /// The work was ended early.
    #[error("the upload was ended early")]
    Stopped(Stopped),
    /// The Parquet file could not be made, though nothing is wrong with the CSV file.
    #[error("the file could not be converted: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<Stopped> for IngestError {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}
