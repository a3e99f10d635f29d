//! Where the chunks are cut, how large the file is, and what is in it must make no difference.

use std::sync::Arc;

use polars::prelude::{AnyValue, TimeUnit, TimeZone};
use proptest::prelude::*;

use super::*;
use crate::engine::csv::scan::{Scan, ScanError};
use crate::engine::csv::settings::Settings;

/// Everything a scan says.
fn scan_chunks<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
    head_bytes: usize,
    settings: &CsvSettings,
) -> String {
    let settings = Arc::new(Settings::new(settings).expect("good settings"));
    let mut scan =
        Scan::new(settings, CsvLimits { columns: 6, field_bytes: 30, ..CsvLimits::default() }, None)
            .with_head(head_bytes);
    let result = chunks.into_iter().try_for_each(|chunk| scan.push(chunk)).and_then(|()| scan.finish());
    match result {
        Err(ScanError::Refused(invalid)) => invalid.to_string(),
        other => format!("{other:?}"),
    }
}

/// Bytes of which most are something to a CSV reader.
fn csv_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(&b","[..]), 3 => Just(&b"\n"[..]), 1 => Just(&b"\r"[..]), 1 => Just(&b"\r\n"[..]), 2 => Just(&b"\""[..]),
        1 => Just(&b"\"\""[..]), 3 => Just(&b"1"[..]), 1 => Just(&b"2.5"[..]), 1 => Just(&b"2012-01-31"[..]),
        2 => Just("é".as_bytes()), 1 => Just(&b"x"[..]), 1 => Just(&b";"[..]), 1 => Just("🦌".as_bytes()),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| [&b"a,b\n"[..], &pieces.concat()].concat())
}

