//! All keys of what has the focus, what a newcomer needs first.

use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Command, Context, Item, Shown};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Screen, Shared};

/// A line of the help.
enum Line {
    Blank,
    Heading(&'static str),
    Keys(Item),
}

/// The keys, as a list that scrolls.
pub struct Help {
    lines: Vec<Line>,
    top: usize,
}

/// Rows that the eye takes in; more than these stand in several columns where there is room.
const EASY_ROWS: usize = 20;

/// Columns between two columns of keys.
const GAP: u16 = 4;

/// Lines that stand below each other, and the columns that their keys and all of them take.
struct Column<'a> {
    lines: &'a [Line],
    key_cols: u16,
    cols: u16,
}

impl<'a> Column<'a> {
    fn of(lines: &'a [Line], is_ascii: bool) -> Self {
        let items = || {
            lines.iter().filter_map(|line| match line {
                Line::Keys(item) => Some(item),
                _ => None,
            })
        };
        let width = |text: &str| impala_render::format::width(text) as u16;
        let key_cols = items().map(|item| width(&item.keys(is_ascii))).max().unwrap_or(0) + 2;
        let cols = key_cols + items().map(|item| width(item.label())).max().unwrap_or(0);
        Self { lines, key_cols, cols }
    }

    fn draw(&self, paper: &mut Paper, cell: Rect, top: usize) {
        for (row, line) in self.lines.iter().skip(top).take(usize::from(cell.height)).enumerate() {
            let row = row as u16;
            match line {
                Line::Blank => {}
                Line::Heading(text) => {
                    paper.text(cell, row, text, Role::Title);
                }
                Line::Keys(item) => {
                    let keys = item.keys(paper.look.is_ascii());
                    paper.text(cell, row, &keys, Role::Key);
                    paper.text_at(cell, self.key_cols, row, item.label(), Role::Plain);
                }
            }
        }
    }
}

impl Help {
    /// The keys of these lines of the table: first those that somebody needs first, then the others, each group under its
    /// heading.
    pub fn new(shown: Vec<Shown>) -> Self {
        let with_keys = shown.into_iter().filter(|line| !line.keys().is_empty()).collect();
        let mut items = Item::of(with_keys);
        // Somebody who does not know how to move about has no block to change.
        let rank = |context: Context| (context == Context::Global, context == Context::Editor);
        items.sort_by_key(|item| rank(item.binding().context));
        let (first, others): (Vec<Item>, Vec<Item>) =
            items.into_iter().partition(|item| item.binding().is_first);
        let mut lines = Vec::new();
        let mut heading = "";
        let first = first.into_iter().map(|item| ("Most used", item));
        for (above, item) in
            first.chain(others.into_iter().map(|item| (item.binding().context.heading(), item)))
        {
            if above != heading {
                lines.extend((!lines.is_empty()).then_some(Line::Blank));
                lines.push(Line::Heading(above));
                heading = above;
            }
            lines.push(Line::Keys(item));
        }
        Self { lines, top: 0 }
    }

    /// The lines in columns of about the same height; none begins with a blank or ends with a heading.
    fn split(&self, count: usize, is_ascii: bool) -> Vec<Column<'_>> {
        let mut columns = Vec::new();
        let mut rest = self.lines.as_slice();
        for left in (1..=count).rev() {
            let mut rows = rest.len().div_ceil(left);
            while left > 1 && rows > 1 && matches!(rest[rows - 1], Line::Heading(_)) {
                rows -= 1;
            }
            let (column, others) = rest.split_at(rows);
            columns.push(Column::of(column, is_ascii));
            rest = if matches!(others.first(), Some(Line::Blank)) { &others[1..] } else { others };
        }
        columns
    }

    /// As many columns as are easy to read and fit, and the panel that they take.
    fn columns(&self, area: Rect, is_ascii: bool) -> (Vec<Column<'_>>, Rect) {
        let cols = |columns: &[Column]| {
            columns.iter().map(|column| column.cols).sum::<u16>() + GAP * (columns.len() as u16 - 1) + 4
        };
        let most = self.lines.len().div_ceil(EASY_ROWS).max(1);
        let fitting = (2..=most).rev().map(|count| self.split(count, is_ascii));
        let columns = fitting.into_iter().find(|columns| cols(columns) <= area.width);
        let columns = columns.unwrap_or_else(|| self.split(1, is_ascii));
        let rows = columns.iter().map(|column| column.lines.len()).max().unwrap_or(0);
        let panel = centred(area, cols(&columns).max(60), rows as u16 + 2);
        (columns, panel)
    }

    /// Rows that are shown at once, and how many there are.
    fn rows(&self, shared: &Shared) -> (usize, usize) {
        let (columns, panel) = self.columns(shared.body(), shared.look.is_ascii());
        let rows = columns.iter().map(|column| column.lines.len()).max().unwrap_or(0);
        (usize::from(panel.height.saturating_sub(2)), rows)
    }

    fn scroll(&mut self, by: i64, shared: &Shared) {
        let (room, rows) = self.rows(shared);
        self.top = (self.top as i64 + by).clamp(0, rows.saturating_sub(room) as i64) as usize;
    }
}

impl Screen for Help {
    fn title(&self) -> String {
        "Keys".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Help, Context::Choice]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let page = self.rows(shared).0 as i64;
        match command {
            Command::Up => self.scroll(-1, shared),
            Command::Down => self.scroll(1, shared),
            Command::PageUp => self.scroll(-page, shared),
            Command::PageDown => self.scroll(page, shared),
            Command::First => self.scroll(i64::MIN / 2, shared),
            Command::Last => self.scroll(i64::MAX / 2, shared),
            Command::Help => {}
            _ => return false,
        }
        true
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let (columns, panel) = self.columns(area, paper.look.is_ascii());
        paper.boxed(panel, "Keys", Role::Accent);
        let inside = inside_box(panel);
        let (room, rows) = self.rows(shared);
        let top = self.top.min(rows.saturating_sub(room));
        let mut x = inside.x;
        for column in &columns {
            let width = column.cols.min(inside.right().saturating_sub(x));
            column.draw(paper, Rect { x, width, ..inside }, top);
            x += column.cols + GAP;
        }
        let [down, up] = [Command::Down, Command::Up].map(|command| shared.key(Context::Choice, command));
        let more = if rows > room { format!("{down}, {up} scroll · ") } else { String::new() };
        let words = format!(" {more}keys can be changed: impala tui --help ");
        let border = Rect { x: inside.x, width: inside.width, ..panel };
        paper.text_ending(border, panel.height.saturating_sub(1), &words, Role::Muted);
    }
}
