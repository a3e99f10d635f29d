//! Adding a block: what the source's columns suggest, then every kind, each with its picture.

mod asking;
mod list;
mod offers;

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use impala_core::BlockKind;
use impala_core::api::{BlockAnswer, ColumnStats};
use impala_core::source::Source;
use impala_render::format;
use ratatui::layout::Rect;

use super::desk::Desk;
use crate::action::{Answer, Live};
use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context};
use crate::list::List;
use crate::look::Role;
use crate::paper::{Paper, inside_box};
use crate::screen::{Go, Lines, Message, Screen, Shared};
use list::{Line, list_of};
use offers::Offer;

/// Offers that a page goes on.
const PAGE: usize = 8;

/// The choice of what to add.
pub struct Picker {
    desk: Desk,
    near: Option<String>,
    source: usize,
    stats: BTreeMap<String, Vec<ColumnStats>>,
    /// Whose statistics are asked for.
    stats_asked: Option<(u64, String)>,
    offers: Vec<Offer>,
    /// Which of them is chosen, and what filters them.
    list: List,
    answers: BTreeMap<String, BlockAnswer>,
    number: Option<(u64, String)>,
}

impl Picker {
    /// A choice over the sources of the desk, beginning with that called `near`.
    pub fn new(desk: Desk, near: Option<&str>, shared: &mut Shared) -> Self {
        let mut picker = Self {
            desk,
            near: near.map(str::to_owned),
            source: 0,
            stats: BTreeMap::new(),
            stats_asked: None,
            offers: Vec::new(),
            list: List::default(),
            answers: BTreeMap::new(),
            number: None,
        };
        picker.begin(shared);
        picker
    }

    fn begin(&mut self, shared: &mut Shared) {
        let near = self.near.as_deref();
        let mut sources = self.desk.sources.iter();
        self.source = sources.position(|source| Some(source.name.as_str()) == near).unwrap_or(0);
        self.follow(shared);
    }

    /// The sources are other ones now: they had not come yet, or someone has uploaded one. What was chosen stays chosen.
    fn take_sources(&mut self, before: Option<&Source>, shared: &mut Shared) {
        let Some(before) = before else { return self.begin(shared) };
        match self.desk.sources.iter().position(|source| source == before) {
            Some(index) => self.source = index,
            None => {
                self.near = Some(before.name.clone());
                self.stats.remove(&before.name);
                self.begin(shared);
            }
        }
    }

    /// Makes the offers again, and keeps the choice if one was made.
    fn offer_again(&mut self, shared: &mut Shared) {
        let held = self.chosen().filter(|_| self.list.chosen > 0);
        let held = held.map(|index| self.offers[index].label.clone());
        self.offers = self.offers();
        let index = self.offers.iter().position(|offer| Some(&offer.label) == held.as_ref());
        let place = self.shown().iter().position(|shown| Some(*shown) == index);
        self.choose_shown(place.unwrap_or(0), shared);
    }

    fn source(&self) -> Option<&Source> {
        self.desk.sources.get(self.source)
    }

    fn offers(&self) -> Vec<Offer> {
        let (mut offers, canvas) = (Vec::new(), &self.desk.canvas);
        if let Some(source) = self.source() {
            if let Some(stats) = self.stats.get(&source.name) {
                offers.extend(offers::proposals(canvas, source, stats));
            }
            offers.extend(offers::kinds(canvas, source));
        }
        offers.push(offers::text(canvas));
        offers
    }

    /// From one group to the first of the other.
    fn turn_group(&mut self, shared: &mut Shared) {
        let proposed = self.proposed_shown();
        self.choose_shown(if self.list.chosen < proposed { proposed } else { 0 }, shared);
    }

    /// Chooses one of the offers that are shown, counted from the first of them.
    fn choose_shown(&mut self, place: usize, shared: &mut Shared) {
        self.list.choose(place.min(self.shown().len().saturating_sub(1)), PAGE);
        self.look(shared);
    }

    fn turn_source(&mut self, by: usize, shared: &mut Shared) {
        let count = self.desk.sources.len();
        if count > 1 {
            self.source = (self.source + by) % count;
            self.follow(shared);
        }
    }

    fn take(&self, shared: &mut Shared) {
        let Some(offer) = self.chosen().map(|index| &self.offers[index]) else { return };
        let mut block = Box::new(offer.block.clone());
        if let (BlockKind::Text(text), false) = (&mut block.kind, offer.is_whole) {
            // What it may look like is seen here; it would only have to be erased there.
            text.markdown.clear();
        }
        let message = match offer.is_whole {
            true => Message::Block { before: Box::new(self.desk.canvas.clone()), block },
            false => Message::Form { block },
        };
        shared.go(Go::Tell(message));
    }
}

