//! The canvas as a screen: which keys hold, what they lead to, and what it hears.

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::api::Role as Membership;
use impala_core::document;
use ratatui::layout::Rect;

use super::CanvasScreen;
use super::saving::Save;
use crate::action::{Answer, Live};
use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context, TABLE};
use crate::layers::Confirm;
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Message, Purpose, Refusal, Screen, Shared, Subject};

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
        let typed = typed.chain(self.refused.iter().map(|refused| refused.text.clone()));
        texts.chain(typed).map(|text| (format!("{}.yaml", self.at.slug), text)).collect()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        if let Some(hold) = &self.hold {
            return vec![if hold.is_sizing { Context::Sizing } else { Context::Moving }];
        }
        if self.jumping.is_some() {
            return vec![Context::Jumping];
        }
        if self.finding.is_some() {
            return vec![Context::Find];
        }
        match &self.zoom {
            Some(zoom) => zoom.contexts(),
            None if self.is_frozen => vec![Context::Revision, Context::Editor, Context::Canvas],
            None if self.is_loaded => vec![Context::Editor, Context::Canvas],
            // There is nothing to look at or to change.
            None if self.failure.is_some() => Vec::new(),
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
        let is_free = self.hold.is_none() && self.jumping.is_none() && self.finding.is_none();
        let is_known = self.is_loaded && is_free;
        match command {
            Command::Restore if shared.reads_only() => Some(Refusal::READ_ONLY),
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
            Command::Parameters if self.canvas.spec.parameters.is_empty() => None,
            Command::Cancel if binding.context != Context::Global && self.cancels() => {
                Some("cancel the query")
            }
            _ => binding.footer,
        }
    }

    fn cancels(&self) -> bool {
        let is_free = self.hold.is_none() && self.jumping.is_none() && self.finding.is_none();
        let is_waiting = match &self.zoom {
            Some(zoom) => self.questions.waits_for(&zoom.id) || self.awaited_order().is_some(),
            None => self.is_waiting(),
        };
        is_free && self.is_loaded && is_waiting
    }

    fn is_read_only(&self, shared: &Shared) -> bool {
        self.is_loaded && !self.may_edit(shared)
    }

    fn takes_text(&self, _shared: &Shared) -> bool {
        self.jumping.is_some() || self.finding.is_some()
    }

    fn draw_typed(&self, paper: &mut Paper, area: Rect, shared: &Shared) -> u16 {
        self.draw_finding(paper, area, shared)
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        self.after_save.take_if(|after| *after != command);
        self.has_asked_to_leave &= command == Command::Leave;
        if self.jumping.take().is_some() && command == Command::Cancel {
            return true;
        }
        self.end_press(shared);
        if self.finding.is_some() {
            return self.find_command(command, shared);
        }
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
        if self.finding.is_some() {
            return self.type_finding(|field| _ = field.key(key), shared);
        }
        self.type_jump(key, shared);
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        if self.finding.is_some() {
            self.type_finding(|field| field.insert(text), shared);
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
            Answer::Data(outcome) if self.is_sorting(number) => self.sorted(outcome, shared),
            Answer::Saved(_) if self.is_frozen => return self.restoring.answer(number, answer, shared),
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
            Answer::Kept(outcome) => return self.kept(number, outcome, shared),
            _ => return false,
        }
        true
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        if self.is_frozen {
            if shared.is_back(live) {
                self.ask_answers(None, shared);
            }
            return;
        }
        match live {
            Live::Saved(state) if state.canvas == self.at.slug => return self.hear_saved(state, shared),
            Live::Deleted(slug) if *slug == self.at.slug => return self.hear_deleted(shared),
            _ => {}
        }
        if !self.is_loaded {
            if shared.is_back(live) {
                self.refresh(shared);
            }
            return;
        }
        match live {
            Live::Source(name) => {
                self.renew_source(name, shared);
                self.ask_project(shared);
            }
            Live::Role(role) => self.is_viewer = *role == Membership::Viewer,
            // What was missed is asked for.
            Live::Online if shared.offline.is_some() => {
                self.refresh(shared);
                self.save(shared);
            }
            _ => {}
        }
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Block { before, block } => self.take_block(&before, *block, shared),
            Message::Form { block } => self.open_form(Some(*block), shared),
            Message::Made { before, canvas, line } => {
                self.take_made(&before, *canvas, None, shared);
                if let Some(line) = line {
                    self.open_definitions(line, shared);
                }
            }
            Message::Parameters(given) => self.set_parameters(given, shared),
            Message::Resolved(sides) => self.resolved(&sides, shared),
            Message::PutOff(sides) => {
                self.sides = sides;
                self.returned(shared);
            }
            Message::Typed(Purpose::Search, text) => self.find_in_zoom(&text, shared),
            Message::Confirmed(Purpose::Restore(revision)) => {
                self.restoring.begin(&self.at, revision, shared);
            }
            Message::Confirmed(Purpose::EditAgain(text)) => self.edit_again(&text, shared),
            Message::Answered(Purpose::EditAgain(text), Command::Save) => self.keep_typed(text, shared),
            Message::Answered(Purpose::EditAgain(text), _) => self.discard_typed(&text, shared),
            Message::Confirmed(Purpose::Leave) => {
                self.has_asked_to_leave = true;
                shared.go(crate::screen::Go::Run(Command::Leave));
            }
            _ => {}
        }
        self.ask_waiting(shared);
    }

    fn loss(&self) -> Option<String> {
        let unsaved = self.is_unsaved().then(|| format!("{}: {}", self.canvas.title(), self.loss_words()));
        let typed = "What was typed in the editor was not taken.".to_owned();
        let typed = (!self.refused.is_empty()).then_some(typed);
        let losses: Vec<String> = typed.into_iter().chain(unsaved).collect();
        (!losses.is_empty()).then(|| losses.join("\n"))
    }

    fn goes_later(&mut self, command: Command, shared: &mut Shared) -> bool {
        if !matches!(self.save, Save::Saving { .. }) || self.after_save == Some(command) {
            return false;
        }
        self.after_save = Some(command);
        let words = if command == Command::Quit { "Saving, then quitting …" } else { "Saving first …" };
        shared.hint(Role::Accent, words);
        true
    }

    fn left(&mut self, shared: &mut Shared) {
        self.leave_steps(shared);
    }

    fn subject(&self) -> Option<Subject> {
        (!self.is_frozen).then(|| Subject::Canvas(self.at.slug.clone()))
    }

    fn is_over(&self) -> bool {
        self.restoring.is_done()
    }

    fn asks(&self) -> Vec<u64> {
        let sorted = self.sorting.as_ref().and_then(|sorting| sorting.number);
        self.questions.under_way().chain(self.load_number).chain(self.project_number).chain(sorted).collect()
    }

    fn may_leave(&mut self, shared: &mut Shared) -> bool {
        if !self.is_unsaved() || self.has_asked_to_leave {
            return true;
        }
        if matches!(self.save, Save::Saving { .. }) {
            self.after_save = Some(Command::Leave);
            shared.hint(Role::Accent, "Saving, then leaving …");
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
            self.ask_waiting(shared);
        }
    }

    fn signed_in_again(&mut self, shared: &mut Shared) {
        if self.is_frozen {
            return self.ask_answers(None, shared);
        }
        self.refresh(shared);
        self.save(shared);
        self.ask_waiting(shared);
    }

    fn resized(&mut self, shared: &mut Shared) {
        self.see_focus(shared);
        self.renew_zoom(shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, cache: &mut PaintCache) {
        self.draw(paper, area, shared, cache);
    }
}
