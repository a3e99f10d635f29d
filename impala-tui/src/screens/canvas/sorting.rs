//! The zoomed table in an order of one's own, where a limit leaves rows out: the server is asked for those that come first in that
//! order. Nothing of it is saved.

use impala_core::BlockKind;
use impala_core::api::{BlockAnswer, CanvasData};
use impala_core::block::SortKey;

use super::CanvasScreen;
use super::zoom::{Content, Zoom};
use crate::action::{Failure, Outcome};
use crate::effect::Request;
use crate::look::Role;
use crate::screen::Shared;

/// The order of a block, and its answer.
#[derive(Debug)]
pub(crate) struct Sorting {
    id: String,
    key: SortKey,
    /// The question that is under way.
    pub number: Option<u64>,
    answer: Option<BlockAnswer>,
}

impl CanvasScreen {
    fn sorting_of(&self, id: &str) -> Option<&Sorting> {
        self.sorting.as_ref().filter(|sorting| sorting.id == id && sorting.answer.is_some())
    }

    /// What the zoomed block shows: the rows in an order of one's own, if those are here.
    pub(crate) fn zoomed_answer(&self, id: &str) -> Option<&BlockAnswer> {
        let sorted = self.sorting_of(id).and_then(|sorting| sorting.answer.as_ref());
        sorted.or_else(|| self.answers.get(id))
    }

    /// By what those are sorted.
    pub(crate) fn sort_key(&self, id: &str) -> Option<&SortKey> {
        self.sorting_of(id).map(|sorting| &sorting.key)
    }

    /// Sorts the zoomed table, or shows it as it is saved.
    pub(crate) fn sort_zoomed(&mut self, id: &str, key: Option<SortKey>, shared: &mut Shared) {
        let before = self.sorting.take();
        if let Some(number) = before.as_ref().and_then(|sorting| sorting.number) {
            shared.forget([number]);
        }
        let Some(key) = key else { return self.show_sorted(shared) };
        shared.hint(Role::Accent, format!("Sorting all rows by {} …", key.column));
        // The rows that are seen stay until the others have come.
        let answer = before.filter(|sorting| sorting.id == id).and_then(|sorting| sorting.answer);
        self.sorting = Some(Sorting { id: id.to_owned(), key, number: None, answer });
        self.sort_again(shared);
    }

    /// Asks for the rows of the zoomed table in its order.
    pub(crate) fn sort_again(&mut self, shared: &mut Shared) {
        let Some(Sorting { id, key, number, .. }) = &self.sorting else { return };
        let (earlier, Some(mut block)) = (*number, self.canvas.block(id).cloned()) else { return };
        let BlockKind::Table(table) = &mut block.kind else { return };
        table.sort.retain(|one| one.column != key.column);
        table.sort.insert(0, key.clone());
        let Some(draft) = self.draft_with(block) else { return };
        let request = Request::Draft(self.at.project.clone(), Box::new(draft));
        let number = shared.ask_instead(earlier, request);
        if let Some(sorting) = &mut self.sorting {
            sorting.number = Some(number);
        }
    }

    pub(crate) fn is_sorting(&self, number: u64) -> bool {
        self.sorting.as_ref().is_some_and(|sorting| sorting.number == Some(number))
    }

    pub(crate) fn sorted(&mut self, outcome: &Outcome<Box<CanvasData>>, shared: &mut Shared) {
        let Some(mut sorting) = self.sorting.take() else { return };
        let answer = match outcome {
            Ok(data) => data.blocks.get(&sorting.id).cloned(),
            Err(failure) => Some(failure.as_answer()),
        };
        match answer {
            Some(BlockAnswer::Data(data)) => {
                sorting.number = None;
                sorting.answer = Some(BlockAnswer::Data(data));
                self.sorting = Some(sorting);
            }
            Some(BlockAnswer::Problem(problem)) => shared.fail(&Failure::new(problem.detail)),
            None => {}
        }
        self.show_sorted(shared);
    }

    /// Stands on the first row, which is another one now.
    fn show_sorted(&mut self, shared: &mut Shared) {
        self.renew_zoom(shared);
        if let Some(Zoom { content: Content::Table(table), .. }) = &mut self.zoom {
            table.row = 0;
            table.settle(1);
        }
    }
}
