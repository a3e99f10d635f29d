//! The revisions of a canvas: what changed in each, what it was, and the way back to it.

mod changes;
mod listing;
mod restoring;

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use impala_core::Canvas;
use impala_core::api::Revision;
use impala_core::difference;
use ratatui::layout::Rect;

use super::{CanvasScreen, minute_of};
use crate::action::{Answer, Live};
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, Request};
use crate::keymap::{Binding, Command, Context};
use crate::list::{self, Head, List, Sheet};
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Refusal, Screen, Shared};
pub(super) use restoring::Restoring;

const HEADER: [Head; 4] =
    [list::number("Rev"), list::text("By"), list::whole("When (UTC)"), list::text("What")];

/// Columns under which what changed stands below the list.
const NARROW: u16 = 70;

/// So many revisions before and behind the chosen one are asked for, when they do not say what was done.
const NEAR: u64 = 20;

/// The revisions of a canvas.
pub struct HistoryScreen {
    at: CanvasAt,
    revisions: Option<Vec<Revision>>,
    canvases: BTreeMap<u64, Canvas>,
    asked: BTreeMap<u64, u64>,
    failure: Option<String>,
    list: List,
    number: u64,
    restoring: Restoring,
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
            restoring: Restoring::default(),
        }
    }

    fn load(&mut self, shared: &mut Shared) {
        self.number = shared.ask_instead(Some(self.number), Request::History(self.at.clone()));
    }

    /// Takes the revisions as they are now; the chosen one stays chosen.
    fn take(&mut self, revisions: &[Revision], shared: &mut Shared) {
        let chosen = self.chosen();
        self.failure = None;
        self.revisions = Some(revisions.to_vec());
        let is_chosen = |index: &usize| revisions.get(*index).map(|one| one.revision) == chosen;
        let place = self.list.shown(&self.names()).iter().position(is_chosen);
        self.list.choose(place.unwrap_or(0), Self::rows(shared));
        self.ask_chosen(shared);
    }

    fn chosen(&self) -> Option<u64> {
        Some(self.revisions.as_ref()?.get(self.list.index(&self.names())?)?.revision)
    }

    /// What the filter looks at, a text for each revision.
    fn names(&self) -> Vec<String> {
        let told = |one: &Revision| {
            format!("r{} {} {} {}", one.revision, one.saved_by, minute_of(one.saved_at), self.what(one))
        };
        self.revisions.iter().flatten().map(told).collect()
    }

    /// What was done in a revision: what it says itself, else what differs from the one before, as far as both are here.
    fn what(&self, one: &Revision) -> String {
        if !one.note.is_empty() {
            return one.note.clone();
        }
        match (one.revision, self.canvases.get(&one.revision)) {
            (1, _) => "created".to_owned(),
            (number, Some(now)) => match self.canvases.get(&(number - 1)) {
                Some(before) => difference::in_words(&difference::between(Some(before), now)),
                None => String::new(),
            },
            (_, None) => String::new(),
        }
    }

    /// Where the list stands with its header, and where what changed in the chosen revision does: beside it, or below where
    /// there is no room for both.
    fn split(area: Rect) -> (Rect, Rect) {
        if area.width < NARROW {
            let list = Rect { height: area.height / 2, ..area };
            return (
                list,
                Rect { y: list.bottom() + 1, height: area.height.saturating_sub(list.height + 1), ..area },
            );
        }
        // What was done needs room; what changed is wrapped.
        let width = if area.width < 100 { area.width * 2 / 3 } else { area.width * 3 / 5 };
        let list = Rect { width, ..area };
        (list, Rect { x: list.right() + 2, width: area.width.saturating_sub(width + 2), ..area })
    }

    fn lines_area(shared: &Shared) -> Rect {
        list::rows_of(Self::split(super::inside(shared.body())).0)
    }

    /// Lines that are seen at once.
    fn rows(shared: &Shared) -> usize {
        usize::from(Self::lines_area(shared).height)
    }

    /// Asks for the chosen revision and the one before, to tell what changed, and for those near it that do not say so themselves.
    fn ask_chosen(&mut self, shared: &mut Shared) {
        let Some(chosen) = self.chosen() else { return };
        let silent = self.revisions.iter().flatten().filter(|one| one.note.is_empty() && one.revision > 1);
        let near = silent.map(|one| one.revision).filter(|one| one.abs_diff(chosen) <= NEAR);
        let wanted: Vec<u64> = std::iter::once(chosen).chain(near).flat_map(|one| [one, one - 1]).collect();
        for revision in wanted.into_iter().filter(|one| *one > 0) {
            let is_asked = self.asked.values().any(|asked| *asked == revision);
            if !self.canvases.contains_key(&revision) && !is_asked {
                let number = shared.ask(Request::Revision(self.at.clone(), revision));
                self.asked.insert(number, revision);
            }
        }
    }
}

impl Screen for HistoryScreen {
    fn title(&self) -> String {
        format!("{} / {} / history", self.at.project, self.at.slug)
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        self.list.contexts(Context::History)
    }

    fn list(&self) -> Option<&List> {
        Some(&self.list)
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        self.list.word(binding)
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        let names = self.names();
        self.list.key(key, &names, Self::rows(shared));
        self.ask_chosen(shared);
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        let names = self.names();
        self.list.paste(text, &names, Self::rows(shared));
        self.ask_chosen(shared);
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        (command == Command::Restore && shared.reads_only()).then_some(Refusal::READ_ONLY)
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let names = self.names();
        if self.list.command(command, &names, Self::rows(shared)) {
            self.ask_chosen(shared);
            return true;
        }
        match command {
            Command::Restore => {
                if let Some(revision) = self.chosen() {
                    Restoring::confirm(revision, shared);
                }
            }
            Command::Accept => {
                let chosen = self.chosen();
                let known = chosen.and_then(|revision| Some((revision, self.canvases.get(&revision)?)));
                if let Some((revision, canvas)) = known {
                    let (at, restoring) = (self.at.clone(), self.restoring.clone());
                    let screen = CanvasScreen::frozen(at, canvas.clone(), revision, restoring, shared);
                    shared.push(screen);
                }
            }
            Command::Refresh => self.load(shared),
            _ => return false,
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::History(outcome) if number == self.number => match outcome {
                Ok(revisions) => self.take(revisions, shared),
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
            _ => return self.restoring.answer(number, answer, shared),
        }
        true
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        let newest = self.revisions.iter().flatten().map(|one| one.revision).max();
        match live {
            Live::Saved(state) if state.canvas == self.at.slug && Some(state.revision.revision) > newest => {
                self.load(shared);
            }
            // What was missed is asked for.
            Live::Online if shared.offline.is_some() => self.load(shared),
            _ => {}
        }
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        if let Message::Confirmed(Purpose::Restore(revision)) = message {
            self.restoring.begin(&self.at, revision, shared);
        }
    }

    fn is_over(&self) -> bool {
        self.restoring.is_done()
    }

    fn asks(&self) -> Vec<u64> {
        self.asked.keys().copied().chain([self.number]).collect()
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        Some(self.list.lines(Self::lines_area(shared), &self.names()))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.list.choose(index, Self::rows(shared));
        self.ask_chosen(shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        let (left, right) = Self::split(area);
        let sheet = Sheet { header: &HEADER, lines: self.lines(), empty: &self.empty(shared) };
        sheet.draw_with_detail(paper, left, &self.list);
        if sheet.lines.is_empty() {
            return;
        }
        changes::draw(paper, right, &self.changes());
    }
}
