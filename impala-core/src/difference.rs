//! What differs between two canvases: parts that were added, removed, moved or changed, and which of their fields.

mod words;

pub use words::in_words;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::block::BlockType;
use crate::canvas::Canvas;
use crate::grid::Place;

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// It was not there before.
    Added,
    /// It is gone.
    Removed,
    /// A block that stands elsewhere, or in another size, and is the same otherwise.
    Moved,
    /// It is another one now; a block may have been moved, too.
    Changed,
}

/// A kind of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// The title of the canvas.
    Title,
    /// The description of the canvas.
    Description,
    /// A parameter.
    Parameter,
    /// The order in which the parameters are shown.
    Order,
    /// A block.
    Block,
}

impl PartKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Parameter => "parameter",
            Self::Order => "order of the parameters",
            Self::Block => "block",
        }
    }
}

/// A field that is another one now. `old` or `new` is missing where the field was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// Names down to it, with dots: `encoding.y.aggregate`.
    pub field: String,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

/// One part that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What kind of part.
    pub part: PartKind,
    /// Name of the parameter or id of the block; empty for the canvas itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Type of the block.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub block_type: Option<BlockType>,
    /// What became of it.
    pub change: Deed,
    /// Where the block stood, if it was moved or removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    /// Where the block stands, if it was moved or added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Place>,
    /// The fields that differ; of what was added or removed, all of them. A block's place is not among them.
    pub fields: Vec<FieldChange>,
}

impl Change {
    /// What to call the part: `metric most`, `parameter since`, `title`.
    pub fn subject(&self) -> String {
        let kind = self.block_type.map_or(self.part.as_str(), BlockType::as_str);
        if self.name.is_empty() { kind.to_owned() } else { format!("{kind} {}", self.name) }
    }

    /// Whether a block stands elsewhere, and whether it has another size.
    pub fn moves(&self) -> (bool, bool) {
        match (self.from, self.to) {
            (Some(from), Some(to)) => ((from.x, from.y) != (to.x, to.y), (from.w, from.h) != (to.w, to.h)),
            _ => (false, false),
        }
    }

    /// The change in a line: `+ chart rain`, `~ metric most: moved, title`, `- table days`.
    pub fn line(&self) -> String {
        let subject = self.subject();
        match (self.change, self.part) {
            (Deed::Added, PartKind::Title | PartKind::Description) => {
                format!("+ {subject} {}", self.text(true))
            }
            (Deed::Added, _) => format!("+ {subject}"),
            (Deed::Removed, _) => format!("- {subject}"),
            (_, PartKind::Order) => format!("~ {subject}"),
            (_, PartKind::Title | PartKind::Description) => {
                format!("~ {subject}: {} -> {}", self.text(false), self.text(true))
            }
            _ => format!("~ {subject}: {}", self.words().join(", ")),
        }
    }

    fn text(&self, is_new: bool) -> String {
        let field = self
            .fields
            .first()
            .and_then(|field| if is_new { field.new.as_ref() } else { field.old.as_ref() });
        format!("\"{}\"", field.and_then(Value::as_str).unwrap_or_default())
    }

    /// What was done to it, and the names of the fields at its top.
    fn words(&self) -> Vec<String> {
        let (is_moved, is_resized) = self.moves();
        let mut words: Vec<String> = [(is_moved, "moved"), (is_resized, "resized")]
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| (*word).to_owned())
            .collect();
        for field in &self.fields {
            let name = field.field.split('.').next().unwrap_or_default();
            if !words.iter().any(|word| word == name) {
                words.push(name.to_owned());
            }
        }
        words
    }
}

/// What turns `old` into `new`, in the order title, description, parameters, blocks. Empty when nothing does.
pub fn between(old: Option<&Canvas>, new: &Canvas) -> Vec<Change> {
    let empty = Canvas::new(&new.metadata.slug, "");
    let before = old.unwrap_or(&empty);
    let is_new = old.is_none();
    let mut changes = Vec::new();
    let (from, to) = (&before.metadata, &new.metadata);
    changes.extend(of_text(PartKind::Title, &from.title, &to.title, is_new));
    changes.extend(of_text(PartKind::Description, &from.description, &to.description, is_new));
    compare(&parameters(before), &parameters(new), &mut changes);
    if !changes.iter().any(|change| change.part == PartKind::Parameter) && order(before) != order(new) {
        let names = |canvas| serde_json::to_value(order(canvas)).ok();
        let fields = vec![FieldChange { field: "order".to_owned(), old: names(before), new: names(new) }];
        changes.push(Change { part: PartKind::Order, fields, ..Change::of("", Deed::Changed) });
    }
    compare(&blocks(before), &blocks(new), &mut changes);
    changes
}

