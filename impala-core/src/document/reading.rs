//! Reading a document part by part: what is wrong with one block hides nothing of the others.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    RawMetadata, RawPlace, check_constant, check_keys, describe, fail, fields, place_blocks, read_raw_block,
};
use crate::block::{Block, BlockKind, Metric};
use crate::canvas::{API_VERSION, Canvas, MAX_BLOCKS, MAX_PARAMETERS};
use crate::error::{FieldError, Invalid};
use crate::grid::Place;
use crate::name;
use crate::parameter::{Parameter, ParameterType};

/// What a document says, as far as it can be read.
pub struct Reading {
    /// Blocks and parameters in the order of the document. One that cannot be read is replaced by an empty one of its name,
    /// so that this causes no further faults.
    pub canvas: Canvas,
    /// Everything that is wrong.
    pub errors: Vec<FieldError>,
    /// Indices of the blocks whose form is wrong.
    faulty_blocks: BTreeSet<usize>,
    /// Indices of the parameters whose form is wrong.
    faulty_parameters: BTreeSet<usize>,
}

/// What a canvas is called whose slug cannot be read.
const NAMELESS: &str = "nameless-canvas";

/// Where blocks stand that cannot be read: below everything, each in a row of its own.
const BELOW: u32 = 1 << 30;

impl Reading {
    /// Reads a document: the form of each part, then the content of those whose form is right.
    ///
    /// # Errors
    /// When it is not an object.
    pub fn of(value: &Value) -> Result<Self, Invalid> {
        let Some(document) = value.as_object() else {
            let what = describe(value);
            return Err(Invalid::at(
                "",
                format!("a canvas is an object with apiVersion, kind, metadata and spec, not {what}"),
            ));
        };
        let mut errors = Vec::new();
        check_keys(document, &["apiVersion", "kind", "metadata", "spec"], "", &mut errors);
        check_constant(document, "apiVersion", API_VERSION, &mut errors);
        check_constant(document, "kind", "Canvas", &mut errors);
        let metadata = match document.get("metadata") {
            None => fail(&mut errors, "/metadata", "is missing: the canvas needs a slug".to_owned()),
            Some(value) => fields::read::<RawMetadata>(value, &["slug"], "/metadata", &mut errors),
        };
        let metadata =
            metadata.unwrap_or_else(|| RawMetadata { slug: NAMELESS.to_owned(), ..Default::default() });
        let mut canvas = Canvas::new(metadata.slug, metadata.title);
        canvas.metadata.description = metadata.description;
        let (faulty_blocks, faulty_parameters) = (BTreeSet::new(), BTreeSet::new());
        let mut reading = Self { canvas, errors, faulty_blocks, faulty_parameters };
        let empty = Value::Object(Map::new());
        reading.spec(document.get("spec").filter(|spec| !spec.is_null()).unwrap_or(&empty));
        let content = reading.canvas.check().err().map(|invalid| invalid.errors).unwrap_or_default();
        let content: Vec<FieldError> =
            content.into_iter().filter(|error| !reading.is_of_faulty(&error.pointer)).collect();
        reading.errors.extend(content);
        Ok(reading)
    }

    /// Whether all blocks and parameters could be read as they are.
    pub fn is_whole(&self) -> bool {
        self.faulty_blocks.is_empty() && self.faulty_parameters.is_empty()
    }

    /// Whether a pointer leads into a part whose form is wrong, of which more may be wrong for that alone.
    pub fn is_of_faulty(&self, pointer: &str) -> bool {
        match place_of(pointer) {
            Some(("blocks", index)) => self.faulty_blocks.contains(&index),
            Some(("parameters", index)) => self.faulty_parameters.contains(&index),
            // A slug that stands for one that cannot be read.
            _ => self.errors.iter().any(|error| !pointer.is_empty() && error.pointer == pointer),
        }
    }

    /// What the canvas is called, when that is no fault itself.
    pub fn slug(&self) -> Option<&str> {
        let slug = self.canvas.metadata.slug.as_str();
        Some(slug).filter(|slug| *slug != NAMELESS && name::check_slug("", slug).is_ok())
    }

