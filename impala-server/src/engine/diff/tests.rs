use impala_core::api::RowChange;
use polars::prelude::{DataFrame, NamedFrom, Series};

use super::*;
use crate::engine::fixture::{Fixture, fault};

fn file(fixture: &Fixture, name: &str, columns: Vec<Series>) -> TableFile {
    let columns = columns.into_iter().map(Into::into).collect();
    fixture.file(name, DataFrame::new_infer_height(columns).expect("columns of one length"))
}

fn two() -> (Fixture, TableFile, TableFile) {
    let fixture = Fixture::new();
    let old = vec![
        Series::new("id".into(), [1_i64, 2, 3, 4]),
        Series::new("n".into(), [10_i64, 20, 30, 40]),
        Series::new("old".into(), ["x"; 4]),
    ];
    let new = vec![
        Series::new("n".into(), [Some(30.0), Some(10.5), None, Some(50.0)]),
        Series::new("id".into(), [3_i64, 1, 2, 5]),
    ];
    let (old, new) = (file(&fixture, "a", old), file(&fixture, "b", new));
    (fixture, old, new)
}

fn run(before: &TableFile, after: &TableFile, key: &[&str], sample: usize) -> RowsDiff {
    let key = key.iter().map(|name| (*name).to_owned()).collect();
    let comparison = Comparison { before: before.clone(), after: after.clone(), key, sample };
    diff(comparison, &std::env::temp_dir(), &Stop::never()).expect("a diff")
}

fn counts(rows: &RowsDiff) -> [u64; 4] {
    [rows.added, rows.removed, rows.changed, rows.unchanged]
}

fn line(row: &RowDiff) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let values: Vec<String> = row
        .values
        .iter()
        .map(|value| format!("{}:{}>{}", value.column, word(&value.before), word(&value.after)))
        .collect();
    let key: Vec<String> = row.key.iter().map(word).collect();
    format!("{:?} {} {}", row.change, key.join(","), values.join(" "))
}

#[test]
fn rows_are_followed_by_their_key() {
    let (_fixture, old, new) = two();
    let rows = run(&old, &new, &["id"], 10);
    assert_eq!(counts(&rows), [1, 1, 2, 1]);
    let lines: Vec<String> = rows.sample.iter().map(line).collect();
    assert_eq!(lines, ["Changed 1 n:10>10.5", "Changed 2 n:20>-", "Added 5 n:->50", "Removed 4 n:40>-"]);
    assert_eq!((rows.sample[0].row_before, rows.sample[0].row_after), (Some(1), Some(2)));
    assert_eq!(run(&old, &new, &["id"], 1).sample.len(), 3);
}

#[test]
fn without_a_key_rows_are_their_values_whatever_their_order() {
    let fixture = Fixture::new();
    let old = file(&fixture, "a", vec![Series::new("v".into(), ["x", "x", "y", "z"])]);
    let new = file(&fixture, "b", vec![Series::new("v".into(), ["z", "x", "w", "x", "x"])]);
    let rows = run(&old, &new, &[], 5);
    assert_eq!((counts(&rows), rows.repeated_keys), ([2, 1, 0, 3], 0));
    assert_eq!(rows.sample.iter().filter(|row| row.change == RowChange::Removed).count(), 1);
    assert_eq!(counts(&run(&old, &old, &[], 5)), [0, 0, 0, 4]);
}

#[test]
fn repeated_keys_are_counted_and_unknown_ones_refused() {
    let fixture = Fixture::new();
    let column = |values: [i64; 3]| Series::new("id".into(), values);
    let value = |values: [i64; 3]| Series::new("v".into(), values);
    let old = file(&fixture, "a", vec![column([1, 1, 2]), value([1, 2, 3])]);
    let new = file(&fixture, "b", vec![column([1, 2, 2]), value([1, 3, 4])]);
    let rows = run(&old, &new, &["id"], 5);
    assert_eq!((counts(&rows), rows.repeated_keys), ([1, 1, 0, 2], 2));
    let comparison = Comparison { before: old, after: new, key: vec!["idd".to_owned()], sample: 1 };
    assert_eq!(
        fault(diff(comparison, &std::env::temp_dir(), &Stop::never())),
        "/key: both versions have no column \"idd\"; did you mean \"id\"?"
    );
}

/// Several pieces and several parts, against what is known of the numbers.
#[test]
fn large_files_are_compared_in_parts() {
    let fixture = Fixture::new();
    let ids = |range: std::ops::Range<i64>| Series::new("id".into(), range.collect::<Vec<_>>());
    let values = |range: std::ops::Range<i64>, by: i64| {
        Series::new("v".into(), range.map(|id| if id % by == 0 { -1 } else { id }).collect::<Vec<_>>())
    };
    let old = file(&fixture, "a", vec![ids(0..600_000), values(0..600_000, 600_001)]);
    let new = file(&fixture, "b", vec![ids(1_000..601_000), values(1_000..601_000, 1_000)]);
    let rows = run(&old, &new, &["id"], 2);
    // Of 1000 to 600,999 every thousandth has -1: 599 of them were there before.
    assert_eq!(counts(&rows), [1_000, 1_000, 599, 598_401]);
    let keys: Vec<_> = rows.sample.iter().map(|row| row.key[0].clone().expect("an id")).collect();
    assert_eq!(keys, ["1000", "2000", "600000", "600001", "0", "1"]);
}
