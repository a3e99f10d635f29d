//! All keys of what has the focus, what a newcomer needs first.

use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Command, Context, Shown};
use crate::look::Role;
use crate::paper::{Paper, centred};
use crate::screen::{Screen, Shared};

/// A line of the help.
enum Line {
    Blank,
    Heading(&'static str),
    Keys(String, &'static str),
}

/// The keys, as a list that scrolls.
pub struct Help {
    lines: Vec<Line>,
    top: usize,
}

impl Help {
    /// The keys of these lines of the table, each group under its heading.
    pub fn new(shown: &[Shown]) -> Self {
        let mut contexts: Vec<Context> = Vec::new();
        let with_keys = || shown.iter().filter(|line| !line.keys().is_empty());
        for line in with_keys() {
            if !contexts.contains(&line.binding.context) {
                contexts.push(line.binding.context);
            }
        }
        // Whoever does not know how to move about has no block to change.
        contexts.sort_by_key(|context| (*context == Context::Global, *context == Context::Editor));
        let mut lines = Vec::new();
        for context in contexts {
            if !lines.is_empty() {
                lines.push(Line::Blank);
            }
            lines.push(Line::Heading(context.heading()));
            let own = with_keys().filter(|line| line.binding.context == context);
            lines.extend(own.map(|line| Line::Keys(line.keys(), line.binding.label)));
        }
        Self { lines, top: 0 }
    }

    fn scroll(&mut self, by: i64) {
        let most = self.lines.len().saturating_sub(1) as i64;
        self.top = (self.top as i64 + by).clamp(0, most) as usize;
    }

    /// The lines in columns of about the same height; none begins with a blank or ends with a heading.
    fn columns(&self, count: usize) -> Vec<&[Line]> {
        let mut columns = Vec::new();
        let mut rest = self.lines.as_slice();
        for left in (1..=count).rev() {
            let mut rows = rest.len().div_ceil(left);
            while left > 1 && rows > 1 && matches!(rest[rows - 1], Line::Heading(_)) {
                rows -= 1;
            }
            let (column, others) = rest.split_at(rows);
            columns.push(column);
            rest = if matches!(others.first(), Some(Line::Blank)) { &others[1..] } else { others };
        }
        columns
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

    fn command(&mut self, command: Command, _shared: &mut Shared) -> bool {
        match command {
            Command::Up => self.scroll(-1),
            Command::Down => self.scroll(1),
            Command::PageUp => self.scroll(-10),
            Command::PageDown => self.scroll(10),
            Command::First => self.scroll(i64::MIN / 2),
            Command::Last => self.scroll(i64::MAX / 2),
            Command::Help => {}
            _ => return false,
        }
        true
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let columns = self.columns(if area.width >= 120 { 2 } else { 1 });
        let rows = columns.iter().map(|column| column.len()).max().unwrap_or(0);
        let panel = centred(area, 64 * columns.len() as u16, rows as u16 + 4);
        let inside = paper.boxed(panel, "Keys", Role::Accent);
        let room = usize::from(inside.height.saturating_sub(2));
        let top = self.top.min(rows.saturating_sub(room));
        let width = inside.width / columns.len().max(1) as u16;
        for (column, lines) in columns.iter().enumerate() {
            let cell = Rect { x: inside.x + column as u16 * width, width: width.saturating_sub(2), ..inside };
            for (row, line) in lines.iter().skip(top).take(room).enumerate() {
                draw_line(paper, cell, row as u16, line);
            }
        }
        let [down, up] = [Command::Down, Command::Up].map(|command| shared.key(Context::Choice, command));
        let more = if rows > room { format!("{down}, {up} scroll · ") } else { String::new() };
        let last = inside.height.saturating_sub(1);
        paper.text(inside, last, &format!("{more}keys can be changed: impala tui --help"), Role::Muted);
    }
}

fn draw_line(paper: &mut Paper, cell: Rect, row: u16, line: &Line) {
    match line {
        Line::Blank => {}
        Line::Heading(text) => {
            paper.text(cell, row, text, Role::Title);
        }
        Line::Keys(keys, label) => {
            paper.text(Rect { width: 18, ..cell }, row, keys, Role::Key);
            paper.text_at(cell, 19, row, label, Role::Plain);
        }
    }
}
