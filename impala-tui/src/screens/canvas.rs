//! A canvas: read, moved about in, edited, saved by itself, and merged with what others save.

mod answers;
mod as_screen;
mod block_fields;
mod commands;
mod conflict;
mod definition;
mod definitions;
mod desk;
mod editing;
mod faults;
mod finding;
mod form;
mod heading;
mod jumping;
mod moving;
mod naming;
mod panel;
mod parameters;
mod picker;
mod places;
mod questions;
mod reading;
mod saving;
mod sorting;
mod standing;
mod undoing;
mod view;
mod yaml;
mod zoom;

use std::collections::{BTreeMap, BTreeSet};

use impala_core::api::{CanvasView, Revision};
use impala_core::client::ParameterTexts;
use impala_core::merge::{Conflict, Side};
use impala_core::source::Source;
use impala_core::{Block, Canvas};
use impala_render::{Options, Picture};
use jiff::Timestamp;

use crate::action::{Answers, Failure};
use crate::cache::Stamps;
use crate::effect::{CanvasAt, Request};
use crate::keymap::Command;
use crate::look::Role;
use crate::screen::{Refusal, Shared};
use crate::screens::history::Restoring;
use conflict::Told;
use finding::Finding;
use moving::{Drag, Hold};
use questions::Questions;
use saving::{Apart, Save};
pub(crate) use undoing::LeftSteps;
use undoing::Step;
use zoom::Zoom;

/// A canvas and all that is known of it.
pub struct CanvasScreen {
    at: CanvasAt,
    /// As it stands here.
    canvas: Canvas,
    /// As it was saved last, as far as known here.
    base: Canvas,
    etag: String,
    revision: Revision,
    is_loaded: bool,
    /// A canvas of the past, which is only looked at.
    is_frozen: bool,
    /// The way back to it.
    restoring: Restoring,
    is_viewer: bool,
    failure: Option<Failure>,
    save: Save,
    /// What someone else has saved, while an edit is in hand or on its way, or until a conflict is decided.
    theirs: Option<Box<CanvasView>>,
    /// Whether the conflict of this canvas itself was shown.
    is_asked: bool,
    /// Finished forms whose blocks others have changed meanwhile, the latest first.
    apart: Vec<Apart>,
    /// The state that an event told of last, and that which was told of when the canvas was asked for last: their tags.
    told: Option<String>,
    asked_for: Option<String>,
    undo: Vec<Step>,
    redo: Vec<Step>,
    /// Under which those are kept when it is left; by then another server may be spoken to.
    steps_key: String,
    answers: Answers,
    /// Blocks whose answers are those to an earlier question.
    outdated: BTreeSet<String>,
    questions: Questions,
    given: ParameterTexts,
    parameters: BTreeMap<String, String>,
    sources: Vec<Source>,
    load_number: Option<u64>,
    project_number: Option<u64>,
    editor: Option<(u64, yaml::Job)>,
    stamps: Stamps,
    focus: Option<String>,
    scroll: u32,
    hold: Option<Hold>,
    drag: Option<Drag>,
    /// What is typed of the letters by which a block is jumped to, while that goes on.
    jumping: Option<String>,
    /// Whether all blocks say where their rows come from, not only that with the focus.
    shows_provenance: bool,
    /// What was looked for last, and the search that is being typed.
    search: String,
    finding: Option<Finding>,
    zoom: Option<Zoom>,
    sorting: Option<sorting::Sorting>,
    has_asked_to_leave: bool,
    /// What is done as soon as what is on its way is saved: it is left, or the program.
    after_save: Option<Command>,
    /// The conflicts as they were shown last: only those are decided.
    shown: Vec<Told>,
    /// Which sides were marked in a conflict that is decided later.
    sides: Vec<(Conflict, Side)>,
    /// Texts out of the editor that were not taken.
    refused: Vec<yaml::Refused>,
}

