//! A list on the screen: its header, its lines, and below them the whole of the chosen one where something had to be cut.

use impala_render::format;
use ratatui::layout::Rect;

use super::columns::{GAP, Kind, widths};
use super::{Head, Line, List};
use crate::look::Role;
use crate::paper::Paper;

/// Rows below a list that hold the whole of the chosen line, where cells had to be cut.
const DETAIL: u16 = 4;

/// Rows that a screen needs to give some of them to the chosen line.
const LEAST_FOR_DETAIL: u16 = 14;

/// Where the lines of a list with a header stand in `area`, without what is kept for the chosen line.
pub fn rows_of(area: Rect) -> Rect {
    let detail = if area.height >= LEAST_FOR_DETAIL { DETAIL + 1 } else { 0 };
    Rect { y: area.y + 1, height: area.height.saturating_sub(1 + detail), ..area }
}

/// What is drawn of a list.
pub struct Sheet<'a> {
    /// Its columns.
    pub header: &'a [Head],
    /// The lines that are shown.
    pub lines: Vec<Line>,
    /// Stands where there is none.
    pub empty: &'a str,
}

impl Sheet<'_> {
    /// Draws the list, and right below its lines the cells of the chosen one that are cut or left out.
    pub fn draw_with_detail(&self, paper: &mut Paper, area: Rect, list: &List) {
        let rows = rows_of(area);
        self.draw(paper, Rect { height: rows.height + 1, ..area }, list);
        let Some(line) = self.lines.get(list.chosen) else { return };
        let text = self.cut_cells(line, &widths(self.header, &self.lines, usize::from(area.width)));
        let top = rows.y + (self.lines.len() as u16).min(rows.height) + 1;
        let below = Rect { y: top, height: area.bottom().saturating_sub(top), ..area };
        for (row, text) in format::wrap(&text, usize::from(below.width)).iter().enumerate() {
            paper.text(below, row as u16, text, Role::Plain);
        }
    }

    /// The cells of a line that are wider than their columns, each with its title, behind the first cell; nothing when all fit.
    fn cut_cells(&self, line: &Line, widths: &[usize]) -> String {
        let is_cut = |column: usize| {
            line.cells.get(column).is_some_and(|cell| format::width(&format::clean(cell)) > widths[column])
        };
        if !(0..widths.len()).any(is_cut) {
            return String::new();
        }
        let told = (1..widths.len()).filter(|column| is_cut(*column));
        let told = told.map(|column| format!("{}: {}", self.header[column].title, line.cells[column]));
        line.cells.first().cloned().into_iter().chain(told).collect::<Vec<_>>().join(" · ")
    }

    /// The columns that it takes in a room of so many.
    pub fn width(&self, room: u16) -> u16 {
        let widths = widths(self.header, &self.lines, usize::from(room));
        let used: usize = widths.iter().filter(|width| **width > 0).map(|width| width + GAP).sum();
        used.saturating_sub(GAP) as u16
    }

    /// Draws header and lines, and in the rows above and below them how many more there are.
    pub fn draw(&self, paper: &mut Paper, area: Rect, list: &List) {
        let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        if self.lines.is_empty() {
            for (row, line) in format::wrap(self.empty, usize::from(area.width)).iter().enumerate() {
                paper.text(area, row as u16, line, Role::Muted);
            }
            return;
        }
        let widths = widths(self.header, &self.lines, usize::from(area.width));
        self.draw_cells(paper, Rect { height: 1, ..area }, &widths, |column| {
            (self.header[column].title, Role::Muted)
        });
        let top = list.top_of(usize::from(rows.height), self.lines.len());
        let below = self.lines.len().saturating_sub(top + usize::from(rows.height));
        // In the row of air, or the border, that is above a list and below it.
        let edges = Rect { y: area.y.saturating_sub(1), height: area.height + 2, ..area };
        paper.more_at(edges, top, below);
        for (row, line) in self.lines.iter().skip(top).take(usize::from(rows.height)).enumerate() {
            let place = Rect { y: rows.y + row as u16, height: 1, ..rows };
            self.draw_cells(paper, place, &widths, |column| {
                let role = if column == 0 { Role::Plain } else { Role::Muted };
                (line.cells.get(column).map_or("", String::as_str), role)
            });
            if top + row == list.chosen {
                paper.tint(place, Role::Chosen);
            }
        }
    }

    fn draw_cells<'b>(
        &self,
        paper: &mut Paper,
        area: Rect,
        widths: &[usize],
        cell: impl Fn(usize) -> (&'b str, Role),
    ) {
        let mut col = 0;
        for (column, width) in widths.iter().enumerate().filter(|(_, width)| **width > 0) {
            let room = Rect { x: area.x + col, width: *width as u16, ..area };
            let (text, role) = cell(column);
            if self.header[column].kind == Kind::Number {
                paper.text_ending(room, 0, text, role);
            } else {
                paper.text(room, 0, text, role);
            }
            col += (width + GAP) as u16;
        }
    }
}
