//! The engine: CSV files become Parquet, queries over Parquet become columns.
//!
//! Everything here blocks and knows neither HTTP nor the database. Callers run it off the async threads and pass a
//! [`Stop`], which ends the work early.
//!
//! * `csv`: one streaming pass that decides encoding, delimiter, structure and types, then Parquet
//! * `answer`: the answer to a block or a `SELECT`, and what would go wrong with it
//! * `rows`: the rows it looks at, from a source or a `SELECT`, filtered
//! * `sql`: which SQL is allowed, and how parameters are bound
//! * `plan`, `collect`: a query to a lazy frame, and its result to columns
//! * `statement`: what a block asks, as SQL
//! * `run`, `failure`: running it so that it ends, and what Polars' errors mean
//! * `describe`: preview and figures of a file
//! * `diff`: what became of the rows between two files
//! * `spill`: numbers in files, where there are too many for memory

mod answer;
mod collect;
mod describe;
mod diff;
mod failure;
#[cfg(test)]
mod fixture;
mod plan;
mod rows;
mod run;
mod spill;
mod sql;
mod statement;

pub mod csv;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use impala_core::Invalid;
use impala_core::data::Column;
use impala_core::source::{SourceColumn, SourceRef};

pub use answer::{QueryLimits, run_block, run_sql, sources_of_sql, warnings};
pub use describe::{preview, stats};
pub use diff::{Comparison, diff};
pub use statement::statements;

/// Ends work early: when its deadline has passed, or when the caller no longer waits.
#[derive(Clone, Debug)]
pub struct Stop {
    is_cancelled: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

/// Why work was ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Nobody waits for it any more.
    Cancelled,
    /// It took too long.
    TimedOut,
}

impl Stop {
    /// Stops only when cancelled.
    pub fn never() -> Self {
        Self { is_cancelled: Arc::default(), deadline: None }
    }

    /// Stops when cancelled, or after `timeout`.
    pub fn after(timeout: Duration) -> Self {
        Self { is_cancelled: Arc::default(), deadline: Some(Instant::now() + timeout) }
    }

    /// Ends the work at its next check.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.is_cancelled.load(Ordering::Relaxed) {
            return Err(Stopped::Cancelled);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Stopped::TimedOut),
            _ => Ok(()),
        }
    }
}

/// Cancels the work when this is dropped, as it is when nobody waits any more.
#[derive(Debug)]
pub struct CancelOnDrop(pub Stop);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// The Parquet file behind one version of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct TableFile {
    /// What it is, with its version: `taxis@3`.
    pub reference: SourceRef,
    /// Where it is.
    pub path: PathBuf,
    /// Its columns, in the order of the file.
    pub columns: Vec<SourceColumn>,
    /// Its rows.
    pub rows: u64,
    /// The preview that it comes from.
    pub preview: Option<String>,
}

impl TableFile {
    /// What answers say that they come from: `taxis@3`, or `taxis@pr-7` for the version of a preview.
    pub fn label(&self) -> String {
        match &self.preview {
            Some(preview) => format!("{}@{preview}", self.reference.name),
            None => self.reference.to_string(),
        }
    }
}

/// The tables that a query may name, by the name it uses: `taxis`, `taxis@3`.
pub type Tables = BTreeMap<SourceRef, TableFile>;

/// The sources that a query names.
pub type SourceRefs = BTreeSet<SourceRef>;

/// The result of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// See [`impala_core::BlockData::columns`].
    pub columns: Vec<Column>,
    /// See [`impala_core::BlockData::trend`].
    pub trend: Vec<Column>,
    /// Rows that the query has without its limit.
    pub rows_total: u64,
    /// Rows of the sources that were read.
    pub rows_scanned: u64,
}

/// Why a query failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The query is wrong: SQL that is not one `SELECT`, an unknown column, an aggregate of text.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It took longer than it may.
    #[error("the query took too long")]
    TimedOut,
    /// Nobody waits for it any more.
    #[error("the query was cancelled")]
    Cancelled,
    /// The query is valid, but its file cannot be read or Polars failed.
    #[error("the query could not be run")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<Stopped> for QueryError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Cancelled => Self::Cancelled,
            Stopped::TimedOut => Self::TimedOut,
        }
    }
}
