//! A table on the screen: the column of the cursor is always seen, and below the rows the whole of a cell that had to be cut.

use impala_core::source::ColumnType;
use impala_render::format::{self, value};
use ratatui::layout::Rect;

use super::DataTable;
use crate::look::Role;
use crate::paper::Paper;

/// Narrowest that a column of texts is drawn which goes on beyond the edge.
const LEAST: usize = 8;

/// Columns between two columns.
const GAP: usize = 2;

impl DataTable {
    /// The whole text of the cell under the cursor, when its column is too narrow for it or shows fewer decimals.
    fn cut_cell(&self) -> Option<String> {
        let (column, row) = (self.columns.get(self.col)?, self.held_row()?);
        let text = value::text(&column.values, row)?;
        let shown = self.shown[self.col].get(row)?.as_ref()?;
        let number = |text: &str| text.replace(',', "").parse::<f64>().ok();
        let is_rounded = column.values.column_type().is_numeric() && number(&text) != number(shown);
        (is_rounded || format::width(&text) > self.widths[self.col]).then_some(text)
    }

    /// The lines of a cell that has to be read below the rows.
    fn lines_below(&self, area: Rect) -> Vec<String> {
        self.cut_cell().map(|text| format::wrap(&text, usize::from(area.width))).unwrap_or_default()
    }

    /// Draws header and rows; the column of the cursor is always seen, and so is the whole of the cell.
    pub fn draw(&self, paper: &mut Paper, area: Rect) {
        let lines = self.lines_below(area);
        let table = above(area, lines.len());
        self.draw_rows(paper, table);
        let rows = (area.height - table.height).saturating_sub(1);
        let below = Rect { y: area.bottom() - rows, height: rows, ..area };
        for (row, line) in lines.iter().take(usize::from(rows)).enumerate() {
            let is_cut = row + 1 == usize::from(rows) && lines.len() > usize::from(rows);
            let line = if is_cut { format!("{line} …") } else { line.clone() };
            paper.text(below, row as u16, &line, Role::Accent);
        }
    }

    /// Puts the cursor on the cell that is drawn there, when the table is drawn in `area`; beside the cells it stays.
    pub fn point_at(&mut self, area: Rect, column: u16, row: u16) {
        let list = list_of(above(area, self.lines_below(area).len()));
        let number = self.top_of(list) + u64::from(row.saturating_sub(list.y));
        if !list.contains((column, row).into()) || number >= self.rows_total {
            return;
        }
        let col = usize::from(column - area.x);
        // The numbers of the rows and the gaps before columns belong to none of them: a click there chooses the row.
        let hit = self.places(area).into_iter().rfind(|(_, from)| *from <= col);
        let hit = hit.filter(|(index, from)| col < from + self.widths[*index]);
        (self.row, self.col) = (number, hit.map_or(self.col, |(index, _)| index));
    }

    /// Columns that the numbers of the rows take.
    fn number_cols(&self) -> usize {
        (self.rows_total.max(1).ilog10() as usize) + 2
    }

    /// The columns that are drawn, each with where it begins.
    fn places(&self, area: Rect) -> Vec<(usize, usize)> {
        let mut col = self.number_cols() + 1;
        let left = self.first_column(usize::from(area.width).saturating_sub(col));
        let mut places = Vec::new();
        for index in left..self.columns.len() {
            let room = usize::from(area.width).saturating_sub(col);
            if room == 0 || (index > left && !self.fits(index, room)) {
                break;
            }
            places.push((index, col));
            col += self.widths[index] + GAP;
        }
        places
    }

    /// The first row that a list of that height shows.
    fn top_of(&self, list: Rect) -> u64 {
        let rows = u64::from(list.height);
        self.top.clamp(self.row.saturating_sub(rows.saturating_sub(1)), self.row)
    }

    fn draw_rows(&self, paper: &mut Paper, area: Rect) {
        let numbers = self.number_cols();
        let list = list_of(area);
        let top = self.top_of(list);
        for (index, col) in self.places(area) {
            self.draw_column(paper, area, list, (index, col as u16), top);
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
            let text = format::cut(&format::clean(&text), usize::from(width));
            let start = if is_right { width - format::width(&text) as u16 } else { 0 };
            paper.text_at(room, start, row, &text, role);
            let cell = Rect { y: room.y + row, height: 1, ..room };
            if number == self.row {
                paper.tint(cell, if index == self.col { Role::Chosen } else { Role::Bar });
            }
            for found in self.found_in(index, *held, &text) {
                let (x, width) = (cell.x + start + found.start as u16, found.len() as u16);
                paper.mark(Rect { x, width, ..cell }, Role::Found);
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

/// What the rows have, above `lines` lines of a cell.
fn above(area: Rect, lines: usize) -> Rect {
    let rows = (lines as u16).min(area.height / 3);
    Rect { height: area.height - rows - u16::from(rows > 0), ..area }
}

/// The rows, below the header.
fn list_of(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

#[cfg(test)]
mod tests {
    use impala_core::data::{Column, Values};
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