impl Screen for Picker {
    fn title(&self) -> String {
        "Add".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        match self.list.contexts(Context::Picker)[..] {
            [Context::Filter] => vec![Context::Filter],
            _ => vec![Context::Picker, Context::Choice],
        }
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        match binding.command {
            Command::Next if self.desk.sources.len() < 2 => None,
            Command::NextTab if !self.has_groups() => None,
            Command::NextTab if self.list.chosen >= self.proposed_shown() => Some("proposed"),
            Command::Accept if self.shown().is_empty() => None,
            _ => self.list.word(binding),
        }
    }

    fn list(&self) -> Option<&List> {
        Some(&self.list)
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::NextTab | Command::PreviousTab => self.turn_group(shared),
            Command::Next => self.turn_source(1, shared),
            Command::Previous => self.turn_source(self.desk.sources.len().saturating_sub(1), shared),
            _ if self.list.command(command, &self.names(), 2 * PAGE) => self.look(shared),
            Command::Accept => self.take(shared),
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        self.list.key(key, &self.names(), 2 * PAGE);
        self.look(shared);
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        self.list.paste(text, &self.names(), 2 * PAGE);
        self.look(shared);
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        let before = self.source().cloned();
        if self.desk.hear(answer) {
            self.take_sources(before.as_ref(), shared);
            return false;
        }
        let is_of_stats = self.stats_asked.as_ref().is_some_and(|(asked, _)| *asked == number);
        match (answer, &self.number) {
            (Answer::Stats(outcome), _) if is_of_stats => match (outcome, self.stats_asked.take()) {
                (Ok(stats), Some((_, name))) => {
                    self.stats.insert(name, stats.clone());
                    self.offer_again(shared);
                }
                (Err(failure), _) => shared.fail(failure),
                _ => {}
            },
            (Answer::Preview(outcome), Some((asked, id))) if *asked == number => {
                let answer = match outcome {
                    Ok(answer) => (**answer).clone(),
                    Err(failure) => failure.as_answer(),
                };
                self.answers.insert(id.clone(), answer);
                self.number = None;
            }
            _ => return false,
        }
        true
    }

    fn signed_in_again(&mut self, shared: &mut Shared) {
        self.ask_again(shared);
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        if shared.is_back(live) {
            self.ask_again(shared);
        }
    }

    fn asks(&self) -> Vec<u64> {
        let previewed = self.number.iter().map(|(number, _)| *number);
        previewed.chain(self.stats_asked.iter().map(|(number, _)| *number)).collect()
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let inside = inside_box(self.panels(shared.body()).0);
        let (area, count) = (list_of(inside), self.lines().len());
        Some(Lines { area, top: self.top(area.height), count })
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        let Some(Line::Offer(offer)) = self.lines().get(index).copied() else { return };
        if self.chosen() == Some(offer) {
            return self.take(shared);
        }
        let place = self.shown().iter().position(|shown| *shown == offer);
        self.choose_shown(place.unwrap_or(0), shared);
    }

    fn double_click(&mut self, index: usize, shared: &mut Shared) {
        self.choose(index, shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        paper.clear(area);
        let (panel, preview) = self.panels(area);
        let inside = paper.boxed(panel, "Add a block", Role::Accent);
        let name = self.source().map_or("none yet: upload a CSV file first", |source| source.name.as_str());
        let turn = match self.desk.sources.len() {
            0 | 1 => String::new(),
            count => format!("  ({}: {count} sources)", shared.key(Context::Picker, Command::Next)),
        };
        paper.text(inside, 0, &format!("Source {name}{turn}"), Role::Muted);
        let (rows, lines) = (list_of(inside), self.lines());
        let top = self.top(rows.height);
        for (row, line) in lines.iter().skip(top).take(usize::from(rows.height)).enumerate() {
            self.draw_line(paper, Rect { y: rows.y + row as u16, height: 1, ..rows }, *line);
        }
        paper.more(panel, top, lines.len().saturating_sub(top + usize::from(rows.height)), None);
        let clear = shared.key(Context::Filter, Command::Cancel);
        if let Some(nothing) = self.list.nothing(&clear).filter(|_| lines.is_empty()) {
            for (row, line) in format::wrap(&nothing, usize::from(rows.width)).iter().enumerate() {
                paper.text(rows, row as u16, line, Role::Muted);
            }
        }
        if let Some(offer) = self.chosen().map(|index| &self.offers[index]) {
            self.desk.draw(paper, preview, &offer.block, self.answers.get(&offer.block.id));
        }
    }
}
