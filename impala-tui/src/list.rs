//! A list of lines in columns: one is chosen, and a filter leaves some out.

use impala_render::format;
use ratatui::layout::Rect;

use crate::fuzzy;
use crate::keymap::{Binding, Command};
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

    /// What the bar says of the filter, before anything else.
    pub fn only(&self) -> String {
        if self.filter.is_empty() { String::new() } else { format!("only \"{}\" · ", self.filter) }
    }

    /// What the footer calls a line of the table while a filter is set.
    pub fn word(&self, binding: &Binding) -> Option<&'static str> {
        match binding.command {
            Command::Cancel if !self.filter.is_empty() => Some("show all"),
            // The way back is what matters then.
            Command::Search if !self.filter.is_empty() => None,
            _ => binding.footer,
        }
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

/// Rows below a list that hold the whole of the chosen line, where cells had to be cut.
const DETAIL: u16 = 4;

/// Rows that a screen needs to give some of them to the chosen line.
const LEAST_FOR_DETAIL: u16 = 14;

/// The lines of a list with a header in `area`, without what is kept for the chosen line.
pub fn lines_of(area: Rect) -> Rect {
    let detail = if area.height >= LEAST_FOR_DETAIL { DETAIL + 1 } else { 0 };
    Rect { y: area.y + 1, height: area.height.saturating_sub(1 + detail), ..area }
}

/// Draws as [`draw`], and below the list the whole of the chosen line: `detail`, or the cells that had to be cut.
pub fn draw_with_detail(
    paper: &mut Paper,
    area: Rect,
    header: &[&str],
    (lines, chosen): (&[Line], usize),
    empty: &str,
    detail: Option<String>,
) {
    let list = lines_of(area);
    draw(paper, Rect { height: list.height + 1, ..area }, header, lines, Some(chosen), empty);
    let Some(line) = lines.get(chosen) else { return };
    let text =
        detail.unwrap_or_else(|| cut_cells(header, line, &widths(header, lines, usize::from(area.width))));
    let below =
        Rect { y: list.bottom() + 1, height: area.bottom().saturating_sub(list.bottom() + 1), ..area };
    for (row, text) in format::wrap(&text, usize::from(below.width)).iter().enumerate() {
        paper.text(below, row as u16, text, Role::Plain);
    }
}

/// The cells of a line that are wider than their columns, each with its title, behind the first cell; nothing when all fit.
fn cut_cells(header: &[&str], line: &Line, widths: &[usize]) -> String {
    let cells = line.cells.iter().zip(header).zip(widths);
    let is_cut = |cell: &str, width: usize| format::width(&format::clean(cell)) > width;
    let cut: Vec<String> = cells
        .filter(|((cell, _), width)| is_cut(cell, **width))
        .map(|((cell, title), _)| format!("{title}: {cell}"))
        .collect();
    match (cut.is_empty(), line.cells.first()) {
        (false, Some(first)) => format!("{first} · {}", cut.join(" · ")),
        _ => String::new(),
    }
}

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
    for (title, width) in header.iter().zip(&widths).filter(|(_, width)| **width > 1) {
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
