//! How the second pass reads a column: by the parsers that the first decided with.

use impala_core::source::ColumnType;

use super::temporal::{DateForm, Order, Temporal};
use super::value;

/// How the second pass reads a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Boolean,
    Integer,
    Decimal,
    Temporal { column_type: ColumnType, form: Option<DateForm>, order: Order },
    Text,
}

/// A column as the second pass reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ColumnFormat {
    pub format: Format,
    /// Types set by hand read more: `007` is an integer then.
    pub is_by_hand: bool,
}

/// One value, read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since 1970.
    Micros(i64),
    Text(&'a str),
}

impl ColumnFormat {
    /// Reads a value that is not null; `None` when it is not of the column's type.
    pub fn read<'a>(&self, text: &'a [u8]) -> Option<Cell<'a>> {
        let value = value::trim(text);
        match (self.format, self.is_by_hand) {
            (Format::Boolean, false) => value::boolean(value).map(Cell::Boolean),
            (Format::Boolean, true) => value::lenient_boolean(value).map(Cell::Boolean),
            (Format::Integer, false) => value::integer(value).map(Cell::Integer),
            (Format::Integer, true) => value::lenient_integer(value).map(Cell::Integer),
            (Format::Decimal, false) => value::decimal(value).map(Cell::Decimal),
            (Format::Decimal, true) => value::lenient_decimal(value).map(Cell::Decimal),
            (Format::Temporal { column_type, form, order }, _) => {
                let found =
                    Temporal::parse(value).filter(|found| form.is_none_or(|form| form == found.form))?;
                match (column_type, found.column_type()) {
                    (ColumnType::Date, ColumnType::Date) => found.days[order as usize].map(Cell::Date),
                    (ColumnType::Datetime, ColumnType::Date) => found.micros(order).map(Cell::Micros),
                    (own, other) if own == other => found.micros(order).map(Cell::Micros),
                    _ => None,
                }
            }
            (Format::Text, _) => std::str::from_utf8(text).ok().map(Cell::Text),
        }
    }
}
