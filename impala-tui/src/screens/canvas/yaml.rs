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

const AGAIN: &str = "Edit it again? (no leaves it as it was)";

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

    pub(crate) fn edit_again(&mut self, text: String, shared: &mut Shared) {
        if let Some((_, job)) = self.editor.take() {
            self.start(Job { typed: Some(text.clone()), ..job }, text, shared);
        }
    }

    pub(crate) fn yaml_edited(&mut self, outcome: &Outcome<String>, shared: &mut Shared) {
        let Some((_, job)) = &mut self.editor else { return };
        let text = match (outcome, job.typed.take()) {
            (Ok(text), _) => text,
            // The editor was given what was typed before, and nothing came back.
            (Err(failure), Some(typed)) => {
                return shared.push(Confirm::new(Purpose::EditAgain(typed), AGAIN, failure.line()));
            }
            (Err(failure), None) => return shared.say(Role::Alarm, failure.line()),
        };
        let job = job.clone();
        let result = match &job.block {
            Some(id) => read_block(text, id, &job.before),
            None => read_canvas(text, &job.before),
        };
        match result {
            Ok(mine) => {
                self.editor = None;
                self.take_canvas(&job.before, &mine, shared);
            }
            Err(invalid) => {
                let lines: Vec<String> =
                    invalid.errors.iter().take(8).map(|error| by_line(error, text)).collect();
                shared.push(Confirm::new(Purpose::EditAgain(text.clone()), AGAIN, lines.join("\n")));
            }
        }
    }

    /// Takes a canvas that was made from `before`.
    fn take_canvas(&mut self, before: &Canvas, mine: &Canvas, shared: &mut Shared) {
        if mine == before {
            return shared.say(Role::Muted, "Nothing was changed.");
        }
        self.take_made(before, mine.clone(), shared);
    }
}

fn read_block(text: &str, id: &str, before: &Canvas) -> Result<Canvas, Invalid> {
    let block = document::read_block(&document::from_yaml(text)?)?;
    let mut canvas = before.clone();
    let (at, new_id) = (block.at, block.id.clone());
    if new_id != id && canvas.block(&new_id).is_some() {
        return Err(Invalid::at("/id", format!("another block is called \"{new_id}\" already")));
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
        let detail = format!("stays \"{}\": a canvas is not renamed here", before.metadata.slug);
        return Err(Invalid::at("/metadata/slug", detail));
    }
    Ok(canvas)
}

/// An error with the line that it is about.
fn by_line(error: &FieldError, text: &str) -> String {
    match error.line.or_else(|| line_of(text, &error.pointer)) {
        Some(line) if error.line.is_none() => format!("line {line}: {error}"),
        _ => error.to_string(),
    }
}

/// The line, from 1, of what a JSON pointer names, as far as YAML in blocks shows it: keys on lines of their own, and items
/// that begin with a dash. Flow collections count as one line.
fn line_of(text: &str, pointer: &str) -> Option<u64> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut from, mut to) = (0, lines.len());
    let mut found = None;
    for part in pointer.split('/').skip(1) {
        let Some(at) = part_at(&lines, from, to, part) else { break };
        found = Some(at as u64 + 1);
        let indent = indent_of(lines[at]);
        let is_inside = |line: &&str| {
            indent_of(line) > indent || line.trim().is_empty() || line.trim_start().starts_with("- ")
        };
        let end = lines[at + 1..to].iter().take_while(|line| is_inside(line)).count();
        // An item's first key stands on the line of its dash.
        from = if part.parse::<usize>().is_ok() { at } else { at + 1 };
        to = at + 1 + end;
    }
    found
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
    let key = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        line.split_once(':').is_some_and(|(key, _)| key.trim_matches(['"', '\'']) == part)
    };
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
        let check =
            |pointer: &str, expected: Option<u64>| assert_eq!(line_of(text, pointer), expected, "{pointer}");
        check("/type", Some(2));
        check("/encoding/x/field", Some(4));
        check("/encoding/y/aggregate", Some(6));
        check("/parameters/1/type", Some(11));
        check("/parameters/0", Some(8));
        check("", None);
    }
}
