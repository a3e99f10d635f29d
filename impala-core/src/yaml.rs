//! Writes canvas documents as YAML that is pleasant to read and to diff: one line for a place or a channel,
//! literal blocks for Markdown and SQL, quotes only where they are needed.

pub(crate) mod positions;
pub(crate) mod read;

use serde_norway::{Mapping, Value};

/// Longest line of a map or list that is written in one line, in characters.
const LONGEST_LINE: usize = 110;

/// Words that older YAML readers take for booleans or null.
const WORDS: [&str; 6] = ["yes", "no", "on", "off", "null", "~"];

/// Writes a value whose outermost level is an object.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    if let Value::Mapping(fields) = value {
        write_fields(fields, 0, false, &mut out);
    }
    out
}

/// Writes the fields of an object, a line each. `in_item`: whether the object stands within a list, where small
/// objects take one line.
fn write_fields(fields: &Mapping, indent: usize, in_item: bool, out: &mut String) {
    for (index, (key, value)) in fields.iter().enumerate() {
        // The first field of an item stands behind its dash.
        if index > 0 || !out.ends_with("- ") {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(name(key));
        out.push(':');
        match value {
            Value::Mapping(fields) if fields.is_empty() => out.push_str(" {}\n"),
            Value::Mapping(inner) => {
                match one_line(value).filter(|_| in_item && inner.values().all(is_scalar)) {
                    Some(line) => push_line(&line, out),
                    None => {
                        out.push('\n');
                        write_fields(inner, indent + 2, in_item, out);
                    }
                }
            }
            Value::Sequence(items) => match one_line(value).filter(|_| items.iter().all(is_scalar)) {
                Some(line) => push_line(&line, out),
                None => {
                    out.push('\n');
                    write_items(items, indent, out);
                }
            },
            Value::String(text) => match literal(text, indent + 2) {
                Some(block) => out.push_str(&block),
                None => push_line(&scalar(text, false), out),
            },
            other => push_line(&flow(other), out),
        }
    }
}

fn write_items(items: &[Value], indent: usize, out: &mut String) {
    for item in items {
        out.push_str(&" ".repeat(indent));
        out.push_str("- ");
        match item {
            Value::Mapping(fields) if !fields.values().all(is_scalar) || fields.contains_key("id") => {
                write_fields(fields, indent + 2, true, out);
            }
            other => {
                out.push_str(&flow(other));
                out.push('\n');
            }
        }
    }
}

/// The keys of a canvas are the names of fields, which need no quotes.
fn name(key: &Value) -> &str {
    key.as_str().unwrap_or_default()
}

fn push_line(text: &str, out: &mut String) {
    out.push(' ');
    out.push_str(text);
    out.push('\n');
}

fn is_scalar(value: &Value) -> bool {
    !value.is_mapping() && !value.is_sequence()
}

fn one_line(value: &Value) -> Option<String> {
    Some(flow(value)).filter(|line| line.chars().count() <= LONGEST_LINE)
}

fn flow(value: &Value) -> String {
    match value {
        Value::Mapping(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{}: {}", name(key), flow(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => scalar(text, true),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null | Value::Tagged(_) => "null".to_owned(),
    }
}

/// A text without quotes where a reader gets the same text back, else in double quotes as JSON has it.
fn scalar(text: &str, in_flow: bool) -> String {
    let line = if in_flow { format!("[{text}]") } else { format!("- {text}") };
    let is_word = WORDS.contains(&text.to_lowercase().as_str());
    let breaks_flow = in_flow && text.contains(['{', '}', '[', ']', ',']);
    let reads_back = || {
        let read = serde_norway::from_str::<Value>(&line);
        read.is_ok_and(|read| read == Value::Sequence(vec![Value::from(text)]))
    };
    let is_plain = !is_word && !breaks_flow && !text.contains(is_special) && reads_back();
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes: as in JSON, with the characters escaped that YAML folds or forbids.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.chars().map(|c| if is_special(c) { format!("\\u{:04x}", u32::from(c)) } else { c.into() }).collect()
}

/// Controls, line separators and the byte order mark: YAML folds, forbids or drops them.
fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// Several lines as a literal block, indented; `None` for one line and for texts that such a block cannot hold.
fn literal(text: &str, indent: usize) -> Option<String> {
    let body = text.trim_end_matches('\n');
    let can_be_literal = body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !text.contains(|c| is_special(c) && c != '\n');
    // One line feed at the end is what `|` means; none is `|-`; more are rare enough for quotes.
    let chomping = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => return None,
    };
    can_be_literal.then(|| {
        let pad = " ".repeat(indent);
        let line = |line: &str| {
            if line.is_empty() { "\n".to_owned() } else { format!("{pad}{line}\n") }
        };
        format!(" |{chomping}\n{}", body.split('\n').map(line).collect::<String>())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    fn write(value: &serde_json::Value) -> String {
        super::write(&serde_norway::to_value(value).expect("plain data"))
    }

    #[test]
    fn places_and_channels_take_one_line() {
        let value = "{spec: {blocks: [{id: a, at: {x: 0, y: 1}, encoding: {y: {field: 'a, b'}}, columns: [x, y], markdown: \"# T\\n\\ntext\"}]}}";
        let value: serde_norway::Value = serde_norway::from_str(value).expect("YAML");
        let expected = "\
spec:
  blocks:
  - id: a
    at: {x: 0, y: 1}
    encoding:
      y: {field: \"a, b\"}
    columns: [x, y]
    markdown: |-
      # T

      text
";
        assert_eq!(super::write(&value), expected);
    }

    proptest! {
        #[test]
        fn any_text_reads_back(text in "(?s)[ -~\n\t\u{85}\u{a0}é日:#'\"{}\\[\\],&*!|>%@`-]{0,40}|.{0,30}") {
            let value = json!({"a": text.clone(), "b": [{"id": text.clone(), "c": {"d": text.clone()}, "e": [text.clone()]}]});
            let written = write(&value);
            let read = serde_norway::from_str::<serde_json::Value>(&written).map_err(|e| TestCaseError::fail(format!("{e}\n{written}")))?;
            prop_assert_eq!(read, value, "{}", written);
        }
    }
}
