//! The revisions of a canvas: what changed in each, what it was, and the way back to it.

use std::collections::BTreeMap;

use impala_core::Canvas;
use impala_core::api::Revision;
use impala_core::difference::{self, Deed, PartKind};
use impala_render::format;
use ratatui::layout::Rect;
use serde_json::Value;

use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, Request};
use crate::keymap::{Command, Context};
use crate::layers::{Confirm, Prompt};
use crate::list::{self, Line, List};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Go, Lines, Message, Purpose, Refusal, Screen, Shared};

/// The revisions of a canvas.
pub struct HistoryScreen {
    at: CanvasAt,
    revisions: Option<Vec<Revision>>,
    canvases: BTreeMap<u64, Canvas>,
    asked: BTreeMap<u64, u64>,
    failure: Option<String>,
    list: List,
    number: u64,
}

impl HistoryScreen {
    /// The revisions, which are asked for.
    pub fn new(at: CanvasAt, shared: &mut Shared) -> Self {
        shared.note(format!("impala canvas history {} --project {}", at.slug, at.project));
        let number = shared.ask(Request::History(at.clone()));
        Self {
            at,
            revisions: None,
            canvases: BTreeMap::new(),
            asked: BTreeMap::new(),
            failure: None,
            list: List::default(),
            number,
        }
    }

    fn chosen(&self) -> Option<u64> {
        Some(self.revisions.as_ref()?.get(self.list.chosen)?.revision)
    }

    /// Asks for the chosen revision and the one before, to tell what changed.
    fn ask_chosen(&mut self, shared: &mut Shared) {
        let Some(chosen) = self.chosen() else { return };
        for revision in [Some(chosen), chosen.checked_sub(1).filter(|one| *one > 0)].into_iter().flatten() {
            let is_asked = self.asked.values().any(|asked| *asked == revision);
            if !self.canvases.contains_key(&revision) && !is_asked {
                let number = shared.ask(Request::Revision(self.at.clone(), revision));
                self.asked.insert(number, revision);
            }
        }
    }

    /// Chooses the next revision that was saved by such a one, or has such a note or date.
    fn find(&mut self, text: &str, shared: &mut Shared) {
        let text = text.to_lowercase();
        let revisions = self.revisions.as_deref().unwrap_or_default();
        let holds = |one: &Revision| {
            let told = format!("r{} {} {} {}", one.revision, one.saved_by, one.saved_at, one.note);
            told.to_lowercase().contains(&text)
        };
        let mut after = (1..=revisions.len()).map(|step| (self.list.chosen + step) % revisions.len());
        match after.find(|index| holds(&revisions[*index])) {
            Some(index) => {
                self.list.chosen = index;
                self.ask_chosen(shared);
            }
            None => shared.say(Role::Warning, format!("No revision matches \"{text}\".")),
        }
    }

    fn changes(&self) -> Vec<(Role, String)> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let Some(now) = self.canvases.get(&chosen) else { return vec![(Role::Muted, "…".to_owned())] };
        let before = match chosen {
            1 => None,
            _ => match self.canvases.get(&(chosen - 1)) {
                Some(before) => Some(before),
                None => return vec![(Role::Muted, "…".to_owned())],
            },
        };
        let changes = changes(before, now);
        if changes.is_empty() { vec![(Role::Muted, "nothing".to_owned())] } else { changes }
    }
}

/// What differs between two canvases, a line a change, and below it what was changed from what to what.
fn changes(before: Option<&Canvas>, now: &Canvas) -> Vec<(Role, String)> {
    let lines_of = |change: difference::Change| {
        let role = match change.change {
            Deed::Added => Role::Good,
            Deed::Removed => Role::Alarm,
            Deed::Moved | Deed::Changed => Role::Warning,
        };
        let is_told =
            change.change == Deed::Changed && !matches!(change.part, PartKind::Title | PartKind::Description);
        let fields = change.fields.iter().filter(|_| is_told).map(|field| {
            let text = |value: &Option<Value>| match value {
                None => "nothing".to_owned(),
                Some(Value::String(text)) => format!("\"{text}\""),
                Some(other) => other.to_string(),
            };
            (Role::Muted, format!("    {}: {} → {}", field.field, text(&field.old), text(&field.new)))
        });
        std::iter::once((role, change.line())).chain(fields).collect::<Vec<_>>()
    };
    difference::between(before, now).into_iter().flat_map(lines_of).collect()
}

