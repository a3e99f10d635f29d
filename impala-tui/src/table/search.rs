//! Looking for a text in a table: down or up from the cursor, round the ends, and where it stands in a cell.

use std::ops::Range;

use impala_core::data::Column;
use impala_render::column_texts;
use impala_render::format::{self, value};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{DataTable, Reaction};
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::screen::Shared;

/// Which way a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the last row.
    Down,
    /// Towards the first row.
    Up,
}

impl Way {
    /// What is said when the search has gone round an end.
    pub const fn round(self) -> &'static str {
        match self {
            Self::Down => "Search wrapped: from the top",
            Self::Up => "Search wrapped: from the end",
        }
    }
}

impl DataTable {
    /// Looks for a text from the row of the cursor on.
    pub fn find(&mut self, text: &str, shared: &mut Shared) -> Reaction {
        self.search = text.to_lowercase();
        match self.search.is_empty() {
            true => Reaction::Done,
            false => self.look(Way::Down, self.row, shared),
        }
    }

    /// Goes to the next row that holds what is looked for.
    pub(super) fn find_next(&mut self, way: Way, shared: &mut Shared) -> Reaction {
        if self.search.is_empty() {
            let key = shared.key(Context::Table, Command::Search);
            shared.say(Role::Warning, format!("Nothing to find yet; {key} begins a search."));
            return Reaction::Done;
        }
        self.look(way, if way == Way::Down { self.row + 1 } else { self.row }, shared)
    }

    /// Looks through the held rows from `edge` on, or before it; a whole table is looked through round its end.
    fn look(&mut self, way: Way, edge: u64, shared: &mut Shared) -> Reaction {
        let held = self.offset..self.offset + self.order.len() as u64;
        let is_near = (held.start..=held.end).contains(&edge);
        let (ahead, next) = match way {
            _ if !is_near => (0..0, edge),
            Way::Down => (edge..held.end, held.end),
            Way::Up => (held.start..edge, held.start),
        };
        if let Some(found) = self.first_in(ahead, way) {
            (self.row, self.col) = found;
            return Reaction::Done;
        }
        if !self.is_whole() {
            return Reaction::SearchOn(way, next);
        }
        let rest = if way == Way::Down { 0..edge.min(held.end) } else { edge..held.end };
        let (found, here) = (self.first_in(rest, way), self.row);
        (self.row, self.col) = found.unwrap_or((self.row, self.col));
        self.say_round(found.map(|_| way), here, shared);
        Reaction::Done
    }

    /// Says that the search went round an end that way, or came to nothing; `here` is the row that it began with.
    pub fn say_round(&self, way: Option<Way>, here: u64, shared: &mut Shared) {
        match way {
            None if self.is_limited => {
                let words = format!("\"{}\" is not in these rows; a limit leaves others out.", self.search);
                shared.say(Role::Warning, words);
            }
            None => shared.say(Role::Warning, format!("\"{}\" was not found.", self.search)),
            Some(_) if self.row == here => {
                shared.hint(Role::Accent, format!("No other row has \"{}\".", self.search));
            }
            Some(way) => shared.hint(Role::Accent, way.round()),
        }
    }

    /// The first of some held rows, or the last on the way up, that holds what is looked for, and its column.
    fn first_in(&self, rows: Range<u64>, way: Way) -> Option<(u64, usize)> {
        let held = |row: u64| self.order[(row - self.offset) as usize];
        let found = |row: u64| Some((row, self.column_with(&self.shown, &self.columns, held(row))?));
        match way {
            Way::Down => rows.into_iter().find_map(found),
            Way::Up => rows.rev().find_map(found),
        }
    }

    /// The first column that holds in a row what is looked for, as it is shown or whole.
    fn column_with(&self, shown: &[Vec<Option<String>>], columns: &[Column], row: usize) -> Option<usize> {
        let has = |text: Option<&str>| text.is_some_and(|text| text.to_lowercase().contains(&self.search));
        (0..columns.len()).find(|&col| {
            let shown = shown[col].get(row).and_then(Option::as_deref);
            has(shown) || has(value::text(&columns[col].values, row).as_deref())
        })
    }

    /// Takes other rows, if they hold what is looked for, and stands on the first of them, or on the last on the way up; whether
    /// they do.
    pub fn take_found(&mut self, columns: &[Column], offset: u64, way: Way, page: u64) -> bool {
        let shown: Vec<_> = columns.iter().map(column_texts).collect();
        let rows = columns.first().map_or(0, |column| column.values.len());
        let found = |row: usize| Some((row, self.column_with(&shown, columns, row)?));
        let found = match way {
            Way::Down => (0..rows).find_map(found),
            Way::Up => (0..rows).rev().find_map(found),
        };
        if let Some((row, col)) = found {
            self.fill(columns.to_vec(), offset, self.rows_total);
            (self.row, self.col) = (offset + row as u64, col);
            self.settle(page);
        }
        found.is_some()
    }

    /// What is looked for.
    pub fn search(&self) -> &str {
        &self.search
    }

    /// The columns of a drawn text that show what is looked for; all of it where only the whole value holds that.
    pub(super) fn found_in(&self, index: usize, row: usize, drawn: &str) -> Vec<Range<usize>> {
        if self.search.is_empty() {
            return Vec::new();
        }
        let found = places(drawn, &self.search);
        let whole = || value::text(&self.columns[index].values, row).unwrap_or_default();
        match found.is_empty() && whole().to_lowercase().contains(&self.search) {
            true => std::iter::once(0..format::width(drawn)).collect(),
            false => found,
        }
    }
}

/// Where a text in lower case stands in another one, in columns.
fn places(text: &str, lower: &str) -> Vec<Range<usize>> {
    let (mut all, mut starts, mut col) = (String::new(), Vec::new(), 0);
    for grapheme in text.graphemes(true) {
        starts.push((all.len(), col));
        all += &grapheme.to_lowercase();
        col += format::grapheme_width(grapheme);
    }
    let first = |at: usize| starts.iter().rev().find(|(start, _)| *start <= at).map_or(0, |(_, col)| *col);
    let end = |at: usize| starts.iter().find(|(start, _)| *start >= at).map_or(col, |(_, col)| *col);
    all.match_indices(lower).map(|(at, found)| first(at)..end(at + found.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_stands_in_columns_of_the_screen() {
        let check = |text: &str, lower: &str, expected: &[(usize, usize)]| {
            let found: Vec<_> = places(text, lower).iter().map(|one| (one.start, one.end)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("Rain, rain", "rain", &[(0, 4), (6, 10)]);
        check("東京 Tower", "tow", &[(5, 8)]);
        check("東京 Tower", "京", &[(2, 4)]);
        check("İstanbul", "stan", &[(1, 5)]);
        check("sun", "rain", &[]);
    }
}
