//! Which rows of a text are seen that may have more of them than the screen.

use crate::keymap::Command;

/// Where a text stands that is scrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scroll {
    /// The first row that is seen.
    pub top: u32,
    /// Rows of all of it.
    pub rows: u32,
    /// Rows that are seen at once, at least one.
    pub seen: u32,
}

impl Scroll {
    /// From its beginning.
    pub fn new(rows: u32, seen: u32) -> Self {
        Self { top: 0, rows, seen: seen.max(1) }
    }

    /// Goes where another one stands, as far as there is more to see.
    pub fn stand_as(&mut self, other: &Self) {
        self.go(i64::from(other.top));
    }

    /// Goes where a command leads, as far as there is more to see; whether it is one that scrolls.
    pub fn command(&mut self, command: Command) -> bool {
        // A row of the page before stays seen.
        let (top, page) = (i64::from(self.top), i64::from(self.seen.saturating_sub(1).max(1)));
        match command {
            Command::Up => self.go(top - 1),
            Command::Down => self.go(top + 1),
            Command::PageUp => self.go(top - page),
            Command::PageDown => self.go(top + page),
            Command::First => self.go(0),
            Command::Last => self.go(i64::from(self.rows)),
            _ => return false,
        }
        true
    }

    fn go(&mut self, to: i64) {
        self.top = to.clamp(0, i64::from(self.rows.saturating_sub(self.seen))) as u32;
    }
}
