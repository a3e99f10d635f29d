//! Sources and rows of the fake server: of the shape that real ones have.

use std::collections::BTreeMap;

use impala_core::api::{BlockAnswer, CanvasData, ColumnStats, Preview, ValueCount};
use impala_core::data::{Column, Values};
use impala_core::query::BlockQuery;
use impala_core::source::{ColumnType, CsvSettings, Source, SourceColumn, SourceVersion};
use impala_core::term::Term;
use impala_core::{Block, BlockData, Canvas};
use jiff::Timestamp;

pub(super) const COLUMNS: [(&str, ColumnType); 4] = [
    ("date", ColumnType::Date),
    ("precipitation", ColumnType::Decimal),
    ("wind", ColumnType::Decimal),
    ("weather", ColumnType::String),
];

pub fn source(names: [&str; 4]) -> Source {
    let types = COLUMNS.into_iter().map(|(_, column_type)| column_type);
    let columns = names
        .into_iter()
        .zip(types)
        .map(|(name, column_type)| SourceColumn {
            name: name.to_owned(),
            column_type,
            reason: format!("all 1,461 values are of type {column_type}"),
            nulls: 0,
            min: Some("0".to_owned()),
            max: Some("9".to_owned()),
        })
        .collect();
    let current = SourceVersion {
        version: 1,
        sha256: "0".repeat(64),
        size_bytes: 48_219,
        rows: 1_461,
        rejected_rows: 0,
        columns,
        delimiter: ",".to_owned(),
        encoding: "UTF-8".to_owned(),
        format: "csv".to_owned(),
        created_by: "ann".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        note: "from CI".to_owned(),
    };
    Source { name: "weather".to_owned(), settings: CsvSettings::default(), versions: 1, current }
}

pub(super) fn stats() -> Vec<ColumnStats> {
    COLUMNS
        .map(|(name, column_type)| {
            let number = |value: f64| column_type.is_numeric().then_some(value);
            let top = match column_type {
                ColumnType::String => {
                    vec![
                        ValueCount { value: "sun".to_owned(), count: 714 },
                        ValueCount { value: "rain".to_owned(), count: 641 },
                    ]
                }
                _ => Vec::new(),
            };
            ColumnStats {
                name: name.to_owned(),
                column_type,
                count: 1_461,
                nulls: 0,
                distinct: if column_type == ColumnType::String { 5 } else { 900 },
                min: Some(if column_type == ColumnType::Date { "2012-01-01" } else { "0.4" }.to_owned()),
                max: Some(if column_type == ColumnType::Date { "2015-12-31" } else { "9.5" }.to_owned()),
                mean: number(3.2),
                stdev: number(1.4),
                q1: number(2.2),
                median: number(3.0),
                q3: number(4.0),
                top,
                spread: if column_type == ColumnType::String { Vec::new() } else { (0..16).collect() },
                min_length: None,
                max_length: None,
            }
        })
        .to_vec()
}

pub(super) fn rows(offset: u64, limit: u64, rows_total: u64) -> Preview {
    let numbers = || offset..(offset + limit).min(rows_total);
    let columns = vec![
        Column::new(
            "precipitation",
            Values::Decimal(numbers().map(|row| Some((row % 13) as f64 / 2.0)).collect()),
        ),
        Column::new("weather", Values::String(numbers().map(|row| Some(weather(row).to_owned())).collect())),
    ];
    Preview { columns, offset, rows_total }
}

/// There was hail once.
fn weather(row: u64) -> &'static str {
    if row == 1_400 { "hail" } else { WEATHER[row as usize % 5] }
}

pub(super) const WEATHER: [&str; 5] = ["drizzle", "fog", "rain", "snow", "sun"];

