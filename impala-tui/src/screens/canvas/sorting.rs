//! The zoomed table in an order of one's own, where a limit leaves rows out: the server is asked for those that come first in that
//! order. Nothing of it is saved.

use impala_core::BlockKind;
use impala_core::api::{BlockAnswer, CanvasData};
use impala_core::block::SortKey;

use super::CanvasScreen;
use super::zoom::{Content, Zoom};
use crate::action::{Failure, Outcome};
use crate::effect::Request;
use crate::screen::Shared;

/// The order of the zoomed table.
#[derive(Debug)]
pub(crate) struct Sorting {
    id: String,
    key: SortKey,
    /// The question that is under way.
    pub number: Option<u64>,
    /// The rows that are seen, and their order.
    shown: Option<(SortKey, BlockAnswer)>,
}

impl CanvasScreen {
    fn shown_sorted(&self, id: &str) -> Option<&(SortKey, BlockAnswer)> {
        self.sorting.as_ref().filter(|sorting| sorting.id == id)?.shown.as_ref()
    }

    /// What the zoomed block shows: the rows in an order of one's own, if those are here.
    pub(crate) fn zoomed_answer(&self, id: &str) -> Option<&BlockAnswer> {
        self.shown_sorted(id).map(|(_, answer)| answer).or_else(|| self.answers.get(id))
    }

    /// By what those are sorted.
    pub(crate) fn sort_key(&self, id: &str) -> Option<&SortKey> {
        self.shown_sorted(id).map(|(key, _)| key)
    }

    /// Sorts the zoomed table, or shows it as it is saved.
    pub(crate) fn sort_zoomed(&mut self, id: &str, key: Option<SortKey>, shared: &mut Shared) {
        self.stop_sorting(shared);
        let before = self.sorting.take();
        let Some(key) = key else { return self.show_sorted(true, shared) };
        // The rows that are seen stay until the others have come.
        let shown = before.and_then(|sorting| sorting.shown);
        self.sorting = Some(Sorting { id: id.to_owned(), key, number: None, shown });
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

    /// The column in whose order rows are waited for.
    pub(crate) fn awaited_order(&self) -> Option<&str> {
        let sorting = self.sorting.as_ref().filter(|sorting| sorting.number.is_some())?;
        Some(&sorting.key.column)
    }

    /// Waits for them no longer; what is seen stays.
    pub(crate) fn stop_sorting(&mut self, shared: &mut Shared) {
        shared.forget(self.sorting.as_mut().and_then(|sorting| sorting.number.take()));
        if let (Some(key), Some(Zoom { content: Content::Table(table), .. })) =
            (self.sorting.as_ref().map(|sorting| sorting.shown.as_ref().map(|(key, _)| key)), &mut self.zoom)
        {
            table.stand_sorted(key);
        }
    }

    /// Another block is looked at, or all of them.
    pub(crate) fn end_sorting(&mut self, shared: &mut Shared) {
        self.stop_sorting(shared);
        self.sorting = None;
    }

    pub(crate) fn sorted(&mut self, outcome: &Outcome<Box<CanvasData>>, shared: &mut Shared) {
        let Some(sorting) = &mut self.sorting else { return };
        sorting.number = None;
        let is_other = sorting.shown.as_ref().is_none_or(|(key, _)| *key != sorting.key);
        let answer = match outcome {
            Ok(data) => data.blocks.get(&sorting.id).cloned(),
            Err(failure) => Some(failure.as_answer()),
        };
        match answer {
            Some(BlockAnswer::Problem(problem)) => {
                self.sorting = None;
                shared.fail(&Failure::new(problem.detail));
            }
            Some(answer) => sorting.shown = Some((sorting.key.clone(), answer)),
            None => self.sorting = None,
        }
        self.show_sorted(is_other, shared);
    }

    /// Shows the rows; in another order it stands on the first one.
    fn show_sorted(&mut self, is_other: bool, shared: &mut Shared) {
        self.renew_zoom(shared);
        if is_other && let Some(Zoom { content: Content::Table(table), .. }) = &mut self.zoom {
            table.row = 0;
            table.settle(1);
        }
    }
}
