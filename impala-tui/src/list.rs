//! A list of lines in columns: one is chosen, and a filter leaves some out while it is typed.

mod columns;
mod drawing;

pub use columns::{Head, number, text, whole};
pub use drawing::{Sheet, rows_of};

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::input::TextField;
use crate::keymap::{Binding, Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Lines;

/// Which line is chosen, and what filters them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Index of the chosen line among those that are shown.
    pub chosen: usize,
    /// The first line that is seen.
    top: usize,
    /// Words that a line has to hold, in upper or lower case.
    filter: TextField,
    /// Whether keys go into the filter.
    is_typing: bool,
}

/// A line: its cells, the first the most important.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Texts, one a column.
    pub cells: Vec<String>,
}

impl Line {
    /// A line of cells.
    pub fn new<const N: usize>(cells: [String; N]) -> Self {
        Self { cells: cells.into() }
    }
}

impl List {
    /// Which keys hold: those of the filter while it is typed, else those of the screen.
    pub fn contexts(&self, screen: Context) -> Vec<Context> {
        if self.is_typing { vec![Context::Filter] } else { vec![screen, Context::List] }
    }

    /// Moves the choice or filters; whether it was a command of lists.
    ///
    /// * `names`: what the filter looks at, one text for each line there is.
    /// * `rows`: lines that are seen at once.
    pub fn command(&mut self, command: Command, names: &[String], rows: usize) -> bool {
        let last = self.shown(names).len().saturating_sub(1);
        let page = (rows / 2).max(1);
        let chosen = match command {
            Command::Up => self.chosen.saturating_sub(1),
            Command::Down => self.chosen + 1,
            Command::PageUp => self.chosen.saturating_sub(page),
            Command::PageDown => self.chosen + page,
            Command::First => 0,
            Command::Last => last,
            _ => return self.filter_command(command, names, rows),
        };
        self.choose(chosen.min(last), rows);
        true
    }

    fn filter_command(&mut self, command: Command, names: &[String], rows: usize) -> bool {
        match command {
            Command::Search if !self.is_typing => self.is_typing = true,
            Command::Accept if self.is_typing => self.is_typing = false,
            Command::Cancel if self.is_filtering() => {
                self.is_typing = false;
                self.refilter(names, rows, |filter| filter.set(""));
            }
            _ => return false,
        }
        true
    }

    /// Chooses a line, and scrolls no further than it takes to see it.
    pub fn choose(&mut self, chosen: usize, rows: usize) {
        self.chosen = chosen;
        self.top = self.top_of(rows, usize::MAX);
    }

    /// The first of `count` lines that is seen where there is room for so many: no room is left empty that a line could have.
    fn top_of(&self, rows: usize, count: usize) -> usize {
        let top = self.top.clamp((self.chosen + 1).saturating_sub(rows.max(1)), self.chosen);
        top.min(count.saturating_sub(rows))
    }

    /// Takes a key while the filter is typed.
    pub fn key(&mut self, key: KeyEvent, names: &[String], rows: usize) {
        if self.is_typing {
            self.refilter(names, rows, |filter| _ = filter.key(key));
        }
    }

    /// Takes pasted text while the filter is typed.
    pub fn paste(&mut self, text: &str, names: &[String], rows: usize) {
        if self.is_typing {
            self.refilter(names, rows, |filter| filter.insert(text));
        }
    }

    /// Changes the filter; what was chosen stays chosen as long as it is shown.
    fn refilter(&mut self, names: &[String], rows: usize, change: impl FnOnce(&mut TextField)) {
        let held = self.index(names);
        change(&mut self.filter);
        let place = self.shown(names).iter().position(|index| Some(*index) == held);
        self.choose(place.unwrap_or(0), rows);
    }

    /// Whether the filter is typed or leaves lines out.
    pub fn is_filtering(&self) -> bool {
        self.is_typing || !self.filter.text().is_empty()
    }

    /// What to say where no line is shown though there are some.
    pub fn nothing(&self, key: &str) -> Option<String> {
        let filter = self.filter.text().trim();
        (!filter.is_empty()).then(|| format!("No line matches \"{filter}\". {key} clears the filter."))
    }

