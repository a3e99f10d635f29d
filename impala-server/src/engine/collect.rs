//! Polars' columns become the columns of an answer.

use impala_core::Invalid;
use impala_core::data::{Column, Values};
use impala_core::source::ColumnType;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use polars::prelude::{
    AnyValue, Column as PolarsColumn, DataFrame, DataType, PlSmallStr, PolarsResult, TimeUnit, TimeZone,
};

use super::QueryError;

/// The type that a column of a Parquet file has.
pub(super) fn dtype(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Decimal => DataType::Float64,
        ColumnType::Date => DataType::Date,
        ColumnType::Datetime => DataType::Datetime(TimeUnit::Microseconds, None),
        ColumnType::Timestamp => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
        ColumnType::String => DataType::String,
    }
}

/// The type of an answer's column; `None` when there is none for lists and other nested values.
pub(super) fn column_type(dtype: &DataType) -> Option<ColumnType> {
    Some(match dtype {
        DataType::Boolean => ColumnType::Boolean,
        DataType::UInt64 | DataType::Float32 | DataType::Float64 | DataType::Duration(_) => {
            ColumnType::Decimal
        }
        dtype if dtype.is_integer() => ColumnType::Integer,
        dtype if dtype.is_float() || dtype.is_decimal() => ColumnType::Decimal,
        DataType::Date => ColumnType::Date,
        DataType::Datetime(_, None) => ColumnType::Datetime,
        DataType::Datetime(_, Some(_)) => ColumnType::Timestamp,
        DataType::String | DataType::Time | DataType::Null => ColumnType::String,
        _ => return None,
    })
}

/// Bytes that the texts and numbers of an answer may have.
const MAX_BYTES: usize = 32 << 20;

/// The first rows of a frame, as many as an answer can hold.
pub(super) fn cut(frame: &DataFrame) -> DataFrame {
    let n_rows = rows_within(frame, MAX_BYTES);
    frame.head(Some(n_rows))
}

/// How many rows have `max_bytes` at most.
fn rows_within(frame: &DataFrame, max_bytes: usize) -> usize {
    /// What a value costs besides its text.
    const VALUE: usize = 24;
    let texts: Vec<_> = frame.columns().iter().filter_map(|column| column.str().ok()).collect();
    let mut left = max_bytes;
    for row in 0..frame.height() {
        let texts = texts.iter().map(|texts| texts.get(row).map_or(0, str::len)).sum::<usize>();
        match left.checked_sub(texts + VALUE * frame.width()) {
            Some(still) => left = still,
            None => return row,
        }
    }
    frame.height()
}

/// All columns of a frame, under their own names.
///
/// # Errors
/// `Invalid` for a column of lists or other nested values.
pub(super) fn columns(frame: &DataFrame) -> Result<Vec<Column>, QueryError> {
    frame.columns().iter().map(|column| Ok(Column::new(column.name().as_str(), values(column)?))).collect()
}

/// The values of a column.
///
/// # Errors
/// `Invalid` for a column of lists or other nested values.
pub(super) fn values(column: &PolarsColumn) -> Result<Values, QueryError> {
    let failed = |error| QueryError::Failed(Box::new(error));
    match column.dtype() {
        DataType::Duration(unit) => duration(column, *unit).map_err(failed),
        DataType::UInt64 => unsigned(column).map_err(failed),
        dtype => match column_type(dtype) {
            Some(column_type) => of_type(column, column_type).map_err(failed),
            None => {
                let name = column.name();
                let detail =
                    format!("the column \"{name}\" holds lists or nested values, which no output can show");
                Err(Invalid::at("", detail).into())
            }
        },
    }
}

fn of_type(column: &PolarsColumn, column_type: ColumnType) -> PolarsResult<Values> {
    let cast = |to: ColumnType| column.cast(&dtype(to));
    Ok(match column_type {
        ColumnType::Boolean => Values::Boolean(column.bool()?.iter().collect()),
        ColumnType::Integer => Values::Integer(cast(ColumnType::Integer)?.i64()?.iter().collect()),
        ColumnType::Decimal => Values::Decimal(cast(ColumnType::Decimal)?.f64()?.iter().collect()),
        ColumnType::Date => {
            let days = column.date()?.physical().iter();
            Values::Date(days.map(|days| days.and_then(date)).collect())
        }
        ColumnType::Datetime => {
            let column = cast(ColumnType::Datetime)?;
            let micros = column.datetime()?.physical().iter();
            Values::Datetime(micros.map(|micros| micros.and_then(datetime)).collect())
        }
        ColumnType::Timestamp => {
            let column = cast(ColumnType::Timestamp)?;
            let micros = column.datetime()?.physical().iter();
            Values::Timestamp(micros.map(|micros| Timestamp::from_microsecond(micros?).ok()).collect())
        }
        ColumnType::String => {
            let column = cast(ColumnType::String)?;
            Values::String(column.str()?.iter().map(|text| text.map(str::to_owned)).collect())
        }
    })
}

