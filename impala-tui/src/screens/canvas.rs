//! A canvas: read, moved about in, edited, saved by itself, and merged with what others save.

mod answers;
mod block_fields;
mod commands;
mod conflict;
mod desk;
mod editing;
mod faults;
mod form;
mod moving;
mod parameters;
mod picker;
mod places;
mod questions;
mod reading;
mod saving;
mod standing;
mod undoing;
mod view;
mod yaml;
mod zoom;

use std::collections::{BTreeMap, BTreeSet};

use crossterm::event::{KeyCode, KeyEvent, MouseEvent};
use impala_core::api::{CanvasView, Revision, Role as Membership};
use impala_core::client::ParameterTexts;
use impala_core::merge::{Conflict, Side};
use impala_core::source::Source;
use impala_core::{Block, Canvas, document};
use impala_render::{Options, Picture};
use jiff::Timestamp;
use ratatui::layout::Rect;

use crate::action::{Answer, Answers, Failure, Live};
use crate::cache::{PaintCache, Stamps};
use crate::effect::{CanvasAt, Request};
use crate::keymap::{Binding, Command, Context, TABLE};
use crate::layers::{Confirm, Prompt};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Message, Purpose, Refusal, Screen, Shared};
use moving::{Drag, Hold};
use questions::Questions;
use saving::{Apart, Save};
use undoing::Edit;
use zoom::Zoom;

/// What letters mean while blocks are jumped to.
const JUMP_LETTERS: &str = "asdfghjklqwertyuiopzxcvbnm1234567890";

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
    is_viewer: bool,
    failure: Option<Failure>,
    save: Save,
    /// What someone else has saved, while an edit is in hand or on its way, or until a conflict is decided.
    theirs: Option<Box<CanvasView>>,
    /// Whether the conflict was shown; one that was put off comes back by `w`.
    is_asked: bool,
    /// Finished forms whose blocks others have changed meanwhile, the latest first.
    apart: Vec<Apart>,
    /// The newest revision that events told of, and that which was told of when the canvas was last asked for.
    told: u64,
    asked_for: u64,
    undo: Vec<Edit>,
    redo: Vec<Edit>,
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
    is_jumping: bool,
    /// Whether all blocks say where their rows come from, not only that with the focus.
    shows_provenance: bool,
    search: String,
    zoom: Option<Zoom>,
    has_asked_to_leave: bool,
    /// What is done as soon as what is on its way is saved: it is left, or the program.
    after_save: Option<Command>,
    /// Which sides were marked in a conflict that is decided later.
    sides: Vec<(Conflict, Side)>,
    /// A refused text that is being kept in a file.
    keeping: Option<(u64, String)>,
}

impl CanvasScreen {
    /// A canvas, which is asked for.
    pub fn new(at: CanvasAt, shared: &mut Shared) -> Self {
        shared.note(format!("impala canvas show {} --project {}", at.slug, at.project));
        let mut screen = Self::empty(at);
        screen.load_number = Some(shared.ask(Request::Canvas(screen.at.clone())));
        screen.project_number = Some(shared.ask(Request::Project(screen.at.project.clone())));
        screen
    }

    /// A canvas of the past.
    pub fn frozen(at: CanvasAt, canvas: Canvas, revision: u64, shared: &mut Shared) -> Self {
        let mut screen = Self::empty(at);
        screen.is_frozen = true;
        screen.is_loaded = true;
        screen.revision.revision = revision;
        screen.canvas = canvas.clone();
        screen.base = canvas;
        screen.focus_first(shared);
        screen.bind_parameters(shared);
        screen.ask_answers(None, shared);
        screen
    }

