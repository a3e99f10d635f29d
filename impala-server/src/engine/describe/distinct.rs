//! Counts the different values of a column exactly, however many there are: what does not fit into memory goes to files.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataType, PolarsResult, Series};

use crate::engine::spill::Spill;
use crate::engine::{QueryError, Stop};

/// Values that are held in memory: 16 MB.
const MOST_HELD: usize = 1 << 20;

/// Values of a part on disk, as long as there are not more parts than may be open at once.
const PART_VALUES: u64 = 1 << 20;

const MOST_PARTS: u64 = 128;

/// A value in two numbers. Of a text they are two hashes with random keys: different ones are never taken for the same.
type Mark = [u64; 2];

/// The values of a column so far.
pub(super) struct Distinct {
    keys: [RandomState; 2],
    folder: PathBuf,
    most_held: usize,
    parts: u64,
    held: Vec<Mark>,
    spilled: Option<Spill<2>>,
    failure: Option<QueryError>,
}

impl Distinct {
    /// * `folder`: where files go, without a name, when there are many values
    /// * `rows`: of the column
    pub fn new(folder: &Path, rows: u64) -> Self {
        Self {
            keys: [RandomState::new(), RandomState::new()],
            folder: folder.to_owned(),
            most_held: MOST_HELD,
            parts: (rows / PART_VALUES + 1).min(MOST_PARTS),
            held: Vec::new(),
            spilled: None,
            failure: None,
        }
    }

    /// Notes the values of some rows. What goes wrong is said by [`Self::count`].
    pub fn note(&mut self, values: &Column) {
        if self.failure.is_none() {
            self.failure = self.add(values.as_materialized_series()).err();
        }
    }

    fn add(&mut self, values: &Series) -> Result<(), QueryError> {
        for mark in marks(values, &self.keys).map_err(failed)? {
            if self.held.len() == self.most_held {
                self.make_room().map_err(failed)?;
            }
            self.held.push(mark);
        }
        Ok(())
    }

    /// Where leaving out repeated values does not free half of the room, all are written down.
    fn make_room(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        self.held.dedup();
        if self.held.len() > self.most_held / 2 { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            empty => empty.insert(Spill::new(&self.folder, self.parts)?),
        };
        self.held.drain(..).try_for_each(|mark| spilled.add(mark[0] % self.parts, mark))
    }

    /// How many different values there are.
    ///
    /// # Errors
    /// `Failed` when values or files could not be read or written; `TimedOut` and `Cancelled` as `stop` says.
    pub fn count(mut self, stop: &Stop) -> Result<u64, QueryError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.spilled.is_some() {
            self.spill().map_err(failed)?;
        }
        let Some(spilled) = self.spilled.take() else {
            self.held.sort_unstable();
            return Ok(different(&self.held));
        };
        let mut count = 0;
        for part in spilled.into_parts() {
            stop.check()?;
            count += different(&part.map_err(failed)?);
        }
        Ok(count)
    }
}

/// Of sorted ones.
fn different(sorted: &[Mark]) -> u64 {
    sorted.chunk_by(|a, b| a == b).count() as u64
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> QueryError {
    QueryError::Failed(Box::new(error))
}

/// The marks of the values that are not null.
fn marks(values: &Series, keys: &[RandomState; 2]) -> PolarsResult<Vec<Mark>> {
    let numbers = |numbers: &mut dyn Iterator<Item = u64>| {
        numbers.map(|number| [keys[0].hash_one(number), number]).collect::<Vec<Mark>>()
    };
    Ok(match values.dtype() {
        DataType::String => {
            let texts = values.str()?.iter().flatten();
            texts.map(|text| [keys[0].hash_one(text), keys[1].hash_one(text)]).collect()
        }
        DataType::Float64 => numbers(&mut values.f64()?.iter().flatten().map(bits)),
        _ => {
            let whole = values.to_physical_repr().cast(&DataType::Int64)?;
            numbers(&mut whole.i64()?.iter().flatten().map(i64::cast_unsigned))
        }
    })
}

/// Zero has two signs and "not a number" many forms, which are one value each.
fn bits(number: f64) -> u64 {
    if number.is_nan() { f64::NAN.to_bits() } else { (number + 0.0).to_bits() }
}

#[cfg(test)]
mod tests {
    use polars::prelude::NamedFrom as _;

    use super::*;

    /// Counts the values of `series`, given in two pieces, where `most_held` of them fit into memory.
    fn counted(series: &Series, most_held: usize) -> u64 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut distinct =
            Distinct { most_held, parts: 3, ..Distinct::new(folder.path(), series.len() as u64) };
        let (first, second) = series.split_at(series.len() as i64 / 3);
        distinct.note(&first.into());
        distinct.note(&second.into());
        distinct.count(&Stop::never()).expect("a count")
    }

    #[test]
    fn every_value_counts_once_in_memory_and_on_disk() {
        let check = |series: Series, expected: u64| {
            for most_held in [4, 7, 64, MOST_HELD] {
                assert_eq!(counted(&series, most_held), expected, "{most_held}: {series}");
            }
        };
        check(Series::new("n".into(), (0..1_000_i64).collect::<Vec<_>>()), 1_000);
        check(Series::new("n".into(), (0..1_000_i64).map(|n| n % 3).collect::<Vec<_>>()), 3);
        check(Series::new("n".into(), (0..1_000_i64).map(|n| n % 700).collect::<Vec<_>>()), 700);
        check(
            Series::new("t".into(), (0..900).map(|n| format!("trip {}", n % 898)).collect::<Vec<_>>()),
            898,
        );
        check(Series::new("t".into(), [Some("a"), None, Some(""), Some("a"), None]), 2);
        check(Series::new("x".into(), [Some(0.0), Some(-0.0), Some(f64::NAN), Some(-f64::NAN), None]), 2);
        check(Series::new("b".into(), [Some(true), None, Some(false), Some(true)]), 2);
        check(Series::new("n".into(), Vec::<i64>::new()), 0);
    }

    #[test]
    fn a_folder_that_is_gone_is_a_failure_and_not_a_count() {
        let series = Series::new("n".into(), (0..9_i64).collect::<Vec<_>>());
        let mut distinct = Distinct { most_held: 4, ..Distinct::new(Path::new("/nowhere/at/all"), 9) };
        distinct.note(&series.into());
        assert!(matches!(distinct.count(&Stop::never()), Err(QueryError::Failed(_))));
    }
}
