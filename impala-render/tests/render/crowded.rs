//! Bins, periods and parts of a cycle keep all of their values, however small the room; only names are counted instead.

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use insta::assert_snapshot;

use crate::support::*;

fn chart(mark: &str, encoding: &str) -> String {
    format!("type: chart, title: A chart, source: s, mark: {mark}, encoding: {{{encoding}}}")
}

fn bins(name: &str, step: f64, bounds: impl IntoIterator<Item = Option<f64>>) -> Column {
    Column { bin_step: Some(step), ..Column::new(name, Values::Decimal(bounds.into_iter().collect())) }
}

/// A histogram of body mass with two empty bins and two rows without a value.
fn mass() -> BlockAnswer {
    let bounds = [2_700.0, 3_000.0, 3_150.0, 3_300.0, 3_600.0, 3_750.0].map(Some);
    answer(vec![
        bins("bin(mass)", 150.0, bounds.into_iter().chain([None])),
        integers("count()", [11, 30, 55, 40, 20, 12, 2]),
    ])
}

#[test]
fn a_histogram_keeps_empty_bins_and_counts_nulls_below() {
    let upright = chart("bar", "x: {field: mass, bin: true}, y: {aggregate: count}");
    assert_snapshot!("histogram_nulls", drawn(&upright, &mass(), (60, 14)));
    let sideways = chart("bar", "y: {field: mass, bin: true}, x: {aggregate: count}");
    assert_snapshot!("histogram_sideways", drawn(&sideways, &mass(), (60, 14)));
    assert_snapshot!("histogram_merged", drawn(&sideways, &mass(), (60, 9)));
}

#[test]
fn merged_bars_of_means_are_means() {
    let values = answer(vec![
        bins("bin(mass)", 10.0, (0..24).map(|bin| Some(f64::from(bin) * 10.0))),
        decimals("mean(v)", (0..24).map(|bin| f64::from(bin % 2) * 10.0 + 5.0)),
    ]);
    let yaml = chart("bar", "y: {field: mass, bin: true}, x: {aggregate: mean, field: v}");
    assert_snapshot!("bars_merged_means", drawn(&yaml, &values, (60, 16)));
}

/// Counts of bins by bins, most of them in the least bins.
fn pairs() -> BlockAnswer {
    let all: Vec<(i32, i32)> = (0..14).flat_map(|a| (0..20).map(move |b| (a, b))).collect();
    answer(vec![
        bins("bin(a)", 2.0, all.iter().map(|(a, _)| Some(f64::from(*a) * 2.0))),
        bins("bin(b)", 5.0, all.iter().map(|(_, b)| Some(f64::from(*b) * 5.0))),
        integers("count()", all.iter().map(|(a, b)| i64::from((14 - a) * (20 - b)))),
    ])
}

#[test]
fn a_heat_map_keeps_its_least_bins() {
    let yaml = chart("rect", "x: {field: a, bin: true}, y: {field: b, bin: true}, color: {aggregate: count}");
    assert_snapshot!("rect_merged", drawn(&yaml, &pairs(), (60, 14)));
    assert_snapshot!("rect_all", drawn(&yaml, &pairs(), (60, 26)));
}

#[test]
fn a_week_ends_with_sunday() {
    let all: Vec<(i64, i64)> = (0..24).flat_map(|hour| (1..=7).map(move |day| (hour, day))).collect();
    let week = answer(vec![
        integers("hours(at)", all.iter().map(|(hour, _)| *hour)),
        integers("day(at)", all.iter().map(|(_, day)| *day)),
        integers("count()", all.iter().map(|(hour, day)| hour * day)),
    ]);
    let yaml = chart(
        "rect",
        "x: {field: at, timeUnit: hours}, y: {field: at, timeUnit: day}, color: {aggregate: count}",
    );
    for height in 8..16 {
        let text = drawn(&yaml, &week, (60, height));
        assert!(text.contains("Mon") && text.contains("Sun"), "{text}");
        assert!(!text.contains("more"), "{text}");
    }
    assert_snapshot!("rect_week", drawn(&yaml, &week, (60, 9)));
}

#[test]
fn a_year_of_boxes_ends_with_december() {
    let mut columns = vec![integers("month(at)", 1..=12)];
    for (index, part) in ["min", "q1", "median", "q3", "max"].iter().enumerate() {
        columns.push(decimals(&format!("{part}(v)"), (0..12).map(|month| wave(month) + index as f64 * 4.0)));
    }
    let year = answer(columns);
    let upright = chart("boxplot", "x: {field: at, timeUnit: month}, y: {field: v}");
    assert_snapshot!("boxes_year", drawn(&upright, &year, (44, 16)));
    let sideways =
        chart("boxplot", "x: {field: v, type: quantitative}, y: {field: at, timeUnit: month, type: ordinal}");
    for (yaml, size) in
        [(&upright, (24, 12)), (&upright, (60, 12)), (&sideways, (60, 14)), (&sideways, (60, 9))]
    {
        let text = drawn(yaml, &year, size);
        assert!(!text.contains("more"), "{text}");
    }
}