impl Screen for HistoryScreen {
    fn title(&self) -> String {
        format!("{} / {} / history", self.at.project, self.at.slug)
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::History, Context::List]
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        (command == Command::Restore && shared.reads_only()).then_some(Refusal::READ_ONLY)
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let count = self.revisions.as_ref().map_or(0, Vec::len);
        if self.list.command(command, count, usize::from(shared.size.1 / 2)) {
            self.ask_chosen(shared);
            return true;
        }
        match command {
            Command::Restore => {
                if let Some(revision) = self.chosen() {
                    let question = format!("Make revision {revision} what the canvas is?");
                    let detail = "It becomes a new revision; those after it stay in the history.";
                    shared.push(Confirm::new(Purpose::Restore(revision), question, detail));
                }
            }
            Command::Accept => {
                if let Some(canvas) = self.chosen().and_then(|revision| self.canvases.get(&revision)) {
                    let screen = super::canvas::CanvasScreen::frozen(
                        self.at.clone(),
                        canvas.clone(),
                        self.chosen().unwrap_or(0),
                        shared,
                    );
                    shared.push(screen);
                }
            }
            Command::Search => {
                shared.push(Prompt::new(Purpose::Search, "Find a revision by who saved it, or its note", ""));
            }
            Command::Refresh => self.number = shared.ask(Request::History(self.at.clone())),
            _ => return false,
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::History(outcome) if number == self.number => match outcome {
                Ok(revisions) => {
                    self.revisions = Some(revisions.clone());
                    self.ask_chosen(shared);
                }
                Err(failure) => self.failure = Some(failure.line()),
            },
            Answer::Revision(outcome) if self.asked.contains_key(&number) => {
                let revision = self.asked.remove(&number).unwrap_or(0);
                match outcome {
                    Ok(view) => {
                        self.canvases.insert(revision, view.canvas.clone());
                    }
                    Err(failure) => shared.fail(failure),
                }
            }
            Answer::Saved(outcome) if number == self.number => match outcome {
                Ok(_) => shared.go(Go::Pop),
                Err(failure) => shared.fail(failure),
            },
            _ => return false,
        }
        true
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        if let Message::Typed(Purpose::Search, text) = &message {
            self.find(text, shared);
        }
        if let Message::Confirmed(Purpose::Restore(revision)) = message {
            shared.note(format!(
                "impala canvas restore {} {revision} --project {}",
                self.at.slug, self.at.project
            ));
            self.number = shared.ask_and_wait(Request::Restore(self.at.clone(), revision));
        }
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let body = super::inside(shared.body());
        let area = list::lines_of(Rect { width: body.width * 3 / 5, ..body });
        Some(Lines { area, chosen: self.list.chosen, count: self.revisions.as_ref().map_or(0, Vec::len) })
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.list.chosen = index;
        self.ask_chosen(shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        let lines: Vec<Line> = self
            .revisions
            .iter()
            .flatten()
            .map(|one| {
                Line::new([
                    format!("r{}", one.revision),
                    one.saved_by.clone(),
                    one.saved_at.strftime("%Y-%m-%d %H:%M").to_string(),
                    one.note.clone(),
                ])
            })
            .collect();
        let left = Rect { width: area.width * 3 / 5, ..area };
        let empty = self.failure.as_deref().unwrap_or("…");
        let header = ["Revision", "By", "When (UTC)", "Note"];
        list::draw_with_detail(paper, left, &header, (&lines, self.list.chosen), empty, None);
        let right = Rect { x: left.right() + 2, width: area.width.saturating_sub(left.width + 2), ..area };
        paper.text(right, 0, "What changed", Role::Muted);
        let below = Rect { y: right.y + 1, height: right.height.saturating_sub(1), ..right };
        let lines = self.changes();
        let wrapped = lines.iter().flat_map(|(role, text)| {
            let indent = if text.starts_with(' ') { "    " } else { "" };
            let room = usize::from(right.width).saturating_sub(indent.len());
            format::wrap(text.trim_start(), room)
                .into_iter()
                .map(move |line| (*role, format!("{indent}{line}")))
        });
        for (row, (role, text)) in wrapped.take(usize::from(below.height)).enumerate() {
            paper.text(below, row as u16, &text, role);
        }
    }
}
