//! Small files against one contract.

use polars::prelude::{DataType, NamedFrom as _, Series};

use super::*;
use crate::engine::csv::tests::automatic;

fn violations(csv: &str, schema: &str, on_drift: OnDrift) -> Vec<String> {
    violations_of(csv.as_bytes(), None, schema, on_drift)
}

/// * `appended`: the rows that were there, and the file that came behind them
fn violations_of(file: &[u8], appended: Option<(u64, &str)>, schema: &str, on_drift: OnDrift) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (path, own) = (folder.path().join("a.csv"), folder.path().join("own.csv"));
    std::fs::write(&path, file).unwrap();
    let schema = TableSchema::read(schema.as_bytes()).unwrap();
    let mut found = Vec::new();
    let mut report = |fault: FieldError, raw: &[u8]| {
        assert_eq!(fault.row.is_none(), raw.is_empty(), "{fault}");
        found.push(fault.to_string());
        Ok(())
    };
    let (settings, limits) = (automatic(), CsvLimits::default());
    let scanned = appended.map(|(rows_before, text)| {
        std::fs::write(&own, text).unwrap();
        let settings = CsvSettings { on_bad_rows: OnBadRows::Skip, ..automatic() };
        (rows_before, intake::scan_file(&own, &settings, limits, &Stop::never()).unwrap())
    });
    let appended = scanned.as_ref().map(|(rows_before, scanned)| Appended {
        rows_before: *rows_before,
        file: &own,
        scanned,
    });
    let folder = folder.path();
    let contract = Contract { settings: &settings, schema: &schema, on_drift, limits, folder, appended };
    let checked = check_contract(&path, &contract, &Stop::never(), &mut report);
    assert_eq!(checked.unwrap().violations, found.len() as u64);
    found
}

const SCHEMA: &str = r#"{"fields": [
    {"name": "id", "type": "integer", "constraints": {"required": true, "unique": true, "minimum": 1, "maximum": 99}},
    {"name": "day", "type": "date", "constraints": {"minimum": "2024-01-01"}},
    {"name": "shop", "constraints": {"enum": ["north", "south"], "maxLength": 5}},
    {"name": "code", "constraints": {"pattern": "[A-Z]{2}\\d+"}}
], "missingValues": ["", "NA"]}"#;

#[test]
fn every_row_is_told_where_none_can_be_read() {
    let csv = "id,day,shop,code\n1\n".to_owned() + &"1,2\n".repeat(20);
    let found = violations(&csv, SCHEMA, OnDrift::Fail);
    assert_eq!(found.len(), 21, "{found:?}");
    assert!(found[20].starts_with("row 21, line 22: "), "{found:?}");
}

#[test]
fn every_violation_is_told_by_row_and_column() {
    let csv = "id,day,shop,code\n1,2024-01-01,north,AB1\n100,2023-12-31,west,AB1x\nNA,31.01.2024,NA,\n1,x\n2,NA,south,CD2\n2,,,\n";
    let expected = [
        "row 2, line 3, column \"id\": \"100\" is more than the maximum 99",
        "row 2, line 3, column \"day\": \"2023-12-31\" is less than the minimum 2024-01-01",
        "row 2, line 3, column \"shop\": \"west\" is not one of north, south",
        "row 2, line 3, column \"code\": \"AB1x\" does not fit the pattern [A-Z]{2}\\d+",
        "row 3, line 4, column \"id\": a value is required",
        "row 3, line 4, column \"day\": \"31.01.2024\" is not a date such as 2024-01-31",
        "row 4, line 5: column \"shop\": the row has 2 fields; expected 4, as in the header",
        "row 6, line 7, column \"id\": the value is that of row 5 already; expected a different one in every row",
    ];
    assert_eq!(violations(csv, SCHEMA, OnDrift::Fail), expected);
}

#[test]
fn drift_fails_or_widens() {
    let csv = "id,shop,code,extra\n1,north,AB1,x\n2.5,south,AB2,y\n";
    let expected = [
        "column \"day\": the file lacks this column of the contract; known are id, shop, code, extra",
        "column \"extra\": the contract does not have this column; known are id, day, shop, code",
        "row 2, line 3, column \"id\": \"2.5\" is not an integer such as 42",
    ];
    assert_eq!(violations(csv, SCHEMA, OnDrift::Fail), expected);
    assert!(violations(csv, SCHEMA, OnDrift::Widen).is_empty());
    let missing = violations("shop,code\nnorth,AB1\n", SCHEMA, OnDrift::Widen);
    assert_eq!(missing, ["column \"id\": the file lacks this column of the contract; known are shop, code"]);
}

#[test]
fn keys_of_several_columns_name_one_row_each() {
    let schema = r#"{"fields": [{"name": "a"}, {"name": "b"}], "primaryKey": ["a", "b"]}"#;
    let found = violations("a,b\n1,23\n12,3\n1,23\n", schema, OnDrift::Fail);
    assert_eq!(
        found,
        ["row 3, line 4: the key is that of row 1 already; expected a different one in every row"]
    );
}

#[test]
fn rows_that_were_there_are_compared_with_and_not_judged() {
    let csv = b"id,day,shop,code\n0,2023-01-01,west,x\n7,,,\n7,,,\n8,,,\n8,,,\n";
    let own = "day,id\n,7\ntorn\n\n,8\n,8\n";
    assert_eq!(
        violations_of(csv, Some((2, own)), SCHEMA, OnDrift::Fail),
        [
            "row 1, line 2, column \"id\": the value is that of row 2 of the rows that it is appended to already; expected a different one in every row",
            "row 4, line 6, column \"id\": the value is that of an earlier row of the file already; expected a different one in every row",
        ]
    );
}

#[test]
fn parquet_is_held_to_its_values_and_to_the_types_that_it_says() {
    let file = parquet(vec![
        Series::new("id".into(), [1i64, 100, 1]),
        Series::new("day".into(), ["2024-01-01", "2024-01-02", "2024-01-03"]),
        Series::new("shop".into(), [Some("north"), Some("we\"st"), None]),
        Series::new("code".into(), ["AB1", "AB2", "AB3"]),
    ]);
    assert_eq!(
        violations_of(&file, None, SCHEMA, OnDrift::Fail),
        [
            "column \"day\": is text in the file, where the contract asks for the type date",
            "row 2, column \"id\": \"100\" is more than the maximum 99",
            "row 2, column \"shop\": \"we\"st\" is not one of north, south",
            "row 3, column \"id\": the value is that of row 1 already; expected a different one in every row",
        ]
    );
    let day = Series::new("day".into(), [19_722i32, 19_723]).cast(&DataType::Date).unwrap();
    let columns = vec![Series::new("id".into(), [Some(1i64), None]), day];
    let drift = |on_drift| violations_of(&parquet(columns.clone()), None, SCHEMA, on_drift);
    assert_eq!(
        drift(OnDrift::Widen),
        [
            "row 1, column \"day\": \"2023-12-31\" is less than the minimum 2024-01-01",
            "row 2, column \"id\": a value is required",
        ]
    );
    assert_eq!(drift(OnDrift::Fail).len(), 4);
}

fn parquet(columns: Vec<Series>) -> Vec<u8> {
    crate::engine::csv::tests::columnar::written(columns, 2)
}
