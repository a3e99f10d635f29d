//! Which of two changes to the same stands: one's own, or what someone else has saved.

use std::collections::BTreeMap;
use std::rc::Rc;

use impala_core::Canvas;
use impala_core::api::Revision;
use impala_core::merge::{self, Conflict, Part, Side};

use super::Save;
use crate::look::Role;
use crate::screen::Shared;
use crate::screens::canvas::CanvasScreen;
use crate::screens::canvas::conflict::{ConflictLayer, Sides, Told};
use crate::screens::canvas::undoing::Moment;

/// A finished form: what it made of the canvas that it began with, while others made something else of the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Apart {
    before: Canvas,
    pub(super) mine: Canvas,
    /// Whether the choice was shown; one that was put off comes back by `w`.
    is_asked: bool,
}

impl CanvasScreen {
    /// Asks which of two changes to the same stands: `mine`, made on `before`, or what another has saved and stands here.
    pub(crate) fn part(&mut self, before: Canvas, mine: Canvas, shared: &mut Shared) {
        self.apart.insert(0, Apart { before, mine, is_asked: false });
        self.ask_conflict(shared);
    }

    /// Takes a decision over what was shown; what has changed there since is shown first.
    pub(crate) fn resolved(&mut self, sides: &[(Conflict, Side)], shared: &mut Shared) {
        let shown = std::mem::take(&mut self.shown);
        let is_newer = |(conflicts, _): (Vec<Told>, _)| conflicts.iter().any(|told| !shown.contains(told));
        if self.open_conflict().is_some_and(is_newer) {
            self.sides = sides.to_vec();
            shared.say(Role::Warning, "Someone else has saved more changes since: check them and decide.");
            return self.save_again(shared);
        }
        self.sides.clear();
        if !self.apart.is_empty() {
            let Apart { before, mine, .. } = self.apart.remove(0);
            let (kept, other) = decide(&before, &mine, &self.canvas, sides);
            let earlier = std::mem::replace(&mut self.canvas, kept);
            self.note_changes(&earlier, shared);
            self.keep_for_undo(Moment { canvas: Rc::new(other), focus: self.focus.clone() });
            self.changed(&earlier, shared);
        } else if let Some(view) = self.theirs.take() {
            let (kept, other) = decide(&self.base, &self.canvas, &view.canvas, sides);
            self.take_over(kept, &view, shared);
            self.keep_for_undo(Moment { canvas: Rc::new(other), focus: self.focus.clone() });
        }
        self.catch_up(shared);
    }

    /// Opens the choice over a conflict that was not shown yet, once nothing else is before the canvas.
    pub(crate) fn ask_conflict(&mut self, shared: &mut Shared) {
        let is_new = match self.apart.first() {
            Some(apart) => !apart.is_asked,
            None => matches!(self.save, Save::Conflict) && !self.is_asked,
        };
        if is_new && shared.is_top && !shared.has_gone() {
            self.save_again(shared);
        }
    }

    /// Asks what could not be asked while something else was before the canvas.
    pub(crate) fn ask_waiting(&mut self, shared: &mut Shared) {
        self.ask_conflict(shared);
        self.ask_refused(shared);
    }

    /// A conflict that was left open comes back.
    pub(crate) fn save_again(&mut self, shared: &mut Shared) {
        let Some((conflicts, theirs)) = self.open_conflict() else { return self.save(shared) };
        if conflicts.is_empty() {
            return self.resolved(&[], shared);
        }
        shared.push(ConflictLayer::new(conflicts.clone(), theirs, &self.sides));
        self.shown = conflicts;
        match self.apart.first_mut() {
            Some(apart) => apart.is_asked = true,
            None => self.is_asked = true,
        }
    }

    /// What is to be decided now, and the revision with the other side; forms come first.
    fn open_conflict(&self) -> Option<(Vec<Told>, &Revision)> {
        let (sides, theirs) = match (self.apart.first(), &self.save, &self.theirs) {
            (Some(Apart { before, mine, .. }), ..) => {
                (Sides { before, mine, theirs: &self.canvas }, &self.revision)
            }
            (None, Save::Conflict, Some(view)) => {
                (Sides { before: &self.base, mine: &self.canvas, theirs: &view.canvas }, &view.revision)
            }
            _ => return None,
        };
        Some((sides.conflicts(), theirs))
    }

    /// Whether it is to be decided which of two changes stands.
    pub(super) fn is_apart(&self) -> bool {
        matches!(self.save, Save::Conflict) || !self.apart.is_empty()
    }
}

/// What a decision over conflicts comes to, and what the opposite one would have come to.
fn decide(base: &Canvas, mine: &Canvas, theirs: &Canvas, sides: &[(Conflict, Side)]) -> (Canvas, Canvas) {
    let sides: BTreeMap<&Part, Side> = sides.iter().map(|(conflict, side)| (&conflict.part, *side)).collect();
    let choose = |part: &Part| sides.get(part).copied().unwrap_or(Side::Mine);
    let other = |part: &Part| match choose(part) {
        Side::Mine | Side::Both => Side::Theirs,
        Side::Theirs => Side::Mine,
    };
    let merged = |choose: &dyn Fn(&Part) -> Side| merge::merge(base, mine, theirs, choose).canvas;
    (merged(&choose), merged(&other))
}
