//! Reading an object and reporting everything that is wrong with it: what serde refuses is noted and taken out, and the rest
//! is read again.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::{describe, escape};
use crate::error::FieldError;
use crate::name;

/// Faults reported of one object, at most.
const MOST: usize = 20;

/// Reads a value, and adds everything that is wrong with it. What comes back leaves that out; `None` when nothing can.
///
/// * `required`: fields that have to be there, each missed by itself.
pub(super) fn read<T: DeserializeOwned>(
    value: &Value,
    required: &[&str],
    pointer: &str,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    let before = errors.len();
    let read = read_and_tell(value, required, pointer, errors);
    // A name that is misspelt is not missing, too.
    let meant: Vec<String> = required.iter().map(|field| format!("; did you mean \"{field}\"?")).collect();
    let own = errors.split_off(before);
    let is_meant = |field: &String| own.iter().any(|error| error.detail.ends_with(field.as_str()));
    let misspelt =
        required.iter().zip(&meant).filter(|(_, meant)| is_meant(meant)).map(|(field, _)| needs(field));
    let misspelt: Vec<String> = misspelt.collect();
    errors.extend(own.into_iter().filter(|error| !misspelt.contains(&error.detail)));
    read
}

fn read_and_tell<T: DeserializeOwned>(
    value: &Value,
    required: &[&str],
    pointer: &str,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    let known = errors.len();
    let mut rest = Rest { value: value.clone(), ..Rest::default() };
    for field in required.iter().filter(|field| value.is_object() && value.get(field).is_none()) {
        errors.push(FieldError::at(pointer, needs(field)));
        rest.reported.insert(format!("/{field}"));
    }
    while errors.len() - known < MOST {
        let error = match serde_path_to_error::deserialize(&rest.value) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        let place = rest.as_written(error.path());
        let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let is_known = missing.is_some_and(|field| rest.reported.contains(&format!("{place}/{field}")));
        if !is_known {
            let given = value.pointer(&place).filter(|_| missing.is_none());
            errors.push(FieldError::at(format!("{pointer}{place}"), explain_of(&message, given)));
        }
        if !rest.take_out(error.path(), place) {
            return None;
        }
    }
    None
}

/// What is left to be read.
#[derive(Default)]
struct Rest {
    value: Value,
    /// Pointers to what was reported, and taken out where it was there.
    reported: BTreeSet<String>,
    /// Lists that have become shorter, by their pointer: the places that are missing, as written.
    shorter: BTreeMap<String, BTreeSet<usize>>,
}

impl Rest {
    /// The pointer to a place as it was in the whole.
    fn as_written(&self, path: &Path) -> String {
        let mut pointer = String::new();
        for segment in path {
            match segment {
                Segment::Seq { index } => {
                    let index = self.shorter.get(&pointer).map_or(*index, |gone| behind(*index, gone));
                    pointer += &format!("/{index}");
                }
                Segment::Map { key } => pointer += &format!("/{}", escape(key)),
                _ => {}
            }
        }
        pointer
    }

    /// Takes out what stands at a place, which is `written` in the whole; `false` when there is nothing around it.
    fn take_out(&mut self, path: &Path, written: String) -> bool {
        let steps: Vec<&Segment> =
            path.iter().filter(|step| matches!(step, Segment::Seq { .. } | Segment::Map { .. })).collect();
        let Some((last, parents)) = steps.split_last() else { return false };
        let mut around = &mut self.value;
        for step in parents {
            let within = match step {
                Segment::Seq { index } => around.get_mut(*index),
                Segment::Map { key } => around.get_mut(key),
                _ => None,
            };
            let Some(within) = within else { return false };
            around = within;
        }
        let is_out = match (last, around) {
            (Segment::Map { key }, Value::Object(fields)) => fields.remove(key).is_some(),
            (Segment::Seq { index }, Value::Array(items)) if *index < items.len() => {
                items.remove(*index);
                let (list, place) = written.rsplit_once('/').unwrap_or_default();
                self.shorter.entry(list.to_owned()).or_default().extend(place.parse::<usize>());
                true
            }
            _ => false,
        };
        self.reported.insert(written);
        is_out
    }
}

/// Where an item stood before those at `gone` were taken out.
fn behind(index: usize, gone: &BTreeSet<usize>) -> usize {
    gone.iter().fold(index, |index, gone| if *gone <= index { index + 1 } else { index })
}

/// What serde says of a value, in the words of all other faults.
fn explain_of(message: &str, given: Option<&Value>) -> String {
    let what = ["invalid type: ", "invalid value: "].iter().find_map(|start| message.strip_prefix(start));
    let expected = what.and_then(|rest| rest.rsplit_once(", expected "));
    match (expected, given) {
        (Some((_, expected)), Some(given)) => {
            let given = match given {
                Value::Number(number) => number.to_string(),
                other => describe(other).to_owned(),
            };
            format!("is {given}, where {} is expected", kind(expected))
        }
        _ => explain(message),
    }
}

/// A kind of value as people call it.
fn kind(expected: &str) -> &str {
    match expected {
        "a string" | "string" => "a text",
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    }
}

/// Turns serde's ``unknown field `colr`, expected one of `x`, `color` `` into one that names the nearest.
fn explain(message: &str) -> String {
    if let Some(field) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return needs(field);
    }
    let Some((given, known)) = message
        .strip_prefix("unknown field `")
        .or_else(|| message.strip_prefix("unknown variant `"))
        .and_then(|rest| rest.split_once("`, expected"))
    else {
        return message.to_owned();
    };
    let what = if message.starts_with("unknown field") { "unknown field" } else { "unknown value" };
    let known = known.split('`').skip(1).step_by(2).filter(|name| !name.starts_with('_'));
    format!("{what} \"{given}\"{}", name::suggestion(given, known))
}

/// A field that has to be there, and what it is for.
fn needs(field: &str) -> String {
    let purpose = match field {
        "id" => ": its name on the canvas",
        "slug" => ": the name of the canvas in its project",
        "mark" => ": what is drawn, such as bar or line",
        "encoding" => ": what is drawn where, such as {x: {field: date}, y: {aggregate: count}}",
        "value" => ": the number that it shows, such as {aggregate: count}",
        "markdown" => ": its text",
        "name" => ": what filters and texts call it",
        "type" => ": what values it takes: text, number, date, boolean or select",
        _ => "",
    };
    format!("needs \"{field}\"{purpose}")
}
