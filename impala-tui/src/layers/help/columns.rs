//! The keys in columns: as many as are easy to read and fit.

use ratatui::layout::Rect;

use crate::keymap::Item;
use crate::look::Role;
use crate::paper::{Paper, centred};

/// A line of the help.
pub(super) enum Line<'a> {
    Blank,
    Heading(&'static str),
    /// Keys, and why what they do cannot be done now.
    Keys {
        item: &'a Item,
        why: Option<&'static str>,
    },
}

/// Rows that the eye takes in; more than these stand in several columns where there is room.
const EASY_ROWS: usize = 20;

/// Columns between two columns of keys.
pub(super) const GAP: u16 = 4;

/// Lines that stand below each other, and the columns that their keys and all of them take.
pub(super) struct Column<'a> {
    pub lines: &'a [Line<'a>],
    key_cols: u16,
    pub cols: u16,
    /// Whether there is room for the first keys only.
    is_short: bool,
}

/// What a line of keys says: `Undo · nothing to undo`.
fn words(item: &Item, why: Option<&str>) -> String {
    let why = why.map_or(String::new(), |why| format!(" · {why}"));
    format!("{}{why}", item.label())
}

fn keys_of(item: &Item, is_ascii: bool, is_short: bool) -> String {
    if is_short { item.short_keys(is_ascii) } else { item.keys(is_ascii) }
}

impl<'a> Column<'a> {
    fn of(lines: &'a [Line<'a>], is_ascii: bool, is_short: bool) -> Self {
        let items = || {
            lines.iter().filter_map(|line| match line {
                Line::Keys { item, why } => Some((item, *why)),
                _ => None,
            })
        };
        let width = |text: &str| impala_render::format::width(text) as u16;
        let key_cols =
            items().map(|(item, _)| width(&keys_of(item, is_ascii, is_short))).max().unwrap_or(0) + 2;
        let cols = key_cols + items().map(|(item, why)| width(&words(item, why))).max().unwrap_or(0);
        Self { lines, key_cols, cols, is_short }
    }

    /// Draws the lines from `top` on; `chosen` stands out.
    pub fn draw(&self, paper: &mut Paper, cell: Rect, top: usize, chosen: Option<usize>) {
        let seen = self.lines.iter().enumerate().skip(top).take(usize::from(cell.height));
        for ((index, line), row) in seen.zip(0..) {
            match line {
                Line::Blank => {}
                Line::Heading(text) => {
                    paper.text(cell, row, text, Role::Title);
                }
                Line::Keys { item, why } => {
                    let keys = keys_of(item, paper.look.is_ascii(), self.is_short);
                    let (key, label) =
                        if why.is_some() { (Role::Muted, Role::Muted) } else { (Role::Key, Role::Plain) };
                    paper.text(cell, row, &keys, key);
                    paper.text_at(cell, self.key_cols, row, &words(item, *why), label);
                }
            }
            if chosen == Some(index) {
                paper.tint(Rect { y: cell.y + row, height: 1, ..cell }, Role::Chosen);
            }
        }
    }
}

/// The lines in columns of about the same height; none begins with a blank or ends with a heading.
fn split<'a>(lines: &'a [Line<'a>], count: usize, is_ascii: bool) -> Vec<Column<'a>> {
    let mut columns = Vec::new();
    let mut rest = lines;
    for left in (1..=count).rev() {
        let mut rows = rest.len().div_ceil(left);
        while left > 1 && rows > 1 && matches!(rest[rows - 1], Line::Heading(_)) {
            rows -= 1;
        }
        let (column, others) = rest.split_at(rows);
        columns.push(Column::of(column, is_ascii, false));
        rest = if matches!(others.first(), Some(Line::Blank)) { &others[1..] } else { others };
    }
    columns
}

/// As many columns as are easy to read and fit, and the panel that they take.
pub(super) fn columns<'a>(lines: &'a [Line<'a>], area: Rect, is_ascii: bool) -> (Vec<Column<'a>>, Rect) {
    let cols = |columns: &[Column]| {
        columns.iter().map(|column| column.cols).sum::<u16>() + GAP * (columns.len() as u16 - 1) + 4
    };
    let most = lines.len().div_ceil(EASY_ROWS).max(1);
    let fitting = (2..=most).rev().map(|count| split(lines, count, is_ascii));
    let columns = fitting.into_iter().find(|columns| cols(columns) <= area.width);
    let columns = columns.unwrap_or_else(|| {
        let whole = Column::of(lines, is_ascii, false);
        vec![if whole.cols + 4 > area.width { Column::of(lines, is_ascii, true) } else { whole }]
    });
    let rows = columns.iter().map(|column| column.lines.len()).max().unwrap_or(0);
    let panel = centred(area, cols(&columns).max(60), rows as u16 + 2);
    (columns, panel)
}
