//! Columns of data as a table, CSV, JSON, lines of JSON or Markdown.

use clap::ValueEnum;
use impala_core::data::{Column, Values};
use serde_json::{Map, Value, json};

use super::Table;
use super::table::one_line;
use crate::error::CliError;

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned, for people
    #[default]
    Table,
    /// Comma-separated, with a header
    Csv,
    /// One array of objects
    Json,
    /// An object a line
    Ndjson,
    /// A Markdown table
    Markdown,
}

/// Writes columns of equal length as rows.
///
/// # Errors
/// None that data can cause.
pub fn write(columns: &[Column], format: Format, width_cols: Option<usize>) -> Result<String, CliError> {
    let rows = columns.iter().map(|column| column.values.len()).max().unwrap_or(0);
    Ok(match format {
        Format::Table => table(columns, rows).to_text(width_cols),
        Format::Markdown => markdown(columns, rows),
        Format::Csv => csv_text(columns, rows).map_err(|error| CliError::failed(error.to_string()))?,
        Format::Ndjson => (0..rows).map(|row| object(columns, row) + "\n").collect(),
        Format::Json if rows == 0 => "[]\n".to_owned(),
        Format::Json => {
            let objects: Vec<String> = (0..rows).map(|row| format!("  {}", object(columns, row))).collect();
            format!("[\n{}\n]\n", objects.join(",\n"))
        }
    })
}

fn cell(column: &Column, row: usize) -> String {
    column.values.text(row).unwrap_or_default()
}

fn table(columns: &[Column], rows: usize) -> Table {
    let mut table = Table::default();
    for column in columns {
        table.column(&column.name, column.values.column_type().is_numeric());
    }
    for row in 0..rows {
        table.row(columns.iter().map(|column| cell(column, row)));
    }
    table
}

fn csv_text(columns: &[Column], rows: usize) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| &column.name))?;
    for row in 0..rows {
        writer.write_record(columns.iter().map(|column| cell(column, row)))?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn markdown(columns: &[Column], rows: usize) -> String {
    let escape = |text: &str| one_line(text).replace('\\', "\\\\").replace('|', "\\|");
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = columns.iter().map(|column| escape(&column.name)).collect();
    let rule = |column: &Column| match column.values.column_type().is_numeric() {
        true => "---:".to_owned(),
        false => "---".to_owned(),
    };
    let mut text = line(names) + &line(columns.iter().map(rule).collect());
    for row in 0..rows {
        text += &line(columns.iter().map(|column| escape(&cell(column, row))).collect());
    }
    text
}

/// A row as a JSON object, its fields in the order of the columns.
fn object(columns: &[Column], row: usize) -> String {
    let field = |column: &Column| {
        let name = Value::String(column.name.clone());
        format!("{name}: {}", json_value(&column.values, row))
    };
    format!("{{{}}}", columns.iter().map(field).collect::<Vec<_>>().join(", "))
}

/// Numbers and booleans as such, the rest as text; what JSON has no number for, as text too.
fn json_value(values: &Values, row: usize) -> Value {
    match values {
        Values::Boolean(values) => json!(values.get(row).copied().flatten()),
        Values::Integer(values) => json!(values.get(row).copied().flatten()),
        Values::Decimal(values) => match values.get(row).copied().flatten() {
            Some(number) if number.is_finite() => json!(number),
            Some(number) => json!(number.to_string()),
            None => Value::Null,
        },
        other => json!(other.text(row)),
    }
}

/// Columns as an array of JSON objects.
pub fn objects(columns: &[Column]) -> Vec<Value> {
    let rows = columns.iter().map(|column| column.values.len()).max().unwrap_or(0);
    let object = |row| {
        let fields = columns.iter().map(|column| (column.name.clone(), json_value(&column.values, row)));
        Value::Object(fields.collect::<Map<_, _>>())
    };
    (0..rows).map(object).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        let text = |text: &str| Some(text.to_owned());
        vec![
            Column::new("name", Values::String(vec![text("a|b"), text("say \"hi\"\nyou"), None])),
            Column::new("n", Values::Integer(vec![Some(12), None, Some(-3)])),
            Column::new("x", Values::Decimal(vec![Some(0.5), Some(f64::NAN), Some(2.0)])),
        ]
    }

    #[test]
    fn rows_are_written_in_every_format() {
        let check = |format, expected: &str| {
            let text = write(&columns(), format, None).expect("plain data");
            assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
        };
        check(
            Format::Table,
            "name           n    x\na|b           12  0.5\nsay \"hi\" you      NaN\n              -3    2\n",
        );
        check(Format::Csv, "name,n,x\na|b,12,0.5\n\"say \"\"hi\"\"\nyou\",,NaN\n,-3,2\n");
        check(
            Format::Ndjson,
            "{\"name\": \"a|b\", \"n\": 12, \"x\": 0.5}\n{\"name\": \"say \\\"hi\\\"\\nyou\", \"n\": null, \"x\": \"NaN\"}\n{\"name\": null, \"n\": -3, \"x\": 2.0}\n",
        );
        check(
            Format::Markdown,
            "| name | n | x |\n| --- | ---: | ---: |\n| a\\|b | 12 | 0.5 |\n| say \"hi\" you |  | NaN |\n|  | -3 | 2 |\n",
        );
    }

    #[test]
    fn json_is_json() {
        let text = write(&columns(), Format::Json, None).expect("plain data");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value.as_array().map(Vec::len), Some(3));
        assert_eq!(write(&[], Format::Json, None).ok().as_deref(), Some("[]\n"));
    }
}