/// Seconds.
fn duration(column: &PolarsColumn, unit: TimeUnit) -> PolarsResult<Values> {
    let per_second = match unit {
        TimeUnit::Nanoseconds => 1e9,
        TimeUnit::Microseconds => 1e6,
        TimeUnit::Milliseconds => 1e3,
    };
    let ticks = column.duration()?.physical().iter();
    Ok(Values::Decimal(ticks.map(|ticks| ticks.map(|ticks| ticks as f64 / per_second)).collect()))
}

/// Integers when all fit, else numbers.
fn unsigned(column: &PolarsColumn) -> PolarsResult<Values> {
    let values: Vec<Option<u64>> = column.u64()?.iter().collect();
    let integers: Option<Vec<Option<i64>>> = values
        .iter()
        .map(|value| value.map(|value| i64::try_from(value).ok()).map_or(Some(None), |v| v.map(Some)))
        .collect();
    Ok(match integers {
        Some(integers) => Values::Integer(integers),
        None => Values::Decimal(values.iter().map(|value| value.map(|value| value as f64)).collect()),
    })
}

/// A day from days since 1970; `None` outside of the years that can be written.
fn date(days: i32) -> Option<Date> {
    let seconds = i64::from(days).checked_mul(86_400)?;
    Timestamp::from_second(seconds).ok().map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
}

fn datetime(micros: i64) -> Option<DateTime> {
    Timestamp::from_microsecond(micros).ok().map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).datetime())
}

/// The one value of a one-row frame as a number.
pub(super) fn number(frame: &DataFrame, name: &str) -> Option<f64> {
    let column = frame.column(name).ok()?;
    match column.get(0).ok()? {
        AnyValue::Null => None,
        value => value.extract::<f64>(),
    }
}

/// The one value of a one-row frame as a count.
pub(super) fn count(frame: &DataFrame, name: &str) -> u64 {
    frame.column(name).ok().and_then(|column| column.get(0).ok()?.extract::<u64>()).unwrap_or(0)
}

/// The name of the answer's column `index` while Polars works on it.
pub(super) fn internal(index: usize) -> PlSmallStr {
    format!("c{index}").into()
}

#[cfg(test)]
mod tests {
    use polars::prelude::{NamedFrom, Series};

    use super::*;
    use crate::engine::fixture::{fault, lines};

    #[test]
    fn every_type_that_a_select_can_make_is_shown() {
        let check = |series: Series, column_type: ColumnType, expected: &str| {
            let column = Column::new("c", values(&series.into()).expect(expected));
            assert_eq!(
                (lines(std::slice::from_ref(&column))[0].as_str(), column.values.column_type()),
                (expected, column_type)
            );
        };
        let cast = |values: &[i64], to: DataType| Series::new("c".into(), values).cast(&to).expect("a cast");
        check(cast(&[1, -2], DataType::Int8), ColumnType::Integer, "c: 1 -2");
        check(cast(&[1, 2], DataType::UInt32), ColumnType::Integer, "c: 1 2");
        check(Series::new("c".into(), [1_u64, 2]), ColumnType::Integer, "c: 1 2");
        check(Series::new("c".into(), [1, u64::MAX]), ColumnType::Decimal, "c: 1 18446744073709552000");
        check(Series::new("c".into(), [0.5_f32, -1.0]), ColumnType::Decimal, "c: 0.5 -1");
        check(Series::new("c".into(), [Some(f64::NAN), None]), ColumnType::Decimal, "c: NaN -");
        check(Series::new("c".into(), [Some(true), None]), ColumnType::Boolean, "c: true -");
        check(Series::new_null("c".into(), 2), ColumnType::String, "c: - -");
        let (milli, nano) = (TimeUnit::Milliseconds, TimeUnit::Nanoseconds);
        check(cast(&[1_500], DataType::Duration(milli)), ColumnType::Decimal, "c: 1.5");
        check(
            cast(&[86_400_000], DataType::Datetime(milli, None)),
            ColumnType::Datetime,
            "c: 1970-01-02T00:00:00",
        );
        let zoned = DataType::Datetime(nano, Some(TimeZone::UTC));
        check(cast(&[-1_000], zoned), ColumnType::Timestamp, "c: 1969-12-31T23:59:59.999999Z");
        check(cast(&[0, -719_162], DataType::Date), ColumnType::Date, "c: 1970-01-01 0001-01-01");
        // Beyond the years that can be written.
        check(cast(&[i64::from(i32::MAX)], DataType::Date), ColumnType::Date, "c: -");
    }

    #[test]
    fn long_texts_leave_rows_out() {
        let texts = ["a", "bb", "", "ccc"].map(|text| text.repeat(100));
        let frame = DataFrame::new_infer_height(vec![
            Series::new("c".into(), texts).into(),
            Series::new("n".into(), [1_i64, 2, 3, 4]).into(),
        ]);
        let frame = frame.expect("equal lengths");
        let check =
            |bytes: usize, expected: usize| assert_eq!(rows_within(&frame, bytes), expected, "{bytes}");
        check(0, 0);
        check(147, 0);
        check(148, 1);
        check(395, 1);
        check(396, 2);
        check(444, 3);
        check(792, 4);
        check(usize::MAX, 4);
    }

    #[test]
    fn lists_are_refused() {
        let list = Series::new("c".into(), [Series::new("".into(), [1_i64])]);
        assert!(fault(values(&list.into())).contains("the column \"c\" holds lists"));
    }
}
