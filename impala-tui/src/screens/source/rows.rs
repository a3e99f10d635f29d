//! The rows of a source: a window of them is held, others are asked for where the cursor goes, and they can be looked through.

use std::ops::Range;

use impala_core::api::Preview;
use impala_core::source::SourceRef;
use impala_render::format::{self, number::whole};

use super::SourceScreen;
use crate::action::Outcome;
use crate::effect::Request;
use crate::keymap::Command;
use crate::layers::Prompt;
use crate::look::Role;
use crate::screen::{Purpose, Shared};
use crate::table::{Reaction, Way};

/// Rows asked for at once.
const WINDOW: u64 = 500;

/// Rows that are looked through at once.
const SEARCHED: u64 = 1_000;

impl SourceScreen {
    /// Asks for the rows that are seen again, in the order in which they are seen.
    pub(super) fn ask_rows_here(&mut self, shared: &mut Shared) {
        match self.sorting {
            Some(_) => self.ask_sorted(shared),
            None => self.ask_rows(self.table.row.saturating_sub(WINDOW / 2), shared),
        }
    }

    /// Stops what goes through the rows.
    pub(super) fn stop(&mut self, shared: &mut Shared) {
        let _ = self.stop_search(shared) || self.stop_copying(shared) || self.stop_sorting(shared);
    }

    pub(super) fn ask_rows(&mut self, offset: u64, shared: &mut Shared) {
        let request = Request::Rows {
            project: self.project.clone(),
            source: SourceRef::current(self.name.clone()),
            offset,
            limit: WINDOW,
        };
        self.numbers.rows = Some(shared.ask_instead(self.numbers.rows, request));
    }

    /// Where the cursor is among the rows, or how far what goes through them is, in words from long to short: half a number would
    /// be another one.
    pub(super) fn places(&self) -> (Role, Vec<String>) {
        let going = |doing: &str, what: &str, row: u64| {
            let (row, rows) = (whole(row), whole(self.table.rows_total()));
            let place = format!("{doing}, row {row} of {rows}");
            vec![
                format!("{what}, row {row} of {rows}"),
                place,
                format!("{doing}, row {row}"),
                doing.to_owned(),
            ]
        };
        match (&self.numbers.searched, &self.copying) {
            (Some(looking), _) => {
                let what = format!("searching for \"{}\"", self.table.search());
                (Role::Accent, going("searching", &what, looking.row()))
            }
            (None, Some(copying)) => {
                let what = format!("copying {}", copying.column);
                (Role::Accent, going("copying", &what, copying.rows()))
            }
            (None, None) if self.is_sorting() => {
                let key = self.sorting.iter().map(|sorting| format!("sorting by {} …", sorting.key.column));
                (Role::Accent, key.chain(["sorting …".to_owned()]).collect())
            }
            (None, None) if self.table.is_limited => {
                let (row, last) = (whole(self.table.row + 1), whole(self.table.rows_total()));
                let place = format!("row {row} of the first {last}");
                let column = self.table.column_name().map(format::clean).unwrap_or_default();
                (Role::Muted, vec![format!("{place} · {column}"), place, format!("{row} of {last}")])
            }
            (None, None) => {
                let place = self.table.place();
                let row = place.split(" · ").next().unwrap_or_default().to_owned();
                let number = row.trim_start_matches("row ").to_owned();
                (Role::Muted, vec![place, row, number])
            }
        }
    }

    pub(super) fn page(shared: &Shared) -> u64 {
        u64::from(shared.size.1.saturating_sub(7)).max(1)
    }

