//! What differs between two revisions, in lines.

use impala_core::Canvas;
use impala_core::difference::{self, Deed, PartKind};
use impala_render::format;
use ratatui::layout::Rect;
use serde_json::Value;

use crate::look::Role;
use crate::paper::Paper;

/// What differs between two canvases, a line a change, and below it what was changed from what to what.
pub(super) fn between(before: Option<&Canvas>, now: &Canvas) -> Vec<(Role, String)> {
    let lines_of = |change: difference::Change| {
        let role = match change.change {
            Deed::Added => Role::Good,
            Deed::Removed => Role::Alarm,
            Deed::Moved | Deed::Changed => Role::Warning,
        };
        let is_told =
            change.change == Deed::Changed && !matches!(change.part, PartKind::Title | PartKind::Description);
        let fields = change.fields.iter().filter(|_| is_told).map(|field| {
            let text = |value: &Option<Value>| match value {
                None => "nothing".to_owned(),
                Some(Value::String(text)) => format!("\"{text}\""),
                Some(other) => other.to_string(),
            };
            (Role::Muted, format!("    {}: {} → {}", field.field, text(&field.old), text(&field.new)))
        });
        std::iter::once((role, change.line())).chain(fields).collect::<Vec<_>>()
    };
    difference::between(before, now).into_iter().flat_map(lines_of).collect()
}

/// Draws the lines under a header, what does not fit below itself.
pub(super) fn draw(paper: &mut Paper, area: Rect, lines: &[(Role, String)]) {
    paper.text(area, 0, "What changed", Role::Muted);
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let wrapped = lines.iter().flat_map(|(role, text)| {
        let indent = if text.starts_with(' ') { "    " } else { "" };
        let room = usize::from(area.width).saturating_sub(indent.len());
        format::wrap(text.trim_start(), room).into_iter().map(move |line| (*role, format!("{indent}{line}")))
    });
    for (row, (role, text)) in wrapped.take(usize::from(below.height)).enumerate() {
        paper.text(below, row as u16, &text, role);
    }
}
