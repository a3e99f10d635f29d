//! Loading, saving by itself after each finished edit, and what others have saved meanwhile.

use std::collections::BTreeMap;

use impala_core::api::{BlockAnswer, CanvasData, CanvasDraft, CanvasView};
use impala_core::client::ParameterTexts;
use impala_core::merge::{self, Conflict, Part, Side};
use impala_core::{Block, BlockKind, Canvas};

use super::CanvasScreen;
use super::conflict::ConflictLayer;
use crate::action::Outcome;
use crate::effect::{Effect, Request};
use crate::look::Role;
use crate::screen::Shared;

/// How the canvas here stands to the one on the server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Save {
    /// The same.
    Clean,
    /// This one is on its way.
    Saving { number: u64, sent: Box<Canvas> },
    /// Someone else was first; what they saved is asked for.
    Fetching,
    /// Both have changed the same, and it is to be decided which stands.
    Conflict,
    /// It did not work; the next edit or `w` tries again.
    Failed(String),
}

impl CanvasScreen {
    /// Asks for the canvas as it is saved.
    pub(crate) fn load(&mut self, shared: &mut Shared) {
        self.load_number = Some(shared.ask_instead(self.load_number, Request::Canvas(self.at.clone())));
    }

    /// Asks for the canvas and for all answers.
    pub(crate) fn refresh(&mut self, shared: &mut Shared) {
        self.load(shared);
        if self.is_loaded {
            self.ask_answers(None, shared);
        } else {
            let number = shared.ask(Request::Data(self.at.clone(), self.given.clone()));
            self.waiting.push(number);
        }
        self.project_number = Some(shared.ask(Request::Project(self.at.project.clone())));
    }

    pub(crate) fn loaded(&mut self, outcome: &Outcome<Box<CanvasView>>, shared: &mut Shared) {
        match outcome {
            Err(failure) if self.is_loaded => shared.fail(failure),
            Err(failure) => self.failure = Some(failure.clone()),
            Ok(view) if !self.is_loaded => {
                self.is_loaded = true;
                self.failure = None;
                self.canvas = view.canvas.clone();
                self.adopt(view);
                self.stamp += 1;
                self.keep_focus();
                self.warn(view, shared);
            }
            Ok(view) if self.is_busy() => self.theirs = Some(view.clone()),
            Ok(view) => self.meet(view, shared),
        }
    }

    fn warn(&self, view: &CanvasView, shared: &mut Shared) {
        if let Some(warning) = view.warnings.first() {
            shared.say(Role::Warning, warning.to_string());
        }
    }

    /// What is saved is this.
    fn adopt(&mut self, view: &CanvasView) {
        self.base = view.canvas.clone();
        self.etag.clone_from(&view.etag);
        self.revision = view.revision.clone();
    }

    /// Brings what someone else has saved together with what stands here.
    pub(crate) fn meet(&mut self, view: &CanvasView, shared: &mut Shared) {
        if view.etag == self.etag {
            if matches!(self.save, Save::Fetching) {
                self.save = Save::Clean;
                self.save(shared);
            }
            return;
        }
        if view.revision.revision < self.revision.revision {
            return;
        }
        let merged = merge::merge(&self.base, &self.canvas, &view.canvas, |_| Side::Mine);
        if !merged.conflicts.is_empty() {
            self.save = Save::Conflict;
            self.theirs = Some(Box::new(view.clone()));
            shared.push(ConflictLayer::new(merged.conflicts, &view.revision));
            return;
        }
        if shared.user.as_deref() != Some(view.revision.saved_by.as_str()) || view.canvas != self.canvas {
            shared.say(
                Role::Good,
                format!("{} has saved revision {}", view.revision.saved_by, view.revision.revision),
            );
        }
        self.take_over(merged.canvas, view, shared);
    }

    /// The merged canvas stands here, on top of theirs.
    fn take_over(&mut self, canvas: Canvas, view: &CanvasView, shared: &mut Shared) {
        let before = std::mem::replace(&mut self.canvas, canvas);
        self.adopt(view);
        self.save = Save::Clean;
        self.changed(&before, shared);
    }

    /// Asks which of two changes to the same stands: `mine`, made on `before`, or what is saved and stands here.
    pub(crate) fn part(
        &mut self,
        before: &Canvas,
        mine: Canvas,
        conflicts: Vec<Conflict>,
        shared: &mut Shared,
    ) {
        let theirs = CanvasView {
            etag: self.etag.clone(),
            revision: self.revision.clone(),
            warnings: Vec::new(),
            canvas: std::mem::replace(&mut self.canvas, mine),
        };
        self.base = before.clone();
        self.save = Save::Conflict;
        self.stamp += 1;
        shared.push(ConflictLayer::new(conflicts, &theirs.revision));
        self.theirs = Some(Box::new(theirs));
    }

