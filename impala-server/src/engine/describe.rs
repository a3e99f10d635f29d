//! What is in a file: its rows page by page, and figures for each column.

mod distinct;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use impala_core::api::{ColumnStats, ValueCount};
use impala_core::data::{Column, Values};
use impala_core::source::{ColumnType, SourceColumn};
use polars::prelude::{
    DataFrame, DataType, Expr, LazyFrame, OptFlags, PlSmallStr, QuantileMethod, SortMultipleOptions, col,
    len, lit,
};

use self::distinct::Distinct;
use super::{QueryError, Stop, TableFile, collect, run};

/// Different values up to which the most frequent ones are looked for.
const MAX_COUNTED_VALUES: u64 = 100_000;

/// The most frequent values that are shown.
const N_TOP: u32 = 5;

/// Steps from the least to the greatest value in which values are counted.
const N_STEPS: u64 = 16;

/// Rows `offset..offset + limit` of a file, in its order, or fewer when their texts are long. Only the row groups that hold
/// them are read.
///
/// # Errors
/// `Failed` when the file cannot be read.
pub fn preview(file: &TableFile, offset: u64, limit: u64) -> Result<Vec<Column>, QueryError> {
    let file = file.clone();
    let stop = Stop::never();
    run::guarded(&stop.clone(), move || {
        let frame = run::scan(&file, &stop)?;
        let offset = i64::try_from(offset.min(file.rows)).unwrap_or(i64::MAX);
        let limit = u32::try_from(limit).unwrap_or(u32::MAX - 1);
        collect::columns(&collect::cut(&run::collect(frame.slice(offset, limit), &[], &stop)?))
    })
}

/// Figures for each column of a file. `folder` is where what does not fit into memory goes.
///
/// # Errors
/// `TimedOut` and `Cancelled` as `stop` says; `Failed` when the file cannot be read.
pub fn stats(file: &TableFile, folder: &Path, stop: &Stop) -> Result<Vec<ColumnStats>, QueryError> {
    let (file, folder, inner) = (file.clone(), folder.to_owned(), stop.clone());
    run::guarded(stop, move || {
        // One column after the other, so that memory holds one at a time.
        let describe = |column| Describe { file: &file, folder: &folder, column, stop: &inner }.stats();
        file.columns.iter().map(describe).collect()
    })
}

/// The values of the first column as texts.
fn texts(frame: &DataFrame) -> Result<Vec<String>, QueryError> {
    let Some(column) = frame.columns().first() else {
        return Ok(Vec::new());
    };
    let values = collect::values(column)?;
    Ok((0..values.len()).filter_map(|row| values.text(row)).collect())
}

struct Describe<'a> {
    file: &'a TableFile,
    folder: &'a Path,
    column: &'a SourceColumn,
    stop: &'a Stop,
}

