//! What is wrong with a canvas, in words that name its blocks and parameters: by their place in a list nobody knows them.

use impala_core::{Block, Canvas, FieldError};
use serde_json::Value;

use super::editing::name_of;
use crate::action::Failure;

/// What the blocks and parameters of a canvas are called, in their order.
#[derive(Clone, Debug, Default)]
pub struct Names {
    blocks: Vec<String>,
    parameters: Vec<String>,
}

impl Names {
    /// Those of a canvas.
    pub fn of(canvas: &Canvas) -> Self {
        let parameters = canvas.spec.parameters.iter().map(|parameter| parameter.name.clone());
        Self { blocks: canvas.spec.blocks.iter().map(name_of).collect(), parameters: parameters.collect() }
    }

    /// That of a canvas of this block alone.
    pub fn of_block(block: &Block) -> Self {
        Self { blocks: vec![name_of(block)], ..Self::default() }
    }

    /// Those of a document, as far as it can be read.
    pub fn of_document(document: &Value) -> Self {
        let names = |list: &str, keys: &[&str]| {
            let items = document.pointer(list).and_then(Value::as_array).into_iter().flatten();
            let name = |item: &Value| keys.iter().find_map(|key| item.get(key)?.as_str().map(str::to_owned));
            items.map(|item| name(item).unwrap_or_default()).collect()
        };
        Self {
            blocks: names("/spec/blocks", &["title", "id"]),
            parameters: names("/spec/parameters", &["name"]),
        }
    }

    /// An error for people: `“Rain by month”, filter: …`, `parameter since, default: …`.
    pub fn words(&self, error: &FieldError) -> String {
        let error = FieldError { detail: without_pointers(&error.detail), ..error.clone() };
        let Some((name, rest)) = self.named(&error.pointer) else { return error.words() };
        let fields = FieldError { pointer: rest.to_owned(), ..error }.words();
        let is_of_field = !rest.is_empty();
        format!("{name}{}{fields}", if is_of_field { ", " } else { ": " })
    }

    /// The block or parameter that a pointer leads into, and the rest of the pointer.
    fn named<'a>(&self, pointer: &'a str) -> Option<(String, &'a str)> {
        let (list, rest) = pointer.strip_prefix("/spec/")?.split_once('/')?;
        let (index, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let index: usize = index.parse().ok()?;
        let known = |names: &[String]| names.get(index).filter(|name| !name.is_empty()).cloned();
        let name = match list {
            "blocks" => format!("“{}”", known(&self.blocks)?),
            "parameters" => format!("parameter {}", known(&self.parameters)?),
            _ => return None,
        };
        Some((name, rest))
    }

    /// Errors for who works on a part of the canvas: pointers into it begin there, and what is wrong elsewhere is named.
    pub fn within(&self, own: &str, errors: &[FieldError]) -> Vec<FieldError> {
        let within = |error: &FieldError| {
            let rest = error.pointer.strip_prefix(own);
            match rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
                Some(rest) => {
                    let (pointer, detail) = (rest.to_owned(), without_pointers(&error.detail));
                    FieldError { pointer, detail, ..error.clone() }
                }
                None => FieldError::at("", self.words(error)),
            }
        };
        errors.iter().map(within).collect()
    }

    /// A failure of the canvas, with each of its errors in these words.
    pub fn failure(&self, failure: &Failure) -> Failure {
        let said = |text: String, error: &FieldError| text.replace(&error.words(), &self.words(error));
        let named = |error: &FieldError| FieldError {
            pointer: String::new(),
            detail: self.words(error),
            ..error.clone()
        };
        Failure {
            message: failure.errors.iter().fold(failure.message.clone(), said),
            errors: failure.errors.iter().map(named).collect(),
            ..failure.clone()
        }
    }
}

/// Pointers in brackets are for programs; what they point to is named before them.
fn without_pointers(detail: &str) -> String {
    match detail.split_once(" (/") {
        Some((before, rest)) => {
            let after = rest.split_once(')').map_or("", |(_, after)| after);
            format!("{before}{}", without_pointers(after))
        }
        None => detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::example;

    #[test]
    fn errors_name_blocks_and_parameters() {
        let names = Names::of(&example());
        let check = |pointer: &str, detail: &str, expected: &str| {
            assert_eq!(names.words(&FieldError::at(pointer, detail)), expected);
        };
        check("/spec/blocks/0/markdown", "is wrong", "“intro”, markdown: is wrong");
        check("/spec/blocks/2/encoding/x", "is wrong", "“Wettest day”, encoding, x: is wrong");
        check(
            "/spec/blocks/2/at",
            "overlaps block \"days\" (/spec/blocks/3)",
            "“Wettest day”, at: overlaps block \"days\"",
        );
        check("/spec/blocks/2", "is wrong", "“Wettest day”: is wrong");
        check("/spec/parameters/0/default", "is wrong", "parameter since, default: is wrong");
        check("/spec/blocks/99/at", "is wrong", "spec, blocks, 99, at: is wrong");
        check("/spec/blocks", "is wrong", "spec, blocks: is wrong");
        check("/metadata/title", "is wrong", "metadata, title: is wrong");
        check("", "is wrong", "is wrong");
    }

    #[test]
    fn errors_of_a_part_begin_there_and_others_are_named() {
        let at = |pointer: &str| FieldError::at(pointer, "is wrong");
        let errors = [
            at("/spec/blocks/2/title"),
            at("/spec/blocks/2"),
            at("/spec/blocks/22"),
            at("/spec/blocks/3/at"),
        ];
        let within = Names::of(&example()).within("/spec/blocks/2", &errors);
        let told: Vec<String> = within.iter().map(ToString::to_string).collect();
        assert_eq!(told[..2], ["/title: is wrong", "is wrong"]);
        assert_eq!(told[2], "spec, blocks, 22: is wrong");
        assert!(told[3].starts_with('“') && told[3].ends_with("”, at: is wrong"), "{told:?}");
    }

    #[test]
    fn a_failure_says_each_of_its_errors_once() {
        let errors = vec![
            FieldError::at("/spec/blocks/2/filter", "is wrong"),
            FieldError::at("/spec/parameters/0", "too"),
        ];
        let failure = Failure { errors, ..Failure::new("spec, blocks, 2, filter: is wrong") };
        let line = Names::of(&example()).failure(&failure).line();
        assert_eq!(line, "“Wettest day”, filter: is wrong (parameter since: too)");
    }
}
