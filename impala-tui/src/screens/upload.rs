//! Uploading a CSV file: its path with completion, the source's name, progress, and what is wrong with it.

mod form;
mod progress;
mod refusal;

pub use progress::size_of;

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::FieldError;
use impala_core::api::Upload;
use ratatui::layout::Rect;

use super::SourceScreen;
use crate::action::{Answer, Live, Sent};
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::fields::{Fields, Reaction};
use crate::keymap::{Binding, Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Go, Screen, Shared};
use form::{FILE, ROWS};

/// A form to upload with.
pub struct UploadScreen {
    project: ProjectAt,
    /// The source that it was opened from.
    from: Option<String>,
    fields: Fields,
    paths_number: Option<u64>,
    /// Whether the paths that come are to be shown: something was typed.
    wants_paths: bool,
    /// What was typed since tab was pressed and it was not known yet what there is: it waits, so that it reaches the field that it was
    /// meant for.
    held: Option<Vec<Held>>,
    number: Option<u64>,
    sent: Option<Sent>,
    /// The source of an upload that was stopped when the server had all of it.
    stopped: Option<String>,
    failure: Option<(String, Vec<FieldError>)>,
}

/// What someone does while paths are looked up.
enum Held {
    Command(Command),
    Key(KeyEvent),
    Paste(String),
}

impl UploadScreen {
    /// An empty form; `source` is the name of a source that gets a new version.
    pub fn new(project: ProjectAt, source: Option<String>, shared: &mut Shared) -> Self {
        let mut screen = Self {
            project,
            from: source.clone(),
            fields: form::fields(source),
            paths_number: None,
            wants_paths: true,
            held: None,
            number: None,
            sent: None,
            stopped: None,
            failure: None,
        };
        screen.ask_paths(true, shared);
        screen
    }

    fn ask_paths(&mut self, is_shown: bool, shared: &mut Shared) {
        self.wants_paths = is_shown;
        self.paths_number =
            Some(shared.ask_instead(self.paths_number, Request::Paths(form::path(&self.fields))));
    }

    /// Whether enter takes the chosen path: what is typed is not a path yet.
    fn is_choosing(&self) -> bool {
        let typed = form::path(&self.fields);
        let is_one = self.fields.fields[FILE].candidates.contains(&typed) && !typed.ends_with('/');
        self.fields.focus == FILE && self.fields.is_open() && !is_one
    }

    fn take_path(&mut self, shared: &mut Shared) {
        if self.fields.command(Command::Complete) == Reaction::Changed {
            self.taken(shared);
        }
    }

    fn taken(&mut self, shared: &mut Shared) {
        if self.fields.focus == FILE {
            form::follow_name(&mut self.fields);
            // A folder is looked into; behind a file there is nothing.
            let is_folder = form::path(&self.fields).ends_with('/');
            self.ask_paths(is_folder, shared);
        }
    }

    fn typed(&mut self, shared: &mut Shared) {
        if self.fields.focus == FILE {
            form::follow_name(&mut self.fields);
            self.ask_paths(true, shared);
        }
    }

    fn fail(&mut self, why: String) {
        self.failure = Some((why, Vec::new()));
    }

    fn send(&mut self, shared: &mut Shared) {
        if self.number.is_some() {
            return;
        }
        // What comes of it is seen where the paths were.
        self.wants_paths = false;
        self.fields.close();
        let (path, source) = (form::path(&self.fields), form::source(&self.fields));
        if path.is_empty() || source.is_empty() {
            return self.fail("Which file? Give its path.".to_owned());
        }
        let choices = match form::choices(&self.fields) {
            Ok(choices) => choices,
            Err(why) => {
                // It begins with the label.
                self.fields.focus_on(why.split(':').next().unwrap_or_default());
                return self.fail(why);
            }
        };
        shared.note(form::command_line(&path, &source, &self.project, &choices));
        (self.failure, self.sent, self.stopped) = (None, None, None);
        let request =
            Request::Upload { project: self.project.clone(), source, path, choices: Box::new(choices) };
        self.number = Some(shared.ask(request));
    }

    /// Completes, and then does what has waited for it; another tab may have it wait again.
    fn take_up(&mut self, shared: &mut Shared) {
        let Some(held) = self.held.take() else { return };
        self.command(Command::Complete, shared);
        for one in held {
            match one {
                Held::Command(command) => drop(self.command(command, shared)),
                Held::Key(key) => self.key(key, shared),
                Held::Paste(text) => self.paste(&text, shared),
            }
        }
    }

    /// The server has it: its source is opened. After a look at the keys one comes back to the form instead.
    fn arrived(&self, upload: &Upload, shared: &mut Shared) {
        let key = shared.key(Context::Source, Command::Propose);
        shared.say(Role::Good, progress::arrival_words(upload, &key));
        if shared.is_top {
            shared.go(Go::Pop);
            // That one is below, and shows the new version by itself.
            if self.from.as_ref() == Some(&upload.source) {
                return;
            }
            let screen = SourceScreen::new(self.project.clone(), upload.source.clone(), shared);
            shared.push(screen);
        }
    }

