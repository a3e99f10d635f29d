//! What differs between two canvases, in lines that a person can read.

use anstyle::{AnsiColor, Style};
use impala_core::Canvas;
use impala_core::difference::{self, Change, Deed, FieldChange, PartKind};
use impala_core::grid::Place;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::printer::DIM;

const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default();
const MOVED: Style = AnsiColor::Cyan.on_default();

/// Longest value that is told on one line with what it was, in characters.
const LONGEST: usize = 100;

/// What turns `old` into `new`, a line each: `+` was added, `~` changed, `-` removed. Empty when nothing does.
pub fn between(old: Option<&Canvas>, new: &Canvas) -> Vec<String> {
    difference::between(old, new).iter().map(Change::line).collect()
}

/// Changes with all that they did, in color: `+` was added, `-` removed, `>` moved, `~` changed.
pub fn in_full(changes: &[Change]) -> String {
    changes.iter().map(one).collect()
}

fn one(change: &Change) -> String {
    let subject = change.subject();
    let (style, sign) = match change.change {
        Deed::Added => (ADDED, '+'),
        Deed::Removed => (REMOVED, '-'),
        Deed::Moved => (MOVED, '>'),
        Deed::Changed => (CHANGED, '~'),
    };
    let mut text = format!("{style}{sign} {subject}{style:#}{}\n", placed(change));
    if change.change == Deed::Removed {
        return text;
    }
    for field in &change.fields {
        text += &of_field(field, change);
    }
    text
}

/// Where a block came to stand, behind its name.
fn placed(change: &Change) -> String {
    let corner = |place: Place| format!("{},{}", place.x, place.y);
    let size = |place: Place| format!("{}x{}", place.w, place.h);
    match (change.from, change.to) {
        (None, Some(to)) => format!(" at {}, {}", corner(to), size(to)),
        (Some(from), Some(to)) => {
            let (is_moved, is_resized) = change.moves();
            let moved = is_moved.then(|| format!("moved {} -> {}", corner(from), corner(to)));
            let resized = is_resized.then(|| format!("resized {} -> {}", size(from), size(to)));
            format!(": {}", moved.into_iter().chain(resized).collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}

fn of_field(field: &FieldChange, change: &Change) -> String {
    // The title of a canvas needs no name beside it.
    let name = match change.part {
        PartKind::Title | PartKind::Description => "",
        _ => field.field.as_str(),
    };
    let name = if name.is_empty() { String::new() } else { format!("{DIM}{name}:{DIM:#} ") };
    let (old, new) = (field.old.as_ref().map(shown), field.new.as_ref().map(shown));
    match (old, new) {
        (Some(old), Some(new)) if is_short(&old) && is_short(&new) => {
            format!("    {name}{REMOVED}{old}{REMOVED:#} -> {ADDED}{new}{ADDED:#}\n")
        }
        (None, Some(new)) if is_short(&new) => format!("    {name}{ADDED}{new}{ADDED:#}\n"),
        (Some(old), None) if is_short(&old) => format!("    {name}{REMOVED}{old}{REMOVED:#} -> (nothing)\n"),
        (old, new) => {
            format!("    {}\n{}", name.trim_end(), lines(&old.unwrap_or_default(), &new.unwrap_or_default()))
        }
    }
}

fn is_short(text: &str) -> bool {
    !text.contains('\n') && text.chars().count() <= LONGEST
}

/// Texts as they are, all else as JSON in one line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn lines(old: &str, new: &str) -> String {
    let mut text = String::new();
    for change in TextDiff::from_lines(old, new).iter_all_changes() {
        let line = change.value().trim_end_matches('\n');
        text += &match change.tag() {
            ChangeTag::Equal => format!("        {line}\n"),
            ChangeTag::Delete => format!("      {REMOVED}- {line}{REMOVED:#}\n"),
            ChangeTag::Insert => format!("      {ADDED}+ {line}{ADDED:#}\n"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use impala_core::document::{from_yaml, read_canvas};

    fn canvas(yaml: &str) -> Canvas {
        read_canvas(&from_yaml(yaml).expect("YAML")).expect("a canvas")
    }

    #[test]
    fn changes_are_told_with_what_was_and_what_is() {
        let head = "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: w, title: ";
        let old = canvas(&format!(
            "{head}Weather}}, spec: {{blocks: [{{id: a, type: text, at: {{x: 0, y: 0, w: 24, h: 3}}, markdown: \"x\\ny\\n\"}}, {{id: b, type: table, at: {{x: 0, y: 3, w: 24, h: 3}}, source: s}}, {{id: c, type: table, at: {{x: 0, y: 6, w: 24, h: 3}}, source: s, limit: 5}}]}}}}"
        ));
        let new = canvas(&format!(
            "{head}Rain}}, spec: {{blocks: [{{id: a, type: text, at: {{x: 0, y: 0, w: 24, h: 3}}, markdown: \"x\\nz\\n\"}}, {{id: b, type: table, at: {{x: 0, y: 9, w: 12, h: 3}}, source: s}}, {{id: d, type: table, at: {{x: 0, y: 3, w: 24, h: 3}}, source: s, limit: 5}}]}}}}"
        ));
        let text = in_full(&difference::between(Some(&old), &new));
        let expected = "\
~ title
    Weather -> Rain
~ text a
    markdown:
        x
      - y
      + z
+ table d at 0,3, 24x3
    limit: 5
    source: s
> table b: moved 0,3 -> 0,9, resized 24x3 -> 12x3
- table c
";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
    }
}
