//! What became of the rows between two files, in memory that does not grow with them.
//!
//! Both files are read piece by piece. Of each row only the fingerprints of its key and of its values stay, 40 bytes on
//! disk, parted by the key's fingerprint, so that one part of both files fits into memory and holds all rows of its keys.
//! Fingerprints have 128 bits and have a new key in each run: no two different rows share one.

use std::path::Path;

use impala_core::api::{RowChange, RowDiff, RowsDiff};
use impala_core::source::SourceColumn;
use impala_core::{Invalid, name};

use super::{QueryError, Stop, TableFile, run};

mod fingerprint;
mod pieces;
mod sample;
mod spill;

use fingerprint::Hashers;
use pieces::Pieces;
use sample::Found;
use spill::{Record, Spill};

/// Rows of one part, of both files together.
const PART_ROWS: u64 = 500_000;

/// Parts at most: each has a file open for each version, and several may be compared at once.
const MOST_PARTS: u64 = 64;

/// What is compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The old version.
    pub before: TableFile,
    /// The new one.
    pub after: TableFile,
    /// Columns that say which row is which; none when a row is all its values.
    pub key: Vec<String>,
    /// Rows of each kind in the sample at most.
    pub sample: usize,
}

impl Comparison {
    /// Columns that both files have, in the order of the new one.
    fn shared(&self) -> Vec<Shared> {
        let old = |column: &SourceColumn| self.before.columns.iter().find(|old| old.name == column.name);
        let shared = |column: &SourceColumn| {
            let is_retyped = old(column)?.column_type != column.column_type;
            Some(Shared { name: column.name.clone(), is_retyped, is_key: self.key.contains(&column.name) })
        };
        self.after.columns.iter().filter_map(shared).collect()
    }

    /// Whether the key can be used.
    ///
    /// # Errors
    /// At `/key`, columns that are not in both files, with the nearest name.
    pub fn check(&self) -> Result<(), Invalid> {
        let shared = self.shared();
        if let Some(key) = self.key.iter().find(|key| !shared.iter().any(|column| column.name == **key)) {
            let hint = name::suggestion(key, shared.iter().map(|column| column.name.as_str()));
            return Err(Invalid::at("/key", format!("both versions have no column \"{key}\"{hint}")));
        }
        Ok(())
    }
}

/// A column of both files.
#[derive(Clone, Debug)]
struct Shared {
    name: String,
    /// Values of different types are compared as they are written.
    is_retyped: bool,
    is_key: bool,
}

/// Compares the rows of two files. `dir` is where what does not fit into memory goes.
///
/// # Errors
/// `Invalid` for a key that is not in both files; `TimedOut` and `Cancelled` as `stop` says; `Failed` when a file cannot be read
/// or written.
pub fn diff(comparison: Comparison, dir: &Path, stop: &Stop) -> Result<RowsDiff, QueryError> {
    comparison.check()?;
    let (dir, inner) = (dir.to_owned(), stop.clone());
    run::guarded(stop, move || Run { shared: comparison.shared(), comparison, stop: inner }.diff(&dir))
}

struct Run {
    comparison: Comparison,
    shared: Vec<Shared>,
    stop: Stop,
}

impl Run {
    fn diff(&self, dir: &Path) -> Result<RowsDiff, QueryError> {
        let Comparison { before, after, key, sample } = &self.comparison;
        let parts = ((before.rows + after.rows) / PART_ROWS + 1).min(MOST_PARTS);
        let hashers = Hashers::new();
        let mut found = Found::new(*sample);
        if self.shared.is_empty() {
            // Nothing to compare by: all rows were removed, and others added.
            found.removed = before.rows;
            found.added = after.rows;
        } else {
            let mut old = self.spill(before, &hashers, parts, dir)?;
            let mut new = self.spill(after, &hashers, parts, dir)?;
            for part in 0..old.parts() {
                self.stop.check()?;
                let (old, new) = (old.take(part).map_err(failed)?, new.take(part).map_err(failed)?);
                compare(&old, &new, &mut found);
            }
        }
        Ok(RowsDiff {
            key: key.clone(),
            added: found.added,
            removed: found.removed,
            changed: found.changed,
            unchanged: found.unchanged,
            repeated_keys: if key.is_empty() { 0 } else { found.repeated },
            sample: self.sample(found)?,
        })
    }

    /// Fingerprints of all rows.
    fn spill(
        &self,
        file: &TableFile,
        hashers: &Hashers,
        parts: u64,
        dir: &Path,
    ) -> Result<Spill, QueryError> {
        let mut spill = Spill::new(parts, dir).map_err(failed)?;
        let mut pieces = Pieces::new(file, &self.shared, &self.stop);
        while let Some((first, columns)) = pieces.next()? {
            for (row, record) in hashers.records(&self.shared, &columns).enumerate() {
                let record = Record { row: first + row as u64, ..record };
                spill.push(&record).map_err(failed)?;
            }
        }
        spill.finish().map_err(failed)
    }

    fn sample(&self, found: Found) -> Result<Vec<RowDiff>, QueryError> {
        let picked = found.picked();
        let texts = |file, rows: Vec<u64>| sample::texts(file, &self.shared, rows, &self.stop);
        let old = texts(&self.comparison.before, picked.iter().filter_map(|(_, old, _)| *old).collect())?;
        let new = texts(&self.comparison.after, picked.iter().filter_map(|(_, _, new)| *new).collect())?;
        let of = |(change, before, after): (RowChange, Option<u64>, Option<u64>)| {
            let row = |texts: &sample::Texts, row: Option<u64>| row.and_then(|row| texts.get(&row).cloned());
            let (old, new) = (row(&old, before), row(&new, after));
            RowDiff {
                change,
                row_before: before.map(|row| row + 1),
                row_after: after.map(|row| row + 1),
                key: sample::key(&self.comparison.key, &self.shared, new.as_ref().or(old.as_ref())),
                values: sample::values(&self.shared, old.as_deref(), new.as_deref()),
            }
        };
        Ok(picked.into_iter().map(of).collect())
    }
}

fn failed(error: std::io::Error) -> QueryError {
    QueryError::Failed(Box::new(error))
}

/// Compares the rows of one part. Both are sorted by key and row.
fn compare(mut old: &[Record], mut new: &[Record], found: &mut Found) {
    while let Some(key) = old.first().into_iter().chain(new.first()).map(|record| record.key).min() {
        let run = |records: &[Record]| records.iter().take_while(|record| record.key == key).count();
        let ((own, rest), (other, rest_new)) = (old.split_at(run(old)), new.split_at(run(new)));
        if own.len() > 1 || other.len() > 1 {
            found.repeated += 1;
        }
        for (before, after) in own.iter().zip(other) {
            match before.values == after.values {
                true => found.unchanged += 1,
                false => found.push(RowChange::Changed, Some(before.row), Some(after.row)),
            }
        }
        let paired = own.len().min(other.len());
        own[paired..].iter().for_each(|record| found.push(RowChange::Removed, Some(record.row), None));
        other[paired..].iter().for_each(|record| found.push(RowChange::Added, None, Some(record.row)));
        (old, new) = (rest, rest_new);
    }
}

#[cfg(test)]
mod tests;