    fn cancel(&mut self, shared: &mut Shared) {
        if let Some(number) = self.number.take() {
            shared.forget([number]);
            if self.sent.is_none_or(|sent| sent.bytes < sent.bytes_total) {
                return shared
                    .say(Role::Warning, "The upload was cancelled; nothing has changed on the server.");
            }
            let source = form::source(&self.fields);
            shared.say(
                Role::Warning,
                format!("The whole file was sent, so the server may still make it a version of {source}."),
            );
            self.stopped = Some(source);
        } else if self.fields.command(Command::Cancel) == Reaction::Leave {
            shared.go(Go::Pop);
        }
    }
}

impl Screen for UploadScreen {
    fn title(&self) -> String {
        format!("{} / upload", self.project)
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Upload]
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        let own = self.fields.word(binding.command);
        match binding.command {
            Command::SkipBadRows if !self.has_bad_rows() => None,
            Command::SkipBadRows if form::skips(&self.fields) => Some("take none"),
            Command::Accept if self.cancels() => None,
            Command::Cancel if self.cancels() => Some("cancel the upload"),
            Command::Cancel if self.fields.is_open() => Some("close"),
            Command::Complete | Command::Accept if self.fields.focus != FILE && own.is_some() => own,
            Command::Accept if self.is_choosing() => Some("take it"),
            Command::Down if !self.fields.is_open() => Some("next field"),
            Command::Accept if self.failure.is_some() => Some("send again"),
            _ => binding.footer,
        }
    }

    fn cancels(&self) -> bool {
        self.number.is_some()
    }

    fn loss(&self) -> Option<String> {
        let source = form::source(&self.fields);
        match self.number {
            Some(_) => Some(format!("The upload of {source} is still running.")),
            None if form::path(&self.fields).is_empty() => None,
            None => Some("The upload form was not submitted.".to_owned()),
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if command == Command::Cancel {
            self.held = None;
        }
        if let Some(held) = self.held.as_mut().filter(|_| is_of_form(command)) {
            held.push(Held::Command(command));
            return true;
        }
        match command {
            Command::Cancel => self.cancel(shared),
            Command::Accept if self.is_choosing() => self.take_path(shared),
            // A choice is taken first.
            Command::Accept => match self.fields.command(command) {
                Reaction::Keep => self.send(shared),
                Reaction::Changed => self.taken(shared),
                _ => {}
            },
            Command::Save => self.send(shared),
            Command::Complete if self.fields.focus == FILE && self.paths_number.is_some() => {
                self.held = Some(Vec::new());
            }
            Command::Complete if self.is_choosing() => self.take_path(shared),
            Command::SkipBadRows => self.turn_bad_rows(),
            _ => return self.fields.command(command) != Reaction::None,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        if let Some(held) = &mut self.held {
            held.push(Held::Key(key));
        } else if self.fields.key(key) {
            self.typed(shared);
        }
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        if let Some(held) = &mut self.held {
            return held.push(Held::Paste(text.to_owned()));
        }
        self.fields.paste(text);
        self.typed(shared);
    }

    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        if self.held.is_some() || self.number.is_some() {
            return;
        }
        let area = super::inside(shared.body());
        if self.fields.mouse_beside(mouse, above(area), below(area), shared) == Reaction::Changed {
            self.taken(shared);
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::Paths(paths) if self.paths_number == Some(number) => {
                self.paths_number = None;
                self.fields.propose(FILE, paths.clone(), self.wants_paths);
                self.take_up(shared);
            }
            Answer::Uploaded(outcome) if self.number == Some(number) => {
                self.number = None;
                match outcome {
                    Ok(upload) => self.arrived(upload, shared),
                    Err(failure) => self.failure = Some((failure.message.clone(), failure.errors.clone())),
                }
            }
            _ => return false,
        }
        true
    }

    fn sent(&mut self, number: u64, sent: Sent) {
        if self.number == Some(number) {
            self.sent = Some(sent);
        }
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        // The screens below load it again by themselves.
        if let Live::Source(name) = live
            && self.stopped.take_if(|stopped| stopped == name).is_some()
        {
            shared
                .say(Role::Warning, format!("{name} has a new version: the server has finished the upload."));
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        self.fields.draw_fields(paper, above(area));
        let below = below(area);
        if self.number.is_some() {
            let key = shared.key(Context::Upload, Command::Cancel);
            progress::draw(paper, below, self.sent, &key);
        } else if self.fields.draw_open(paper, below) {
            // What is being chosen from hides what was wrong before.
        } else if let Some((message, errors)) = &self.failure {
            refusal::draw(paper, below, (message, errors), &self.remedy(shared));
        }
    }
}

/// Whether the form takes it itself; all else is for the program, and at once.
fn is_of_form(command: Command) -> bool {
    use Command::{Accept, Complete, Down, Previous, Save, SkipBadRows, Up};
    matches!(command, Accept | Complete | Down | Previous | Save | SkipBadRows | Up)
}

/// Where the fields stand.
fn above(area: Rect) -> Rect {
    Rect { height: ROWS - 1, ..area }
}

/// What is below the form.
fn below(area: Rect) -> Rect {
    Rect { y: area.y + ROWS, height: area.height.saturating_sub(ROWS), ..area }
}
