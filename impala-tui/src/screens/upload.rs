//! Uploading a CSV file: its path with completion, the source's name, progress, and what is wrong with it.

use crossterm::event::KeyEvent;
use impala_core::client::CsvChoices;
use impala_core::source::{InputFormat, OnBadRows};
use impala_core::{FieldError, name};
use impala_render::format;
use ratatui::layout::Rect;

use super::SourceScreen;
use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::input::TextField;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Go, Screen, Shared, quoted};

/// The fields, in order.
const LABELS: [&str; 6] = ["File", "Source", "Delimiter", "Encoding", "Null values", "Bad rows"];

/// What an empty field means.
const HINTS: [&str; 6] = [
    "path of a CSV, TSV or NDJSON file; tab completes",
    "made from the file's name",
    "found out",
    "found out",
    "only empty fields",
    "fail",
];

/// A form to upload with.
pub struct UploadScreen {
    project: ProjectAt,
    fields: [TextField; 6],
    focus: usize,
    paths: Vec<String>,
    paths_number: Option<u64>,
    /// Tab was pressed before it was known what there is.
    wants_completion: bool,
    number: Option<u64>,
    bytes: u64,
    failure: Option<(String, Vec<FieldError>)>,
}

impl UploadScreen {
    /// An empty form; `source` is the name of a source that gets a new version.
    pub fn new(project: ProjectAt, source: Option<String>, shared: &mut Shared) -> Self {
        let mut screen = Self {
            project,
            fields: Default::default(),
            focus: 0,
            paths: Vec::new(),
            paths_number: None,
            wants_completion: false,
            number: None,
            bytes: 0,
            failure: None,
        };
        screen.fields[1].set(source.unwrap_or_default());
        screen.ask_paths(shared);
        screen
    }

    fn ask_paths(&mut self, shared: &mut Shared) {
        let text = self.fields[0].text().to_owned();
        self.paths_number = Some(shared.ask_instead(self.paths_number, Request::Paths(text)));
    }

    fn source(&self) -> String {
        let given = self.fields[1].text().trim();
        if !given.is_empty() {
            return given.to_owned();
        }
        let path = self.fields[0].text();
        let file = path.rsplit('/').next().unwrap_or(path);
        name::slug_from(impala_core::source::stem(file))
    }

    fn complete(&mut self, shared: &mut Shared) -> bool {
        if self.focus != 0 {
            return false;
        }
        if self.paths_number.is_some() {
            self.wants_completion = true;
            return true;
        }
        if self.paths.is_empty() {
            return false;
        }
        let common = common_start(&self.paths);
        if common.len() <= self.fields[0].text().len() {
            return self.paths.len() > 1;
        }
        self.fields[0].set(common);
        self.ask_paths(shared);
        true
    }

