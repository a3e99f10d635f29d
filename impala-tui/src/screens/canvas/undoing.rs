//! Undo and redo. A step goes back and forth by itself, and the focus goes with it: to the block that the step was about, never
//! to one that only made room. What others have made of the same since is theirs, and stays.

mod left;
mod packed;
mod words;

use std::rc::Rc;

use impala_core::merge::{self, Conflict, Deed, Part, Side};
use impala_core::{Block, Canvas};

use super::CanvasScreen;
use super::editing::quoted_name_of;
use crate::effect::CanvasAt;
use crate::look::Role;
use crate::screen::Shared;
pub(crate) use left::{LeftSteps, Steps};
pub(crate) use packed::Step;

/// A canvas, and the block of it that has the focus.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moment {
    pub canvas: Rc<Canvas>,
    pub focus: Option<String>,
}

/// A change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edit {
    before: Moment,
    after: Moment,
    /// What it was, where the two do not tell.
    name: Option<String>,
}

/// Where the steps of a canvas are kept: the same canvas, opened by the same user at the same server.
pub(crate) fn steps_key(at: &CanvasAt, shared: &Shared) -> String {
    let user = shared.user.as_deref().unwrap_or_default();
    format!("{} {user} {} {}", shared.server, at.project, at.slug)
}

impl Edit {
    /// The block that it was about: one whose content is another one, else one that only stands elsewhere; among those the one
    /// with the focus. `None` when no block was changed.
    fn about(&self) -> Option<&str> {
        let (before, after) = (&self.before, &self.after);
        let is_other = |id: &str| content(before.canvas.block(id)) != content(after.canvas.block(id));
        let is_elsewhere = |id: &str| before.canvas.block(id) != after.canvas.block(id);
        let focused = [&after.focus, &before.focus].into_iter().flatten();
        let blocks = after.canvas.spec.blocks.iter().chain(&before.canvas.spec.blocks);
        let mut ids = focused.chain(blocks.map(|block| &block.id)).map(String::as_str);
        ids.clone().find(|id| is_other(id)).or_else(|| ids.find(|id| is_elsewhere(id)))
    }
}

/// A block wherever it stands.
fn content(block: Option<&Block>) -> Option<Block> {
    block.map(Block::without_place)
}

impl CanvasScreen {
    /// The canvas as it stands here, before it is changed.
    pub(crate) fn moment(&self) -> Moment {
        Moment { canvas: Rc::new(self.canvas.clone()), focus: self.focus.clone() }
    }

    /// `before` is what undoing brings back.
    pub(crate) fn keep_for_undo(&mut self, before: Moment) {
        self.keep_for_undo_as(before, None);
    }

    /// The same, with what it is called.
    pub(crate) fn keep_for_undo_as(&mut self, before: Moment, name: Option<String>) {
        if *before.canvas != self.canvas {
            self.keep_focus(&before.canvas);
            let edit = Edit { before, after: self.moment(), name };
            packed::keep(edit, &mut self.undo);
            self.redo.clear();
        }
    }

    /// Keeps the steps while the canvas is not open. What was left without being saved is no step any more.
    pub(crate) fn leave_steps(&mut self, shared: &mut Shared) {
        if self.is_frozen || !self.is_loaded {
            return;
        }
        shared.steps.take(&self.steps_key);
        let is_empty = self.undo.is_empty() && self.redo.is_empty();
        if !is_empty && !self.is_unsaved() {
            let (undo, redo) = (std::mem::take(&mut self.undo), std::mem::take(&mut self.redo));
            let steps = Steps { undo, redo, revision: self.revision.revision };
            shared.steps.keep(self.steps_key.clone(), steps);
        }
    }

    /// Goes on with the steps of the last time. What others have saved since is left alone by each of them; those of a canvas
    /// that was deleted are dropped.
    pub(crate) fn take_steps(&mut self, shared: &mut Shared) {
        let Some(steps) = shared.steps.take(&self.steps_key) else { return };
        if steps.revision > self.revision.revision {
            let words = "This canvas was deleted and created again: earlier edits can no longer be undone.";
            return shared.say(Role::Warning, words);
        }
        (self.undo, self.redo) = (steps.undo, steps.redo);
    }

    pub(crate) fn undo(&mut self, shared: &mut Shared) {
        let Some(step) = self.undo.pop() else { return };
        let edit = step.edit();
        if self.go_from(&edit.after, &edit.before, &edit, ["Undone", "Not undone"], shared) {
            self.redo.push(step);
        }
    }

    pub(crate) fn redo(&mut self, shared: &mut Shared) {
        let Some(step) = self.redo.pop() else { return };
        let edit = step.edit();
        if self.go_from(&edit.before, &edit.after, &edit, ["Redone", "Not redone"], shared) {
            self.undo.push(step);
        }
    }

    /// Goes from one state of an edit to the other, leaving alone what has changed since, and says so; whether there was
    /// anything left to do. The focus goes to what the edit was about; where that is gone, to where it was then.
    fn go_from(
        &mut self,
        from: &Moment,
        to: &Moment,
        edit: &Edit,
        [done, not_done]: [&str; 2],
        shared: &mut Shared,
    ) -> bool {
        let merged = merge::merge(&from.canvas, &self.canvas, &to.canvas, |_| Side::Both);
        let kept = merged.conflicts.iter().find(|conflict| !conflict.takes_both);
        let why = kept.map(|conflict| self.changed_since(conflict, &from.canvas));
        let (words, about) = (edit.words(), edit.about());
        if merged.canvas == self.canvas {
            let why = why.unwrap_or_else(|| "nothing of it is left".to_owned());
            shared.say(Role::Warning, format!("{not_done}: {words}: {why}"));
            return false;
        }
        match why {
            Some(why) => shared.say(Role::Warning, format!("{done}: {words}, but {why}")),
            None => shared.say(Role::Good, format!("{done}: {words}")),
        }
        let before = std::mem::replace(&mut self.canvas, merged.canvas);
        let places = about.into_iter().chain(to.focus.as_deref().filter(|_| about.is_some()));
        if let Some(id) = places.into_iter().find(|id| self.canvas.block(id).is_some()) {
            self.focus = Some(id.to_owned());
        }
        self.note_changes(&before, shared);
        self.changed(&before, shared);
        true
    }

    /// What someone else has done to a part since: `"Days" was deleted by someone else since`.
    fn changed_since(&self, conflict: &Conflict, then: &Canvas) -> String {
        let name = match &conflict.part {
            Part::Block(id) => self.canvas.block(id).or_else(|| then.block(id)).map(quoted_name_of),
            _ => None,
        };
        let name = name.unwrap_or_else(|| conflict.part.to_string());
        let deed = if conflict.mine == Deed::Removed { "deleted" } else { "changed" };
        format!("{name} was {deed} by someone else since")
    }
}
