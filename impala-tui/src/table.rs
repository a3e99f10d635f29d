//! Rows and columns with a cursor: scrolls both ways, sorts, finds, copies. It may hold a window of a longer table.

mod drawing;
mod search;

pub use search::Way;

use impala_core::block::SortKey;
use impala_core::data::{Column, Values};
use impala_render::column_texts;
use impala_render::format::{self, number::whole};

use crate::keymap::Command;
use crate::look::Role;
use crate::screen::Shared;

/// Widest that a column is drawn.
const WIDEST: usize = 40;

/// A table and the place of its cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataTable {
    columns: Vec<Column>,
    /// Their values as they are shown.
    shown: Vec<Vec<Option<String>>>,
    widths: Vec<usize>,
    /// Number of the first row that is held, from 0.
    offset: u64,
    /// Rows of the whole table.
    rows_total: u64,
    /// Whether a limit has left out rows that would belong to it.
    pub is_limited: bool,
    /// Held rows in the order shown.
    order: Vec<usize>,
    /// By which column they are sorted, and whether the greatest comes first.
    sort: Option<Order>,
    /// Whether the rows came in that order, and others that belong before or between them may not be here.
    is_sorted_there: bool,
    /// The order that was asked for, until its rows are here.
    asked: Option<Option<Order>>,
    /// The row of the cursor, from 0.
    pub row: u64,
    /// The column of the cursor.
    pub col: usize,
    top: u64,
    search: String,
}

/// A column, and whether its greatest value comes first.
type Order = (usize, bool);

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It is not a table's.
    None,
    /// The table has changed.
    Done,
    /// A text to look for is to be asked for.
    AskSearch,
    /// What is looked for is not in the rows that are held: those that way, from this one on or before it, are to be asked for.
    SearchOn(Way, u64),
    /// The rows that come first in this order are to be asked for, or those in the order of nobody's choice: not all are held.
    AskSort(Option<SortKey>),
    /// The column of the cursor is to be copied, and not all of its rows are held.
    CopyAll,
}

impl DataTable {
    /// A table whose rows are all there.
    pub fn new(columns: Vec<Column>) -> Self {
        let rows = columns.first().map_or(0, |column| column.values.len()) as u64;
        let mut table = Self::default();
        table.fill(columns, 0, rows);
        table
    }

    /// Takes rows, beginning with row `offset` of `rows_total`.
    pub fn fill(&mut self, columns: Vec<Column>, offset: u64, rows_total: u64) {
        let held = columns.first().map_or(0, |column| column.values.len());
        let here = self.column_name().and_then(|name| columns.iter().position(|column| column.name == name));
        self.col = here.unwrap_or(self.col);
        self.shown = columns.iter().map(column_texts).collect();
        self.widths =
            columns.iter().zip(&self.shown).map(|(column, cells)| width_of(column, cells)).collect();
        self.order = (0..held).collect();
        (self.columns, self.offset, self.rows_total) = (columns, offset, rows_total);
        (self.sort, self.asked) = (self.sort.filter(|_| self.is_whole()), None);
        self.row = self.row.min(rows_total.saturating_sub(1));
        self.col = self.col.min(self.columns.len().saturating_sub(1));
        self.resort();
    }

    /// Stands as another table of other rows did: sorted by the same column, on the same row if that is still there, else as
    /// far from the first.
    pub fn stand_as(&mut self, old: &Self) {
        let column = |name: &str| self.columns.iter().position(|column| column.name == name);
        let named = |index: usize| old.columns.get(index).and_then(|old| column(&old.name));
        self.sort = old.sort.and_then(|(col, is_descending)| Some((named(col)?, is_descending)));
        self.col = named(old.col).unwrap_or(0);
        self.search.clone_from(&old.search);
        self.resort();
        let (texts, last) = (old.cells_here(), self.rows_total.saturating_sub(1));
        // Where several rows are alike, the one in the same place comes first.
        let here = old.row.saturating_sub(self.offset) as usize % self.order.len().max(1);
        let all = || (here..self.order.len()).chain(0..here);
        let same = all().find(|index| self.cells(self.order[*index]) == texts);
        self.row = same.map_or(old.row, |index| self.offset + index as u64).min(last);
        self.top = old.top;
    }

    fn cells(&self, row: usize) -> Vec<String> {
        self.columns.iter().map(|column| self.text(row, column)).collect()
    }

    fn cells_here(&self) -> Vec<String> {
        self.held_row().map(|row| self.cells(row)).unwrap_or_default()
    }

    /// Stands as sorted by the server, which knows all rows, or not at all.
    pub fn stand_sorted(&mut self, key: Option<&SortKey>) {
        let column = |key: &SortKey| self.columns.iter().position(|column| column.name == key.column);
        self.sort = key.and_then(|key| Some((column(key)?, key.is_descending)));
        (self.is_sorted_there, self.asked) = (key.is_some(), None);
        self.order.sort_unstable();
    }

    /// Whether the rows that are held can be put in order: part of them in order would look like all of them.
    fn can_sort(&self) -> bool {
        self.is_whole() && !self.is_limited && !self.is_sorted_there
    }

    /// Whether all rows are held.
    fn is_whole(&self) -> bool {
        self.order.len() as u64 == self.rows_total
    }