fn of_text(part: PartKind, old: &str, new: &str, is_new: bool) -> Option<Change> {
    let value = |text: &str| (!text.is_empty()).then(|| Value::from(text));
    let field = FieldChange { field: part.as_str().to_owned(), old: value(old), new: value(new) };
    let deed = if is_new { Deed::Added } else { Deed::Changed };
    (old != new).then(|| Change { part, fields: vec![field], ..Change::of("", deed) })
}

/// The order of parameters is that in which they are shown; that of blocks follows from their places.
fn order(canvas: &Canvas) -> Vec<&str> {
    canvas.spec.parameters.iter().map(|parameter| parameter.name.as_str()).collect()
}

impl Change {
    fn of(name: &str, change: Deed) -> Self {
        let (part, name) = (PartKind::Block, name.to_owned());
        Self { part, name, block_type: None, change, from: None, to: None, fields: Vec::new() }
    }
}

/// Something with a name and fields.
struct Part {
    name: String,
    kind: PartKind,
    block: Option<(BlockType, Place)>,
    fields: Value,
}

fn parameters(canvas: &Canvas) -> Vec<Part> {
    let part = |parameter: &crate::parameter::Parameter| Part {
        name: parameter.name.clone(),
        kind: PartKind::Parameter,
        block: None,
        fields: without(serde_json::to_value(parameter).unwrap_or_default(), &["name"]),
    };
    canvas.spec.parameters.iter().map(part).collect()
}

fn blocks(canvas: &Canvas) -> Vec<Part> {
    let part = |block: &crate::Block| Part {
        name: block.id.clone(),
        kind: PartKind::Block,
        block: Some((block.block_type, block.at)),
        fields: without(serde_json::to_value(block).unwrap_or_default(), &["id", "at"]),
    };
    canvas.spec.blocks.iter().map(part).collect()
}

fn without(mut value: Value, names: &[&str]) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    value
}

fn compare(old: &[Part], new: &[Part], changes: &mut Vec<Change>) {
    for part in new {
        let before = old.iter().find(|before| before.name == part.name);
        changes.extend(change(before, Some(part)));
    }
    for part in old.iter().filter(|part| !new.iter().any(|after| after.name == part.name)) {
        changes.extend(change(Some(part), None));
    }
}

/// What became of a part; `None` when it is the same.
fn change(old: Option<&Part>, new: Option<&Part>) -> Option<Change> {
    let part = new.or(old)?;
    let mut fields = Vec::new();
    let (before, after) = (old.map(|part| &part.fields), new.map(|part| &part.fields));
    // The type of what comes or goes is said already.
    let is_kept = old.is_some() && new.is_some();
    compare_fields(before, after, "", &mut fields);
    fields.retain(|field| is_kept || part.block.is_none() || field.field != "type");
    let place = |part: Option<&Part>| part.and_then(|part| part.block).map(|(_, place)| place);
    let (from, to) = (place(old), place(new));
    let is_moved = from != to;
    let deed = match (old, new) {
        (None, _) => Deed::Added,
        (_, None) => Deed::Removed,
        _ if !fields.is_empty() => Deed::Changed,
        _ if is_moved => Deed::Moved,
        _ => return None,
    };
    Some(Change {
        part: part.kind,
        block_type: part.block.map(|(block_type, _)| block_type),
        from: from.filter(|_| is_moved),
        to: to.filter(|_| is_moved),
        fields,
        ..Change::of(&part.name, deed)
    })
}