    /// What the footer calls a line of the table while the filter is on: the way back is what matters then.
    pub fn word(&self, binding: &Binding) -> Option<&'static str> {
        match binding.command {
            Command::Cancel if self.is_filtering() => Some("show all"),
            Command::Search if self.is_filtering() => Some("change"),
            _ => binding.footer,
        }
    }

    /// Draws the filter for the footer; returns the columns used, none while there is no filter.
    pub fn draw_filter(&self, paper: &mut Paper, area: Rect) -> u16 {
        if !self.is_filtering() {
            return 0;
        }
        let col = paper.text(area, 0, "Filter: ", Role::Muted);
        let width = impala_render::format::width(self.filter.text()) as u16 + 1;
        let room = Rect { x: area.x + col, width: width.min(area.width.saturating_sub(col)), ..area };
        self.filter.draw(paper, room, self.is_typing);
        paper.tint(room, Role::Accent);
        col + room.width
    }

    /// Indexes of the lines that the filter lets through, in their order.
    pub fn shown(&self, names: &[String]) -> Vec<usize> {
        let words: Vec<String> = self.filter.text().split_whitespace().map(str::to_lowercase).collect();
        let holds = |name: &str| {
            let name = name.to_lowercase();
            words.iter().all(|word| name.contains(word.as_str()))
        };
        (0..names.len()).filter(|index| holds(&names[*index])).collect()
    }

    /// Index of the chosen line among all.
    pub fn index(&self, names: &[String]) -> Option<usize> {
        self.shown(names).get(self.chosen).copied()
    }

    /// Chooses the line of that index among all, if there is one and the filter lets it through.
    pub fn seek(&mut self, index: Option<usize>, names: &[String], rows: usize) {
        if let Some(place) = self.shown(names).iter().position(|shown| Some(*shown) == index) {
            self.choose(place, rows);
        }
    }

    /// Where it stands, for the mouse.
    pub fn lines(&self, area: Rect, names: &[String]) -> Lines {
        let count = self.shown(names).len();
        Lines { area, top: self.top_of(usize::from(area.height), count), count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        (0..30).map(|number| format!("source-{number} Weather of {number}")).collect()
    }

    fn typed(list: &mut List, text: &str) {
        list.command(Command::Search, &names(), 10);
        list.paste(text, &names(), 10);
    }

    #[test]
    fn a_filter_keeps_the_order_and_what_is_chosen() {
        let mut list = List::default();
        list.command(Command::Last, &names(), 10);
        typed(&mut list, "WEATHER 2 source");
        assert_eq!(list.shown(&names()), [2, 12, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
        assert_eq!(list.index(&names()), Some(29));
        list.paste("8", &names(), 10);
        assert_eq!(list.index(&names()), None, "source8 is nowhere");
        assert!(list.nothing("esc").is_some_and(|text| text.contains("source8")));
        list.command(Command::Cancel, &names(), 10);
        assert_eq!((list.shown(&names()).len(), list.is_filtering()), (30, false));
    }

    #[test]
    fn a_list_scrolls_no_further_than_it_has_to() {
        let mut list = List::default();
        let area = Rect::new(0, 0, 20, 10);
        let mut top_after = |command| {
            list.command(command, &names(), 10);
            list.lines(area, &names()).top
        };
        assert_eq!(top_after(Command::Last), 20);
        assert_eq!(top_after(Command::Up), 20, "the choice moves, not the lines");
        assert_eq!(top_after(Command::First), 0);
    }

    #[test]
    fn a_list_that_gets_more_room_uses_it() {
        let mut list = List::default();
        list.command(Command::Last, &names(), 10);
        let top_in = |rows| list.lines(Rect::new(0, 0, 20, rows), &names()).top;
        assert_eq!((top_in(10), top_in(25), top_in(40), top_in(10)), (20, 5, 0, 20));
    }

    #[test]
    fn enter_keeps_the_filter_and_escape_ends_it() {
        let mut list = List::default();
        assert!(!list.command(Command::Cancel, &names(), 10) && !list.command(Command::Accept, &names(), 10));
        typed(&mut list, "17");
        assert_eq!(list.contexts(Context::Project), [Context::Filter]);
        assert!(list.command(Command::Accept, &names(), 10));
        assert_eq!(list.contexts(Context::Project), [Context::Project, Context::List]);
        assert_eq!(list.index(&names()), Some(17));
        assert!(list.command(Command::Cancel, &names(), 10));
        assert_eq!(list.index(&names()), Some(17), "it stays chosen among all");
    }
}