proptest! {
    #[test]
    fn cuts_make_no_difference(bytes in csv_like(), sizes in proptest::collection::vec(1_usize..9, 1..8), skips: bool) {
        let settings = if skips { skipping() } else { automatic() };
        let mut chunks = Vec::new();
        let mut rest = bytes.as_slice();
        for size in sizes.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, behind) = rest.split_at(size.min(rest.len()));
            chunks.push(chunk);
            rest = behind;
        }
        let whole = scan_chunks([bytes.as_slice()], 8, &settings);
        prop_assert_eq!(scan_chunks(chunks, 8, &settings), whole);
    }

    /// Whatever comes in, it is taken and can be converted, or it is refused.
    #[test]
    fn what_is_scanned_can_be_converted(bytes in csv_like(), skips: bool, no_header: bool, ends_oddly: bool) {
        let settings = CsvSettings { no_header, ..if skips { skipping() } else { automatic() } };
        let odd = if ends_oddly { &b"\xE9\n"[..] } else { &[] };
        match take_in(&[&bytes, odd].concat(), &settings) {
            Ok(kept) => {
                prop_assert_eq!(kept.convert().height() as u64, kept.scanned.rows);
                prop_assert_eq!(kept.rejects().is_empty(), false);
            }
            Err(IngestError::Refused(invalid)) => prop_assert!(!invalid.errors.is_empty()),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

/// A column of one type, and its values.
#[derive(Clone, Debug)]
enum Values {
    Boolean(Vec<Option<bool>>),
    Integer(Vec<Option<i64>>),
    Decimal(Vec<Option<f64>>),
    Date(Vec<Option<i32>>),
    Datetime(Vec<Option<i64>>),
    Timestamp(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
}

const ROWS: usize = 6;

static UTC: TimeZone = TimeZone::UTC;

fn optional<S: Strategy>(values: S) -> impl Strategy<Value = Vec<Option<S::Value>>> {
    proptest::collection::vec(proptest::option::weighted(0.8, values), ROWS)
        .prop_filter("a column without values is text", |values| values.iter().any(Option::is_some))
}

fn values() -> impl Strategy<Value = Values> {
    let micros = || -62_135_596_800_000_000_i64..253_402_200_000_000_000;
    prop_oneof![
        optional(any::<bool>()).prop_map(Values::Boolean),
        optional(any::<i64>()).prop_map(Values::Integer),
        // Written with a point or an exponent, as `{:?}` does.
        optional(any::<f64>().prop_filter("finite", |number| number.is_finite())).prop_map(Values::Decimal),
        optional(-719_162_i32..2_932_896).prop_map(Values::Date),
        optional(micros()).prop_map(Values::Datetime),
        optional(micros()).prop_map(Values::Timestamp),
        // The letter in front keeps it text.
        optional("[t-z][a-zé,;\"\n\r |0-9]{0,12}").prop_map(Values::Text),
    ]
}

impl Values {
    fn csv(&self, row: usize) -> String {
        let at = |micros: i64| jiff::Timestamp::from_microsecond(micros).expect("in range").to_string();
        let text = match self {
            Self::Boolean(values) => values[row].map(|value| value.to_string()),
            Self::Integer(values) => values[row].map(|value| value.to_string()),
            Self::Decimal(values) => values[row].map(|value| format!("{value:?}")),
            Self::Date(values) => {
                values[row].map(|days| at(i64::from(days) * 86_400_000_000)[..10].to_owned())
            }
            Self::Datetime(values) => values[row].map(|micros| at(micros).replace('T', " ").replace('Z', "")),
            Self::Timestamp(values) => values[row].map(at),
            Self::Text(values) => values[row].clone(),
        };
        text.unwrap_or_default()
    }

    fn any_value(&self, row: usize) -> AnyValue<'_> {
        let value = match self {
            Self::Boolean(values) => values[row].map(AnyValue::Boolean),
            Self::Integer(values) => values[row].map(AnyValue::Int64),
            Self::Decimal(values) => values[row].map(AnyValue::Float64),
            Self::Date(values) => values[row].map(AnyValue::Date),
            Self::Datetime(values) => {
                values[row].map(|us| AnyValue::Datetime(us, TimeUnit::Microseconds, None))
            }
            Self::Timestamp(values) => {
                values[row].map(|us| AnyValue::Datetime(us, TimeUnit::Microseconds, Some(&UTC)))
            }
            Self::Text(values) => values[row].as_deref().map(AnyValue::String),
        };
        value.unwrap_or(AnyValue::Null)
    }
}

/// Writes CSV in the plainest way.
fn write_csv(columns: &[Values], delimiter: char, line_end: &str, quotes_all: bool) -> String {
    let names: Vec<String> = (0..columns.len()).map(|index| format!("c{index}")).collect();
    let mut lines = vec![names.join(&delimiter.to_string())];
    for row in 0..ROWS {
        let fields = columns.iter().map(|column| {
            let text = column.csv(row);
            let needs_quotes = text.contains(['"', '\n', '\r', delimiter]) || quotes_all;
            if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
        });
        lines.push(fields.collect::<Vec<_>>().join(&delimiter.to_string()));
    }
    lines.iter().map(|line| format!("{line}{line_end}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tables_come_back_as_they_were(
        columns in proptest::collection::vec(values(), 1..5),
        delimiter in proptest::sample::select(vec![',', ';', '\t', '|']),
        line_end in proptest::sample::select(vec!["\n", "\r\n", "\r"]),
        encoding in proptest::sample::select(vec!["utf-8", "utf-16le", "utf-16be"]),
        quotes_all: bool,
    ) {
        let csv = write_csv(&columns, delimiter, line_end, quotes_all);
        let bytes = match encoding {
            "utf-8" => csv.into_bytes(),
            "utf-16le" => csv.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => csv.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        };
        let delimiter = Some(if delimiter == '\t' { "tab".to_owned() } else { delimiter.to_string() });
        let settings = CsvSettings { delimiter, encoding: Some(encoding.to_owned()), ..automatic() };
        let frame = take_in(&bytes, &settings).expect("a good file").convert();
        prop_assert_eq!(frame.shape(), (ROWS, columns.len()));
        for (index, column) in columns.iter().enumerate() {
            for row in 0..ROWS {
                let found = frame.columns()[index].get(row).expect("in range");
                prop_assert_eq!(&found, &column.any_value(row), "column {} row {}", index, row);
            }
        }
    }
}

#[test]
fn a_column_may_change_its_mind_after_a_million_rows() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("csv");
    let file = File::options().read(true).write(true).create_new(true).open(&path).expect("a new file");
    let mut intake = Intake::new(file, &automatic(), CsvLimits::default()).expect("good settings");
    intake.push(b"n\n").expect("a header");
    let rows = "12\n".repeat(10_000);
    (0..100).for_each(|_| intake.push(rows.as_bytes()).expect("good rows"));
    intake.push(b"none\n").expect("a good row");
    let scanned = intake.finish(&Stop::never()).expect("a good file");
    let column = &scanned.columns[0];
    assert_eq!((scanned.rows, column.column_type), (1_000_001, ColumnType::String));
    assert_eq!(column.reason, "row 1,000,001 holds \"none\"; the values before it are integers");
    assert_eq!((column.min.as_deref(), column.max.as_deref()), (Some("12"), Some("none")));
}

#[test]
fn a_huge_field_is_refused_long_before_its_end() {
    for opening in ["a,b\n1,", "a,b\n1,\"", "", "\""] {
        let file = tempfile::tempfile().expect("a temporary file");
        let mut intake = Intake::new(file, &automatic(), CsvLimits::default()).expect("good settings");
        let chunk = vec![b'x'; 64 * 1024];
        intake.push(opening.as_bytes()).expect("nothing wrong yet");
        let taken = (0..3200).take_while(|_| intake.push(&chunk).is_ok()).count();
        assert!((16..=18).contains(&taken), "{taken} chunks were taken after {opening:?}");
    }
}
