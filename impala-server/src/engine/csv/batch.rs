//! Rows of typed cells on their way into Polars.

use impala_core::source::ColumnType;
use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, DataFrame, Float64Type, Int32Type, Int64Type, IntoSeries,
    PlSmallStr, PolarsResult, PrimitiveChunkedBuilder, Schema, StringChunkedBuilder, TimeUnit, TimeZone,
};

use super::format::Cell;
use crate::engine::collect::dtype;

/// A batch is written when it has so many rows, ...
const MOST_ROWS: usize = 128 * 1024;

/// ... or takes about so many bytes.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What a cell takes besides its text.
const CELL_BYTES: usize = 16;

/// Rows that are gathered until there are enough to write.
pub(super) struct Batch {
    columns: Vec<(PlSmallStr, ColumnType)>,
    cells: Vec<Cells>,
    rows: usize,
    text_bytes: usize,
}

enum Cells {
    Boolean(BooleanChunkedBuilder),
    Integer(PrimitiveChunkedBuilder<Int64Type>),
    Decimal(PrimitiveChunkedBuilder<Float64Type>),
    Date(PrimitiveChunkedBuilder<Int32Type>),
    Text(StringChunkedBuilder),
}

impl Batch {
    /// An empty batch of columns by name and type.
    pub fn new<'a>(columns: impl IntoIterator<Item = (&'a str, ColumnType)>) -> Self {
        let columns: Vec<_> =
            columns.into_iter().map(|(name, kind)| (PlSmallStr::from_str(name), kind)).collect();
        let cells = columns.iter().map(|(name, kind)| Cells::new(name, *kind)).collect();
        Self { columns, cells, rows: 0, text_bytes: 0 }
    }

    /// The schema of every batch.
    pub fn schema(&self) -> Schema {
        self.columns.iter().map(|(name, kind)| (name.clone(), dtype(*kind))).collect()
    }

    /// Puts a cell into the row that is being gathered; `None` is null.
    ///
    /// * Result: whether the cell is of the column's type
    pub fn put(&mut self, column: usize, cell: Option<Cell<'_>>) -> bool {
        if let Some(Cell::Text(text)) = cell {
            self.text_bytes += text.len();
        }
        self.cells.get_mut(column).is_some_and(|cells| cells.put(cell))
    }

    /// Ends a row, and returns whether the batch must be written.
    pub fn end_row(&mut self) -> bool {
        self.rows += 1;
        self.rows >= MOST_ROWS || self.text_bytes + self.rows * self.cells.len() * CELL_BYTES >= MOST_BYTES
    }

    /// Takes what was gathered, and starts over.
    pub fn take(&mut self) -> PolarsResult<DataFrame> {
        let fresh = self.columns.iter().map(|(name, kind)| Cells::new(name, *kind)).collect();
        let full = std::mem::replace(&mut self.cells, fresh);
        self.text_bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        let columns =
            full.into_iter().zip(&self.columns).map(|(cells, (_, kind))| cells.finish(*kind)).collect();
        DataFrame::new(rows, columns)
    }
}

impl Cells {
    fn new(name: &PlSmallStr, column_type: ColumnType) -> Self {
        let name = name.clone();
        match column_type {
            ColumnType::Boolean => Self::Boolean(BooleanChunkedBuilder::new(name, 0)),
            ColumnType::Integer | ColumnType::Datetime | ColumnType::Timestamp => {
                Self::Integer(PrimitiveChunkedBuilder::new(name, 0))
            }
            ColumnType::Decimal => Self::Decimal(PrimitiveChunkedBuilder::new(name, 0)),
            ColumnType::Date => Self::Date(PrimitiveChunkedBuilder::new(name, 0)),
            ColumnType::String => Self::Text(StringChunkedBuilder::new(name, 0)),
        }
    }

    fn put(&mut self, cell: Option<Cell<'_>>) -> bool {
        match (self, cell) {
            (Self::Boolean(cells), Some(Cell::Boolean(value))) => cells.append_value(value),
            (Self::Boolean(cells), None) => cells.append_null(),
            (Self::Integer(cells), Some(Cell::Integer(value) | Cell::Micros(value))) => {
                cells.append_value(value);
            }
            (Self::Integer(cells), None) => cells.append_null(),
            (Self::Decimal(cells), Some(Cell::Decimal(value))) => cells.append_value(value),
            (Self::Decimal(cells), None) => cells.append_null(),
            (Self::Date(cells), Some(Cell::Date(value))) => cells.append_value(value),
            (Self::Date(cells), None) => cells.append_null(),
            (Self::Text(cells), Some(Cell::Text(value))) => cells.append_value(value),
            (Self::Text(cells), None) => cells.append_null(),
            _ => return false,
        }
        true
    }

    fn finish(self, column_type: ColumnType) -> Column {
        let zone = (column_type == ColumnType::Timestamp).then_some(TimeZone::UTC);
        let series = match self {
            Self::Boolean(cells) => cells.finish().into_series(),
            Self::Integer(cells) if column_type == ColumnType::Integer => cells.finish().into_series(),
            Self::Integer(cells) => cells.finish().into_datetime(TimeUnit::Microseconds, zone).into_series(),
            Self::Decimal(cells) => cells.finish().into_series(),
            Self::Date(cells) => cells.finish().into_date().into_series(),
            Self::Text(cells) => cells.finish().into_series(),
        };
        series.into()
    }
}
