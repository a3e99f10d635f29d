//! Keeping what was made in a form, once it is known that it works; and leaving the form.

use impala_core::api::BlockAnswer;

use super::Form;
use crate::layers::Confirm;
use crate::screen::{Go, Message, Purpose, Shared};
use crate::screens::canvas::faults;

impl Form {
    /// Keeps the block, once it is known that it works: what is not answered yet is waited for.
    pub(super) fn keep(&mut self, shared: &mut Shared) {
        self.fields.close();
        if !self.faults.is_empty() {
            self.is_tried = true;
            self.judge();
            return self.fields.focus_on_error();
        }
        match (self.number, self.refused()) {
            (Some(_), _) if self.is_keeping => {
                let detail = "The server has not checked it yet.";
                shared.push(Confirm::new(Purpose::Keep, "Keep it unchecked?", detail));
            }
            (Some(_), _) if !self.is_same() => {
                self.is_keeping = true;
                self.judge();
            }
            (None, Some(why)) => shared.push(Confirm::new(Purpose::Keep, "Keep a block that fails?", why)),
            _ => self.keep_as_it_is(shared),
        }
    }

    /// Keeps what was waited for, or shows why it fails.
    pub(super) fn checked(&mut self, shared: &mut Shared) {
        self.is_keeping = false;
        self.judge();
        match self.refused() {
            Some(_) => self.fields.focus_on_error(),
            None => self.keep_as_it_is(shared),
        }
    }

    /// Why there is no answer to what was made or changed, if that is so.
    fn refused(&self) -> Option<String> {
        let Some(BlockAnswer::Problem(problem)) = &self.answer else { return None };
        let is_told = self.number.is_none() && !self.is_same();
        is_told.then(|| faults::sentence(problem, &self.desk.with(&self.made)))
    }

    /// Whether it is a block of the canvas, and nothing was changed.
    fn is_same(&self) -> bool {
        !self.is_new() && !self.has_changed()
    }

    pub(super) fn keep_as_it_is(&self, shared: &mut Shared) {
        let message =
            Message::Block { before: Box::new(self.desk.canvas.clone()), block: Box::new(self.made.clone()) };
        shared.go(Go::Tell(message));
    }
}