    pub(crate) fn resolved(&mut self, sides: &[(Conflict, Side)], shared: &mut Shared) {
        let Some(view) = self.theirs.take() else { return };
        let sides: BTreeMap<&Part, Side> =
            sides.iter().map(|(conflict, side)| (&conflict.part, *side)).collect();
        let choose = |part: &Part| sides.get(part).copied().unwrap_or(Side::Mine);
        let merged = merge::merge(&self.base, &self.canvas, &view.canvas, choose);
        self.take_over(merged.canvas, &view, shared);
    }

    /// A conflict that was left open comes back.
    pub(crate) fn save_again(&mut self, shared: &mut Shared) {
        match (&self.save, &self.theirs) {
            (Save::Conflict, Some(view)) => {
                let conflicts = merge::conflicts(&self.base, &self.canvas, &view.canvas);
                let layer = ConflictLayer::new(conflicts, &view.revision);
                shared.push(layer);
            }
            _ => self.save(shared),
        }
    }

    /// A finished edit: kept for undo, answered and saved.
    pub(crate) fn edited(&mut self, before: &Canvas, shared: &mut Shared) {
        if *before == self.canvas {
            return self.meet_waiting(shared);
        }
        let edit = super::Edit { before: before.clone(), after: self.canvas.clone() };
        self.undo.push(edit);
        self.redo.clear();
        self.changed(before, shared);
        self.meet_waiting(shared);
    }

    /// What someone saved while an edit was in hand.
    pub(crate) fn meet_waiting(&mut self, shared: &mut Shared) {
        if !matches!(self.save, Save::Conflict)
            && let Some(view) = self.theirs.take()
        {
            self.meet(&view, shared);
        }
    }

    /// The canvas is another one: its pictures, its answers, and what is saved.
    pub(crate) fn changed(&mut self, before: &Canvas, shared: &mut Shared) {
        self.stamp += 1;
        self.keep_focus();
        self.see_focus(shared);
        let has_other_parameters = before.spec.parameters != self.canvas.spec.parameters;
        let asks = |block: &&Block| {
            let is_same = before.block(&block.id).is_some_and(|old| is_same_question(old, block));
            has_other_parameters || !is_same || !self.answers.contains_key(&block.id)
        };
        let ids: Vec<String> =
            self.canvas.spec.blocks.iter().filter(asks).map(|block| block.id.clone()).collect();
        if !ids.is_empty() {
            self.ask_answers(Some(ids), shared);
        }
        self.renew_zoom(shared);
        self.save(shared);
    }

    pub(crate) fn save(&mut self, shared: &mut Shared) {
        if self.is_frozen || matches!(self.save, Save::Saving { .. } | Save::Fetching | Save::Conflict) {
            return;
        }
        if self.canvas == self.base {
            self.save = Save::Clean;
            return;
        }
        let sent = Box::new(self.canvas.clone());
        let request = Request::Save(self.at.clone(), sent.clone(), self.etag.clone());
        self.save = Save::Saving { number: shared.ask(request), sent };
    }

    pub(crate) fn saved(
        &mut self,
        number: u64,
        outcome: &Outcome<Box<CanvasView>>,
        shared: &mut Shared,
    ) -> bool {
        let Save::Saving { number: asked, sent } = &self.save else { return false };
        if *asked != number {
            return false;
        }
        let sent = sent.clone();
        match outcome {
            Ok(view) => {
                let is_as_sent = self.canvas == *sent;
                self.adopt(view);
                self.save = Save::Clean;
                if is_as_sent {
                    self.canvas = view.canvas.clone();
                }
                self.warn(view, shared);
                self.save(shared);
                if self.leaves_when_saved && matches!(self.save, Save::Clean) {
                    shared.go(crate::screen::Go::Run(crate::keymap::Command::Leave));
                }
            }
            Err(failure) if failure.is_stale() => {
                self.save = Save::Fetching;
                self.load(shared);
            }
            Err(failure) => {
                self.save = Save::Failed(failure.line());
                shared.fail(failure);
            }
        }
        true
    }

    /// The state of saving, for the bar.
    pub(crate) fn save_status(&self, shared: &Shared) -> (Role, String) {
        if let Some(failure) = &self.failure {
            return (Role::Alarm, failure.line());
        }
        if !self.is_loaded {
            return (Role::Muted, "…".to_owned());
        }
        let role = match self.save {
            Save::Clean => Role::Muted,
            Save::Saving { .. } | Save::Fetching => Role::Accent,
            Save::Conflict | Save::Failed(_) => Role::Alarm,
        };
        let loading = match self.waiting.len() {
            0 => String::new(),
            _ => "loading · ".to_owned(),
        };
        let only = if self.may_edit(shared) { "" } else { "read-only · " };
        (role, format!("{loading}{only}{}", self.save_words()))
    }