    fn empty(at: CanvasAt) -> Self {
        let canvas = Canvas::new(at.slug.clone(), "");
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
            is_viewer: false,
            failure: None,
            save: Save::Clean,
            theirs: None,
            is_asked: false,
            apart: Vec::new(),
            told: 0,
            asked_for: 0,
            undo: Vec::new(),
            redo: Vec::new(),
            answers: Answers::new(),
            outdated: BTreeSet::new(),
            questions: Questions::default(),
            given: ParameterTexts::new(),
            parameters: BTreeMap::new(),
            sources: Vec::new(),
            load_number: None,
            project_number: None,
            editor: None,
            stamps: Stamps::default(),
            focus: None,
            scroll: 0,
            hold: None,
            drag: None,
            is_jumping: false,
            shows_provenance: false,
            search: String::new(),
            zoom: None,
            has_asked_to_leave: false,
            after_save: None,
            sides: Vec::new(),
            keeping: None,
        }
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
            Command::Jump => self.is_jumping = true,
            Command::PageDown => self.scroll_by(i64::from(self.page_rows(shared) / 2), shared),
            Command::PageUp => self.scroll_by(-i64::from(self.page_rows(shared) / 2), shared),
            Command::ScrollDown => self.scroll_by(1, shared),
            Command::ScrollUp => self.scroll_by(-1, shared),
            Command::Zoom => self.zoom_in(shared),
            Command::Parameters => self.open_parameters(shared),
            Command::Search => shared.push(Prompt::new(Purpose::Search, "Find a block", &*self.search)),
            Command::NextMatch => self.find_block(shared),
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
            Command::EditCanvasYaml => self.edit_canvas_yaml(shared),
            Command::Delete => self.delete(shared),
            Command::Duplicate => self.duplicate(shared),
            Command::Paste => self.put_copied(shared),
            Command::Undo => self.undo(shared),
            Command::Redo => self.redo(shared),
            Command::Save => self.save_again(shared),
            Command::Compact => self.compact(shared),
            _ => return false,
        }
        true
    }

    /// What a command works on and is not there.
    fn lack(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        let is_saved = !matches!(self.save, Save::Failed(_) | Save::Conflict) && self.apart.is_empty();
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
            Command::Parameters | Command::SetParameter => (
                self.canvas.spec.parameters.is_empty(),
                "no parameters",
                "This canvas has no parameters; \"Edit the whole canvas\" among the commands adds some.",
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

    fn open_parameters(&mut self, shared: &mut Shared) {
        let panel =
            parameters::Parameters::new(&self.at.project, &self.canvas.spec.parameters, &self.given, shared);
        shared.push(panel);
    }
}

impl Screen for CanvasScreen {
    fn title(&self) -> String {
        let zoomed = self.zoomed_name().map(|name| format!(" / {name}")).unwrap_or_default();
        format!("{} / {}{zoomed}", self.at.project, self.canvas.title())
    }

    fn status(&self, shared: &Shared) -> (Role, String) {
        self.save_status(shared)
    }

    fn unsaved(&self) -> Vec<(String, String)> {
        let texts = self.unsaved_canvases().into_iter().map(document::to_yaml);
        let typed = self.editor.iter().filter_map(|(_, job)| job.typed.clone());
        let typed = typed.chain(self.keeping.iter().map(|(_, text)| text.clone()));
        texts.chain(typed).map(|text| (format!("{}.yaml", self.at.slug), text)).collect()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        if let Some(hold) = &self.hold {
            return vec![if hold.is_sizing { Context::Sizing } else { Context::Moving }];
        }
        if self.is_jumping {
            return vec![Context::Jumping];
        }
        match &self.zoom {
            Some(zoom) => zoom.contexts(),
            None if self.is_loaded => vec![Context::Editor, Context::Canvas],
            None => vec![Context::Canvas],
        }
    }

    fn beneath(&self, _shared: &Shared) -> Vec<Context> {
        if self.zoom.is_some() { vec![Context::Editor, Context::Canvas] } else { Vec::new() }
    }

    fn uncover(&mut self) {
        self.zoom = None;
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        let is_edit = || TABLE.iter().any(|line| line.context == Context::Editor && line.command == command);
        let is_free = self.hold.is_none() && !self.is_jumping;
        let is_known = self.is_loaded && is_free;
        match command {
            Command::History | Command::ToProject if self.is_frozen => Some(Refusal {
                short: "in its history",
                sentence: "This is a revision of the history already.",
            }),
            _ if !is_known => None,
            _ if !self.may_edit(shared) && is_edit() => Some(Refusal::READ_ONLY),
            _ => self.lack(command, shared),
        }
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        match binding.command {
            Command::Save => Some(self.save_word()),
            Command::Cancel if binding.context == Context::Canvas && self.cancels() => {
                Some("cancel the query")
            }
            _ => binding.footer,
        }
    }

    fn cancels(&self) -> bool {
        let is_free = self.hold.is_none() && !self.is_jumping && self.zoom.is_none();
        is_free && self.is_loaded && self.is_waiting()
    }

    fn is_read_only(&self, shared: &Shared) -> bool {
        self.is_loaded && !self.may_edit(shared)
    }

    fn takes_text(&self, _shared: &Shared) -> bool {
        self.is_jumping
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        self.after_save.take_if(|_| command != Command::Quit);
        self.has_asked_to_leave &= command == Command::Leave;
        if std::mem::take(&mut self.is_jumping) && command == Command::Cancel {
            return true;
        }
        self.end_press(shared);
        if self.hold.is_some() {
            return self.hold_command(command, shared);
        }
        if self.zoom.is_some() {
            return self.zoom_command(command, shared);
        }
        if !self.is_loaded {
            if command == Command::Refresh {
                self.refresh(shared);
            }
            return command == Command::Refresh;
        }
        let is_edit = self.may_edit(shared) && self.edit_command(command, shared);
        is_edit || self.canvas_command(command, shared)
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        if !std::mem::take(&mut self.is_jumping) {
            return;
        }
        if let KeyCode::Char(c) = key.code
            && let Some(index) = JUMP_LETTERS.find(c.to_ascii_lowercase())
            && let Some(id) = self.slots(shared).get(index).map(|slot| slot.id.clone())
        {
            self.focus_on(id, shared);
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        if self.is_loaded {
            self.take_mouse(mouse, shared);
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::Canvas(outcome) if self.load_number == Some(number) => {
                self.load_number = None;
                self.loaded(outcome, shared);
            }
            Answer::Data(outcome) if self.questions.is_awaited(number) => {
                self.answered(number, outcome, shared);
            }
            Answer::Saved(outcome) => return self.saved(number, outcome, shared),
            Answer::Project(outcome) if self.project_number == Some(number) => {
                if let Ok(content) = outcome {
                    let is_viewer = content.project.role == Membership::Viewer;
                    shared.is_same = (&self.sources, self.is_viewer) == (&content.sources, is_viewer);
                    self.sources.clone_from(&content.sources);
                    self.is_viewer = is_viewer;
                }
            }
            Answer::Edited(outcome) if self.editor.as_ref().is_some_and(|(asked, _)| *asked == number) => {
                self.yaml_edited(outcome, shared);
            }
            Answer::Kept(outcome) if self.keeping.as_ref().is_some_and(|(asked, _)| *asked == number) => {
                self.kept(outcome, shared);
            }
            _ => return false,
        }
        true
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        if self.is_frozen {
            return;
        }
        if let Live::Canvas { slug, revision } = live
            && *slug == self.at.slug
        {
            return self.hear(*revision, shared);
        }
        if !self.is_loaded {
            return;
        }
        match live {
            Live::Source(name) => {
                self.renew_source(name, shared);
                self.project_number = Some(shared.ask(Request::Project(self.at.project.clone())));
            }
            // What was missed is asked for.
            Live::Online if shared.offline.is_some() => {
                self.refresh(shared);
                self.save_again(shared);
            }
            _ => {}
        }
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        let is_form_next = matches!(message, Message::Form { .. });
        match message {
            Message::Block { before, block } => self.take_block(&before, *block, shared),
            Message::Form { block } => self.open_form(Some(*block), shared),
            Message::Parameters(given) => self.set_parameters(given, shared),
            Message::Resolved(sides) => self.resolved(&sides, shared),
            Message::PutOff(sides) => {
                self.sides = sides;
                self.returned(shared);
            }
            Message::Typed(Purpose::Search, text) => self.search_for(&text, shared),
            Message::Confirmed(Purpose::EditAgain(text)) => self.edit_again(text, shared),
            Message::Answered(Purpose::EditAgain(text), Command::Save) => self.keep_typed(text, shared),
            Message::Answered(Purpose::EditAgain(_), _) => self.discard_typed(shared),
            Message::Confirmed(Purpose::Leave) => {
                self.has_asked_to_leave = true;
                shared.go(crate::screen::Go::Run(Command::Leave));
            }
            _ => {}
        }
        if !is_form_next {
            self.ask_conflict(shared);
        }
    }

    fn loss(&self) -> Option<String> {
        self.is_unsaved().then(|| format!("{}: {}", self.canvas.title(), self.loss_words()))
    }

    fn quits_later(&mut self, shared: &mut Shared) -> bool {
        if !matches!(self.save, Save::Saving { .. }) || self.after_save == Some(Command::Quit) {
            return false;
        }
        self.after_save = Some(Command::Quit);
        shared.say(Role::Accent, "Saving, then quitting …");
        true
    }

    fn may_leave(&mut self, shared: &mut Shared) -> bool {
        if !self.is_unsaved() || self.has_asked_to_leave {
            return true;
        }
        if matches!(self.save, Save::Saving { .. }) {
            self.after_save = Some(Command::Leave);
            shared.say(Role::Accent, "Saving, then leaving …");
            return false;
        }
        self.has_asked_to_leave = true;
        let detail = self.loss_words();
        shared.push(Confirm::new(Purpose::Leave, "Leave without saving?", detail));
        false
    }

    fn returned(&mut self, shared: &mut Shared) {
        // It was asked, and the answer was no.
        self.has_asked_to_leave = false;
        if !self.is_frozen && self.is_loaded {
            self.load(shared);
            self.ask_conflict(shared);
        }
    }

    fn signed_in_again(&mut self, shared: &mut Shared) {
        if self.is_frozen {
            return self.ask_answers(None, shared);
        }
        self.refresh(shared);
        self.save_again(shared);
    }

    fn resized(&mut self, shared: &mut Shared) {
        self.see_focus(shared);
        self.renew_zoom(shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, cache: &mut PaintCache) {
        self.draw(paper, area, shared, cache);
    }
}