    pub(super) fn table_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let page = Self::page(shared);
        if matches!(command, Command::NextMatch | Command::PreviousMatch) {
            self.end_search(shared);
        }
        match self.table.command(command, page, shared) {
            Reaction::None => return false,
            Reaction::AskSearch => shared.push(Prompt::new(Purpose::Search, "Find in the rows", "")),
            Reaction::SearchOn(way, edge) => self.search_from(way, edge, shared),
            Reaction::CopyAll => self.copy_column(shared),
            Reaction::AskSort(key) => self.sort(key, shared),
            Reaction::Done if command == Command::CopyColumn && self.table.is_limited => {
                let rows = format::count(self.table.rows_total(), "row");
                shared.say(Role::Warning, format!("Column copied: the first {rows} in this order"));
            }
            Reaction::Done => {
                if let Some(offset) = self.table.missing(page) {
                    self.ask_rows(offset, shared);
                }
            }
        }
        true
    }

    /// Looks for a text, instead of what is being looked for.
    pub(super) fn search(&mut self, text: &str, shared: &mut Shared) {
        self.end_search(shared);
        let reaction = self.table.find(text, shared);
        self.table.settle(Self::page(shared));
        if let Reaction::SearchOn(way, edge) = reaction {
            self.search_from(way, edge, shared);
        }
    }

    /// Looks for the text in the rows from `edge` on, or before it, which are not held.
    fn search_from(&mut self, way: Way, edge: u64, shared: &mut Shared) {
        self.search_on(way, edge, false, self.table.row, shared);
    }

    /// Goes on with a search that began at the row `here`; `is_round` behind an end.
    fn search_on(&mut self, way: Way, edge: u64, is_round: bool, here: u64, shared: &mut Shared) {
        let rows = self.table.rows_total();
        let Some((piece, is_round)) = next_piece(way, edge, is_round, here, rows) else {
            self.numbers.searched = None;
            return self.table.say_round(None, here, shared);
        };
        let request = Request::Rows {
            project: self.project.clone(),
            source: SourceRef::current(self.name.clone()),
            offset: piece.start,
            limit: piece.end - piece.start,
        };
        self.numbers.searched = Some(Looking { number: shared.ask(request), piece, way, is_round, here });
    }

    /// Whether there was a search to stop.
    pub(super) fn stop_search(&mut self, shared: &mut Shared) -> bool {
        let Some(looking) = self.end_search(shared) else { return false };
        let (text, row) = (self.table.search(), whole(looking.row()));
        shared.say(Role::Warning, format!("Stopped searching for \"{text}\" at row {row}."));
        true
    }

    fn end_search(&mut self, shared: &mut Shared) -> Option<Looking> {
        let looking = self.numbers.searched.take()?;
        shared.forget([looking.number]);
        Some(looking)
    }

    pub(super) fn take_searched(&mut self, outcome: &Outcome<Box<Preview>>, shared: &mut Shared) {
        let Some(Looking { piece, way, is_round, here, .. }) = self.numbers.searched.take() else { return };
        let rows = match outcome {
            Ok(rows) => rows,
            Err(failure) => return shared.fail(failure),
        };
        let page = Self::page(shared);
        if !self.table.take_found(&rows.columns, rows.offset, way, page) {
            let edge = if way == Way::Down { piece.end } else { piece.start };
            return self.search_on(way, edge, is_round, here, shared);
        }
        if is_round {
            self.table.say_round(Some(way), here, shared);
        }
        match self.table.missing(page) {
            Some(offset) => self.ask_rows(offset, shared),
            // A window that was asked for before is another one.
            None => shared.forget(self.numbers.rows.take()),
        }
    }
}

/// Rows that are looked through.
#[derive(Debug)]
pub(super) struct Looking {
    /// The question that is under way.
    pub number: u64,
    piece: Range<u64>,
    way: Way,
    /// Whether an end of the table was passed.
    is_round: bool,
    /// The row of the cursor when it began.
    here: u64,
}

impl Looking {
    /// How far it is.
    fn row(&self) -> u64 {
        if self.way == Way::Down { self.piece.start } else { self.piece.end }
    }
}

/// The rows that come next, from `edge` on or before it, and whether an end was passed; `None` when all were looked through. The
/// search began at the row `here`, which comes last.
fn next_piece(way: Way, edge: u64, is_round: bool, here: u64, rows: u64) -> Option<(Range<u64>, bool)> {
    let passes = !is_round && edge == if way == Way::Down { rows } else { 0 };
    let is_round = is_round || passes;
    let piece = match way {
        Way::Down => {
            let (from, end) = (if passes { 0 } else { edge }, if is_round { here + 1 } else { rows });
            from..(from + SEARCHED).min(end)
        }
        Way::Up => {
            let (end, from) = (if passes { rows } else { edge }, if is_round { here } else { 0 });
            end.saturating_sub(SEARCHED).max(from)..end
        }
    };
    (rows > 0 && piece.start < piece.end).then_some((piece, is_round))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All pieces of a search that finds nothing, from row `here` of 2,500.
    fn pieces(way: Way, here: u64) -> Vec<Range<u64>> {
        let (mut edge, mut is_round) = (if way == Way::Down { here + 1 } else { here }, false);
        let next = || {
            let (piece, round) = next_piece(way, edge, is_round, here, 2_500)?;
            (edge, is_round) = (if way == Way::Down { piece.end } else { piece.start }, round);
            Some(piece)
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn every_row_is_looked_through_once_and_that_of_the_cursor_last() {
        assert_eq!(pieces(Way::Down, 1_200), [1_201..2_201, 2_201..2_500, 0..1_000, 1_000..1_201]);
        assert_eq!(pieces(Way::Up, 1_200), [200..1_200, 0..200, 1_500..2_500, 1_200..1_500]);
        assert_eq!(pieces(Way::Down, 2_499), [0..1_000, 1_000..2_000, 2_000..2_500]);
        assert_eq!(pieces(Way::Up, 0), [1_500..2_500, 500..1_500, 0..500]);
        assert_eq!(next_piece(Way::Down, 0, false, 0, 0), None);
    }
}