impl Describe<'_> {
    fn collect(&self, plan: impl FnOnce(LazyFrame) -> LazyFrame) -> Result<DataFrame, QueryError> {
        run::collect(plan(run::scan(self.file, self.stop)?), &[], self.stop)
    }

    fn value(&self) -> Expr {
        col(self.column.name.as_str())
    }

    fn stats(&self) -> Result<ColumnStats, QueryError> {
        let (frame, distinct) = self.measured()?;
        let number = |name: &str| collect::number(&frame, name);
        let count = collect::count(&frame, "count");
        let top = self.top(distinct)?;
        let is_text = self.column.column_type == ColumnType::String;
        // Where some texts are there more often than others, those say more than lengths.
        let has_spread = !is_text || top.is_empty() || distinct == count;
        let length = |name| number(name).filter(|_| is_text).map(|length| length as u64);
        Ok(ColumnStats {
            name: self.column.name.clone(),
            column_type: self.column.column_type,
            count,
            nulls: collect::count(&frame, "rows") - count,
            distinct,
            min: text(&frame, "min")?,
            max: text(&frame, "max")?,
            mean: number("mean"),
            stdev: number("stdev"),
            q1: number("q1"),
            median: number("median"),
            q3: number("q3"),
            top,
            spread: match (number("low"), number("high")) {
                (Some(low), Some(high)) if has_spread => self.spread(low, high, count)?,
                _ => Vec::new(),
            },
            min_length: length("low"),
            max_length: length("high"),
        })
    }

    /// The figures, and how many different values there are, from one pass over the column.
    fn measured(&self) -> Result<(DataFrame, u64), QueryError> {
        let distinct = Arc::new(Mutex::new(Distinct::new(self.folder, self.file.rows)));
        let inner = Arc::clone(&distinct);
        let note = move |batch: DataFrame| {
            batch.columns().iter().for_each(|column| locked(&inner).note(column));
            Ok(batch)
        };
        let frame = self.collect(|rows| {
            let flags = OptFlags::PROJECTION_PUSHDOWN | OptFlags::STREAMING;
            rows.select([self.value()]).map(note, flags, None, Some("distinct")).select(self.figures())
        })?;
        let distinct = std::mem::replace(&mut *locked(&distinct), Distinct::new(self.folder, 0));
        Ok((frame, distinct.count(self.stop)?))
    }

    /// What is spread, as a number: the value itself, its time, or the length of a text. Yes and no are not spread.
    fn measure(&self) -> Option<Expr> {
        let value = self.value();
        let number = match self.column.column_type {
            ColumnType::Boolean => return None,
            ColumnType::String => value.str().len_chars(),
            ColumnType::Date => value.cast(DataType::Int32),
            ColumnType::Datetime | ColumnType::Timestamp => value.cast(DataType::Int64),
            ColumnType::Integer | ColumnType::Decimal => value,
        };
        Some(number.cast(DataType::Float64))
    }

    /// How many values fall in each step from `low` to `high`; of few whole numbers, each is a step.
    fn spread(&self, low: f64, high: f64, count: u64) -> Result<Vec<u64>, QueryError> {
        let Some(measure) = self.measure().filter(|_| low.is_finite() && high.is_finite() && count > 0)
        else {
            return Ok(Vec::new());
        };
        let is_whole =
            matches!(self.column.column_type, ColumnType::Integer | ColumnType::String | ColumnType::Date);
        let steps = if is_whole { N_STEPS.min((high - low) as u64 + 1) } else { N_STEPS };
        let width = if is_whole { (high - low + 1.0) / steps as f64 } else { (high - low) / steps as f64 };
        if width <= 0.0 || !width.is_finite() {
            return Ok(vec![count]);
        }
        let step = PlSmallStr::from("step");
        let frame = self.collect(|rows| {
            let rows = rows.select([((measure - lit(low)) / lit(width)).alias(step.clone())]);
            // Null and NaN are in none of them.
            let inside = rows.filter(col(step.clone()).is_finite());
            let steps = inside.select([col(step.clone()).cast(DataType::Int64)]);
            steps.group_by([col(step.clone())]).agg([len().alias("count")])
        })?;
        let integers = |name: &str| match frame.column(name).map(collect::values) {
            Ok(Ok(Values::Integer(numbers))) => numbers.into_iter().flatten().collect::<Vec<i64>>(),
            _ => Vec::new(),
        };
        let mut spread = vec![0; steps as usize];
        for (step, count) in integers("step").into_iter().zip(integers("count")) {
            // The greatest value stands at the end of the last step.
            let step = usize::try_from(step).unwrap_or(0).min(spread.len() - 1);
            spread[step] += u64::try_from(count).unwrap_or(0);
        }
        Ok(spread)
    }

    fn figures(&self) -> Vec<Expr> {
        let value = self.value();
        let mut figures = vec![
            len().alias("rows"),
            value.clone().count().alias("count"),
            value.clone().min().alias("min"),
            value.clone().max().alias("max"),
        ];
        if let Some(measure) = self.measure() {
            figures.extend([measure.clone().min().alias("low"), measure.max().alias("high")]);
        }
        if self.column.column_type.is_numeric() {
            let number = value.cast(DataType::Float64);
            let quantile = |at: f64| number.clone().quantile(lit(at), QuantileMethod::Linear);
            figures.extend([
                number.clone().mean().alias("mean"),
                number.clone().std(1).alias("stdev"),
                quantile(0.25).alias("q1"),
                quantile(0.5).alias("median"),
                quantile(0.75).alias("q3"),
            ]);
        }
        figures
    }

    fn top(&self, distinct: u64) -> Result<Vec<ValueCount>, QueryError> {
        let has_top = matches!(self.column.column_type, ColumnType::String | ColumnType::Boolean);
        if !has_top || distinct > MAX_COUNTED_VALUES {
            return Ok(Vec::new());
        }
        let name = PlSmallStr::from("value");
        let by_count = SortMultipleOptions::default().with_order_descending_multi([true, false]);
        let frame = self.collect(|rows| {
            rows.select([self.value().alias(name.clone())])
                .filter(col(name.clone()).is_not_null())
                .group_by([col(name.clone())])
                .agg([len().alias("count")])
                .sort_by_exprs([col("count"), col(name.clone())], by_count)
                .limit(N_TOP)
        })?;
        let counts = match frame.column("count").map(collect::values) {
            Ok(Ok(Values::Integer(counts))) => counts,
            _ => Vec::new(),
        };
        let counts =
            counts.into_iter().map(|count| count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0));
        let values = texts(&frame)?.into_iter().zip(counts);
        Ok(values.map(|(value, count)| ValueCount { value, count }).collect())
    }
}

fn locked(distinct: &Mutex<Distinct>) -> MutexGuard<'_, Distinct> {
    distinct.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The one value of a column of a one-row frame as text.
