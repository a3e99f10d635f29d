//! The way back to a revision: the question, and what comes of it.

use std::cell::Cell;
use std::rc::Rc;

use crate::action::Answer;
use crate::effect::{CanvasAt, Request};
use crate::layers::Confirm;
use crate::screen::{Go, Purpose, Shared};

/// What a history shares with the previews that are opened from it: all of them end when a revision is restored.
#[derive(Clone, Debug, Default)]
pub struct Restoring {
    number: Rc<Cell<Option<u64>>>,
    is_done: Rc<Cell<bool>>,
}

impl Restoring {
    /// Asks whether a revision is to be restored.
    pub fn confirm(revision: u64, shared: &mut Shared) {
        let question = format!("Restore revision {revision}?");
        let detail = "It is saved as a new revision; the history stays.";
        shared.push(Confirm::new(Purpose::Restore(revision), question, detail));
    }

    /// Restores it.
    pub fn begin(&self, at: &CanvasAt, revision: u64, shared: &mut Shared) {
        shared.note(format!("impala canvas restore {} {revision} --project {}", at.slug, at.project));
        self.number.set(Some(shared.ask_and_wait(Request::Restore(at.clone(), revision))));
    }

    /// Takes the answer; whether it was waited for.
    pub fn answer(&self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        let (Answer::Saved(outcome), true) = (answer, self.number.get() == Some(number)) else {
            return false;
        };
        self.number.set(None);
        match outcome {
            Ok(_) => {
                self.is_done.set(true);
                shared.go(Go::Over);
            }
            Err(failure) => shared.fail(failure),
        }
        true
    }

    /// Whether one was restored.
    pub fn is_done(&self) -> bool {
        self.is_done.get()
    }
}