    /// The first row that is to be asked for, when rows around the cursor are not held.
    pub fn missing(&self, page: u64) -> Option<u64> {
        let end = self.offset + self.order.len() as u64;
        let last_seen = (self.top + page).min(self.rows_total);
        let is_held = self.top >= self.offset && last_seen <= end;
        (!is_held && self.rows_total > 0).then(|| self.top.saturating_sub(page * 2))
    }

    /// The held row under the cursor.
    pub fn held_row(&self) -> Option<usize> {
        let shown = self.row.checked_sub(self.offset)?;
        self.order.get(usize::try_from(shown).ok()?).copied()
    }

    /// Does what is asked.
    pub fn command(&mut self, command: Command, page: u64, shared: &mut Shared) -> Reaction {
        let last = self.rows_total.saturating_sub(1);
        match command {
            Command::Up => self.row = self.row.saturating_sub(1),
            Command::Down => self.row = (self.row + 1).min(last),
            Command::PageUp => self.row = self.row.saturating_sub(page),
            Command::PageDown => self.row = (self.row + page).min(last),
            Command::First => self.row = 0,
            Command::Last => self.row = last,
            Command::Left => self.col = self.col.saturating_sub(1),
            Command::Right => self.col = (self.col + 1).min(self.columns.len().saturating_sub(1)),
            Command::Sort if self.can_sort() => {
                self.sort = self.next_sort();
                self.resort();
            }
            Command::Sort => return self.ask_sort(),
            Command::Search => return Reaction::AskSearch,
            Command::NextMatch | Command::PreviousMatch => {
                let way = if command == Command::NextMatch { Way::Down } else { Way::Up };
                let reaction = self.find_next(way, shared);
                self.settle(page);
                return reaction;
            }
            Command::CopyCell => shared.clip(self.cell_text(), "Cell"),
            Command::CopyRow => shared.clip(self.row_text(), "Row"),
            Command::CopyColumn if !self.is_whole() => return Reaction::CopyAll,
            Command::CopyColumn => {
                let rows = format::count(self.rows_total, "row");
                shared.clip_saying(self.column_text(), Role::Good, format!("Column copied: {rows}"));
            }
            _ => return Reaction::None,
        }
        self.settle(page);
        Reaction::Done
    }

    /// Scrolls so that the cursor is seen.
    pub fn settle(&mut self, page: u64) {
        let page = page.max(1);
        self.top = self.top.clamp(self.row.saturating_sub(page - 1), self.row);
    }

    /// By the column of the cursor: up, then down, then not.
    fn next_sort(&self) -> Option<Order> {
        match self.asked.unwrap_or(self.sort) {
            Some((col, false)) if col == self.col => Some((col, true)),
            Some((col, true)) if col == self.col => None,
            _ => Some((self.col, false)),
        }
    }

    fn ask_sort(&mut self) -> Reaction {
        let next = self.next_sort();
        self.asked = Some(next);
        Reaction::AskSort(next.and_then(|(col, is_descending)| {
            let column = self.columns.get(col)?.name.clone();
            Some(SortKey { column, is_descending })
        }))
    }

    fn resort(&mut self) {
        self.order.sort_unstable();
        let Some((col, is_descending)) = self.sort else { return };
        let Some(column) = self.columns.get(col).filter(|_| self.can_sort()) else { return };
        let values = &column.values;
        self.order.sort_by(|&a, &b| {
            let order = compare(values, a, b);
            // Null comes last in both directions.
            let is_null = values.text(a).is_none() || values.text(b).is_none();
            if is_descending && !is_null { order.reverse() } else { order }
        });
    }

    /// Rows of the whole table.
    pub fn rows_total(&self) -> u64 {
        self.rows_total
    }

    fn text(&self, row: usize, column: &Column) -> String {
        column.values.text(row).unwrap_or_default()
    }

    fn cell_text(&self) -> String {
        let column = self.columns.get(self.col);
        self.held_row().zip(column).map(|(row, column)| self.text(row, column)).unwrap_or_default()
    }

    fn row_text(&self) -> String {
        self.cells_here().join("\t")
    }

    /// Name of the column of the cursor.
    pub fn column_name(&self) -> Option<&str> {
        self.columns.get(self.col).map(|column| column.name.as_str())
    }

    fn column_text(&self) -> String {
        let Some(column) = self.columns.get(self.col) else { return String::new() };
        let rows = self.order.iter().map(|row| self.text(*row, column));
        std::iter::once(column.name.clone()).chain(rows).collect::<Vec<_>>().join("\n")
    }

    /// Where the cursor is, in words.
    pub fn place(&self) -> String {
        if self.rows_total == 0 {
            return "no rows".to_owned();
        }
        let name = self.columns.get(self.col).map_or("", |column| column.name.as_str());
        format!("row {} of {} · {}", whole(self.row + 1), whole(self.rows_total), format::clean(name))
    }
}

fn width_of(column: &Column, cells: &[Option<String>]) -> usize {
    let cells = cells.iter().take(1_000).flatten().map(|text| format::width(text));
    // One more, for the arrow of a sorted column.
    cells.max().unwrap_or(1).max(format::width(&column.name) + 1).clamp(1, WIDEST)
}

fn compare(values: &Values, a: usize, b: usize) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    if let Values::String(texts) = values {
        return match (&texts[a], &texts[b]) {
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
    }
    match (values.number(a), values.number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, None) => Ordering::Equal,
    }
}
