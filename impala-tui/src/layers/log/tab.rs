//! What each of the two lists holds.

use std::ops::Range;

use impala_render::format;
use ratatui::layout::Rect;

use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Shared;

/// One of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Commands,
    Messages,
}

/// Both, in their order.
pub(super) const TABS: [Tab; 2] = [Tab::Commands, Tab::Messages];

/// Columns before a message: its time, and a gap.
const TIME_COLS: u16 = 10;

impl Tab {
    pub fn other(self) -> Self {
        if self == Self::Commands { Self::Messages } else { Self::Commands }
    }

    pub fn title(self) -> String {
        match self {
            Self::Commands => "Equivalent CLI commands".to_owned(),
            Self::Messages => "Recent messages".to_owned(),
        }
    }

    /// One of its lines.
    pub fn noun(self) -> &'static str {
        if self == Self::Commands { "Command" } else { "Message" }
    }

    pub fn nothing(self) -> &'static str {
        match self {
            Self::Commands => "No commands yet: what you do here is listed as commands for the shell.",
            Self::Messages => "No messages yet: what the last line has said is listed here.",
        }
    }

    pub fn numbers(self, shared: &Shared) -> Range<usize> {
        match self {
            Self::Commands => shared.log.numbers(),
            Self::Messages => shared.messages.numbers(),
        }
    }

    /// The nearest number of a line that is still there.
    pub fn nearest(self, number: usize, shared: &Shared) -> usize {
        let numbers = self.numbers(shared);
        number.clamp(numbers.start, numbers.end.saturating_sub(1).max(numbers.start))
    }

    /// The whole text of a line, as it is copied.
    pub fn text(self, number: usize, shared: &Shared) -> Option<&str> {
        match self {
            Self::Commands => shared.log.get(number),
            Self::Messages => shared.messages.get(number).map(|said| said.text.as_str()),
        }
    }

    /// All texts, and what they are called.
    pub fn all(self, shared: &Shared) -> (String, String) {
        let count = |noun: &str| match self.numbers(shared) {
            Range { start: 0, .. } => format!("Every {noun}"),
            kept => format!("The last {}", format::count(kept.len() as u64, noun)),
        };
        match self {
            Self::Commands => (shared.log.script(), count("command")),
            Self::Messages => {
                let lines = shared.messages.iter().map(|said| format!("{}  {}\n", clock(said.at), said.text));
                (lines.collect(), count("message"))
            }
        }
    }

    /// The whole of a line in pieces of a width; nothing when the list shows all of it.
    pub fn detail(self, number: usize, shared: &Shared, width: u16) -> Vec<String> {
        let (Some(text), Some(room)) = (self.text(number, shared), width.checked_sub(self.taken_cols()))
        else {
            return Vec::new();
        };
        let is_cut = text.lines().count() > 1 || format::width(&format::clean(text)) > usize::from(room);
        match self {
            _ if !is_cut => Vec::new(),
            Self::Commands => text.lines().flat_map(|line| broken(line, usize::from(width))).collect(),
            Self::Messages => text.lines().flat_map(|line| format::wrap(line, usize::from(width))).collect(),
        }
    }

    /// Rows that the whole of its longest line takes at most in a width; 0 when the list shows all of each.
    pub fn most_rows(self, shared: &Shared, width: usize) -> usize {
        let cut = |text: &str, taken: usize| match text.lines().map(|line| line.len() + taken).max() {
            Some(cols) if text.lines().count() > 1 || cols > width => {
                text.lines().map(|line| line.len().div_ceil(width).max(1)).sum()
            }
            _ => 0,
        };
        match self {
            Self::Commands => shared.log.iter().map(|text| cut(text, 0)).max(),
            Self::Messages => {
                let texts = shared.messages.iter().map(|said| said.text.as_str());
                // Words that are not broken need more room.
                let rows = texts.map(|text| cut(text, usize::from(TIME_COLS)));
                rows.map(|rows| rows + usize::from(rows > 1)).max()
            }
        }
        .unwrap_or(0)
    }

    fn taken_cols(self) -> u16 {
        if self == Self::Commands { 0 } else { TIME_COLS }
    }

    /// Draws a line of the list: a command plain, a message behind its time and in the color of what it means.
    pub fn draw(self, paper: &mut Paper, place: Rect, number: usize, shared: &Shared) {
        let first = self.text(number, shared).and_then(|text| text.lines().next()).unwrap_or_default();
        let mut role = Role::Plain;
        if let (Self::Messages, Some(said)) = (self, shared.messages.get(number)) {
            paper.text(place, 0, &clock(said.at), Role::Muted);
            role = said.role;
        }
        paper.text_at(place, self.taken_cols(), 0, first, role);
    }
}

/// The time of day, to the second.
fn clock(at: jiff::civil::Time) -> String {
    at.strftime("%H:%M:%S").to_string()
}

/// A line in pieces of a width, its blanks kept: they matter in what it holds.
fn broken(line: &str, width: usize) -> Vec<String> {
    let mut rest = format::clean(line);
    let mut pieces = Vec::new();
    while format::width(&rest) > width.max(2) {
        let head = format::head(&rest, width.max(2)).to_owned();
        rest = rest[head.len()..].to_owned();
        pieces.push(head);
    }
    pieces.push(rest);
    pieces
}