/// Answers of the shape that the real ones have: a row for each pair of the values of the terms that group.
pub(super) fn data(canvas: &Canvas, given: &BTreeMap<String, Vec<String>>, ids: &[String]) -> CanvasData {
    let bindings = impala_core::parameter::bind_all(&canvas.spec.parameters, given).expect("values that fit");
    let asked = canvas.spec.blocks.iter().filter(|block| ids.is_empty() || ids.contains(&block.id));
    let blocks = asked.filter_map(|block| Some((block.id.clone(), BlockAnswer::Data(block_data(block)?))));
    CanvasData {
        revision: 0,
        parameters: bindings.iter().map(|(name, bound)| (name.clone(), bound.text())).collect(),
        blocks: blocks.collect(),
    }
}

fn block_data(block: &Block) -> Option<BlockData> {
    let query = BlockQuery::of(block)?;
    let mut terms = query.main.select.clone();
    if terms.is_empty() {
        terms = ["date", "precipitation", "weather"].map(|name| Term::Field(name.to_owned())).to_vec();
    }
    let is_metric = block.block_type == impala_core::block::BlockType::Metric;
    let rows = if is_metric { 1 } else { 12 };
    let mut columns: Vec<Column> = terms.iter().map(|term| column(term, rows)).collect();
    if query.main.sort.first().is_some_and(|key| key.is_descending) {
        columns.iter_mut().for_each(|column| turn(&mut column.values));
    }
    let trend = query.trend.map(|trend| trend.select.iter().map(|term| column(term, 12)).collect());
    Some(BlockData {
        columns,
        trend: trend.unwrap_or_default(),
        rows_shown: rows as u64,
        rows_total: rows as u64,
        truncated: false,
        rows_scanned: 1_461,
        sources: vec!["weather@1".to_owned()],
        computed_at: Timestamp::UNIX_EPOCH,
        elapsed_ms: 4,
        cached: false,
    })
}

/// The last row first: values rise.
fn turn(values: &mut Values) {
    match values {
        Values::Integer(values) => values.reverse(),
        Values::Decimal(values) => values.reverse(),
        Values::Date(values) => values.reverse(),
        Values::String(values) => values.reverse(),
        other => panic!("no such column is made here: {other:?}"),
    }
}

/// Says of an answer that it has some of the rows only.
pub(super) fn leave_out(answer: &mut BlockAnswer, rows_total: Option<u64>) {
    if let (BlockAnswer::Data(data), Some(rows_total)) = (answer, rows_total) {
        (data.truncated, data.rows_total) = (true, rows_total);
    }
}

/// Takes the first rows out of an answer.
pub(super) fn skip(answer: &mut BlockAnswer, rows: usize) {
    let BlockAnswer::Data(data) = answer else { return };
    for column in &mut data.columns {
        match &mut column.values {
            Values::Integer(values) => drop(values.drain(..rows.min(values.len()))),
            Values::Decimal(values) => drop(values.drain(..rows.min(values.len()))),
            Values::Date(values) => drop(values.drain(..rows.min(values.len()))),
            Values::String(values) => drop(values.drain(..rows.min(values.len()))),
            other => panic!("no such column is made here: {other:?}"),
        }
    }
}

fn column(term: &Term, rows: usize) -> Column {
    let values = match (term, term.field()) {
        (Term::Aggregate(..), _) => {
            Values::Decimal((0..rows).map(|row| Some(((row * 7) % 11) as f64 * 10.0 + 5.0)).collect())
        }
        (Term::TimeUnit(unit, _), _) if unit.is_cyclic() => {
            Values::Integer((0..rows).map(|row| Some(row as i64 + 1)).collect())
        }
        (Term::TimeUnit(..), _) | (_, Some("date")) => {
            let date = |row: usize| jiff::civil::date(2012, (row % 12) as i8 + 1, 1);
            Values::Date((0..rows).map(|row| Some(date(row))).collect())
        }
        (_, Some("weather")) => {
            Values::String((0..rows).map(|row| Some(WEATHER[row % 5].to_owned())).collect())
        }
        _ => Values::Decimal((0..rows).map(|row| Some(row as f64 * 1.5)).collect()),
    };
    Column::new(term.to_string(), values)
}
