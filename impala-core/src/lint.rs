//! What is wrong or doubtful in the text of a canvas, each with its rule, line and column.
//!
//! What is wrong is what [`document::read_canvas`] refuses. What is doubtful may be saved: a parameter that nothing uses, a
//! name that only a server can know.

use serde::Serialize;

use crate::canvas::{Canvas, Spec};
use crate::document::{self, Reading};
use crate::error::FieldError;
use crate::mentions::{mentioned, texts_of};
pub use crate::yaml::positions::{Positions, Spot};
use doubts::doubts;
pub use rules::RULES;
use rules::{rule_of, rule_of_doubt};
use subject::Subjects;

mod doubts;
mod rules;
mod subject;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The canvas is refused, or a block of it cannot be answered.
    Error,
    /// It works, and is probably not meant so.
    Warning,
}

impl Severity {
    /// Its word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Line of the text, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// How bad it is.
    pub severity: Severity,
    /// One of [`RULES`].
    pub rule: &'static str,
    /// What it is about: `canvas weather`, `block rain`, `parameter since`.
    pub subject: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// JSON pointer to it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pointer: String,
}

/// A text that was looked at.
#[derive(Clone, Debug)]
pub struct Linted {
    /// Those parts of it that nothing is wrong with, if it can be read at all.
    pub canvas: Option<Canvas>,
    /// What it says that it is called.
    pub slug: Option<String>,
    /// What was found, by line and column.
    pub findings: Vec<Finding>,
    positions: Positions,
    subjects: Subjects,
    /// Indices of the blocks as they stand in the text, by those of the sorted canvas.
    written: Vec<usize>,
}

/// Looks at the text of a canvas, in YAML or JSON.
pub fn lint(text: &str) -> Linted {
    let mut linted = Linted {
        canvas: None,
        slug: None,
        findings: Vec::new(),
        positions: Positions::of(text),
        subjects: Subjects::default(),
        written: Vec::new(),
    };
    let value = match document::from_text(text) {
        Ok(value) => value,
        Err(invalid) => {
            linted.findings = invalid.errors.iter().map(|error| syntax(text, error)).collect();
            return linted;
        }
    };
    linted.subjects = Subjects::of(&value);
    let reading = match Reading::of(&value) {
        Ok(reading) => reading,
        Err(invalid) => {
            let findings = invalid.errors.into_iter().map(|error| linted.finding(rule_of(&error), error));
            linted.findings = findings.collect();
            return linted;
        }
    };
    let errors = reading.errors.iter().map(|error| (rule_of(error), error.clone()));
    let findings = errors.chain(doubts(&reading)).map(|(rule, error)| linted.finding(rule, error));
    linted.findings = findings.collect();
    linted.findings.sort();
    linted.slug = reading.slug().map(str::to_owned);
    if let Some(mut canvas) = askable(&reading) {
        canvas.sort();
        linted.written = written(&canvas, &value);
        linted.canvas = Some(canvas);
    }
    linted
}

/// What a server can be asked about: nothing that mentions a parameter that cannot be read.
fn askable(reading: &Reading) -> Option<Canvas> {
    let mut canvas = reading.sound()?;
    let Spec { parameters, blocks } = &mut canvas.spec;
    let all = reading.canvas.spec.parameters.iter().map(|parameter| parameter.name.as_str());
    let lost: Vec<&str> = all.filter(|name| !parameters.iter().any(|kept| kept.name == *name)).collect();
    blocks.retain(|block| !texts_of(block).any(|(_, text)| mentioned(text).any(|name| lost.contains(&name))));
    Some(canvas)
}

impl Linted {
    /// Adds what a server finds doubtful, in pointers of the sorted canvas.
    pub fn add_doubts(&mut self, warnings: Vec<FieldError>) {
        for warning in warnings {
            let rule = rule_of_doubt(&warning);
            let finding = self.finding(rule, warning);
            // `$name` that is not a parameter is found twice, as the query cannot run then.
            let is_known = self
                .findings
                .iter()
                .any(|known| known.rule == "unknown-parameter" && known.pointer == finding.pointer);
            if !(is_known && rule == "query") {
                self.findings.push(finding);
            }
        }
        self.findings.sort();
    }

    /// Adds that another file describes the same canvas.
    pub fn add_twin(&mut self, slug: &str, other: &str) {
        let detail = format!("\"{slug}\" is the slug in {other} too");
        self.findings.push(self.finding("duplicate-name", FieldError::at("/metadata/slug", detail)));
        self.findings.sort();
    }

