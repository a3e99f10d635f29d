//! A block or the whole canvas as YAML in the user's editor, with errors by line.

use impala_core::error::FieldError;
use impala_core::{Canvas, Invalid, document};

use super::CanvasScreen;
use crate::action::Outcome;
use crate::effect::Effect;
use crate::layers::Confirm;
use crate::look::Role;
use crate::screen::{Purpose, Shared};

/// What is being edited, and on which canvas.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    before: Canvas,
    /// The block's id; the whole canvas when `None`.
    block: Option<String>,
    /// What was typed before, refused, and is edited again.
    pub(crate) typed: Option<String>,
}

/// A text that was not taken, until it is edited again, kept in a file, or discarded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    job: Job,
    pub(crate) text: String,
    why: String,
    /// The number by which it is being kept in a file.
    keeping: Option<u64>,
}

impl CanvasScreen {
    pub(crate) fn edit_yaml(&mut self, shared: &mut Shared) {
        let Some(block) = self.block() else {
            return self.edit_canvas_yaml(shared);
        };
        let (id, text) = (block.id.clone(), document::block_to_yaml(block));
        self.start(Job { before: self.canvas.clone(), block: Some(id), typed: None }, text, shared);
    }

    pub(crate) fn edit_canvas_yaml(&mut self, shared: &mut Shared) {
        let text = document::to_yaml(&self.canvas);
        self.start(Job { before: self.canvas.clone(), block: None, typed: None }, text, shared);
    }

    fn start(&mut self, job: Job, text: String, shared: &mut Shared) {
        let number = shared.number();
        self.editor = Some((number, job));
        shared.effect(Effect::Editor { number, text });
    }

    /// Asks what comes of a refused text, once nothing else is before the canvas.
    pub(crate) fn ask_refused(&mut self, shared: &mut Shared) {
        let is_free = shared.is_top && !shared.has_gone();
        let refused = self.refused.iter().find(|refused| refused.keeping.is_none());
        if let Some(Refused { text, why, .. }) = refused.filter(|_| is_free) {
            shared.push(Confirm::new(Purpose::EditAgain(text.clone()), "Edit it again?", why.as_str()));
        }
    }

    fn refuse(&mut self, job: Job, text: String, why: String, shared: &mut Shared) {
        self.refused.push(Refused { job, text, why, keeping: None });
        self.ask_refused(shared);
    }

    /// Where the text stands that was asked about.
    fn asked_about(&self, text: &str) -> Option<usize> {
        self.refused.iter().position(|refused| refused.keeping.is_none() && refused.text == text)
    }

    pub(crate) fn edit_again(&mut self, text: &str, shared: &mut Shared) {
        if let Some(at) = self.asked_about(text) {
            let Refused { job, text, .. } = self.refused.remove(at);
            self.start(Job { typed: Some(text.clone()), ..job }, text, shared);
        }
    }

    /// Keeps a refused text in a file.
    pub(crate) fn keep_typed(&mut self, text: String, shared: &mut Shared) {
        if let Some(at) = self.asked_about(&text) {
            let number = shared.number();
            shared.effect(Effect::Keep { number, name: format!("{}.yaml", self.at.slug), text });
            self.refused[at].keeping = Some(number);
        }
    }

    /// Says where it is; where it could not be kept, it is asked again what comes of it. Whether it was waited for.
    pub(crate) fn kept(&mut self, number: u64, outcome: &Outcome<String>, shared: &mut Shared) -> bool {
        let at = self.refused.iter().position(|refused| refused.keeping == Some(number));
        match (at, outcome) {
            (Some(at), Ok(file)) => {
                self.refused.remove(at);
                shared.say(Role::Warning, format!("What was typed is kept in {file}"));
            }
            (Some(at), Err(failure)) => {
                let refused = &mut self.refused[at];
                (refused.keeping, refused.why) = (None, failure.line());
                self.ask_refused(shared);
            }
            (None, _) => {}
        }
        at.is_some()
    }

    pub(crate) fn discard_typed(&mut self, text: &str, shared: &mut Shared) {
        if let Some(at) = self.asked_about(text) {
            self.refused.remove(at);
            shared.say(Role::Muted, "What was typed is discarded.");
        }
    }

    pub(crate) fn yaml_edited(&mut self, outcome: &Outcome<String>, shared: &mut Shared) {
        let Some((_, mut job)) = self.editor.take() else { return };
        let text = match (outcome, job.typed.take()) {
            (Ok(text), _) => text,
            // The editor was given what was typed before, and nothing came back.
            (Err(failure), Some(typed)) => return self.refuse(job, typed, failure.line(), shared),
            (Err(failure), None) => return shared.say(Role::Alarm, failure.line()),
        };
        let result = match &job.block {
            Some(id) => read_block(text, id, &job.before),
            None => read_canvas(text, &job.before),
        };
        match result {
            Ok(mine) => self.take_canvas(&job.before, &mine, shared),
            Err(invalid) => {
                let lines: Vec<String> =
                    invalid.errors.iter().take(8).map(|error| by_line(error, text)).collect();
                self.refuse(job, text.clone(), lines.join("\n"), shared);
            }
        }
    }

    /// Takes a canvas that was made from `before`.
    fn take_canvas(&mut self, before: &Canvas, mine: &Canvas, shared: &mut Shared) {
        if mine == before {
            return shared.say(Role::Muted, "Nothing was changed.");
        }
        self.take_made(before, mine.clone(), None, shared);
    }
}

fn read_block(text: &str, id: &str, before: &Canvas) -> Result<Canvas, Invalid> {
    let block = document::read_block(&document::from_yaml(text)?)?;
    let mut canvas = before.clone();
    let (at, new_id) = (block.at, block.id.clone());
    if new_id != id && canvas.block(&new_id).is_some() {
        return Err(Invalid::at("/id", format!("another block already has the id \"{new_id}\"")));
    }
    if let Some(one) = canvas.spec.blocks.iter_mut().find(|one| one.id == id) {
        *one = block;
    }
    canvas.place(&new_id, at);
    canvas.check()?;
    Ok(canvas)
}

fn read_canvas(text: &str, before: &Canvas) -> Result<Canvas, Invalid> {
    let canvas = document::read_canvas(&document::from_yaml(text)?)?;
    if canvas.metadata.slug != before.metadata.slug {
        let detail = format!("must stay \"{}\": a canvas is not renamed here", before.metadata.slug);
        return Err(Invalid::at("/metadata/slug", detail));
    }
    Ok(canvas)
}

/// An error for people: the line that it is about, the fields by their names, and for one that is missing that which may be
/// meant.
fn by_line(error: &FieldError, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let span = span_of(&lines, &error.pointer);
    let last = error.pointer.rsplit('/').next().unwrap_or_default();
    let meant = match (error.line, &span.missing) {
        (None, Some(_)) => near_key(&lines, &span, last),
        _ => None,
    };
    let meant_line = meant.map(|(line, _)| line);
    let line =
        error.line.or(meant_line).or(span.line()).map_or(String::new(), |line| format!("line {line}: "));
    let words = FieldError { line: None, ..error.clone() }.words();
    let meant = meant.map_or(String::new(), |(_, key)| format!("; did you mean \"{key}\"?"));
    format!("{line}{words}{meant}")
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
            by_line(&invalid.errors[0], text)
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
}
