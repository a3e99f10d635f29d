//! A list of lines in columns: one is chosen, and a filter leaves some out.

use impala_render::format;
use ratatui::layout::Rect;

use crate::fuzzy;
use crate::keymap::Command;
use crate::look::Role;
use crate::paper::Paper;

/// Which line is chosen, and what filters them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Index among the lines that are shown.
    pub chosen: usize,
    /// What a line has to match.
    pub filter: String,
}

/// A line: its cells, the first the most important.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Texts, one a column.
    pub cells: Vec<String>,
    /// Whether it is of second rank.
    pub is_muted: bool,
}

impl Line {
    /// A line of cells.
    pub fn new<const N: usize>(cells: [String; N]) -> Self {
        Self { cells: cells.into(), is_muted: false }
    }
}

impl List {
    /// Moves the choice; whether it was a command of lists.
    pub fn command(&mut self, command: Command, count: usize, page: usize) -> bool {
        let last = count.saturating_sub(1);
        self.chosen = match command {
            Command::Up => self.chosen.saturating_sub(1),
            Command::Down => self.chosen + 1,
            Command::PageUp => self.chosen.saturating_sub(page),
            Command::PageDown => self.chosen + page,
            Command::First => 0,
            Command::Last => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// Indexes of the lines that the filter lets through.
    pub fn shown<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
        fuzzy::rank(&self.filter, names)
    }

    /// Index of the chosen line.
    pub fn index<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<usize> {
        self.shown(names).get(self.chosen).copied()
    }
}

/// Columns between two columns of a list.
const GAP: usize = 2;

/// Draws lines under a header; `chosen` is the index of one of them. `empty` stands where there is none.
pub fn draw(
    paper: &mut Paper,
    area: Rect,
    header: &[&str],
    lines: &[Line],
    chosen: Option<usize>,
    empty: &str,
) {
    let widths = widths(header, lines, usize::from(area.width));
    let style = |role| if role { Role::Muted } else { Role::Plain };
    let mut col = 0;
    for (title, width) in header.iter().zip(&widths) {
        paper.text_at(
            Rect { width: (col + *width as u16).min(area.width), ..area },
            col,
            0,
            title,
            Role::Muted,
        );
        col += (*width + GAP) as u16;
    }
    let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if lines.is_empty() {
        for (row, line) in format::wrap(empty, usize::from(list.width)).iter().enumerate() {
            paper.text(list, row as u16 + 1, line, Role::Muted);
        }
        return;
    }
    let rows = usize::from(list.height);
    let top = chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(rows));
    for (row, line) in lines.iter().skip(top).take(rows).enumerate() {
        let mut col = 0;
        for (index, (cell, width)) in line.cells.iter().zip(&widths).enumerate() {
            let room = Rect { width: (col + *width as u16).min(area.width), ..list };
            let role = if index == 0 { style(line.is_muted) } else { Role::Muted };
            paper.text_at(room, col, row as u16, cell, role);
            col += (*width + GAP) as u16;
        }
        if chosen == Some(top + row) {
            paper.tint(Rect { y: list.y + row as u16, height: 1, ..list }, Role::Chosen);
        }
    }
}

/// Each column as wide as it needs; the last ones give way when there is no room.
fn widths(header: &[&str], lines: &[Line], room: usize) -> Vec<usize> {
    let needed = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.cells.get(column)).map(|cell| format::width(cell));
        cells.max().unwrap_or(0).max(format::width(header[column])).max(1)
    };
    let mut left = room;
    (0..header.len())
        .map(|column| {
            let most = if column + 1 == header.len() { left } else { (room / 2).max(12) };
            let width = needed(column).min(most).min(left);
            left = left.saturating_sub(width + GAP);
            width
        })
        .collect()
}
