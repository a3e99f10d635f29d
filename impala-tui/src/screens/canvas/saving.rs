//! Loading, saving by itself after each finished edit, and what others have saved meanwhile.

mod deciding;
mod words;

use impala_core::api::CanvasView;
use impala_core::api::events::CanvasState;
use impala_core::merge::{self, Side};
use impala_core::{Block, Canvas, document};

use super::CanvasScreen;
use super::answers::is_same_question;
use super::naming::Names;
use super::undoing::Moment;
use crate::action::Outcome;
use crate::effect::Request;
use crate::look::Role;
use crate::screen::Shared;
pub(crate) use deciding::Apart;

/// How the canvas here stands to the one on the server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Save {
    /// The same.
    Clean,
    /// This one is on its way. Whether an event has said meanwhile that the canvas is gone.
    Saving { number: u64, sent: Box<Canvas>, is_doubtful: bool },
    /// Someone else was first; what they saved is asked for.
    Fetching,
    /// Both have changed the same, and it is to be decided which stands.
    Conflict,
    /// Someone else has deleted it; `w` creates it again.
    Gone,
    /// It did not work; the next edit or `w` tries again.
    Failed(String),
}

impl CanvasScreen {
    /// Asks for the canvas as it is saved.
    pub(crate) fn load(&mut self, shared: &mut Shared) {
        self.asked_for.clone_from(&self.told);
        self.load_number = Some(shared.ask_instead(self.load_number, Request::Canvas(self.at.clone())));
    }

    /// Asks for the canvas and for all answers.
    pub(crate) fn refresh(&mut self, shared: &mut Shared) {
        self.load(shared);
        if self.is_loaded {
            self.ask_answers(None, shared);
        }
        self.ask_project(shared);
    }

    pub(crate) fn loaded(&mut self, outcome: &Outcome<Box<CanvasView>>, shared: &mut Shared) {
        match outcome {
            Err(failure) if !self.is_loaded => self.failure = Some(failure.clone()),
            // No event has come, as while one was offline.
            Err(failure) if failure.status == Some(404) => self.hear_deleted(shared),
            Err(failure) => {
                if matches!(self.save, Save::Fetching) {
                    self.save = Save::Failed(failure.line());
                }
                shared.fail(failure);
            }
            Ok(view) if !self.is_loaded => self.begin(view, shared),
            // That one is decided first; the next answer is as new as it has to be then.
            Ok(_) if matches!(self.save, Save::Conflict) => self.asked_for = None,
            // It is met when what is in hand or on its way has come to its end.
            Ok(view) => {
                // It is there all the same: as it stands here, or created again by someone else, and then it counts from 1.
                let was_gone = matches!(self.save, Save::Gone);
                if was_gone {
                    self.save = if view.etag == self.etag { Save::Clean } else { Save::Fetching };
                }
                match self.is_busy() || matches!(self.save, Save::Saving { .. }) {
                    true => self.theirs = Some(view.clone()),
                    false => self.meet(view, shared),
                }
                if was_gone {
                    self.save(shared);
                }
            }
        }
        self.catch_up(shared);
    }

    fn begin(&mut self, view: &CanvasView, shared: &mut Shared) {
        (self.is_loaded, self.failure, self.save) = (true, None, Save::Clean);
        self.canvas = view.canvas.clone();
        self.adopt(view);
        self.take_given(shared);
        self.bind_parameters(shared);
        self.focus_first(shared);
        self.warn(view, shared);
        self.take_steps(shared);
        self.ask_answers(None, shared);
    }

    /// The canvas was saved. Events come in order: what was told last is the newest state, whatever its number.
    pub(crate) fn hear_saved(&mut self, state: &CanvasState, shared: &mut Shared) {
        self.told = Some(state.etag.clone()).filter(|told| *told != self.etag);
        if matches!(self.save, Save::Gone) || self.failure.is_some() {
            return self.load(shared);
        }
        self.catch_up(shared);
    }