    /// The blocks and parameters that nothing is wrong with, as a canvas. What names one that is out is out, too.
    pub fn sound(&self) -> Option<Canvas> {
        let mut canvas = Canvas::new(self.slug().unwrap_or(NAMELESS), "");
        canvas.spec = self.canvas.spec.clone();
        let mut errors = self.errors.clone();
        loop {
            let wrong: BTreeSet<_> = errors.iter().filter_map(|error| place_of(&error.pointer)).collect();
            take_out(&mut canvas.spec.blocks, "blocks", &wrong);
            take_out(&mut canvas.spec.parameters, "parameters", &wrong);
            match canvas.check() {
                Ok(()) => return Some(canvas),
                Err(invalid) if invalid.errors.iter().all(|error| place_of(&error.pointer).is_none()) => {
                    return None;
                }
                Err(invalid) => errors = invalid.errors,
            }
        }
    }

    fn spec(&mut self, spec: &Value) {
        let Some(spec) = spec.as_object() else {
            let detail = format!("holds parameters and blocks, not {}", describe(spec));
            self.errors.push(FieldError::at("/spec", detail));
            return;
        };
        check_keys(spec, &["parameters", "blocks"], "/spec", &mut self.errors);
        for (index, value) in list(spec, "parameters", MAX_PARAMETERS, &mut self.errors).iter().enumerate() {
            let parameter = self.parameter(value, index);
            self.canvas.spec.parameters.push(parameter);
        }
        let blocks = list(spec, "blocks", MAX_BLOCKS, &mut self.errors);
        let blocks: Vec<_> =
            blocks.iter().enumerate().map(|(index, value)| self.block(value, index)).collect();
        self.canvas.spec.blocks = place_blocks(blocks);
    }

    fn parameter(&mut self, value: &Value, index: usize) -> Parameter {
        let known = self.errors.len();
        let pointer = format!("/spec/parameters/{index}");
        let read = fields::read(value, &["name", "type"], &pointer, &mut self.errors);
        if self.errors.len() > known {
            self.faulty_parameters.insert(index);
        }
        read.unwrap_or_else(|| Parameter {
            name: name_in(value, "name", index),
            title: None,
            parameter_type: ParameterType::Text,
            source: None,
            field: None,
            options: Vec::new(),
            multiple: false,
            default: None,
        })
    }

    fn block(&mut self, value: &Value, index: usize) -> (Block, RawPlace) {
        let known = self.errors.len();
        let read = read_raw_block(value, &format!("/spec/blocks/{index}"), &mut self.errors);
        if self.errors.len() > known {
            self.faulty_blocks.insert(index);
        }
        read.unwrap_or_else(|| {
            // It may be a metric that a text names.
            let kind = BlockKind::Metric(Box::<Metric>::default());
            let row = u32::try_from(index).unwrap_or_default();
            (Block::new(name_in(value, "id", index), kind), RawPlace::at(Place::new(0, BELOW + row, 1, 1)))
        })
    }
}

/// What a part calls itself; else something that nothing else is called.
fn name_in(value: &Value, key: &str, index: usize) -> String {
    value.get(key).and_then(Value::as_str).map_or_else(|| format!("?{index}"), str::to_owned)
}

/// The list and the index that a pointer leads into.
fn place_of(pointer: &str) -> Option<(&str, usize)> {
    let mut steps = pointer.strip_prefix("/spec/")?.split('/');
    let list = steps.next().filter(|list| matches!(*list, "blocks" | "parameters"))?;
    Some((list, steps.next()?.parse().ok()?))
}

fn take_out<T>(items: &mut Vec<T>, list: &str, wrong: &BTreeSet<(&str, usize)>) {
    let mut index = 0..;
    items.retain(|_| index.next().is_none_or(|index| !wrong.contains(&(list, index))));
}

