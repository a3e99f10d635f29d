//! The numbers that changed since the earlier version of their source: what a reader of a job's summary looks for first.

use impala_core::BlockKind;
use impala_core::api::BlockAnswer;
use impala_core::data::BlockData;

use super::escape;
use crate::export::Export;
use crate::layout::{frame, metric};

/// The section; `None` when no metric has an earlier version.
pub(super) fn section(export: &Export) -> Option<String> {
    let mut since: Vec<&str> = Vec::new();
    let mut rows = String::new();
    for block in export.blocks() {
        let BlockKind::Metric(it) = &block.kind else { continue };
        let (Some(BlockAnswer::Data(now)), Some(before)) =
            (export.picture.answers.get(&block.id), export.before.get(&block.id))
        else {
            continue;
        };
        since.extend(before.sources.iter().map(String::as_str));
        let [old, new] = [before, now].map(|data| metric::value_text(it, data));
        if number(before) != number(now) || old != new {
            let change = metric::change_between(it, number(now), number(before));
            let cells = [frame::title_of(block), old, new, change].map(|cell| escape(&cell));
            rows += &format!("| {} |\n", cells.join(" | "));
        }
    }
    since.sort_unstable();
    since.dedup();
    let since = escape(&since.join(", "));
    match (since.is_empty(), rows.is_empty()) {
        (true, _) => None,
        (false, true) => Some(format!("No number has changed since {since}.")),
        (false, false) => Some(format!(
            "## Changed since {since}\n\n| Number | Before | Now | Change |\n| --- | --: | --: | --: |\n{}",
            rows.trim_end()
        )),
    }
}

fn number(data: &BlockData) -> Option<f64> {
    data.columns.first()?.values.number(0)
}
