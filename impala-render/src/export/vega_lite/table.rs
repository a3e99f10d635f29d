//! The rows of a spec: an object each, by safe keys.

use impala_core::data::{BlockData, Column, Values};
use impala_core::term::TimeUnit;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::channels::Channels;
use crate::layout::chart::bands::next_period;
use crate::layout::chart::field::Field;

/// The key of a column: its name, where Vega-Lite reads it as a name and not as a path.
pub fn key(data: &BlockData, name: &str) -> String {
    let is_safe = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '(' | ')' | '-');
    let index = data.columns.iter().position(|column| column.name == name).unwrap_or(0);
    if !name.is_empty() && name.chars().all(is_safe) { name.to_owned() } else { format!("column_{index}") }
}

/// The key of the other bound of a bin or week.
pub fn end_key(key: &str) -> String {
    format!("{key} end")
}

/// Whether a field holds the first days of weeks.
pub fn is_weeks(field: &Field) -> bool {
    field.channel.time_unit == Some(TimeUnit::YearWeek)
}

/// All rows of the answer.
pub fn rows(channels: &Channels) -> Vec<Value> {
    let data = channels.data;
    let count = data.columns.first().map_or(0, |column| column.values.len());
    let weeks: Vec<&str> = channels
        .chart
        .encoding
        .channels()
        .filter_map(|(_, channel)| channels.field(Some(channel)))
        .filter(is_weeks)
        .map(|field| field.column.name.as_str())
        .collect();
    (0..count).map(|row| object(data, row, &weeks)).collect()
}

fn object(data: &BlockData, row: usize, weeks: &[&str]) -> Value {
    let mut fields = Map::new();
    for column in &data.columns {
        let key = key(data, &column.name);
        if let Some(end) = end(column, row, weeks) {
            fields.insert(end_key(&key), end);
        }
        fields.insert(key, value(&column.values, row));
    }
    Value::Object(fields)
}

fn end(column: &Column, row: usize, weeks: &[&str]) -> Option<Value> {
    let start = column.values.number(row)?;
    if let Some(step) = column.bin_step {
        return Some((start + step).into());
    }
    if !weeks.contains(&column.name.as_str()) {
        return None;
    }
    let next = crate::format::time::from_seconds(next_period(TimeUnit::YearWeek, start)?)?;
    Some(format!("{next}Z").into())
}

/// A value as JSON. Instants are in UTC and say so, since a script would read them in its own zone; what JSON has no number
/// for is null.
fn value(values: &Values, row: usize) -> Value {
    match values {
        Values::Boolean(values) => values.get(row).copied().flatten().into(),
        Values::Integer(values) => values.get(row).copied().flatten().into(),
        Values::Decimal(values) => {
            values.get(row).copied().flatten().filter(|value| value.is_finite()).into()
        }
        Values::Date(values) => {
            values.get(row).copied().flatten().map(|date| format!("{date}T00:00:00Z")).into()
        }
        Values::Datetime(values) => values.get(row).copied().flatten().map(|at| format!("{at}Z")).into(),
        Values::Timestamp(values) => {
            values.get(row).copied().flatten().map(|at| format!("{}Z", TimeZone::UTC.to_datetime(at))).into()
        }
        Values::String(values) => values.get(row).cloned().flatten().into(),
    }
}