    /// Where a block stands in the text, or one of its expectations, counted from 0; `None` when there is no such block.
    pub fn spot_of_block(&self, id: &str, expectation: Option<usize>) -> Option<Spot> {
        let blocks = &self.canvas.as_ref()?.spec.blocks;
        let index = blocks.iter().position(|block| block.id == id)?;
        let within = expectation.map_or_else(String::new, |number| format!("/expect/{number}"));
        let pointer = self.as_written(format!("/spec/blocks/{index}{within}"));
        Some(self.positions.value_at(&pointer))
    }

    fn finding(&self, rule: &'static str, error: FieldError) -> Finding {
        let pointer = self.as_written(error.pointer);
        let Spot { line, column } = match rule {
            "unknown-field" => self.positions.key_at(&pointer),
            _ => self.positions.value_at(&pointer),
        };
        let severity = if rule == "unused-parameter" { Severity::Warning } else { Severity::Error };
        let (subject, message) =
            (self.subjects.of_pointer(&pointer), subject::sentence(&pointer, error.detail));
        Finding { line, column, severity, rule, subject, message, pointer }
    }

    /// A pointer into the sorted canvas as one into the text.
    fn as_written(&self, pointer: String) -> String {
        let parts =
            pointer.strip_prefix("/spec/blocks/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
        let index = parts.and_then(|(index, _)| self.written.get(index.parse::<usize>().ok()?));
        match (parts, index) {
            (Some((_, "")), Some(index)) => format!("/spec/blocks/{index}"),
            (Some((_, rest)), Some(index)) => format!("/spec/blocks/{index}/{rest}"),
            _ => pointer,
        }
    }
}

fn written(canvas: &Canvas, value: &serde_json::Value) -> Vec<usize> {
    let blocks = value.pointer("/spec/blocks").and_then(serde_json::Value::as_array);
    let place = |id: &str| blocks?.iter().position(|block| block["id"] == id);
    canvas.spec.blocks.iter().map(|block| place(&block.id).unwrap_or_default()).collect()
}

fn syntax(text: &str, error: &FieldError) -> Finding {
    let line = error.line.unwrap_or(1);
    let column = column_in(&error.detail).unwrap_or(1);
    let known = text.lines().count().max(1) as u64;
    Finding {
        line: line.min(known),
        column,
        severity: Severity::Error,
        rule: "syntax",
        subject: Subjects::default().of_pointer(""),
        message: subject::sentence("", error.detail.clone()),
        pointer: String::new(),
    }
}

/// The number behind the last `column ` of a message.
fn column_in(detail: &str) -> Option<u64> {
    let rest = detail.rsplit_once("column ")?.1;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata: {slug: w, title: Weather}
spec:
  parameters: [{name: since, type: date}]
  blocks:
    - id: days
      type: table
      at: {x: 0, y: 3, w: 24, h: 3}
      source: weather
      filter: date >= $since
    - {id: intro, type: text, at: {x: 0, y: 0, w: 24, h: 3}, markdown: 'From {{since}}'}
";

    fn found(from: &str, to: &str) -> Vec<String> {
        assert!(TEXT.contains(from), "{from}");
        let linted = lint(&TEXT.replace(from, to));
        let line = |f: &Finding| {
            let Finding { line, column, severity, rule, subject, message, .. } = f;
            format!("{line}:{column}: {}[{rule}]: {subject}: {message}", severity.as_str())
        };
        linted.findings.iter().map(line).collect()
    }

    #[test]
    fn everything_is_found_where_it_stands() {
        let check = |from: &str, to: &str, expected: &[&str]| assert_eq!(found(from, to), expected);
        check("since", "since", &[]);
        check(
            "source: weather",
            "sorce: weather",
            &["10:7: error[unknown-field]: block days: unknown field \"sorce\"; did you mean \"source\"?"],
        );
        check(
            "type: table",
            "type: tabel",
            &[
                "8:13: error[unknown-value]: block days: \"tabel\" is not a type of block; did you mean \"table\"?",
            ],
        );
        check(
            "y: 3,",
            "y: 2,",
            &["12:35: error[overlap]: block intro: overlaps block \"days\" (/spec/blocks/0)"],
        );
        check(
            "x: 0, y: 3",
            "x: 1, y: 3",
            &["9:11: error[off-grid]: block days: x 1 and width 24 reach beyond the 24 columns of the grid"],
        );
        check(
            "{{since}}",
            "{{sinse}}",
            &[
                "12:72: error[unknown-placeholder]: block intro: {{sinse}} names no parameter and no metric block of this canvas; did you mean \"since\"?",
            ],
        );
        check(
            "$since",
            "$sinse",
            &[
                "11:15: error[unknown-parameter]: block days: $sinse is not a parameter of this canvas; did you mean \"since\"?",
            ],
        );
        check(
            "      source: weather\n",
            "",
            &[
                "7:7: error[missing-field]: block days: needs \"source\" (or \"sql\"): where its rows come from",
            ],
        );
        check(
            "id: intro",
            "id: days",
            &["12:12: error[duplicate-name]: block days: \"days\" is the id of block 0 too"],
        );
        check(
            "slug: w",
            "slug: W",
            &[
                "3:18: error[invalid-name]: canvas W: \"W\" is not a valid name: 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit; \"w\" would do",
            ],
        );
        check(
            "kind: Canvas",
            "kind: Convas",
            &["2:7: error[unknown-value]: canvas w: kind is \"Convas\", where \"Canvas\" is expected"],
        );
        check(
            "$since",
            "$since\n      expect: [rwos > 0]",
            &[
                "12:16: error[expectation]: block days: \"rwos > 0\", column 1: \"rwos\" is not known here; did you mean \"rows\"?",
            ],
        );
        check(
            "{name: since, type: date}",
            "{name: since, type: date}, {name: upto, type: date}",
            &[
                "5:50: warning[unused-parameter]: parameter upto: nothing uses the parameter \"upto\": no $upto in a filter or SQL, no {{upto}} in a text",
            ],
        );
    }

    #[test]
    fn one_fault_hides_no_other() {
        let wrong = TEXT
            .replace("type: table", "type: tabel")
            .replace("{{since}}", "{{sinse}}")
            .replace("slug: w,", "slug: w, titel: x,")
            .replace("w: 24, h: 3}, markdown", "w: many, h: 3}, markdown");
        let more = "    - {id: n, type: metric, source: s}\n    - {id: m, type: table, source: s, filter: a > $upto and b < $since}\n";
        let linted = lint(&(wrong + more));
        let found: Vec<String> = linted.findings.iter().map(|f| format!("{}: {}", f.line, f.rule)).collect();
        let expected = [
            "3: unknown-field",
            "8: unknown-value",
            "12: wrong-type",
            "13: missing-field",
            "14: unknown-parameter",
        ];
        assert_eq!(found, expected);
        let asked: Vec<&str> = linted
            .canvas
            .iter()
            .flat_map(|canvas| &canvas.spec.blocks)
            .map(|block| block.id.as_str())
            .collect();
        assert_eq!(asked, ["m"]);
    }

    #[test]
    fn blocks_that_mention_what_cannot_be_read_are_not_asked_about() {
        let linted = lint(&TEXT.replace("type: date", "type: dat"));
        assert_eq!(linted.findings.len(), 1, "{:?}", linted.findings);
        assert!(linted.canvas.is_some_and(|canvas| canvas.spec.blocks.is_empty()));
    }

    #[test]
    fn blocks_and_their_expectations_have_a_place() {
        let linted = lint(
            &TEXT.replace("$since", "$since\n      expect:\n        - rows > 0\n        - not truncated"),
        );
        let check = |id: &str, expectation: Option<usize>, expected: Option<(u64, u64)>| {
            let found = linted.spot_of_block(id, expectation);
            assert_eq!(found.map(|spot| (spot.line, spot.column)), expected, "{id} {expectation:?}");
        };
        check("days", None, Some((7, 7)));
        check("days", Some(0), Some((13, 11)));
        check("days", Some(1), Some((14, 11)));
        // A missing item is reported where it would be.
        check("days", Some(7), Some((13, 9)));
        check("intro", None, Some((15, 7)));
        check("outro", None, None);
    }

    #[test]
    fn nothing_is_found_to_be_nothing() {
        for text in ["", "\n", "# soon\n"] {
            let findings = lint(text).findings;
            assert_eq!((findings[0].rule, findings.len()), ("syntax", 1), "{text:?}");
            assert_eq!(findings[0].message, "the text is empty, where a canvas in YAML or JSON is expected");
        }
    }

    #[test]
    fn what_cannot_be_read_is_found_by_line() {
        let found = found("type: table", "type: [table");
        assert!(found.len() == 1 && found[0].contains(": error[syntax]: canvas: not YAML: "), "{found:?}");
        let merged =
            TEXT.replace("      type: table\n", "<<<<<<< ours\n      type: table\n=======\n>>>>>>> theirs\n");
        let finding = &lint(&merged).findings[0];
        assert_eq!((finding.line, finding.rule), (8, "syntax"));
        assert!(finding.message.contains("merge"), "{finding:?}");
    }

    #[test]
    fn doubts_of_a_server_point_into_the_text_as_it_was_written() {
        let mut linted = lint(TEXT);
        // In the sorted canvas `days` is the second block.
        let doubt = FieldError::at("/spec/blocks/1/source", "there is no source \"weather\"");
        linted.add_doubts(vec![doubt]);
        let finding = &linted.findings[0];
        assert_eq!((finding.line, finding.column, finding.rule), (10, 15, "unknown-source"));
    }
}
