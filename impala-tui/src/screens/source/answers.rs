//! What comes back for a source, each known by the number of its question.

use super::SourceScreen;
use crate::action::Answer;
use crate::effect::CanvasAt;
use crate::look::Role;
use crate::screen::Shared;
use crate::screens::CanvasScreen;

impl SourceScreen {
    /// Takes an answer; whether it was waited for.
    pub(super) fn take_answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        if let Answer::Rows(outcome) = answer
            && self.copying.as_ref().is_some_and(|copying| copying.number == number)
        {
            self.take_copied(outcome, shared);
            return true;
        }
        if let Answer::Saved(outcome) = answer
            && let Some((_, slug)) = self.made.take_if(|(asked, _)| *asked == number)
        {
            match outcome {
                Err(failure) if !failure.is_taken() => shared.fail(failure),
                made => {
                    if made.is_err() {
                        let words = format!("The canvas \"{slug}\" existed already: here it is.");
                        shared.say(Role::Warning, words);
                    }
                    let screen = CanvasScreen::new(CanvasAt { project: self.project.clone(), slug }, shared);
                    shared.push(screen);
                }
            }
            return true;
        }
        let numbers = &self.numbers;
        let failure = match answer {
            Answer::Source(Ok(source)) if number == numbers.source => {
                if self.source.as_ref().is_some_and(|old| old.current.version != source.current.version) {
                    self.load(shared);
                }
                self.source = Some((**source).clone());
                None
            }
            Answer::Stats(Ok(stats)) if number == numbers.stats => {
                self.stats = Some(stats.clone());
                None
            }
            Answer::Versions(Ok(versions)) if number == numbers.versions => {
                self.versions = Some(versions.clone());
                None
            }
            Answer::Rows(outcome)
                if numbers.searched.as_ref().is_some_and(|looking| looking.number == number) =>
            {
                match outcome {
                    Ok(rows) => self.searched(rows, shared),
                    Err(failure) => {
                        self.numbers.searched = None;
                        shared.fail(failure);
                    }
                }
                return true;
            }
            Answer::Rows(Ok(rows)) if numbers.rows == Some(number) => {
                self.table.fill(rows.columns.clone(), rows.offset, rows.rows_total);
                None
            }
            Answer::Source(Err(failure)) if number == numbers.source => Some(failure),
            Answer::Stats(Err(failure)) if number == numbers.stats => Some(failure),
            Answer::Versions(Err(failure)) if number == numbers.versions => Some(failure),
            Answer::Rows(Err(failure)) if numbers.rows == Some(number) => Some(failure),
            _ => return false,
        };
        self.failure = failure.map(crate::action::Failure::line);
        true
    }
}