/// A list of the spec. More than there may be is refused before any of it is looked at.
fn list(spec: &Map<String, Value>, key: &str, most: usize, errors: &mut Vec<FieldError>) -> Vec<Value> {
    let detail = match spec.get(key) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(items)) if items.len() <= most => return items.clone(),
        Some(Value::Array(items)) => format!("{} {key}, where a canvas holds up to {most}", items.len()),
        Some(other) => format!("is a list, not {}", describe(other)),
    };
    errors.push(FieldError::at(format!("/spec/{key}"), detail));
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_yaml;

    fn reading(spec: &str) -> Reading {
        let text =
            format!("{{apiVersion: impala/v1, kind: Canvas, metadata: {{slug: w}}, spec: {{{spec}}}}}");
        Reading::of(&from_yaml(&text).expect(&text)).expect(&text)
    }

    fn check(spec: &str, expected: &[&str]) {
        let errors: Vec<String> = reading(spec).errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors, expected, "{spec}");
    }

    const GOOD: &str =
        "{id: g, type: metric, at: {x: 0, y: 0, w: 2, h: 2}, source: s, value: {aggregate: count}}";

    #[test]
    fn everything_wrong_with_one_block_is_told() {
        check(
            "blocks: [{id: a, type: chart, source: s}]",
            &[
                "/spec/blocks/0: needs \"mark\": what is drawn, such as bar or line",
                "/spec/blocks/0: needs \"encoding\": what is drawn where, such as {x: {field: date}, y: {aggregate: count}}",
            ],
        );
        check(
            "blocks: [{id: 7, type: table, sorce: s, limit: many, at: {x: -1, z: 2}}]",
            &[
                "/spec/blocks/0/at/x: is -1, where a whole number from 0 is expected",
                "/spec/blocks/0/at/z: unknown field \"z\"; did you mean \"x\"?",
                "/spec/blocks/0/id: is 7, where a text is expected",
                "/spec/blocks/0/limit: is a text, where a whole number from 0 is expected",
                "/spec/blocks/0/sorce: unknown field \"sorce\"; did you mean \"source\"?",
            ],
        );
    }

    #[test]
    fn items_of_a_list_are_told_by_the_place_where_they_are_written() {
        let rules = "expect: [rwos > 0, rows > 0, [], value, not truncated, rows]";
        let errors = reading(&format!("blocks: [{{id: a, type: table, source: s, {rules}}}]")).errors;
        let places: Vec<&str> = errors.iter().filter_map(|error| error.pointer.rsplit('/').next()).collect();
        assert_eq!(places, ["0", "2", "3", "5"], "{errors:?}");
    }

    #[test]
    fn what_cannot_be_read_hides_and_causes_no_other_fault() {
        // The text names what cannot be read; two others overlap, and the place of each is that in the document.
        let spec = format!(
            "parameters: [{{name: p, type: tect}}], blocks: [{{id: m, type: metric}}, {GOOD}, {{id: t, type: text, markdown: '{{{{m}}}} {{{{p}}}} {{{{q}}}}', at: {{x: 1, y: 1, w: 2, h: 2}}}}]"
        );
        check(
            &spec,
            &[
                "/spec/parameters/0/type: unknown value \"tect\"; did you mean \"text\"?",
                "/spec/blocks/0: needs \"value\": the number that it shows, such as {aggregate: count}",
                "/spec/blocks/2/at: overlaps block \"g\" (/spec/blocks/1)",
                "/spec/blocks/2/markdown: {{q}} names no parameter and no metric block of this canvas; did you mean \"p\"?",
            ],
        );
    }

    #[test]
    fn what_is_sound_is_a_canvas() {
        let ids = |spec: &str| -> Option<Vec<String>> {
            Some(reading(spec).sound()?.spec.blocks.into_iter().map(|block| block.id).collect())
        };
        let names = |given: &[&str]| Some(given.iter().map(ToString::to_string).collect::<Vec<String>>());
        assert_eq!(ids(&format!("blocks: [{GOOD}]")), names(&["g"]));
        assert_eq!(
            ids(&format!("blocks: [{{id: m, type: metric}}, {GOOD}, {{id: Q, type: tabel}}]")),
            names(&["g"])
        );
        // The text names a metric that is out.
        let text = "{id: t, type: text, markdown: '{{m}}'}";
        assert_eq!(
            ids(&format!("blocks: [{{id: m, type: metric, x: 1, y: 2}}, {text}, {GOOD}]")),
            names(&["g"])
        );
        assert_eq!(ids("blocks: 7"), names(&[]));
    }

    #[test]
    fn faults_of_one_object_have_an_end() {
        let fields: Vec<String> = (0..1000).map(|n| format!("f{n}: 1")).collect();
        let spec = format!("blocks: [{{id: a, type: table, source: s, {}}}]", fields.join(", "));
        assert_eq!(reading(&spec).errors.len(), 20);
    }
}