impl CanvasScreen {
    /// A canvas, which is asked for.
    pub fn new(at: CanvasAt, shared: &mut Shared) -> Self {
        shared.note(format!("impala canvas show {} --project {}", at.slug, at.project));
        let mut screen = Self::empty(at, shared);
        screen.load_number = Some(shared.ask(Request::Canvas(screen.at.clone())));
        screen.ask_project(shared);
        screen
    }

    /// A canvas of the past.
    pub fn frozen(
        at: CanvasAt,
        canvas: Canvas,
        revision: u64,
        restoring: Restoring,
        shared: &mut Shared,
    ) -> Self {
        let mut screen = Self::empty(at, shared);
        (screen.is_frozen, screen.restoring) = (true, restoring);
        screen.is_loaded = true;
        screen.revision.revision = revision;
        screen.canvas = canvas.clone();
        screen.base = canvas;
        screen.focus_first(shared);
        screen.bind_parameters(shared);
        screen.ask_answers(None, shared);
        screen
    }

    fn empty(at: CanvasAt, shared: &mut Shared) -> Self {
        let canvas = Canvas::new(at.slug.clone(), "");
        let steps_key = undoing::steps_key(&at, shared);
        let revision = Revision {
            revision: 0,
            saved_by: String::new(),
            saved_at: Timestamp::UNIX_EPOCH,
            note: String::new(),
        };
        Self {
            at,
            base: canvas.clone(),
            canvas,
            etag: String::new(),
            revision,
            is_loaded: false,
            is_frozen: false,
            restoring: Restoring::default(),
            is_viewer: false,
            failure: None,
            save: Save::Clean,
            theirs: None,
            is_asked: false,
            apart: Vec::new(),
            told: None,
            asked_for: None,
            undo: Vec::new(),
            redo: Vec::new(),
            steps_key,
            answers: Answers::new(),
            outdated: BTreeSet::new(),
            questions: Questions::default(),
            given: ParameterTexts::new(),
            parameters: BTreeMap::new(),
            sources: Vec::new(),
            load_number: None,
            project_number: None,
            editor: None,
            stamps: Stamps::of_screen(shared.number()),
            focus: None,
            scroll: 0,
            hold: None,
            drag: None,
            jumping: None,
            shows_provenance: false,
            search: String::new(),
            finding: None,
            zoom: None,
            sorting: None,
            has_asked_to_leave: false,
            after_save: None,
            shown: Vec::new(),
            sides: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Asks for the sources of the project, and what one may do there. A job may upload a hundred sources in a moment.
    fn ask_project(&mut self, shared: &mut Shared) {
        let request = Request::Project(self.at.project.clone());
        self.project_number = Some(shared.ask_instead(self.project_number, request));
    }

    fn may_edit(&self, shared: &Shared) -> bool {
        self.is_loaded && !self.is_frozen && !self.is_viewer && !shared.is_read_only
    }

    /// Whether something stands here that the server is not known to have.
    fn is_unsaved(&self) -> bool {
        let is_same = self.canvas == self.base && self.apart.is_empty();
        self.is_loaded && !self.is_frozen && !is_same
    }

    /// Whether something is in hand that another's save must not take away.
    fn is_busy(&self) -> bool {
        self.hold.is_some() || self.drag.is_some()
    }

    fn block(&self) -> Option<&Block> {
        self.canvas.block(self.focus.as_deref()?)
    }

    fn picture(&self, width_cols: u16) -> Picture<'_> {
        let options = Options { width_cols, show_provenance: self.shows_provenance, ..Options::default() };
        Picture { canvas: &self.canvas, answers: &self.answers, parameters: &self.parameters, options }
    }

    fn canvas_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Left | Command::Right | Command::Up | Command::Down => {
                self.focus_towards(command, shared);
            }
            Command::Next => self.focus_by(1, shared),
            Command::Previous => self.focus_by(-1, shared),
            Command::First => self.focus_end(false, shared),
            Command::Last => self.focus_end(true, shared),
            Command::Jump => self.jumping = Some(String::new()),
            Command::PageDown => self.scroll_by(i64::from(self.page_rows(shared) / 2), shared),
            Command::PageUp => self.scroll_by(-i64::from(self.page_rows(shared) / 2), shared),
            Command::ScrollDown => self.scroll_by(1, shared),
            Command::ScrollUp => self.scroll_by(-1, shared),
            Command::Zoom => self.zoom_in(shared),
            Command::Parameters => self.open_parameters(shared),
            Command::Search => self.begin_finding(),
            Command::NextMatch => self.find_next(1, shared),
            Command::PreviousMatch => self.find_next(-1, shared),
            Command::Provenance => {
                self.shows_provenance = !self.shows_provenance;
                self.stamps.renew_all();
            }
            Command::Copy => self.copy(shared),
            Command::ToSource => self.open_source(shared),
            Command::History if !self.is_frozen => {
                let screen = super::HistoryScreen::new(self.at.clone(), shared);
                shared.push(screen);
            }
            Command::Restore if self.is_frozen => Restoring::confirm(self.revision.revision, shared),
            Command::Refresh if !self.is_frozen => self.refresh(shared),
            Command::Refresh => self.ask_answers(None, shared),
            Command::Cancel if self.is_waiting() => self.stop_waiting(shared),
            _ => return false,
        }
        true
    }

    fn edit_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Move => self.take_hold(false),
            Command::Size => self.take_hold(true),
            Command::Add => self.open_picker(shared),
            Command::Edit => self.open_form(None, shared),
            Command::EditYaml => self.edit_yaml(shared),
            Command::EditHeading => self.open_heading(shared),
            Command::DefineParameters => self.open_definitions(0, shared),
            Command::EditCanvasYaml => self.edit_canvas_yaml(shared),
            Command::Delete => self.delete(shared),
            Command::Duplicate => self.duplicate(shared),
            Command::Paste => self.put_copied(shared),
            Command::Undo => self.undo(shared),
            Command::Redo => self.redo(shared),
            Command::Save => self.save_by_hand(shared),
            Command::Compact => self.compact(shared),
            _ => return false,
        }
        true
    }

    /// What a command works on and is not there.
    fn lack(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        let is_saved =
            !matches!(self.save, Save::Failed(_) | Save::Conflict | Save::Gone) && self.apart.is_empty();
        let (is_lacking, short, sentence) = match command {
            Command::Edit | Command::Move | Command::Size | Command::Zoom | Command::Jump => {
                (self.block().is_none(), "no blocks", "There are no blocks yet.")
            }
            Command::Delete | Command::Copy | Command::Duplicate => {
                (self.block().is_none(), "no blocks", "There are no blocks yet.")
            }
            Command::Paste => {
                (shared.clipboard.is_none(), "nothing copied", "Nothing copied yet: copy a block first.")
            }
            Command::Undo => (self.undo.is_empty(), "nothing to undo", "There is nothing to undo."),
            Command::Redo => (self.redo.is_empty(), "nothing to redo", "There is nothing to redo."),
            Command::Parameters if self.may_edit(shared) => return None,
            Command::Parameters | Command::SetParameter => (
                self.canvas.spec.parameters.is_empty(),
                "no parameters",
                "This canvas has no parameters yet.",
            ),
            Command::Save => (is_saved, "all is saved", "Everything is saved or being saved."),
            _ => return None,
        };
        is_lacking.then_some(Refusal { short, sentence })
    }

    fn open_source(&mut self, shared: &mut Shared) {
        let source = self.block().and_then(Block::from).and_then(|from| from.source.as_ref());
        let Some(name) = source.map(|source| source.name.clone()) else {
            return shared.say(Role::Muted, "This block reads no single source.".to_owned());
        };
        let screen = super::SourceScreen::at_rows(self.at.project.clone(), name, shared);
        shared.push(screen);
    }
}