fn compare_fields(old: Option<&Value>, new: Option<&Value>, name: &str, changes: &mut Vec<FieldChange>) {
    if old == new {
        return;
    }
    let objects = [old, new].map(|value| value.and_then(Value::as_object));
    // A value that was not an object before is listed as a whole, except at the top.
    let goes_deeper = match objects {
        [Some(_), Some(_)] => true,
        [a, b] => name.is_empty() && (a.is_some() || b.is_some()),
    };
    if !goes_deeper {
        changes.push(FieldChange { field: name.to_owned(), old: old.cloned(), new: new.cloned() });
        return;
    }
    let keys: BTreeSet<&String> = objects.into_iter().flatten().flat_map(|object| object.keys()).collect();
    for key in keys {
        let below = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
        let [old, new] = objects.map(|object| object.and_then(|object| object.get(key)));
        compare_fields(old, new, &below, changes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{from_yaml, read_canvas};

    const BEFORE: &str = "
apiVersion: impala/v1
kind: Canvas
metadata: {slug: w, title: Weather}
spec:
  parameters: [{name: since, type: date, default: 2013-01-01}, {name: like, type: text}]
  blocks:
  - {id: intro, type: text, at: {x: 0, y: 0, w: 24, h: 3}, markdown: 'hello'}
  - {id: days, type: table, at: {x: 0, y: 3, w: 24, h: 3}, source: weather}
  - {id: most, type: metric, at: {x: 0, y: 9, w: 6, h: 3}, source: weather, value: {aggregate: max, field: wind}}
";

    fn canvas(yaml: &str) -> Canvas {
        read_canvas(&from_yaml(yaml).expect("YAML")).expect("a canvas")
    }

    fn changes(from: &str, to: &str) -> Vec<Change> {
        assert!(BEFORE.contains(from), "{from}");
        between(Some(&canvas(BEFORE)), &canvas(&BEFORE.replace(from, to)))
    }

    #[test]
    fn every_kind_of_change_has_its_line() {
        let check = |from: &str, to: &str, expected: &[&str]| {
            let lines: Vec<String> = changes(from, to).iter().map(Change::line).collect();
            assert_eq!(lines, expected);
        };
        check("hello", "hello", &[]);
        check("Weather", "Rain", &["~ title: \"Weather\" -> \"Rain\""]);
        check("hello", "{{since}} on", &["~ text intro: markdown"]);
        check(
            "h: 3}, source: weather}",
            "h: 4}, limit: 3, source: weather}",
            &["~ table days: resized, limit"],
        );
        check("y: 3, ", "y: 4, ", &["~ table days: moved"]);
        check("2013-01-01", "2014-01-01", &["~ parameter since: default"]);
        check("id: days", "id: nights", &["+ table nights", "- table days"]);
        check("aggregate: max", "aggregate: min", &["~ metric most: value"]);
        let (since, like) = ("{name: since, type: date, default: 2013-01-01}", "{name: like, type: text}");
        check(&format!("{since}, {like}"), &format!("{like}, {since}"), &["~ order of the parameters"]);
    }

    #[test]
    fn a_new_canvas_adds_everything() {
        let lines: Vec<String> = between(None, &canvas(BEFORE)).iter().map(Change::line).collect();
        let expected = [
            "+ title \"Weather\"",
            "+ parameter since",
            "+ parameter like",
            "+ text intro",
            "+ table days",
            "+ metric most",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn fields_are_named_down_to_what_differs() {
        let change = &changes("aggregate: max", "aggregate: min")[0];
        let expected = FieldChange {
            field: "value.aggregate".to_owned(),
            old: Some("max".into()),
            new: Some("min".into()),
        };
        assert_eq!((change.change, &change.fields[..]), (Deed::Changed, &[expected][..]));
        let moved = &changes("y: 3, ", "y: 4, ")[0];
        assert_eq!((moved.change, moved.to.map(|to| to.y)), (Deed::Moved, Some(4)));
        let json = serde_json::to_value(moved).expect("JSON");
        let expected = serde_json::json!({
            "part": "block", "name": "days", "type": "table", "change": "moved",
            "from": {"x": 0, "y": 3, "w": 24, "h": 3}, "to": {"x": 0, "y": 4, "w": 24, "h": 3}, "fields": [],
        });
        assert_eq!(json, expected);
    }
}
