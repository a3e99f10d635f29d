//! What a finding is about, in the words of the one who wrote the text: its block or parameter, else the canvas.

use serde_json::Value;

/// The names in a text, as far as it has any.
#[derive(Clone, Debug, Default)]
pub(super) struct Subjects {
    slug: Option<String>,
    blocks: Vec<Option<String>>,
    parameters: Vec<Option<String>>,
}

impl Subjects {
    pub(super) fn of(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let names = |list: &str, name: &str| {
            let items = value.pointer(list).and_then(Value::as_array);
            items.into_iter().flatten().map(|item| item.get(name).and_then(text)).collect()
        };
        Self {
            slug: value.pointer("/metadata/slug").and_then(text),
            blocks: names("/spec/blocks", "id"),
            parameters: names("/spec/parameters", "name"),
        }
    }

    /// `block rain`, `block 3` for one without a name (counted from 1), `canvas weather`, `canvas`.
    pub(super) fn of_pointer(&self, pointer: &str) -> String {
        let within = |list: &str| -> Option<usize> {
            let rest = pointer.strip_prefix(list)?;
            rest.split('/').next()?.parse().ok()
        };
        let (kind, name, index) = match (within("/spec/blocks/"), within("/spec/parameters/")) {
            (Some(index), _) => ("block", self.blocks.get(index), Some(index)),
            (_, Some(index)) => ("parameter", self.parameters.get(index), Some(index)),
            _ => ("canvas", Some(&self.slug), None),
        };
        match (name.and_then(Option::as_ref), index) {
            (Some(name), _) if !name.is_empty() => format!("{kind} {name}"),
            (_, Some(index)) => format!("{kind} {}", index + 1),
            _ => kind.to_owned(),
        }
    }
}

/// What is wrong as a sentence: one that begins with its verb gets the name of the field at `pointer`.
pub(super) fn sentence(pointer: &str, detail: String) -> String {
    if !detail.starts_with("is ") {
        return detail;
    }
    let is_name = |part: &&str| part.parse::<usize>().is_err();
    match pointer.rsplit('/').find(is_name) {
        Some("") | None => format!("the text {detail}"),
        Some(field) => format!("{field} {detail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pointer_has_a_subject() {
        let value = serde_json::json!({
            "metadata": {"slug": "w"},
            "spec": {"parameters": [{"name": "since"}, 5], "blocks": [{"id": "a"}, {"id": ""}, null]},
        });
        let subjects = Subjects::of(&value);
        let check = |pointer: &str, expected: &str| assert_eq!(subjects.of_pointer(pointer), expected);
        check("", "canvas w");
        check("/metadata/slug", "canvas w");
        check("/spec/blocks", "canvas w");
        check("/spec/blocks/0/at/x", "block a");
        check("/spec/blocks/1", "block 2");
        check("/spec/blocks/2/id", "block 3");
        check("/spec/blocks/99", "block 100");
        check("/spec/parameters/0/name", "parameter since");
        check("/spec/parameters/1", "parameter 2");
        assert_eq!(Subjects::of(&serde_json::json!(5)).of_pointer(""), "canvas");
    }

    #[test]
    fn what_begins_with_its_verb_gets_its_field() {
        let check = |pointer: &str, detail: &str, expected: &str| {
            assert_eq!(sentence(pointer, detail.to_owned()), expected);
        };
        check("/kind", "is \"Convas\", where …", "kind is \"Convas\", where …");
        check("/spec/blocks/0/columns/2", "is 5, where …", "columns is 5, where …");
        check("/spec/blocks/0/at/w", "is \"many\", where …", "w is \"many\", where …");
        check("", "is empty, where …", "the text is empty, where …");
        check("/spec/blocks/0", "overlaps block \"b\"", "overlaps block \"b\"");
    }
}
