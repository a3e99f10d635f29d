//! The rows of a source in an order of one's own. To put millions of rows in order would take their memory on the server, so
//! those are asked for that come first, in either direction, as the answer to a table that is saved nowhere.

use std::collections::BTreeMap;

use impala_core::api::{BlockAnswer, CanvasData, CanvasDraft};
use impala_core::block::{Block, BlockKind, From, SortKey, Table};
use impala_core::canvas::Canvas;
use impala_core::source::SourceRef;

use super::SourceScreen;
use crate::action::{Failure, Outcome};
use crate::effect::Request;
use crate::look::Role;
use crate::screen::{Shared, quoted};

/// Rows that are asked for: as many as a table may have.
const MOST: u32 = Table::MAX_LIMIT;

/// The order of the rows.
pub(super) struct Sorting {
    pub key: SortKey,
    /// The question that is under way.
    pub number: Option<u64>,
    /// The order of the rows that are seen until then.
    before: Option<SortKey>,
}

impl SourceScreen {
    /// Whether rows in another order are waited for.
    pub(super) fn is_sorting(&self) -> bool {
        self.sorting.as_ref().is_some_and(|sorting| sorting.number.is_some())
    }

    /// Sorts the rows, or shows them in the order of the file.
    pub(super) fn sort(&mut self, key: Option<SortKey>, shared: &mut Shared) {
        self.stop_search(shared);
        let old = self.sorting.take();
        let numbers = old.as_ref().and_then(|old| old.number).into_iter().chain(self.numbers.rows.take());
        shared.forget(numbers);
        let Some(key) = key else { return self.unsort(shared) };
        let direction = if key.is_descending { " DESC" } else { "" };
        let column = key.column.replace('"', "\"\"");
        let sql = format!(
            "SELECT * FROM \"{}\" ORDER BY \"{column}\"{direction} NULLS LAST LIMIT {MOST}",
            self.name
        );
        shared.note(format!("impala query {} --project {}", quoted(&sql), self.project));
        let before = old.and_then(|old| if old.number.is_some() { old.before } else { Some(old.key) });
        self.sorting = Some(Sorting { key, number: None, before });
        self.ask_sorted(shared);
    }

    fn unsort(&mut self, shared: &mut Shared) {
        self.table.stand_sorted(None);
        self.table.is_limited = false;
        self.table.row = 0;
        self.table.settle(1);
        self.ask_rows(0, shared);
    }

    pub(super) fn ask_sorted(&mut self, shared: &mut Shared) {
        let Some(Sorting { key, number, .. }) = &mut self.sorting else { return };
        let from = From { source: Some(SourceRef::current(self.name.clone())), ..From::default() };
        let table = Table { from, sort: vec![key.clone()], limit: Some(MOST), ..Table::default() };
        let mut canvas = Canvas::new("rows", "");
        canvas.spec.blocks.push(Block::new("rows", BlockKind::Table(table)));
        let Ok(canvas) = serde_json::to_value(&canvas) else { return };
        let draft = CanvasDraft { canvas, parameters: BTreeMap::new(), blocks: vec!["rows".to_owned()] };
        let request = Request::Draft(self.project.clone(), Box::new(draft));
        *number = Some(shared.ask_instead(*number, request));
    }

    pub(super) fn take_sorted(&mut self, outcome: &Outcome<Box<CanvasData>>, shared: &mut Shared) {
        let Some(mut sorting) = self.sorting.take() else { return };
        let answer = match outcome {
            Ok(data) => data.blocks.get("rows").cloned(),
            Err(failure) => Some(failure.as_answer()),
        };
        match answer {
            Some(BlockAnswer::Data(data)) => {
                let is_other = sorting.before.as_ref() != Some(&sorting.key);
                self.table.is_limited = data.truncated;
                self.table.fill(data.columns, 0, data.rows_shown);
                self.table.stand_sorted(Some(&sorting.key));
                if is_other {
                    self.table.row = 0;
                }
                self.table.settle(Self::page(shared));
                (sorting.number, sorting.before) = (None, Some(sorting.key.clone()));
                self.sorting = Some(sorting);
            }
            Some(BlockAnswer::Problem(problem)) => {
                shared.fail(&Failure::new(problem.detail));
                self.unsort(shared);
            }
            None => self.unsort(shared),
        }
    }

    /// Whether there was an order to wait for no longer.
    pub(super) fn stop_sorting(&mut self, shared: &mut Shared) -> bool {
        let Some(number) = self.sorting.as_mut().and_then(|sorting| sorting.number.take()) else {
            return false;
        };
        shared.forget([number]);
        shared.say(Role::Warning, "Not sorted: stopped.");
        let before = self.sorting.take().and_then(|sorting| sorting.before);
        self.table.stand_sorted(before.as_ref());
        self.sorting = before.map(|key| Sorting { before: Some(key.clone()), key, number: None });
        true
    }
}