fn text(frame: &DataFrame, name: &str) -> Result<Option<String>, QueryError> {
    let column = frame.column(name).map_err(|error| QueryError::Failed(Box::new(error)))?;
    Ok(collect::values(column)?.text(0))
}

#[cfg(test)]
mod tests {
    use polars::prelude::{DataFrame, NamedFrom, Series};

    use super::*;
    use crate::engine::fixture::{Fixture, lines};

    #[test]
    fn a_preview_is_a_page_of_rows() {
        let days = Series::new("n".into(), (0..5_000_i64).collect::<Vec<_>>());
        let fixture = Fixture::new();
        let file = fixture.file("t", DataFrame::new_infer_height(vec![days.into()]).expect("one column"));
        let check = |offset, limit, expected: &str| {
            assert_eq!(lines(&preview(&file, offset, limit).expect("a page")), [expected]);
        };
        check(0, 3, "n: 0 1 2");
        check(4_321, 2, "n: 4321 4322");
        check(4_998, 10, "n: 4998 4999");
        check(5_000, 10, "n: ");
        check(u64::MAX, u64::MAX, "n: ");
        check(7, 0, "n: ");
    }

    #[test]
    fn figures_tell_of_each_column() {
        let fixture = Fixture::weather();
        let stats = stats(
            &fixture.tables[&"weather".parse().expect("a name")],
            &std::env::temp_dir(),
            &Stop::never(),
        )
        .expect("a file");
        let of = |name: &str| stats.iter().find(|stats| stats.name == name).expect(name).clone();
        let wind = of("wind");
        assert_eq!((wind.count, wind.nulls, wind.distinct), (4, 2, 4));
        assert_eq!((wind.min.as_deref(), wind.max.as_deref()), (Some("0.5"), Some("4")));
        assert_eq!(
            (wind.mean, wind.q1, wind.median, wind.q3),
            (Some(2.125), Some(1.25), Some(2.0), Some(2.875))
        );
        assert!((wind.stdev.expect("numbers") - 1.493_039_405_567_4).abs() < 1e-9);
        let kind = of("kind");
        let top: Vec<(String, u64)> = kind.top.into_iter().map(|top| (top.value, top.count)).collect();
        assert_eq!(top, [("rain".to_owned(), 2), ("sun".to_owned(), 2), ("snow".to_owned(), 1)]);
        assert_eq!((kind.count, kind.nulls, kind.distinct, kind.mean), (5, 1, 3, None));
        assert_eq!(of("date").min.as_deref(), Some("2012-01-01"));
        assert_eq!(of("instant").max.as_deref(), Some("2013-07-15T06:30:00Z"));
        assert_eq!(of("is_cold").top[0].value, "true");
        // Half a step of a number, a time, a text that is there more than once.
        assert_eq!(wind.spread.iter().sum::<u64>(), 4);
        assert_eq!((wind.spread.len(), wind.spread[0], wind.spread[15]), (16, 1, 1));
        assert_eq!(of("date").spread.iter().sum::<u64>(), of("date").count);
        assert_eq!(
            (of("kind").spread, of("kind").min_length, of("kind").max_length),
            (vec![], Some(3), Some(4))
        );
        assert!(of("is_cold").spread.is_empty());
    }

    #[test]
    fn texts_that_are_all_different_are_spread_by_their_length() {
        let keys = Series::new("key".into(), ["a", "bb", "cc", "äöü", "eeeee"]);
        let same = Series::new("n".into(), [7_i64; 5]);
        let strange = Series::new("x".into(), [1.0, f64::NAN, 2.0, 3.0, 5.0]);
        let fixture = Fixture::new();
        let columns = vec![keys.into(), same.into(), strange.into()];
        let file = fixture.file("t", DataFrame::new_infer_height(columns).expect("columns"));
        let stats = stats(&file, &std::env::temp_dir(), &Stop::never()).expect("a file");
        assert_eq!(stats[0].spread, [1, 2, 1, 0, 1]);
        assert_eq!((stats[0].min_length, stats[0].max_length), (Some(1), Some(5)));
        assert_eq!(stats[1].spread, [5]);
        assert!(
            stats[2].spread.is_empty() || stats[2].spread.iter().sum::<u64>() == 4,
            "{:?}",
            stats[2].spread
        );
    }

    #[test]
    fn a_file_that_is_gone_is_a_failure_of_ours() {
        let fixture = Fixture::weather();
        let mut file = fixture.tables[&"weather".parse().expect("a name")].clone();
        file.path = "/nowhere/at/all.parquet".into();
        let error = preview(&file, 0, 1).expect_err("there is no file");
        assert!(matches!(error, QueryError::Failed(_)) && !error.to_string().contains("nowhere"), "{error}");
    }
}
