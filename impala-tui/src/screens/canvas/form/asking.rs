//! What a form asks the server about the block that it makes, and what the answer tells it.

use impala_core::Block;
use impala_core::api::BlockAnswer;

use super::Form;
use crate::action::Outcome;
use crate::fields::Field;
use crate::screen::Shared;
use crate::screens::canvas::block_fields::{block_of, columns_of_query, fields_of};
use crate::screens::canvas::faults;

impl Form {
    /// Takes the columns of a query from its answer.
    pub(super) fn learn_columns(&mut self) {
        let columns = self.answer.as_ref().and_then(|answer| columns_of_query(&self.made, answer));
        let Some(columns) = columns else { return };
        let offers = |field: &&mut Field| matches!(field.label, "Columns" | "Sort");
        self.fields.fields.iter_mut().filter(offers).for_each(|field| field.candidates.clone_from(&columns));
    }

    pub(super) fn changed(&mut self, shared: &mut Shared) {
        self.is_keeping = false;
        match block_of(&self.block, &self.fields) {
            Ok(made) => {
                self.faults = faults::of_canvas(&self.desk.with(&made), &made.id, &self.fields);
                if made != self.made {
                    self.number = self.desk.ask(&made, self.number, shared);
                    self.follow_source(&made);
                    self.made = made;
                }
            }
            Err(faults) => self.faults = faults,
        }
        self.judge();
    }

    /// Takes the answer that was waited for, and keeps the block if it was to be kept and works.
    pub(super) fn take_answer(&mut self, outcome: &Outcome<Box<BlockAnswer>>, shared: &mut Shared) {
        self.number = None;
        self.answer = Some(match outcome {
            Ok(answer) => (**answer).clone(),
            Err(failure) => failure.as_answer(),
        });
        self.learn_columns();
        match self.is_keeping && shared.is_top {
            true => self.checked(shared),
            false => self.judge(),
        }
    }

    /// The server can be asked again: what it has answered or been asked before does not count.
    pub(super) fn ask_again(&mut self, shared: &mut Shared) {
        if self.faults.is_empty() {
            self.number = self.desk.ask(&self.made, self.number, shared);
        }
        self.judge();
    }

    /// Another source has other columns to propose.
    fn follow_source(&mut self, made: &Block) {
        let source = |block: &Block| block.from().and_then(|from| from.source.clone());
        if source(made) != source(&self.made) {
            self.propose(made);
        }
    }

    /// Proposes what the sources have. A query names them itself, and its columns are known from its answer.
    pub(super) fn propose(&mut self, made: &Block) {
        if made.from().is_some_and(|from| from.sql.is_some()) {
            return;
        }
        let fresh = fields_of(made, &self.desk);
        for (field, fresh) in self.fields.fields.iter_mut().zip(fresh.fields) {
            (field.candidates, field.arguments) = (fresh.candidates, fresh.arguments);
        }
    }
}