    pub(crate) fn save_words(&self) -> String {
        let revision = self.revision.revision;
        match &self.save {
            Save::Clean if self.is_frozen => format!("as it was at r{revision}"),
            Save::Clean => format!("saved r{revision} by {}", self.revision.saved_by),
            Save::Saving { .. } => "saving …".to_owned(),
            Save::Fetching => "someone was faster, merging …".to_owned(),
            Save::Conflict => "conflict, w decides it".to_owned(),
            Save::Failed(_) => "not saved, w tries again".to_owned(),
        }
    }

    /// Asks for the answers to blocks as they stand here; to all when `None`.
    pub(crate) fn ask_answers(&mut self, ids: Option<Vec<String>>, shared: &mut Shared) {
        let asking = |block: &&Block| !matches!(block.kind, BlockKind::Text(_));
        let asking: Vec<String> =
            self.canvas.spec.blocks.iter().filter(asking).map(|block| block.id.clone()).collect();
        let ids: Vec<String> = match ids {
            Some(ids) => ids.into_iter().filter(|id| asking.contains(id)).collect(),
            None => asking,
        };
        // Without a block that asks, what the parameters mean is still to be told.
        let has_parameters = !self.canvas.spec.parameters.is_empty();
        if ids.is_empty() && !(has_parameters && self.parameters.is_empty()) {
            return;
        }
        let Ok(canvas) = serde_json::to_value(&self.canvas) else { return };
        let draft = CanvasDraft { canvas, parameters: self.given.clone(), blocks: ids.clone() };
        let number = shared.ask(Request::Draft(self.at.project.clone(), Box::new(draft)));
        for id in ids {
            self.latest.insert(id, number);
        }
        self.waiting.push(number);
        self.forget_superseded(shared);
    }

    /// Nobody waits for an answer to blocks that have all been asked again.
    fn forget_superseded(&mut self, shared: &mut Shared) {
        let newest = self.waiting.last().copied();
        let latest = &self.latest;
        self.waiting.retain(|number| {
            let is_wanted =
                Some(*number) == newest || latest.values().any(|one| one == number) || latest.is_empty();
            if !is_wanted {
                shared.effect(Effect::Forget(*number));
            }
            is_wanted
        });
    }

    pub(crate) fn answered(&mut self, number: u64, outcome: &Outcome<Box<CanvasData>>, shared: &mut Shared) {
        self.waiting.retain(|one| *one != number);
        self.stamp += 1;
        match outcome {
            Ok(data) => {
                for (id, answer) in &data.blocks {
                    self.keep_answer(number, id, answer.clone());
                }
                self.parameters.clone_from(&data.parameters);
            }
            Err(failure) => {
                let asked = self.latest.iter().filter(|(_, latest)| **latest == number);
                let ids: Vec<String> = asked.map(|(id, _)| id.clone()).collect();
                for id in ids {
                    self.keep_answer(number, &id, crate::world::problem_of(failure));
                }
                shared.fail(failure);
            }
        }
        self.renew_zoom(shared);
    }

    /// Keeps an answer, unless a newer one to that block is on its way or here.
    fn keep_answer(&mut self, number: u64, id: &str, answer: BlockAnswer) {
        if self.latest.get(id).is_none_or(|latest| *latest <= number) {
            self.latest.insert(id.to_owned(), number);
            self.answers.insert(id.to_owned(), answer);
        }
    }

    pub(crate) fn stop_waiting(&mut self, shared: &mut Shared) {
        if self.waiting.is_empty() {
            return;
        }
        for number in std::mem::take(&mut self.waiting) {
            shared.effect(Effect::Forget(number));
        }
        shared.say(Role::Warning, "Stopped waiting; R asks again.");
    }

    pub(crate) fn set_parameters(&mut self, given: ParameterTexts, shared: &mut Shared) {
        if given == self.given {
            return;
        }
        let flags: String = given
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| format!("{name}={value}")))
            .map(|pair| format!(" --param {}", crate::screen::quoted(&pair)))
            .collect();
        shared.note(format!("impala canvas render {}{flags} --project {}", self.at.slug, self.at.project));
        self.given = given;
        self.parameters.clear();
        self.ask_answers(None, shared);
    }

    /// Whether a block shows that source.
    pub(crate) fn names_source(&self, name: &str) -> bool {
        self.canvas.spec.blocks.iter().filter_map(Block::from).any(|from| {
            let is_sql = from.sql.as_ref().is_some_and(|sql| sql.contains(name));
            is_sql || from.source.as_ref().is_some_and(|source| source.name == name)
        })
    }
}

/// Whether two blocks ask the same, wherever they stand and whatever they are called.
fn is_same_question(old: &Block, new: &Block) -> bool {
    old.kind == new.kind
}
