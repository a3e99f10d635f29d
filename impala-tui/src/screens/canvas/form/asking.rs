//! What a form asks the server about the block that it makes, and what the answer tells it.

use impala_core::api::BlockAnswer;
use impala_core::{Block, BlockKind};

use super::Form;
use crate::action::{Failure, Outcome};
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
        let result = block_of(&self.block, &self.fields);
        self.is_whole = result.is_ok();
        match result {
            Ok(made) => {
                self.faults = faults::of_canvas(&self.desk.with(&made), &made.id, &self.fields);
                if made != self.made || (self.answer.is_none() && self.number.is_none()) {
                    self.number = self.desk.ask(&made, self.number, shared);
                    self.follow_source(&made);
                    self.made = made;
                }
            }
            Err(faults) => {
                self.faults = faults;
                self.drop_answer(shared);
            }
        }
        self.judge();
    }

    /// What the server said of other fields does not stand any more. The last picture does while one is being typed, but not
    /// where one that is needed is empty.
    fn drop_answer(&mut self, shared: &mut Shared) {
        shared.forget(self.number.take());
        let is_empty = |label| self.fields.text(label).is_empty();
        let lacks = self.faults.iter().any(|fault| fault.label.is_none_or(is_empty));
        self.answer.take_if(|answer| lacks || matches!(answer, BlockAnswer::Problem(_)));
    }

    /// The block as the picture beside the form shows it. What is wrong stands in the form; a block that is not whole has no
    /// picture, and only the title that was typed.
    pub(super) fn pictured(&self) -> (Block, Option<BlockAnswer>) {
        let told = self.answer.as_ref().map(|answer| faults::without_words(answer, &self.fields));
        if told.is_some() || self.is_whole {
            return (self.made.clone(), told);
        }
        let nothing = Failure::default().as_answer();
        let title = Some(self.fields.text("Title")).filter(|title| !title.is_empty()).unwrap_or("Preview");
        let mut block = Block { title: Some(title.to_owned()), ..self.made.clone() };
        if let BlockKind::Text(text) = &mut block.kind {
            text.markdown.clear();
        }
        (block, Some(faults::without_words(&nothing, &self.fields)))
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
        if self.is_whole {
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
