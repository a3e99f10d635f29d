//! What differs between two canvases, in lines that a person can read.

use std::collections::BTreeSet;

use impala_core::{Block, Canvas};
use serde::Serialize;
use serde_json::Value;

/// What turns `old` into `new`, a line each: `+` was added, `~` changed, `-` removed. Empty when nothing does.
pub fn between(old: Option<&Canvas>, new: &Canvas) -> Vec<String> {
    let mut lines = Vec::new();
    let empty = Canvas::new(&new.metadata.slug, "");
    let before = old.unwrap_or(&empty);
    for (name, from, to) in [
        ("title", &before.metadata.title, &new.metadata.title),
        ("description", &before.metadata.description, &new.metadata.description),
    ] {
        if from != to {
            lines.push(match old {
                Some(_) => format!("~ {name}: \"{from}\" -> \"{to}\""),
                None => format!("+ {name} \"{to}\""),
            });
        }
    }
    let parameters =
        |canvas: &Canvas| list(&canvas.spec.parameters, |p| (p.name.clone(), "parameter".to_owned()));
    compare(&parameters(before), &parameters(new), &mut lines);
    let blocks =
        |canvas: &Canvas| list(&canvas.spec.blocks, |b: &Block| (b.id.clone(), b.block_type.to_string()));
    compare(&blocks(before), &blocks(new), &mut lines);
    if order(before) != order(new) && lines.is_empty() {
        lines.push("~ order of the parameters".to_owned());
    }
    lines
}

/// The order of parameters is that in which they are shown; that of blocks follows from their places.
fn order(canvas: &Canvas) -> Vec<&str> {
    canvas.spec.parameters.iter().map(|parameter| parameter.name.as_str()).collect()
}

/// Something with a name, a kind and fields.
struct Part {
    name: String,
    kind: String,
    fields: Value,
}

fn list<T: Serialize>(items: &[T], describe: impl Fn(&T) -> (String, String)) -> Vec<Part> {
    let part = |item| {
        let (name, kind) = describe(item);
        let fields = serde_json::to_value(item).unwrap_or_default();
        Part { name, kind, fields }
    };
    items.iter().map(part).collect()
}

fn compare(old: &[Part], new: &[Part], lines: &mut Vec<String>) {
    for part in new {
        match old.iter().find(|before| before.name == part.name) {
            None => lines.push(format!("+ {} {}", part.kind, part.name)),
            Some(before) => {
                let changed = changed_fields(&before.fields, &part.fields);
                if !changed.is_empty() {
                    lines.push(format!("~ {} {}: {}", part.kind, part.name, changed.join(", ")));
                }
            }
        }
    }
    for part in old.iter().filter(|part| !new.iter().any(|after| after.name == part.name)) {
        lines.push(format!("- {} {}", part.kind, part.name));
    }
}

fn changed_fields(old: &Value, new: &Value) -> Vec<String> {
    let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
    let all: BTreeSet<String> = [old, new].into_iter().filter_map(keys).flatten().collect();
    all.into_iter().filter(|key| old.get(key) != new.get(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use impala_core::document::{from_yaml, read_canvas};

    const BEFORE: &str = "
apiVersion: impala/v1
kind: Canvas
metadata: {slug: w, title: Weather}
spec:
  parameters: [{name: since, type: date, default: 2013-01-01}]
  blocks:
  - {id: intro, type: text, at: {x: 0, y: 0, w: 24, h: 3}, markdown: 'hello'}
  - {id: days, type: table, at: {x: 0, y: 3, w: 24, h: 3}, source: weather}
";

    fn canvas(yaml: &str) -> Canvas {
        read_canvas(&from_yaml(yaml).expect("YAML")).expect("a canvas")
    }

    #[test]
    fn every_kind_of_change_has_its_line() {
        let check = |from: &str, to: &str, expected: &[&str]| {
            assert!(BEFORE.contains(from), "{from}");
            let new = canvas(&BEFORE.replace(from, to));
            assert_eq!(between(Some(&canvas(BEFORE)), &new), expected);
        };
        check("hello", "hello", &[]);
        check("Weather", "Rain", &["~ title: \"Weather\" -> \"Rain\""]);
        check("hello", "{{since}} on", &["~ text intro: markdown"]);
        check("h: 3}, source", "h: 4}, limit: 3, source", &["~ table days: at, limit"]);
        check("2013-01-01", "2014-01-01", &["~ parameter since: default"]);
        check("id: days", "id: nights", &["+ table nights", "- table days"]);
    }

    #[test]
    fn a_new_canvas_adds_everything() {
        let lines = between(None, &canvas(BEFORE));
        assert_eq!(lines, ["+ title \"Weather\"", "+ parameter since", "+ text intro", "+ table days"]);
    }
}
