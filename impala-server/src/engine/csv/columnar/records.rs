//! Rows of Parquet as records of text, for code that reads rows of any format.

use impala_core::source::ColumnType;
use polars::prelude::{AnyValue, DataFrame};

use super::super::IngestError;
use super::super::quote::put_field;
use super::super::range::decimal_text;
use super::super::records::Record;
use super::super::rows::{Sink, changed};
use super::super::temporal::to_text;
use super::{DAY_US, damaged};

/// Turns slices into records, and hands them on.
pub struct Records<'a, 'b> {
    keeps_raw: bool,
    sink: &'a mut Sink<'b>,
    rows: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    raw: Vec<u8>,
}

impl<'a, 'b> Records<'a, 'b> {
    /// * `keeps_raw`: whether each record also has itself as a line of CSV
    pub fn new(keeps_raw: bool, sink: &'a mut Sink<'b>) -> Self {
        Self { keeps_raw, sink, rows: 0, bytes: Vec::new(), ends: Vec::new(), raw: Vec::new() }
    }

    /// Hands on the rows of the next slice. What is null is an empty field, and they stand on no line.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn add(&mut self, frame: &DataFrame) -> Result<(), IngestError> {
        for index in 0..frame.height() {
            self.bytes.clear();
            self.ends.clear();
            for column in frame.columns() {
                // A column of one value alone would hand out values of other kinds.
                self.put(&column.as_materialized_series().get(index).map_err(damaged)?)?;
                self.ends.push(self.bytes.len());
            }
            if self.keeps_raw {
                self.write_raw();
            }
            self.rows += 1;
            let record = Record::of_json(&self.bytes, &self.ends, &[], 0, None, &self.raw);
            (self.sink)(self.rows, &record, None)?;
        }
        Ok(())
    }

    fn put(&mut self, value: &AnyValue<'_>) -> Result<(), IngestError> {
        let text = match value {
            AnyValue::Null => return Ok(()),
            AnyValue::String(text) => {
                self.bytes.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            AnyValue::Boolean(value) => Some(value.to_string()),
            AnyValue::Int64(number) => Some(number.to_string()),
            AnyValue::Float64(number) => Some(decimal_text(*number)),
            AnyValue::Date(day) => to_text(ColumnType::Date, i64::from(*day) * DAY_US),
            AnyValue::Datetime(us, _, None) => to_text(ColumnType::Datetime, *us),
            AnyValue::Datetime(us, _, Some(_)) => to_text(ColumnType::Timestamp, *us),
            _ => None,
        };
        // All else was cast, or refused by the scan.
        self.bytes.extend_from_slice(text.ok_or_else(changed)?.as_bytes());
        Ok(())
    }

    fn write_raw(&mut self) {
        self.raw.clear();
        let mut start = 0;
        for (index, end) in self.ends.iter().enumerate() {
            if index > 0 {
                self.raw.push(b',');
            }
            put_field(&mut self.raw, &self.bytes[start..*end], b',');
            start = *end;
        }
    }
}
