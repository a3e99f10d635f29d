//! The rows of a source: a window of them is held, others are asked for where the cursor goes, and they can be looked through.

use impala_core::api::Preview;
use impala_core::number_format::group_thousands;
use impala_core::source::SourceRef;

use super::SourceScreen;
use crate::effect::{Effect, Request};
use crate::keymap::{Command, Context};
use crate::layers::Prompt;
use crate::look::Role;
use crate::screen::{Purpose, Shared};
use crate::table::Reaction;

/// Rows asked for at once.
pub(super) const WINDOW: u64 = 500;

/// Rows that are looked through at once.
const SEARCHED: u64 = 1_000;

impl SourceScreen {
    pub(super) fn ask_rows(&mut self, offset: u64, shared: &mut Shared) {
        let request = Request::Rows {
            project: self.project.clone(),
            source: SourceRef::current(self.name.clone()),
            offset,
            limit: WINDOW,
        };
        self.numbers.rows = Some(shared.ask_instead(self.numbers.rows, request));
    }

    /// Where the cursor is among the rows, or how far what goes through them is.
    pub(super) fn place(&self, shared: &Shared) -> (Role, String) {
        let key = shared.key(Context::Global, Command::Leave);
        let at = |row: u64| format!("row {} of {}", count_of(row), count_of(self.table.rows_total()));
        match (&self.numbers.searched, &self.copying) {
            (Some((_, row)), _) => {
                let words = format!("{} · looking for \"{}\" · {key} stops", at(*row), self.table.search());
                (Role::Accent, words)
            }
            (None, Some(copying)) => {
                let words = format!("{} · copying {} · {key} stops", at(copying.rows()), copying.column);
                (Role::Accent, words)
            }
            (None, None) => (Role::Muted, self.table.place()),
        }
    }

    pub(super) fn page(shared: &Shared) -> u64 {
        u64::from(shared.size.1.saturating_sub(7)).max(1)
    }

    pub(super) fn table_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let page = Self::page(shared);
        match self.table.command(command, page, shared) {
            Reaction::None => return false,
            Reaction::AskSearch => shared.push(Prompt::new(Purpose::Search, "Find in the rows", "")),
            Reaction::SearchOn(offset) => self.search_on(offset, shared),
            Reaction::CopyAll => self.copy_column(shared),
            Reaction::Done => {
                if let Some(offset) = self.table.missing(page) {
                    self.ask_rows(offset, shared);
                }
            }
        }
        true
    }

    /// Looks for the text in the rows from `offset` on, which are not held.
    pub(super) fn search_on(&mut self, offset: u64, shared: &mut Shared) {
        if offset >= self.table.rows_total() {
            self.numbers.searched = None;
            let [first, next] =
                [Command::First, Command::NextMatch].map(|one| shared.key(Context::Table, one));
            let text = self.table.search();
            let words = format!("\"{text}\" is not found below; {first} {next} searches from the first row.");
            return shared.say(Role::Warning, words);
        }
        let request = Request::Rows {
            project: self.project.clone(),
            source: SourceRef::current(self.name.clone()),
            offset,
            limit: SEARCHED,
        };
        self.numbers.searched = Some((shared.ask(request), offset));
    }

    /// Whether there was a search to stop.
    pub(super) fn stop_search(&mut self, shared: &mut Shared) -> bool {
        let Some((number, row)) = self.numbers.searched.take() else { return false };
        shared.effect(Effect::Forget(number));
        let (text, row) = (self.table.search(), count_of(row));
        shared.say(Role::Warning, format!("Stopped looking for \"{text}\" at row {row}."));
        true
    }

    pub(super) fn searched(&mut self, rows: &Preview, shared: &mut Shared) {
        self.numbers.searched = None;
        let page = Self::page(shared);
        if !self.table.take_found(&rows.columns, rows.offset, page) {
            let here = rows.columns.first().map_or(0, |column| column.values.len()) as u64;
            let next = if here == 0 { self.table.rows_total() } else { rows.offset + here };
            return self.search_on(next, shared);
        }
        match self.table.missing(page) {
            Some(offset) => self.ask_rows(offset, shared),
            // A window that was asked for before is another one.
            None => drop(self.numbers.rows.take().map(|number| shared.effect(Effect::Forget(number)))),
        }
    }
}

pub(super) fn count_of(rows: u64) -> String {
    group_thousands(&rows.to_string())
}
