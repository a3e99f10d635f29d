//! What comes back for a source, each known by the number of its question.

use impala_core::api::CanvasView;
use impala_core::source::Source;

use super::SourceScreen;
use super::listing::Tab;
use crate::action::{Answer, Failure, Outcome};
use crate::effect::CanvasAt;
use crate::look::Role;
use crate::screen::Shared;
use crate::screens::CanvasScreen;

impl SourceScreen {
    /// Takes an answer; whether it was waited for.
    pub(super) fn take_answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        let (asked, numbers) = (Some(number), &self.numbers);
        let searched = numbers.searched.as_ref().map(|looking| looking.number);
        let copied = self.copying.as_ref().map(|copying| copying.number);
        let made = self.made.as_ref().map(|(made, _)| *made);
        match answer {
            Answer::Rows(outcome) if asked == copied => self.take_copied(outcome, shared),
            Answer::Rows(outcome) if asked == searched => self.take_searched(outcome, shared),
            Answer::Data(outcome) if self.sorting.as_ref().is_some_and(|sorting| sorting.number == asked) => {
                self.take_sorted(outcome, shared);
            }
            Answer::Saved(outcome) if asked == made => self.take_made(outcome, shared),
            Answer::Source(outcome) if asked == numbers.rolled_back => match outcome {
                Ok(source) => self.take_source(source, shared),
                Err(failure) => shared.fail(failure),
            },
            Answer::Source(outcome) if asked == numbers.source => {
                if let Some(source) = self.heard(Tab::Schema, outcome) {
                    self.take_source(source, shared);
                }
            }
            Answer::Stats(outcome) if asked == numbers.stats => {
                self.stats = self.heard(Tab::Statistics, outcome).cloned().or(self.stats.take());
            }
            Answer::Versions(outcome) if asked == numbers.versions => {
                self.versions = self.heard(Tab::Versions, outcome).cloned().or(self.versions.take());
            }
            Answer::Rows(outcome) if asked == numbers.rows => {
                if let Some(rows) = self.heard(Tab::Rows, outcome) {
                    self.table.fill(rows.columns.clone(), rows.offset, rows.rows_total);
                }
            }
            _ => return false,
        }
        true
    }

    /// What has come for a tab. Why it has not is said there, whatever comes for the others.
    fn heard<'a, T>(&mut self, tab: Tab, outcome: &'a Outcome<T>) -> Option<&'a T> {
        self.failures[tab as usize] = outcome.as_ref().err().map(Failure::line);
        outcome.as_ref().ok()
    }

    fn take_source(&mut self, source: &Source, shared: &mut Shared) {
        if self.source.as_ref().is_some_and(|old| old.current.version != source.current.version) {
            self.load(shared);
        }
        self.source = Some(source.clone());
    }

    /// Opens the canvas that was made of the source, or that was there already.
    fn take_made(&mut self, outcome: &Outcome<Box<CanvasView>>, shared: &mut Shared) {
        let Some((_, slug)) = self.made.take() else { return };
        match outcome {
            Err(failure) if !failure.is_taken() => return shared.fail(failure),
            Err(_) => {
                let words = format!("The canvas \"{slug}\" existed already: here it is.");
                shared.say(Role::Warning, words);
            }
            Ok(_) => {}
        }
        let screen = CanvasScreen::new(CanvasAt { project: self.project.clone(), slug }, shared);
        shared.push(screen);
    }
}
