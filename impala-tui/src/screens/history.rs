//! The revisions of a canvas: what changed in each, what it was, and the way back to it.

use std::collections::BTreeMap;

use impala_core::api::Revision;
use impala_core::{Block, Canvas};
use ratatui::layout::Rect;

use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, Request};
use crate::keymap::{Command, Context};
use crate::layers::Confirm;
use crate::list::{self, Line, List};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Go, Lines, Message, Purpose, Screen, Shared};

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

    fn changes(&self) -> Vec<(Role, String)> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let Some(now) = self.canvases.get(&chosen) else { return vec![(Role::Muted, "…".to_owned())] };
        let empty = Canvas::new(now.metadata.slug.clone(), "");
        let before = match chosen {
            1 => &empty,
            _ => match self.canvases.get(&(chosen - 1)) {
                Some(before) => before,
                None => return vec![(Role::Muted, "…".to_owned())],
            },
        };
        let changes = changes(before, now);
        if changes.is_empty() { vec![(Role::Muted, "nothing".to_owned())] } else { changes }
    }
}

/// What differs between two canvases, a line a change.
pub fn changes(before: &Canvas, now: &Canvas) -> Vec<(Role, String)> {
    let mut lines = Vec::new();
    if before.metadata != now.metadata {
        lines.push((Role::Warning, format!("~ title, description: {}", now.title())));
    }
    if before.spec.parameters != now.spec.parameters {
        let names: Vec<&str> = now.spec.parameters.iter().map(|one| one.name.as_str()).collect();
        lines.push((Role::Warning, format!("~ parameters: {}", names.join(", "))));
    }
    for block in &now.spec.blocks {
        match before.block(&block.id) {
            None => lines.push((Role::Good, format!("+ {} ({})", block.id, block.block_type))),
            Some(old) if old == block => {}
            Some(old) => lines.push((Role::Warning, format!("~ {}: {}", block.id, difference(old, block)))),
        }
    }
    let gone = before.spec.blocks.iter().filter(|block| now.block(&block.id).is_none());
    lines.extend(gone.map(|block| (Role::Alarm, format!("- {}", block.id))));
    lines
}

fn difference(old: &Block, new: &Block) -> String {
    let is_same_content = Block { at: new.at, ..old.clone() } == *new;
    let is_moved = (old.at.x, old.at.y) != (new.at.x, new.at.y);
    let is_sized = (old.at.w, old.at.h) != (new.at.w, new.at.h);
    let words = [(!is_same_content, "changed"), (is_moved, "moved"), (is_sized, "resized")];
    words.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
}

impl Screen for HistoryScreen {
    fn title(&self) -> String {
        format!("{} / {} / history", self.at.project, self.at.slug)
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::History, Context::List]
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let count = self.revisions.as_ref().map_or(0, Vec::len);
        if self.list.command(command, count, usize::from(shared.size.1 / 2)) {
            self.ask_chosen(shared);
            return true;
        }
        match command {
            Command::Restore if !shared.is_read_only => {
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
        if let Message::Confirmed(Purpose::Restore(revision)) = message {
            shared.note(format!(
                "impala canvas restore {} {revision} --project {}",
                self.at.slug, self.at.project
            ));
            self.number = shared.ask(Request::Restore(self.at.clone(), revision));
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
        for (row, (role, text)) in self.changes().iter().enumerate() {
            paper.text(right, row as u16 + 1, text, *role);
        }
    }
}
