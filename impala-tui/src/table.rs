//! Rows and columns with a cursor: scrolls both ways, sorts, finds, copies. It may hold a window of a longer table.

use impala_core::data::{Column, Values};
use impala_core::source::ColumnType;
use impala_render::column_texts;
use impala_render::format::{self, value};
use ratatui::layout::Rect;

use crate::keymap::Command;
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Shared;

/// Widest that a column is drawn.
const WIDEST: usize = 40;

/// Narrowest that a column of texts is drawn which goes on beyond the edge.
const LEAST: usize = 8;

/// Columns between two columns.
const GAP: usize = 2;

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
    /// Held rows in the order shown.
    order: Vec<usize>,
    /// By which column they are sorted, and whether the greatest comes first.
    sort: Option<(usize, bool)>,
    /// The row of the cursor, from 0.
    pub row: u64,
    /// The column of the cursor.
    pub col: usize,
    top: u64,
    search: String,
}

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It is none of a table's.
    None,
    /// The table has changed.
    Done,
    /// A text to look for is to be asked for.
    AskSearch,
    /// What is looked for is not in the rows that are held; those from this one on are to be asked for.
    SearchOn(u64),
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
        self.shown = columns.iter().map(column_texts).collect();
        self.widths =
            columns.iter().zip(&self.shown).map(|(column, cells)| width_of(column, cells)).collect();
        self.order = (0..held).collect();
        (self.columns, self.offset, self.rows_total) = (columns, offset, rows_total);
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

    /// Whether all rows are held, so that they can be sorted.
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
            Command::Sort => self.turn_sort(shared),
            Command::Search => return Reaction::AskSearch,
            Command::NextMatch => {
                let reaction = self.look_from(1, shared);
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

    fn turn_sort(&mut self, shared: &mut Shared) {
        if !self.is_whole() {
            return shared
                .say(Role::Warning, "Only part of the rows is here; a table block sorts all of them.");
        }
        self.sort = match self.sort {
            Some((col, false)) if col == self.col => Some((col, true)),
            Some((col, true)) if col == self.col => None,
            _ => Some((self.col, false)),
        };
        self.resort();
    }

    fn resort(&mut self) {
        self.order.sort_unstable();
        let Some((col, is_descending)) = self.sort else { return };
        let Some(column) = self.columns.get(col).filter(|_| self.is_whole()) else { return };
        let values = &column.values;
        self.order.sort_by(|&a, &b| {
            let order = compare(values, a, b);
            // Null comes last in both directions.
            let is_null = values.text(a).is_none() || values.text(b).is_none();
            if is_descending && !is_null { order.reverse() } else { order }
        });
    }

    /// Looks for a text from the row of the cursor on.
    pub fn find(&mut self, text: &str, shared: &mut Shared) -> Reaction {
        self.search = text.to_lowercase();
        self.look_from(0, shared)
    }

    /// A whole table is looked through round its end.
    fn look_from(&mut self, first: usize, shared: &mut Shared) -> Reaction {
        if self.search.is_empty() {
            return Reaction::Done;
        }
        let here = self.row.saturating_sub(self.offset) as usize + first;
        let count = self.order.len();
        let steps = (here..here + count).take_while(|index| self.is_whole() || *index < count);
        let found = steps.map(|index| index % count.max(1)).find_map(|index| {
            let col = self.column_with(&self.shown, &self.columns, self.order[index])?;
            Some((index, col))
        });
        match found {
            Some((index, col)) => (self.row, self.col) = (self.offset + index as u64, col),
            None if self.is_whole() => {
                shared.say(Role::Warning, format!("\"{}\" was not found", self.search));
            }
            None => return Reaction::SearchOn(self.offset + count as u64),
        }
        Reaction::Done
    }

    /// The first column that holds in a row what is looked for, as it is shown or whole.
    fn column_with(&self, shown: &[Vec<Option<String>>], columns: &[Column], row: usize) -> Option<usize> {
        let has = |text: Option<&str>| text.is_some_and(|text| text.to_lowercase().contains(&self.search));
        (0..columns.len()).find(|&col| {
            let shown = shown[col].get(row).and_then(Option::as_deref);
            has(shown) || has(value::text(&columns[col].values, row).as_deref())
        })
    }

    /// Takes other rows, if they hold what is looked for, and stands on it; whether they do.
    pub fn take_found(&mut self, columns: &[Column], offset: u64, page: u64) -> bool {
        let shown: Vec<_> = columns.iter().map(column_texts).collect();
        let rows = columns.first().map_or(0, |column| column.values.len());
        let found = (0..rows).find_map(|row| Some((row, self.column_with(&shown, columns, row)?)));
        if let Some((row, col)) = found {
            self.fill(columns.to_vec(), offset, self.rows_total);
            (self.row, self.col) = (offset + row as u64, col);
            self.settle(page);
        }
        found.is_some()
    }

    /// What is looked for.
    pub fn search(&self) -> &str {
        &self.search
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
        let number = |number: u64| impala_core::number_format::group_thousands(&number.to_string());
        let name = self.columns.get(self.col).map_or("", |column| column.name.as_str());
        format!("row {} of {} · {}", number(self.row + 1), number(self.rows_total), format::clean(name))
    }

    /// The whole text of the cell under the cursor, when its column is too narrow for it or shows fewer decimals.
    fn cut_cell(&self) -> Option<String> {
        let (column, row) = (self.columns.get(self.col)?, self.held_row()?);
        let text = value::text(&column.values, row)?;
        let shown = self.shown[self.col].get(row)?.as_ref()?;
        let number = |text: &str| text.replace(',', "").parse::<f64>().ok();
        let is_rounded = column.values.column_type().is_numeric() && number(&text) != number(shown);
        (is_rounded || format::width(&text) > self.widths[self.col]).then_some(text)
    }

    /// Draws header and rows; the column of the cursor is always seen, and so is the whole of the cell.
    pub fn draw(&self, paper: &mut Paper, area: Rect) {
        let lines =
            self.cut_cell().map(|text| format::wrap(&text, usize::from(area.width))).unwrap_or_default();
        let rows = (lines.len() as u16).min(area.height / 3);
        let gap = u16::from(rows > 0);
        let table = Rect { height: area.height - rows - gap, ..area };
        self.draw_rows(paper, table);
        let below = Rect { y: table.bottom() + gap, height: rows, ..area };
        for (row, line) in lines.iter().take(usize::from(rows)).enumerate() {
            let is_cut = row + 1 == usize::from(rows) && lines.len() > usize::from(rows);
            let line = if is_cut { format!("{line} …") } else { line.clone() };
            paper.text(below, row as u16, &line, Role::Accent);
        }
    }

    fn draw_rows(&self, paper: &mut Paper, area: Rect) {
        let numbers = (self.rows_total.max(1).ilog10() as usize) + 2;
        let room = usize::from(area.width).saturating_sub(numbers + 1);
        let left = self.first_column(room);
        let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let rows = u64::from(list.height);
        let top = self.top.clamp(self.row.saturating_sub(rows.saturating_sub(1)), self.row);
        let mut col = numbers + 1;
        for index in left..self.columns.len() {
            let room = usize::from(area.width).saturating_sub(col);
            if room == 0 || (index > left && !self.fits(index, room)) {
                break;
            }
            self.draw_column(paper, area, list, (index, col as u16), top);
            col += self.widths[index] + GAP;
        }
        for row in 0..list.height {
            let number = top + u64::from(row);
            if number >= self.rows_total {
                break;
            }
            paper.text_ending(
                Rect { width: numbers as u16, ..list },
                row,
                &(number + 1).to_string(),
                Role::Muted,
            );
        }
        if self.rows_total == 0 {
            paper.text(list, 0, "no rows", Role::Muted);
        }
    }

    /// Whether a column may be drawn in a room: part of a number or of a time would be another one, part of a text is a beginning.
    fn fits(&self, index: usize, room: usize) -> bool {
        let is_text = self.columns[index].values.column_type() == ColumnType::String;
        room >= self.widths[index] || (is_text && room >= LEAST)
    }

    fn draw_column(&self, paper: &mut Paper, area: Rect, list: Rect, at: (usize, u16), top: u64) {
        let (index, col) = at;
        let column = &self.columns[index];
        let is_right = column.values.column_type().is_numeric();
        let width = self.widths[index].min(usize::from(area.width - col)) as u16;
        let room = Rect { x: area.x + col, width, ..area };
        let arrow = match self.sort {
            Some((sorted, false)) if sorted == index => "↑",
            Some((sorted, true)) if sorted == index => "↓",
            _ => "",
        };
        let name = format!("{}{arrow}", column.name);
        if is_right {
            paper.text_ending(room, 0, &name, Role::Title);
        } else {
            paper.text(room, 0, &name, Role::Title);
        }
        let room = Rect { y: list.y, height: list.height, ..room };
        for row in 0..list.height {
            let number = top + u64::from(row);
            let Some(held) = number.checked_sub(self.offset).and_then(|at| self.order.get(at as usize))
            else {
                continue;
            };
            let text = self.shown[index].get(*held).cloned().flatten();
            let role = if text.is_some() { Role::Plain } else { Role::Faint };
            let text = text.unwrap_or_else(|| value::NULL.to_owned());
            if is_right {
                paper.text_ending(room, row, &text, role);
            } else {
                paper.text(room, row, &text, role);
            }
            if number == self.row {
                let cell = Rect { y: room.y + row, height: 1, ..room };
                paper.tint(cell, if index == self.col { Role::Chosen } else { Role::Bar });
            }
        }
    }

    /// The first column drawn, so that that of the cursor fits.
    fn first_column(&self, room: usize) -> usize {
        let mut left = self.col;
        let mut used = self.widths.get(self.col).copied().unwrap_or(0);
        while left > 0 && used + GAP + self.widths[left - 1] <= room {
            left -= 1;
            used += GAP + self.widths[left];
        }
        left
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

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::look::Look;

    #[test]
    fn a_number_is_whole_or_left_out() {
        let numbers = || Values::Integer(vec![Some(1_234_567), Some(7)]);
        let table = DataTable::new(vec![Column::new("first", numbers()), Column::new("second", numbers())]);
        let screen = |width: u16| {
            let area = Rect::new(0, 0, width, 4);
            let mut buffer = Buffer::empty(area);
            table.draw(&mut Paper { buffer: &mut buffer, look: Look::default(), cursor: None }, area);
            (0..width).map(|x| buffer[(x, 1)].symbol()).collect::<String>()
        };
        for width in 14..30 {
            let words: Vec<String> = screen(width).split_whitespace().map(str::to_owned).collect();
            assert!(words[1..].iter().all(|word| word == "1234567"), "{words:?}");
        }
        assert_eq!(screen(29).matches("1234567").count(), 2);
    }

    #[test]
    fn a_cell_that_is_cut_is_read_below_the_table() {
        let long = format!("{} the end", "word ".repeat(20));
        let texts = Values::String(vec![Some("short".to_owned()), Some(long)]);
        let mut table = DataTable::new(vec![Column::new("note", texts)]);
        let screen = |table: &DataTable| {
            let area = Rect::new(0, 0, 60, 12);
            let mut buffer = Buffer::empty(area);
            table.draw(&mut Paper { buffer: &mut buffer, look: Look::default(), cursor: None }, area);
            let row = |y| (0..60).map(|x| buffer[(x, y)].symbol()).collect::<String>();
            (0..12).map(row).collect::<Vec<_>>().join("\n")
        };
        assert!(!screen(&table).contains("the end"), "{}", screen(&table));
        table.row = 1;
        assert!(screen(&table).contains("the end"), "{}", screen(&table));
    }
}
