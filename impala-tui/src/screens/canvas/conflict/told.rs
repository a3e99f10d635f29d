//! What each side has changed in a part, field by field: what it was, what it is for me, what it is for the other.

use std::collections::BTreeMap;

use impala_core::difference::{self, Change, PartKind};
use impala_core::merge::{self, Conflict, Deed, Part};
use impala_core::{Canvas, Place};
use impala_render::format;
use serde_json::Value;

use super::super::editing::name_of;
use crate::look::Role;

/// Two canvases that were made of one.
pub(crate) struct Sides<'a> {
    pub before: &'a Canvas,
    pub mine: &'a Canvas,
    pub theirs: &'a Canvas,
}

impl Sides<'_> {
    /// What both have changed, and not to the same, with all that they did there.
    pub fn conflicts(&self) -> Vec<Told> {
        let mine = difference::between(Some(self.before), self.mine);
        let theirs = difference::between(Some(self.before), self.theirs);
        let told = |conflict: Conflict| Told {
            name: self.name(&conflict.part),
            mine: find(&mine, &conflict.part),
            theirs: find(&theirs, &conflict.part),
            conflict,
        };
        merge::conflicts(self.before, self.mine, self.theirs).into_iter().map(told).collect()
    }

    /// A block is called by its title, as it was before.
    fn name(&self, part: &Part) -> String {
        let Part::Block(id) = part else { return part.to_string() };
        let block = [self.before, self.mine, self.theirs].into_iter().find_map(|canvas| canvas.block(id));
        block.map_or_else(|| part.to_string(), name_of)
    }
}

fn find(changes: &[Change], part: &Part) -> Option<Change> {
    let is_it = |change: &&Change| match part {
        Part::Title => change.part == PartKind::Title,
        Part::Description => change.part == PartKind::Description,
        Part::Parameter(name) => change.part == PartKind::Parameter && change.name == *name,
        Part::Block(id) => change.part == PartKind::Block && change.name == *id,
    };
    changes.iter().find(is_it).cloned()
}

/// A part that both have changed, and what each did to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub conflict: Conflict,
    /// What it is called on the canvas.
    pub name: String,
    mine: Option<Change>,
    theirs: Option<Change>,
}

/// A field: what it was, and what each side made of it, if it did.
#[derive(Default)]
struct Row {
    was: Option<String>,
    mine: Option<String>,
    theirs: Option<String>,
}

/// What is said of a field that is not there.
const NOTHING: &str = "(nothing)";

impl Told {
    /// All of it in lines of a width; `by` is the name of the other.
    pub fn lines(&self, by: &str, width: usize) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        for (who, deed) in [("You have", self.conflict.mine), (&*format!("{by} has"), self.conflict.theirs)] {
            if deed == Deed::Removed {
                lines.push((Role::Alarm, format!("{who} removed it.")));
            }
        }
        let labels = ["was".to_owned(), "mine".to_owned(), by.to_owned()];
        let wide = labels.iter().map(|label| format::width(label)).max().unwrap_or(4).min(12);
        for (field, row) in self.rows() {
            lines.push((Role::Title, field));
            let values = [(row.was, Role::Muted), (row.mine, Role::Good), (row.theirs, Role::Warning)];
            for (label, (value, role)) in labels.iter().zip(values) {
                let Some(value) = value else { continue };
                let room = width.saturating_sub(wide + 4).max(8);
                for (index, piece) in format::wrap(&value, room).iter().enumerate() {
                    let label = if index == 0 { format::cut(label, wide) } else { String::new() };
                    let gap = " ".repeat(wide - format::width(&label));
                    lines.push((role, format!("  {label}{gap}  {piece}")));
                }
            }
        }
        lines
    }

    /// The fields that either side has changed; of what a side has removed, only what the other did.
    fn rows(&self) -> BTreeMap<String, Row> {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        let sides = [(&self.mine, self.conflict.mine), (&self.theirs, self.conflict.theirs)];
        for (index, (change, deed)) in sides.into_iter().enumerate() {
            let Some(change) = change.as_ref().filter(|_| deed != Deed::Removed) else { continue };
            for (field, old, new) in fields(change) {
                let row = rows.entry(field).or_default();
                // What was not there before is not told to have been nothing.
                row.was = row.was.take().or(old);
                let slot = if index == 0 { &mut row.mine } else { &mut row.theirs };
                *slot = Some(new.unwrap_or_else(|| NOTHING.to_owned()));
            }
        }
        rows
    }
}

/// The fields of a change with what they were and are; a block's place is one of them.
fn fields(change: &Change) -> Vec<(String, Option<String>, Option<String>)> {
    let text = |value: &Option<Value>| value.as_ref().map(words);
    let mut fields: Vec<_> =
        change.fields.iter().map(|field| (field.field.clone(), text(&field.old), text(&field.new))).collect();
    if let (Some(from), Some(to)) = (change.from, change.to) {
        fields.push(("at".to_owned(), Some(place(from)), Some(place(to))));
    }
    fields
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn place(Place { x, y, w, h }: Place) -> String {
    format!("column {x}, row {y}, width {w}, height {h}")
}
