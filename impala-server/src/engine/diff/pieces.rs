//! A file read piece by piece, each small enough for memory whatever its rows look like.

use impala_core::data::Column;
use polars::prelude::col;

use super::Shared;
use crate::engine::{QueryError, Stop, TableFile, collect, run};

/// Values of one piece at most.
const VALUES: u64 = 1_000_000;

/// Bytes of the file that one piece takes at most. They are packed there, to a tenth and less of what they need in memory.
const PACKED_BYTES: u64 = 4 << 20;

pub(super) struct Pieces<'a> {
    file: &'a TableFile,
    shared: &'a [Shared],
    stop: &'a Stop,
    next: u64,
    /// Rows of a piece.
    step: u64,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(file: &'a TableFile, shared: &'a [Shared], stop: &'a Stop) -> Self {
        Self { file, shared, stop, next: 0, step: rows_of_a_piece(file, shared.len()) }
    }

    /// The number of its first row, from 0, and its columns in the order of `shared`; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Vec<Column>)>, QueryError> {
        if self.next >= self.file.rows {
            return Ok(None);
        }
        let first = self.next;
        self.next += self.step;
        read(self.file, self.shared, first, self.step, self.stop).map(|columns| Some((first, columns)))
    }
}

/// Rows `first..first + limit`.
pub(super) fn read(
    file: &TableFile,
    shared: &[Shared],
    first: u64,
    limit: u64,
    stop: &Stop,
) -> Result<Vec<Column>, QueryError> {
    let offset = i64::try_from(first).unwrap_or(i64::MAX);
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let names: Vec<_> = shared.iter().map(|column| col(column.name.as_str())).collect();
    let frame = run::scan(file, stop)?.slice(offset, limit).select(names);
    collect::columns(&run::collect(frame, &[], stop)?)
}

pub(super) fn rows_of_a_piece(file: &TableFile, columns: usize) -> u64 {
    // A missing file is reported when it is read.
    let bytes = std::fs::metadata(&file.path).map_or(0, |file| file.len());
    let by_bytes = PACKED_BYTES.saturating_mul(file.rows) / bytes.max(1);
    (VALUES / columns.max(1) as u64).min(by_bytes).clamp(256, 262_144)
}
