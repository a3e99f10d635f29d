//! Two small files joined into one.

use polars::prelude::{AnyValue, Column, NamedFrom as _, ParquetReader, SerReader as _, Series};

use super::*;
use crate::engine::csv::tests::{Kept, automatic, good};

fn joined(old: &Kept, new: &Kept, settings: &CsvSettings) -> Result<(Scanned, Vec<u8>), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all");
    let out = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    let (csv, new_csv, scanned) = (old.path("csv"), new.path("csv"), &old.scanned);
    let format = scanned.format.parse().ok();
    let (delimiter, columns) = (&scanned.delimiter, &scanned.columns);
    let base = Base { csv: &csv, settings, delimiter, format, columns, name: "s@1" };
    let limits = CsvLimits::default();
    let result = append(&base, (&new_csv, &new.scanned), settings, out, limits, &Stop::never());
    let (scanned, _) = result.map_err(|error| error.to_string())?;
    Ok((scanned, std::fs::read(path).unwrap()))
}

fn appended(old: &str, new: &str, settings: &CsvSettings) -> Result<(Scanned, String), String> {
    let (scanned, bytes) = joined(&good(old, settings), &good(new, &automatic()), settings)?;
    Ok((scanned, String::from_utf8(bytes).unwrap()))
}

fn parquet(columns: Vec<Series>) -> Kept {
    good(crate::engine::csv::tests::columnar::written(columns, 2), &automatic())
}

/// All rows of a file of Parquet, with `-` for null.
fn shown(bytes: Vec<u8>) -> Vec<String> {
    let frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap();
    let cell = |column: &Column, row: usize| match column.get(row).unwrap() {
        AnyValue::Null => "-".to_owned(),
        value => value.to_string(),
    };
    let row = |row| frame.columns().iter().map(|column| cell(column, row)).collect::<Vec<_>>().join(" ");
    (0..frame.height()).map(row).collect()
}

#[test]
fn behind_parquet_rows_are_parquet() {
    let old = parquet(vec![
        Series::new("n".into(), [1.5f64, 2.0]),
        Series::new("code".into(), [Some("007"), Some("")]),
        Series::new("late".into(), [None::<i64>, None]),
    ]);
    let new = parquet(vec![
        Series::new("late".into(), [7i64]),
        Series::new("n".into(), [4i64]),
        Series::new("code".into(), [None::<&str>]),
    ]);
    let (scanned, bytes) = joined(&old, &new, &automatic()).unwrap();
    assert_eq!((scanned.rows, scanned.format.as_str()), (3, "parquet"));
    assert_eq!((scanned.size_bytes, scanned.sha256.len()), (bytes.len() as u64, 64));
    assert_eq!(shown(bytes), ["1.5 \"007\" -", "2.0 \"\" -", "4.0 - 7"]);
    let text = good("code;late;n\n12;;3\nx;8;\n", &automatic());
    let (scanned, bytes) = joined(&old, &text, &automatic()).unwrap();
    assert_eq!(scanned.rows, 4);
    assert_eq!(shown(bytes)[2..], ["3.0 \"12\" -", "- \"x\" 8"]);
    let wrong = good("code,late,n\n12,,x\n", &automatic());
    assert_eq!(
        joined(&old, &wrong, &automatic()).unwrap_err(),
        "column \"n\": it is decimal in s@1 and string in the new file (row 1 holds \"x\")"
    );
}

#[test]
fn behind_text_rows_of_parquet_are_text() {
    let new =
        parquet(vec![Series::new("t".into(), [Some("a,b"), None]), Series::new("n".into(), [2.0f64, 0.5])]);
    let (scanned, bytes) = joined(&good("n,t\n1.25,x\n", &automatic()), &new, &automatic()).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), "n,t\n1.25,x\n2,\"a,b\"\n0.5,\n");
    assert_eq!((scanned.rows, scanned.format.as_str()), (3, "csv"));
    let error = joined(&good("n,t\n1,x\n", &automatic()), &new, &automatic()).unwrap_err();
    assert_eq!(
        error,
        "column \"n\": it is integer in s@1 and decimal in the new file (the Parquet file says f64)"
    );
}

#[test]
fn rows_come_behind_those_that_are_there() {
    let check = |old: &str, new: &str, settings: &CsvSettings, expected: &str| {
        let (scanned, text) = appended(old, new, settings).unwrap();
        assert_eq!(text, expected);
        assert_eq!(scanned.rows, 2);
    };
    check("a,b\n1,x\n", "b;a\ny;2\n", &automatic(), "a,b\n1,x\n2,y\n");
    check("a;b\n1;\"x;\"\"\"", "a,b\n2,\"p\nq\"\n", &automatic(), "a,b\n1,\"x;\"\"\"\n2,\"p\nq\"\n");
    check("zip\n0150\n", "zip\n53111\n", &automatic(), "zip\n0150\n53111\n");
    check("a\n1.5\n", "a\n2\n", &automatic(), "a\n1.5\n2\n");
    check("a,b\n1,\n", "a,b\n2,x\n", &automatic(), "a,b\n1,\n2,x\n");
    check("{\"a\":1,\"z\":\"7\"}\n", "{\"z\":\"8\",\"a\":null}", &automatic(), "a,z\n1,7\n,8\n");
    let nulls = CsvSettings { null_values: vec!["-".to_owned()], ..automatic() };
    check("a,b\n-,x\n", "a,b\n2,y\n", &nulls, "a,b\n,x\n2,y\n");
}

#[test]
fn columns_that_do_not_agree_are_named() {
    let check = |old: &str, new: &str, expected: &str| {
        assert_eq!(appended(old, new, &automatic()).unwrap_err(), expected);
    };
    check(
        "amount,shop\n1,x\n",
        "amout,shop\n1,x\n",
        "column \"amount\": the new file lacks this column of s@1; did you mean \"amout\"?\n\
         column \"amout\": the new file has this column, which s@1 has not",
    );
    check(
        "n\n1\n",
        "n\n2\nN/A\n",
        "column \"n\": it is integer in s@1 and string in the new file (row 2 holds \"N/A\"; the values before it are integers)",
    );
    check(
        "n\n1\n",
        "n\n2.5\n",
        "column \"n\": it is integer in s@1 and decimal in the new file (its only value is 2.5)",
    );
}