    /// The canvas was deleted. Answers that are on their way are about the one that was there before.
    pub(crate) fn hear_deleted(&mut self, shared: &mut Shared) {
        (self.told, self.asked_for) = (None, None);
        if !self.is_loaded {
            return self.load(shared);
        }
        shared.forget(self.load_number.take());
        match &mut self.save {
            Save::Gone => return,
            // What these come to says whether it is still gone.
            Save::Conflict => {}
            Save::Saving { is_doubtful, .. } => *is_doubtful = true,
            other => (*other, self.theirs) = (Save::Gone, None),
        }
        shared.say(Role::Alarm, "This canvas was deleted by someone else.");
    }

    /// Asks for the state that was told of, once what is on its way has come to its end.
    fn catch_up(&mut self, shared: &mut Shared) {
        let is_behind =
            self.told.as_ref().is_some_and(|told| *told != self.etag) && self.told != self.asked_for;
        let is_free = matches!(self.save, Save::Clean | Save::Failed(_)) && self.load_number.is_none();
        if self.is_loaded && is_free && is_behind {
            self.load(shared);
        }
    }

    fn warn(&self, view: &CanvasView, shared: &mut Shared) {
        if let Some(warning) = view.warnings.first() {
            shared.say(Role::Warning, Names::of(&view.canvas).words(warning));
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
        let is_fetching = matches!(self.save, Save::Fetching);
        if view.etag == self.etag {
            if is_fetching {
                let why = "the server refused the revision, though it has no newer one".to_owned();
                self.save = Save::Failed(why);
            }
            return;
        }
        let merged = merge::merge(&self.base, &self.canvas, &view.canvas, |_| Side::Mine);
        if !merged.conflicts.is_empty() {
            self.save = Save::Conflict;
            self.theirs = Some(Box::new(view.clone()));
            self.is_asked = false;
            return self.ask_conflict(shared);
        }
        let is_own = shared.user.as_deref() == Some(view.revision.saved_by.as_str());
        if !is_own || view.canvas != self.canvas {
            shared.say(Role::Good, words::arrived(&view.revision, is_own));
        }
        let before = self.moment();
        self.take_over(merged.canvas, view, shared);
        // Out of the history of this canvas: as much an edit as any.
        if is_own && view.revision.note.starts_with("restored ") {
            self.keep_for_undo_as(before, Some(view.revision.note.clone()));
        }
    }

    /// The merged canvas stands here, on top of theirs.
    fn take_over(&mut self, canvas: Canvas, view: &CanvasView, shared: &mut Shared) {
        let before = std::mem::replace(&mut self.canvas, canvas);
        self.adopt(view);
        self.save = Save::Clean;
        self.changed(&before, shared);
    }

    /// A finished edit: kept for undo, answered and saved.
    pub(crate) fn edited(&mut self, before: Moment, shared: &mut Shared) {
        if *before.canvas != self.canvas {
            let earlier = before.canvas.clone();
            self.keep_for_undo(before);
            self.changed(&earlier, shared);
        }
        self.go_on_saving(shared);
    }

    /// Nothing is in hand any more: what came meanwhile is met, and what was finished before is saved.
    pub(crate) fn go_on_saving(&mut self, shared: &mut Shared) {
        self.meet_waiting(shared);
        self.save(shared);
        self.catch_up(shared);
    }

    /// What someone saved while an edit was in hand.
    pub(crate) fn meet_waiting(&mut self, shared: &mut Shared) {
        if !matches!(self.save, Save::Conflict | Save::Saving { .. })
            && let Some(view) = self.theirs.take()
        {
            self.meet(&view, shared);
        }
    }

    /// The canvas is another one: its pictures, its answers, and what is saved.
    pub(crate) fn changed(&mut self, before: &Canvas, shared: &mut Shared) {
        self.stamps.renew_all();
        self.keep_focus(before);
        self.keep_zoom(before);
        self.see_focus(shared);
        let has_other_parameters = before.spec.parameters != self.canvas.spec.parameters;
        if has_other_parameters {
            self.bind_parameters(shared);
        }
        let asks = |block: &&Block| {
            let is_same = before.block(&block.id).is_some_and(|old| is_same_question(old, block));
            has_other_parameters || !is_same || !self.answers.contains_key(&block.id)
        };
        let ids: Vec<String> =
            self.canvas.spec.blocks.iter().filter(asks).map(|block| block.id.clone()).collect();
        if !ids.is_empty() {
            self.ask_anew(&ids, shared);
        }
        self.renew_zoom(shared);
        self.save(shared);
    }

    pub(crate) fn save(&mut self, shared: &mut Shared) {
        let waits = matches!(self.save, Save::Saving { .. } | Save::Fetching | Save::Conflict | Save::Gone);
        // What is in hand is not finished, and not to be saved by the end of an earlier save.
        if self.is_frozen || waits || self.is_busy() {
            return;
        }
        if self.canvas == self.base {
            self.save = Save::Clean;
            return;
        }
        let sent = Box::new(self.canvas.clone());
        let request = Request::Save(self.at.clone(), sent.clone(), self.etag.clone());
        self.save = Save::Saving { number: shared.ask(request), sent, is_doubtful: false };
    }

    /// Saves again what a save has not kept, or decides a conflict; a canvas that someone deleted is created again.
    pub(crate) fn save_by_hand(&mut self, shared: &mut Shared) {
        if !matches!(self.save, Save::Gone) {
            return self.save_again(shared);
        }
        let (project, sent) = (self.at.project.clone(), Box::new(self.canvas.clone()));
        let yaml = document::to_yaml(&sent);
        shared.note(format!("impala canvas apply --project {project} -f - <<'EOF'\n{yaml}EOF"));
        let request = Request::CreateCanvas(project, sent.clone());
        self.save = Save::Saving { number: shared.ask(request), sent, is_doubtful: false };
    }

    pub(crate) fn saved(
        &mut self,
        number: u64,
        outcome: &Outcome<Box<CanvasView>>,
        shared: &mut Shared,
    ) -> bool {
        let Save::Saving { number: asked, sent, is_doubtful } = &self.save else { return false };
        if *asked != number {
            return false;
        }
        let (sent, is_doubtful) = (sent.clone(), *is_doubtful);
        match outcome {
            Ok(view) => {
                let is_as_sent = self.canvas == *sent;
                // What was fetched meanwhile is what this was saved over, or newer.
                self.theirs.take_if(|theirs| theirs.etag == self.etag);
                self.adopt(view);
                // An answer that is on its way may be older.
                if is_doubtful || self.load_number.is_some() {
                    self.load(shared);
                }
                self.save = Save::Clean;
                if is_as_sent {
                    self.canvas = view.canvas.clone();
                }
                self.warn(view, shared);
                if !self.is_busy() {
                    self.go_on_saving(shared);
                }
                if matches!(self.save, Save::Clean)
                    && let Some(command) = self.after_save.take()
                {
                    shared.go(crate::screen::Go::Run(command));
                }
            }
            Err(failure) if failure.is_stale() || failure.is_taken() => {
                // One that is there though it was to be created may even be this one: the event was late.
                self.save = if failure.is_taken() { Save::Gone } else { Save::Fetching };
                self.theirs = None;
                self.load(shared);
            }
            Err(failure) => {
                self.after_save = None;
                let failure = &Names::of(&sent).failure(failure);
                let is_gone = failure.status == Some(404);
                self.save = if is_gone { Save::Gone } else { Save::Failed(failure.line()) };
                shared.fail(failure);
                self.catch_up(shared);
            }
        }
        true
    }

    /// Canvases that are finished here, and that the server is not known to have.
    pub(crate) fn unsaved_canvases(&self) -> Vec<&Canvas> {
        let finished = self.hold.as_ref().map_or(&self.canvas, |hold| &hold.before);
        let is_saved = !self.is_loaded || self.is_frozen || *finished == self.base;
        let apart = self.apart.iter().map(|apart| &apart.mine);
        (!is_saved).then_some(finished).into_iter().chain(apart).collect()
    }
}
