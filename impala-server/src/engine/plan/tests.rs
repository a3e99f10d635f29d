//! Aggregates and time units beside a naive computation over random rows.

use std::collections::BTreeMap;

use impala_core::data::Values;
use impala_core::term::{Aggregate, TimeUnit as Unit};
use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan, tz};
use polars::prelude::{DataFrame, DataType, IntoLazy, NamedFrom, Series, TimeUnit, TimeZone, col};
use proptest::prelude::*;

use crate::engine::fixture::Fixture;

type Row = (Option<u8>, Option<f64>, Option<i64>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (prop::option::of(0..3_u8), prop::option::of(-20..20_i32), prop::option::of(-9..9_i64));
    prop::collection::vec(row.prop_map(|(key, value, n)| (key, value.map(|v| f64::from(v) / 4.0), n)), 0..40)
}

/// The values of all aggregates of sorted values out of `n_rows` rows, as they are defined.
fn naive(aggregate: Aggregate, values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = || (!values.is_empty()).then(|| values.iter().sum::<f64>() / n);
    let quantile = |at: f64| {
        let place = at * (n - 1.0);
        let (below, above) = (values.get(place.floor() as usize)?, values.get(place.ceil() as usize)?);
        Some(below + (above - below) * place.fract())
    };
    match aggregate {
        Aggregate::Count => Some(n),
        Aggregate::Sum => (!values.is_empty()).then(|| values.iter().sum()),
        Aggregate::Mean => mean(),
        Aggregate::Median => quantile(0.5),
        Aggregate::Min => values.first().copied(),
        Aggregate::Max => values.last().copied(),
        Aggregate::Distinct => {
            let mut different = values.to_vec();
            different.dedup();
            Some(different.len() as f64)
        }
        Aggregate::Stdev if values.len() < 2 => None,
        Aggregate::Stdev => {
            let mean = mean()?;
            Some((values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
        }
        Aggregate::Q1 => quantile(0.25),
        Aggregate::Q3 => quantile(0.75),
    }
}

fn is_near(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
        (found, expected) => found == expected,
    }
}

/// Null comes last.
fn key_order(key: Option<u8>) -> (bool, Option<u8>) {
    (key.is_none(), key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn aggregates_are_as_defined(rows in rows()) {
        let frame = DataFrame::new_infer_height(vec![
            Series::new("key".into(), rows.iter().map(|row| row.0.map(i64::from)).collect::<Vec<_>>()).into(),
            Series::new("value".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()).into(),
            Series::new("n".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()).into(),
        ]).expect("equal lengths");
        let mut groups: BTreeMap<(bool, Option<u8>), [Vec<f64>; 2]> = BTreeMap::new();
        for (key, value, n) in &rows {
            let group = groups.entry(key_order(*key)).or_default();
            group[0].extend(value);
            group[1].extend(n.map(|n| n as f64));
        }
        let aggregates = Aggregate::ALL.map(|aggregate| format!("\"{0}(value)\", \"{0}(n)\"", aggregate.as_str()));
        let yaml = format!("source: t, columns: [key, {}]", aggregates.join(", "));
        let answer = Fixture::new().with("t", frame).block(&yaml).expect("a right query");
        let keys: Vec<Option<f64>> = groups.keys().map(|key| key.1.map(f64::from)).collect();
        let found: Vec<Option<f64>> = (0..groups.len()).map(|row| answer.columns[0].values.number(row)).collect();
        prop_assert_eq!(found, keys);
        for (row, group) in groups.values_mut().enumerate() {
            for (index, aggregate) in Aggregate::ALL.into_iter().enumerate() {
                for (offset, values) in group.iter_mut().enumerate() {
                    values.sort_by(f64::total_cmp);
                    let column = &answer.columns[1 + 2 * index + offset];
                    let (found, expected) = (column.values.number(row), naive(aggregate, values));
                    prop_assert!(is_near(found, expected), "{} of {:?}: {:?}, not {:?}", column.name, values, found, expected);
                }
            }
        }
    }

    #[test]
    fn time_units_are_as_defined(seconds in prop::collection::vec(prop::option::of(-9_000_000_000..9_000_000_000_i64), 1..30)) {
        let micros = seconds.iter().map(|seconds| seconds.map(|seconds| seconds * 1_000_000 + 7)).collect::<Vec<_>>();
        let frame = DataFrame::new_infer_height(vec![Series::new("at".into(), micros.clone()).into()]).expect("one column");
        let typed = |zone| col("at").cast(DataType::Datetime(TimeUnit::Microseconds, zone));
        let frame = frame.lazy().with_columns([
            typed(Some(TimeZone::UTC)).alias("instant"),
            typed(None).alias("at"),
            typed(None).cast(DataType::Date).alias("day"),
        ]).collect().expect("casts");
        let fixture = Fixture::new().with("t", frame);
        for unit in Unit::ALL {
            let fields = ["at", "instant", "day"];
            for field in &fields[..if unit.is_within_a_day() { 2 } else { 3 }] {
                let yaml = format!("source: t, columns: [\"{}({field})\"]", unit.as_str());
                let answer = fixture.block(&yaml).expect(&yaml);
                let found: Vec<Option<String>> = (0..micros.len()).map(|row| answer.columns[0].values.text(row)).collect();
                let expected: Vec<Option<String>> = micros.iter().map(|micros| micros.map(|micros| naive_unit(unit, micros, *field == "instant"))).collect();
                prop_assert_eq!(found, expected, "{}({})", unit.as_str(), field);
                let is_integer = matches!(answer.columns[0].values, Values::Integer(_));
                prop_assert_eq!(is_integer, unit.is_cyclic());
            }
        }
    }
}

fn naive_unit(unit: Unit, micros: i64, is_instant: bool) -> String {
    let at: DateTime =
        Timestamp::from_microsecond(micros).expect("in range").to_zoned(tz::TimeZone::UTC).datetime();
    let day = at.date();
    let start = |minute: i8| {
        let start = at.date().at(at.hour(), minute, 0, 0);
        if is_instant { format!("{start}Z") } else { start.to_string() }
    };
    let quarter = (day.month() - 1) / 3;
    match unit {
        Unit::Year => day.first_of_year().to_string(),
        Unit::YearQuarter => jiff::civil::date(day.year(), quarter * 3 + 1, 1).to_string(),
        Unit::YearMonth => day.first_of_month().to_string(),
        Unit::YearWeek => {
            let since_monday = i64::from(day.weekday().to_monday_zero_offset());
            day.checked_sub(since_monday.days()).expect("in range").to_string()
        }
        Unit::YearMonthDate => day.to_string(),
        Unit::YearMonthDateHours => start(0),
        Unit::YearMonthDateHoursMinutes => start(at.minute()),
        Unit::Quarter => (quarter + 1).to_string(),
        Unit::Month => day.month().to_string(),
        Unit::Week => day.iso_week_date().week().to_string(),
        Unit::Day => day.weekday().to_monday_one_offset().to_string(),
        Unit::Date => day.day().to_string(),
        Unit::DayOfYear => day.day_of_year().to_string(),
        Unit::Hours => at.hour().to_string(),
        Unit::Minutes => at.minute().to_string(),
    }
}
