//! Uploading a CSV file: its path with completion, the source's name, progress, and what is wrong with it.

mod progress;

use crossterm::event::KeyEvent;
use impala_core::client::CsvChoices;
use impala_core::source::{InputFormat, OnBadRows};
use impala_core::{FieldError, name};
use impala_render::format;
use ratatui::layout::Rect;

use super::SourceScreen;
use crate::action::{Answer, Live, Sent};
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::fields::{Field, Fields, Reaction, Token};
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Go, Lines, Screen, Shared, quoted, quoted_path};

/// The field of the path.
const FILE: usize = 0;

/// The field of the source's name.
const SOURCE: usize = 1;

/// Rows of the form, with a blank one below it.
const FORM: u16 = 7;

/// A form to upload with.
pub struct UploadScreen {
    project: ProjectAt,
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

fn form(source: Option<String>) -> Fields {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Fields::new(vec![
        Field::new("File", "", "path of a CSV, TSV or NDJSON file; arrows or tab choose")
            .with(Token::Path, Vec::new()),
        Field::new("Source", source.unwrap_or_default(), "made from the file's name"),
        Field::new("Delimiter", "", "found out"),
        Field::new("Encoding", "", "found out"),
        Field::new("Null values", "", "only empty fields"),
        Field::new("Bad rows", "", "fail").with(Token::Whole, words(&["fail", "skip"])),
    ])
}

impl UploadScreen {
    /// An empty form; `source` is the name of a source that gets a new version.
    pub fn new(project: ProjectAt, source: Option<String>, shared: &mut Shared) -> Self {
        let mut screen = Self {
            project,
            fields: form(source),
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

    /// What is in a field, unless it is empty.
    fn text(&self, index: usize) -> Option<String> {
        let text = self.fields.fields.get(index)?.input.text().trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn path(&self) -> String {
        self.text(FILE).unwrap_or_default()
    }

    fn ask_paths(&mut self, is_shown: bool, shared: &mut Shared) {
        self.wants_paths = is_shown;
        self.paths_number = Some(shared.ask_instead(self.paths_number, Request::Paths(self.path())));
    }

    fn source(&self) -> String {
        let of_file = || {
            let path = self.path();
            name::slug_from(impala_core::source::stem(path.rsplit('/').next().unwrap_or(&path)))
        };
        self.text(SOURCE).unwrap_or_else(of_file)
    }

    /// Whether enter takes the chosen path: what is typed is none yet.
    fn is_choosing(&self) -> bool {
        let typed = self.path();
        let is_one = self.fields.fields[FILE].candidates.contains(&typed) && !typed.ends_with('/');
        self.fields.focus == FILE && self.fields.open().is_some() && !is_one
    }

    fn take_path(&mut self, shared: &mut Shared) {
        if self.fields.command(Command::Complete) == Reaction::Changed {
            self.follow_name();
            // A folder is looked into; behind a file there is nothing.
            let is_folder = self.path().ends_with('/');
            self.ask_paths(is_folder, shared);
        }
    }

    /// The name that the source gets is shown where it would be typed.
    fn follow_name(&mut self) {
        let path = self.path();
        let name = name::slug_from(impala_core::source::stem(path.rsplit('/').next().unwrap_or(&path)));
        let hint = if name.is_empty() { "made from the file's name".to_owned() } else { name };
        self.fields.fields[SOURCE].hint = hint;
    }

    fn typed(&mut self, shared: &mut Shared) {
        if self.fields.focus == FILE {
            self.follow_name();
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
        let (path, source) = (self.path(), self.source());
        if path.is_empty() || source.is_empty() {
            return self.fail("Which file? Give its path.".to_owned());
        }
        let on_bad_rows = match self.text(5).as_deref() {
            None => None,
            Some("fail") => Some(OnBadRows::Fail),
            Some("skip") => Some(OnBadRows::Skip),
            Some(other) => return self.fail(format!("Bad rows: \"{other}\" is neither fail nor skip.")),
        };
        let null_values: Vec<String> =
            self.text(4).iter().flat_map(|text| text.split(',').map(|one| one.trim().to_owned())).collect();
        let choices = CsvChoices {
            format: InputFormat::of_file_name(&path),
            delimiter: self.text(2),
            encoding: self.text(3),
            null_values,
            on_bad_rows,
            ..CsvChoices::default()
        };
        shared.note(self.command_line(&path, &source, &choices));
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

    fn cancel(&mut self, shared: &mut Shared) {
        if let Some(number) = self.number.take() {
            shared.effect(crate::effect::Effect::Forget(number));
            if self.sent.is_none_or(|sent| sent.bytes < sent.bytes_total) {
                return shared
                    .say(Role::Warning, "The upload was stopped; nothing has changed on the server.");
            }
            let source = self.source();
            shared.say(
                Role::Warning,
                format!("All of it was sent, so the server may still make it a version of {source}."),
            );
            self.stopped = Some(source);
        } else if self.fields.command(Command::Cancel) == Reaction::Leave {
            shared.go(Go::Pop);
        }
    }

    fn command_line(&self, path: &str, source: &str, choices: &CsvChoices) -> String {
        let mut line =
            format!("impala upload {} --name {source} --project {}", quoted_path(path), self.project);
        let flags = [("--delimiter", &choices.delimiter), ("--encoding", &choices.encoding)];
        for (flag, value) in flags {
            line += &value.as_ref().map_or(String::new(), |value| format!(" {flag} {}", quoted(value)));
        }
        if !choices.null_values.is_empty() {
            line += &format!(" --null-values {}", quoted(&choices.null_values.join(",")));
        }
        if choices.on_bad_rows == Some(OnBadRows::Skip) {
            line += " --on-bad-rows skip";
        }
        line
    }
}

impl Screen for UploadScreen {
    fn title(&self) -> String {
        format!("{} / upload", self.project)
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Upload]
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if command == Command::Cancel {
            self.held = None;
        }
        if let Some(held) = &mut self.held {
            held.push(Held::Command(command));
            return true;
        }
        match command {
            Command::Cancel => self.cancel(shared),
            Command::Accept if self.is_choosing() => self.take_path(shared),
            Command::Accept | Command::Save => self.send(shared),
            Command::Complete if self.fields.focus == FILE && self.paths_number.is_some() => {
                self.held = Some(Vec::new());
            }
            Command::Complete if self.is_choosing() => self.take_path(shared),
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

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let (chosen, count) = self.fields.open().filter(|_| self.fields.focus == FILE)?;
        Some(Lines { area: below(super::inside(shared.body())), chosen, count })
    }

    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        self.fields.choose(index);
    }

    fn double_click(&mut self, shared: &mut Shared) {
        self.take_path(shared);
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
                    Ok(upload) => {
                        let what = if upload.unchanged { "is unchanged at" } else { "is now" };
                        let rows = format::count(upload.version.rows, "row");
                        let warnings =
                            upload.warnings.iter().map(|one| format!(" · {one}")).collect::<String>();
                        let key = shared.key(Context::Source, Command::Propose);
                        let text = format!(
                            "{} {what} version {}: {rows}{warnings}; {key} makes a canvas of it",
                            upload.source, upload.version.version
                        );
                        shared.say(Role::Good, text);
                        // Whoever looks at the keys meanwhile comes back to the form.
                        if shared.is_top {
                            shared.go(Go::Pop);
                            let source = upload.source.clone();
                            let screen = SourceScreen::new(self.project.clone(), source, shared);
                            shared.push(screen);
                        }
                    }
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
        self.fields.draw_fields(paper, Rect { height: FORM - 1, ..area });
        let below = below(area);
        if self.number.is_some() {
            let key = shared.key(Context::Upload, Command::Cancel);
            progress::draw(paper, below, self.sent, &key);
        } else if self.fields.draw_open(paper, below) {
            // What is being chosen from hides what was wrong before.
        } else if let Some((message, errors)) = &self.failure {
            draw_failure(paper, below, message, errors);
        }
    }
}

/// What is below the form.
fn below(area: Rect) -> Rect {
    Rect { y: area.y + FORM, height: area.height.saturating_sub(FORM), ..area }
}

/// Why a file was refused, each fault once.
fn draw_failure(paper: &mut Paper, area: Rect, message: &str, errors: &[FieldError]) {
    let told: Vec<String> = errors
        .iter()
        .map(|error| {
            let value = error.value.as_ref().map(|value| format!("  {value}")).unwrap_or_default();
            format!("{}{value}", error.words())
        })
        .collect();
    // Of one fault the message says all; of several it begins with the first.
    let is_said = |error: &FieldError| message.contains(&error.detail);
    let message = match errors {
        [first, ..] if is_said(first) => "The file was refused; nothing has changed on the server.",
        _ => message,
    };
    let mut row = 0;
    for (text, role) in
        std::iter::once((message, Role::Alarm)).chain(told.iter().map(|text| (&**text, Role::Plain)))
    {
        for line in format::wrap(text, usize::from(area.width)) {
            paper.text(area, row, &line, role);
            row += 1;
        }
        row += u16::from(role == Role::Alarm);
    }
}
