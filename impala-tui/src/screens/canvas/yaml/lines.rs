//! Errors of a text in YAML, each with the line that it is about.

use impala_core::{FieldError, Invalid, document};

use crate::screens::canvas::naming::Names;

/// Most errors that are said of a text.
const MOST: usize = 8;

/// Errors for people in the order of the lines; those that are about none of them come last.
pub fn by_lines(invalid: &Invalid, text: &str) -> Vec<String> {
    let names = document::from_yaml(text).map(|value| Names::of_document(&value)).unwrap_or_default();
    let mut errors: Vec<_> = invalid.errors.iter().map(|error| by_line(error, text, &names)).collect();
    errors.sort_by_key(|(line, _)| line.unwrap_or(u64::MAX));
    let with_line = |(line, words): (Option<u64>, String)| match line {
        Some(line) => format!("line {line}: {words}"),
        None => words,
    };
    errors.into_iter().take(MOST).map(with_line).collect()
}

/// An error for people, with the line that it is about: the fields by their names, and for one that is missing that which may
/// be meant.
fn by_line(error: &FieldError, text: &str, names: &Names) -> (Option<u64>, String) {
    let lines: Vec<&str> = text.lines().collect();
    let span = span_of(&lines, &error.pointer);
    let last = error.pointer.rsplit('/').next().unwrap_or_default();
    let meant = match (error.line, &span.missing) {
        (None, Some(_)) => near_key(&lines, &span, last),
        _ => None,
    };
    let line = error.line.or(meant.map(|(line, _)| line)).or(span.line());
    let words = names.words(&FieldError { line: None, ..error.clone() });
    let meant = meant.map_or(String::new(), |(_, key)| format!("; did you mean \"{key}\"?"));
    (line, format!("{words}{meant}"))
}

/// The lines within which something stands; the first is that of what holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    /// Index of the line of what was found last.
    at: Option<usize>,
    from: usize,
    to: usize,
    /// The part that is not there.
    missing: Option<String>,
}

impl Span {
    fn line(&self) -> Option<u64> {
        self.at.map(|at| at as u64 + 1)
    }
}

/// Where something stands that a JSON pointer names, as far as YAML in blocks shows it: keys on lines of their own, and items
/// that begin with a dash. Flow collections count as one line.
fn span_of(lines: &[&str], pointer: &str) -> Span {
    let mut span = Span { at: None, from: 0, to: lines.len(), missing: None };
    for part in pointer.split('/').skip(1) {
        let Some(at) = part_at(lines, span.from, span.to, part) else {
            return Span { missing: Some(part.to_owned()), ..span };
        };
        let indent = indent_of(lines[at]);
        let is_inside = |line: &&str| {
            indent_of(line) > indent || line.trim().is_empty() || line.trim_start().starts_with("- ")
        };
        let end = lines[at + 1..span.to].iter().take_while(|line| is_inside(line)).count();
        // An item's first key stands on the line of its dash.
        let from = if part.parse::<usize>().is_ok() { at } else { at + 1 };
        span = Span { at: Some(at), from, to: at + 1 + end, missing: None };
    }
    span
}

/// The key there, with its line, whose name is nearest to one that is missing.
fn near_key<'a>(lines: &[&'a str], span: &Span, missing: &str) -> Option<(u64, &'a str)> {
    let key = |index: usize| Some((index as u64 + 1, key_of(lines[index])?));
    let keys: Vec<(u64, &str)> = (span.from..span.to).filter_map(key).collect();
    let nearest = impala_core::name::nearest(missing, keys.iter().map(|(_, key)| *key))?;
    keys.into_iter().find(|(_, key)| *key == nearest && *key != missing)
}

/// The key of a line.
fn key_of(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("- ");
    line.split_once(':').map(|(key, _)| key.trim_matches(['"', '\'']))
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn part_at(lines: &[&str], from: usize, to: usize, part: &str) -> Option<usize> {
    if let Ok(index) = part.parse::<usize>() {
        let first = (from..to).find(|&at| lines[at].trim_start().starts_with("- "))?;
        let indent = indent_of(lines[first]);
        let is_item =
            |at: &usize| indent_of(lines[*at]) == indent && lines[*at].trim_start().starts_with("- ");
        return (first..to).filter(is_item).nth(index);
    }
    let key = |line: &str| key_of(line) == Some(part);
    (from..to)
        .find(|&at| key(lines[at]))
        .or_else(|| (from > 0).then(|| from - 1).filter(|&at| lines[at].contains(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_find_their_line() {
        let text = "id: rain\ntype: chart\nencoding:\n  x: {field: date}\n  y:\n    aggregate: summ\nparameters:\n- name: a\n  type: text\n- name: b\n  type: txt\n";
        let lines: Vec<&str> = text.lines().collect();
        let check = |pointer: &str, expected: Option<u64>| {
            assert_eq!(span_of(&lines, pointer).line(), expected, "{pointer}");
        };
        check("/type", Some(2));
        check("/encoding/x/field", Some(4));
        check("/encoding/y/aggregate", Some(6));
        check("/parameters/1/type", Some(11));
        check("/parameters/0", Some(8));
        check("", None);
    }

    #[test]
    fn errors_are_told_by_line_and_name_and_in_plain_words() {
        let block = |text: &str| {
            let value = document::from_yaml(text).expect("YAML");
            let invalid = document::read_block(&value).expect_err(text);
            by_lines(&invalid, text).remove(0)
        };
        let check = |text: &str, expected: &str| assert_eq!(block(text), expected);
        check(
            "id: rain\ntyp: chart\n",
            "line 2: type: is missing: chart, table, metric or text; did you mean \"typ\"?",
        );
        check(
            "id: rain\ntype: table\nsource: weather\nlimit: many\n",
            "line 4: limit: is a text, where a whole number from 0 is expected",
        );
        check(
            "id: a\ntype: text\nmarkdwn: x\n",
            "line 3: markdwn: unknown field \"markdwn\"; did you mean \"markdown\"?",
        );
    }

    const TWO: &str = "apiVersion: impala/v1
kind: Canvas
metadata: {slug: w}
spec:
  blocks:
    - id: rain
      type: text
      at: {x: 0, y: 4, w: 24, h: 3}
      title: Notes
      markdown: |
        - a list
        - of {{since}}
    - id: intro
      type: text
      at: {x: 0, y: 0, w: 24, h: 3}
      markdown: \"{{till}}\"
";

    #[test]
    fn errors_of_a_canvas_name_its_blocks_and_come_in_the_order_of_lines() {
        let canvas = document::from_yaml(TWO).and_then(|value| document::read_canvas(&value));
        let told = by_lines(&canvas.expect_err("names that are not there"), TWO);
        let detail = "names no parameter and no metric block of this canvas";
        assert_eq!(
            told,
            [
                format!("line 10: “Notes”, markdown: {{{{since}}}} {detail}"),
                format!("line 16: “intro”, markdown: {{{{till}}}} {detail}"),
            ]
        );
        let two = Invalid {
            errors: vec![
                FieldError::at("", "all of it"),
                FieldError::at("/spec/blocks/1/at", "later"),
                FieldError::at("/metadata/slug", "earlier"),
            ],
        };
        assert_eq!(
            by_lines(&two, TWO),
            ["line 3: metadata, slug: earlier", "line 15: “intro”, at: later", "all of it"]
        );
    }
}
