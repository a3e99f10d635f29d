//! Parquet files as they come from elsewhere.

use std::io::Cursor;

use polars::prelude::{
    IntoColumn as _, IntoLazy as _, IntoSeries as _, NamedFrom as _, ParquetWriter, Series, TimeUnit,
    TimeZone, col,
};

use super::*;

/// A file of these columns, in row groups of `rows`.
pub fn written(columns: Vec<Series>, rows: usize) -> Vec<u8> {
    let columns = columns.into_iter().map(|series| series.into_column()).collect();
    let mut frame = DataFrame::new_infer_height(columns).unwrap();
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(Cursor::new(&mut bytes)).with_row_group_size(Some(rows));
    writer.finish(&mut frame).unwrap();
    bytes
}

fn numbers(count: i64) -> Vec<u8> {
    let texts: Vec<String> = (0..count).map(|number| format!("n{}", number % 7)).collect();
    written(
        vec![Series::new("n".into(), (0..count).collect::<Vec<_>>()), Series::new("t".into(), texts)],
        1_000,
    )
}

fn refusal(bytes: &[u8], settings: &CsvSettings) -> String {
    match take_in(bytes, settings) {
        Err(IngestError::Refused(invalid)) => invalid.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn types_come_from_the_file_and_figures_from_all_rows() {
    let micros = |name: &str, zone| {
        let series = Series::new(name.into(), [0i64, 86_400_000_000]);
        series.i64().unwrap().clone().into_datetime(TimeUnit::Microseconds, zone).into_series()
    };
    let kept = good(
        written(
            vec![
                Series::new("yes".into(), [Some(true), None]),
                Series::new("small".into(), [7i8, 9]),
                Series::new("big".into(), [-5i64, 5]),
                Series::new("half".into(), [0.5f32, -1.5]),
                Series::new("day".into(), [0i32, 19_723]).cast(&polars::prelude::DataType::Date).unwrap(),
                micros("at", None),
                micros("instant", Some(TimeZone::UTC)),
                Series::new("text".into(), ["007", ""]),
            ],
            1,
        ),
        &automatic(),
    );
    let scanned = &kept.scanned;
    assert_eq!((scanned.rows, scanned.format.as_str(), scanned.delimiter.as_str()), (2, "parquet", "none"));
    let found: Vec<_> = scanned
        .columns
        .iter()
        .map(|column| {
            let bound = |bound: &Option<String>| bound.clone().unwrap_or_default();
            format!(
                "{} {} {} {}..{}",
                column.name,
                column.column_type,
                column.nulls,
                bound(&column.min),
                bound(&column.max)
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "yes boolean 1 true..true",
            "small integer 0 7..9",
            "big integer 0 -5..5",
            "half decimal 0 -1.5..0.5",
            "day date 0 1970-01-01..2024-01-01",
            "at datetime 0 1970-01-01T00:00:00..1970-01-02T00:00:00",
            "instant timestamp 0 1970-01-01T00:00:00Z..1970-01-02T00:00:00Z",
            "text string 0 ..007",
        ]
    );
    assert_eq!(scanned.columns[3].reason, "the Parquet file says f32");
    let frame = kept.convert();
    assert_eq!(frame.height(), 2);
    assert_eq!(frame.column("small").unwrap().i64().unwrap().iter().flatten().sum::<i64>(), 16);
}

#[test]
fn the_bytes_are_kept_and_all_row_groups_are_read() {
    let bytes = numbers(300_000);
    let kept = good(&bytes, &automatic());
    assert_eq!(std::fs::read(kept.path("csv")).unwrap(), bytes);
    let frame = kept.convert();
    assert_eq!(frame.height(), 300_000);
    let sum = frame.lazy().select([col("n").sum()]).collect().unwrap();
    assert_eq!(sum.columns()[0].i64().unwrap().get(0), Some(44_999_850_000));
}

#[test]
fn nested_columns_are_refused_by_name() {
    let list = Series::new("tags".into(), [Series::new("".into(), ["a", "b"])]);
    let refusal = refusal(&written(vec![Series::new("n".into(), [1i64]), list], 10), &automatic());
    assert!(refusal.starts_with("column \"tags\": is list[str], which a source cannot hold"), "{refusal}");
}

#[test]
fn what_does_not_fit_is_refused_by_column() {
    let check = |series: Series, expected: &str| {
        let refusal = refusal(&written(vec![series], 10), &automatic());
        assert!(refusal.contains(expected), "{refusal}");
    };
    check(
        Series::new("id".into(), [u64::MAX]),
        "column \"id\": holds a number above 9,223,372,036,854,775,807",
    );
    check(
        Series::new("raw".into(), [b"\xFF\xFE".as_slice()]),
        "column \"raw\": holds bytes that are no UTF-8",
    );
    check(Series::new("n".into(), [0i64; 0]), "the file has no rows");
    let settings = CsvSettings { types: [("n".to_owned(), ColumnType::String)].into(), ..automatic() };
    let refusal = refusal(&numbers(3), &settings);
    assert!(refusal.contains("column \"n\": is integer in the file, and string as set by hand"), "{refusal}");
}

#[test]
fn damaged_files_are_refused_and_never_a_panic() {
    let bytes = numbers(5_000);
    for length in [5, 12, 100, bytes.len() / 2, bytes.len() - 1] {
        let refusal = refusal(&bytes[..length], &automatic());
        assert!(refusal.contains("cut off or damaged"), "{length}: {refusal}");
    }
    // A byte that is another one may be in a value, where nobody can tell.
    for at in (5..bytes.len()).step_by(97) {
        let mut bent = bytes.clone();
        bent[at] ^= 0xFF;
        match take_in(&bent, &automatic()) {
            Ok(kept) => {
                let path = kept.path("parquet");
                let _ = write_parquet(&kept.path("csv"), &kept.scanned, &path, None, &Stop::never());
            }
            Err(IngestError::Refused(_)) => {}
            Err(other) => panic!("{at}: {other:?}"),
        }
    }
}

#[test]
fn what_is_said_of_a_file_has_to_be_so() {
    let parquet = CsvSettings { format: Some(InputFormat::Parquet), ..automatic() };
    assert!(refusal(b"a,b\n1,2\n", &parquet).contains("does not begin as Parquet does"));
    assert_eq!(good(numbers(3), &parquet).scanned.rows, 3);
    let csv = CsvSettings { format: Some(InputFormat::Csv), ..automatic() };
    assert!(refusal(&numbers(3), &csv).contains("--input-format parquet"));
    assert_eq!(good("PAR1,b\n1,2\n", &automatic()).scanned.columns[0].name, "PAR1");
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("csv");
    let file = File::options().read(true).write(true).create_new(true).open(path).unwrap();
    let limits = CsvLimits { unpacked_bytes: 10_000, ..CsvLimits::default() };
    let mut intake = Intake::new(file, &automatic(), limits).unwrap();
    intake.push(&written(vec![Series::new("same".into(), [7i64; 100_000].as_slice())], 100_000)).unwrap();
    let refused = intake.finish(&Stop::never()).unwrap_err().to_string();
    assert!(refused.contains("unpacks to more than 10,000 bytes"), "{refused}");
}
