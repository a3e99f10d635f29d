//! A block or the whole canvas as YAML in the user's editor, with errors by line.

mod lines;

use impala_core::{Canvas, Invalid, document};

use super::CanvasScreen;
use super::naming::Names;
use crate::action::Outcome;
use crate::effect::Effect;
use crate::layers::Confirm;
use crate::look::Role;
use crate::screen::{Purpose, Shared};
use lines::by_lines;

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
                let why = by_lines(&invalid, text).join("\n");
                self.refuse(job, text.clone(), why, shared);
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
    match canvas.check() {
        Ok(()) => Ok(canvas),
        Err(invalid) => Err(within_block(&invalid, &canvas, &new_id)),
    }
}

/// Errors of a canvas for the text of one of its blocks.
fn within_block(invalid: &Invalid, canvas: &Canvas, id: &str) -> Invalid {
    let index = canvas.spec.blocks.iter().position(|block| block.id == id);
    let own = index.map(|index| format!("/spec/blocks/{index}")).unwrap_or_default();
    Invalid { errors: Names::of(canvas).within(&own, &invalid.errors) }
}

fn read_canvas(text: &str, before: &Canvas) -> Result<Canvas, Invalid> {
    let canvas = document::read_canvas(&document::from_yaml(text)?)?;
    if canvas.metadata.slug != before.metadata.slug {
        let detail = format!("must stay \"{}\": a canvas is not renamed here", before.metadata.slug);
        return Err(Invalid::at("/metadata/slug", detail));
    }
    Ok(canvas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_block_breaks_in_its_canvas_is_told_by_the_line_of_its_text() {
        let before = crate::tests::support::example();
        let block = before.block("intro").expect("a block");
        let text = document::block_to_yaml(block).replace("{{since}}", "{{sinse}}");
        let invalid = read_block(&text, "intro", &before).expect_err("a name that is not there");
        let told = by_lines(&invalid, &text);
        let line = text.lines().position(|line| line.starts_with("markdown")).expect("its text") + 1;
        assert!(told[0].starts_with(&format!("line {line}: markdown: {{{{sinse}}}} names no")), "{told:?}");
    }
}