    fn send(&mut self, shared: &mut Shared) {
        if self.number.is_some() {
            return;
        }
        let path = self.fields[0].text().trim().to_owned();
        let source = self.source();
        if path.is_empty() || source.is_empty() {
            self.failure = Some(("Which file? Give its path.".to_owned(), Vec::new()));
            return;
        }
        let text = |index: usize| {
            let text = self.fields[index].text().trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let on_bad_rows = match text(5).as_deref() {
            None => None,
            Some("fail") => Some(OnBadRows::Fail),
            Some("skip") => Some(OnBadRows::Skip),
            Some(other) => {
                self.failure = Some((format!("Bad rows: \"{other}\" is neither fail nor skip."), Vec::new()));
                return;
            }
        };
        let null_values: Vec<String> =
            text(4).iter().flat_map(|text| text.split(',').map(|one| one.trim().to_owned())).collect();
        let choices = CsvChoices {
            format: InputFormat::of_file_name(&path),
            delimiter: text(2),
            encoding: text(3),
            null_values,
            on_bad_rows,
            ..CsvChoices::default()
        };
        shared.note(self.command_line(&path, &source, &choices));
        (self.failure, self.bytes) = (None, 0);
        let request =
            Request::Upload { project: self.project.clone(), source, path, choices: Box::new(choices) };
        self.number = Some(shared.ask(request));
    }

    fn command_line(&self, path: &str, source: &str, choices: &CsvChoices) -> String {
        let mut line = format!("impala upload {} --name {source} --project {}", quoted(path), self.project);
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

fn common_start(texts: &[String]) -> String {
    let Some(first) = texts.first() else { return String::new() };
    let mut end = first.len();
    for text in &texts[1..] {
        let same = first.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        end = end.min(same);
    }
    while !first.is_char_boundary(end) {
        end -= 1;
    }
    first[..end].to_owned()
}

impl Screen for UploadScreen {
    fn title(&self) -> String {
        format!("{} / upload", self.project)
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Form]
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Complete if self.complete(shared) => {}
            Command::Complete | Command::Down => self.focus = (self.focus + 1) % LABELS.len(),
            Command::Previous | Command::Up => self.focus = (self.focus + LABELS.len() - 1) % LABELS.len(),
            Command::Accept | Command::Save => self.send(shared),
            Command::Cancel => {
                if let Some(number) = self.number.take() {
                    shared.effect(crate::effect::Effect::Forget(number));
                    shared.say(Role::Warning, "The upload was stopped; nothing has changed on the server.");
                } else {
                    shared.go(Go::Pop);
                }
            }
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        if self.fields[self.focus].key(key) && self.focus == 0 {
            self.ask_paths(shared);
        }
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        self.fields[self.focus].insert(text);
        if self.focus == 0 {
            self.ask_paths(shared);
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::Paths(paths) if self.paths_number == Some(number) => {
                self.paths_number = None;
                self.paths.clone_from(paths);
                if std::mem::take(&mut self.wants_completion) {
                    self.complete(shared);
                }
            }
            Answer::Uploaded(outcome) if self.number == Some(number) => {
                self.number = None;
                match outcome {
                    Ok(upload) => {
                        let what = if upload.unchanged { "is unchanged at" } else { "is now" };
                        let rows = format::count(upload.version.rows, "row");
                        let warnings =
                            upload.warnings.iter().map(|one| format!(" · {one}")).collect::<String>();
                        let text = format!(
                            "{} {what} version {}: {rows}{warnings}",
                            upload.source, upload.version.version
                        );
                        shared.say(Role::Good, text);
                        shared.go(Go::Pop);
                        let screen = SourceScreen::new(self.project.clone(), upload.source.clone(), shared);
                        shared.push(screen);
                    }
                    Err(failure) => self.failure = Some((failure.message.clone(), failure.errors.clone())),
                }
            }
            _ => return false,
        }
        true
    }

    fn sent(&mut self, number: u64, bytes: u64) {
        if self.number == Some(number) {
            self.bytes = bytes;
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        let value = Rect { x: area.x + 13, width: area.width.saturating_sub(13), height: 1, ..area };
        for (row, label) in LABELS.iter().enumerate() {
            let has_focus = row == self.focus;
            paper.text(area, row as u16, label, if has_focus { Role::Accent } else { Role::Muted });
            let place = Rect { y: value.y + row as u16, ..value };
            if self.fields[row].text().is_empty() {
                let hint =
                    if row == 1 && !self.source().is_empty() { self.source() } else { HINTS[row].to_owned() };
                paper.text(place, 0, &format!("({hint})"), Role::Faint);
            }
            self.fields[row].draw(paper, place, has_focus);
        }
        let below = Rect { y: area.y + 7, height: area.height.saturating_sub(7), ..area };
        if self.number.is_some() {
            let bytes = impala_core::number_format::short(self.bytes as f64, None);
            paper.text(below, 0, &format!("{bytes}B sent … esc stops it"), Role::Accent);
        } else if let Some((message, errors)) = &self.failure {
            let lines = format::wrap(message, usize::from(below.width));
            for (row, line) in lines.iter().enumerate() {
                paper.text(below, row as u16, line, Role::Alarm);
            }
            for (row, error) in errors.iter().enumerate() {
                let value = error.value.as_ref().map(|value| format!("  {value}")).unwrap_or_default();
                paper.text(below, (lines.len() + 1 + row) as u16, &format!("{error}{value}"), Role::Plain);
            }
        } else if self.focus == 0 {
            for (row, path) in self.paths.iter().enumerate() {
                paper.text(below, row as u16, path, Role::Muted);
            }
        }
    }
}
