//! Adding a block: what the source's columns suggest, then every kind, each with its picture.

mod list;
mod offers;

use std::collections::BTreeMap;

use impala_core::api::{BlockAnswer, ColumnStats};
use impala_core::source::{Source, SourceRef};
use ratatui::layout::Rect;

use super::desk::Desk;
use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::Request;
use crate::keymap::{Binding, Command, Context};
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
    stats_number: Option<u64>,
    offers: Vec<Offer>,
    chosen: usize,
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
            stats_number: None,
            offers: Vec::new(),
            chosen: 0,
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
        let chosen =
            self.offers.get(self.chosen).map(|offer| offer.label.clone()).filter(|_| self.chosen > 0);
        self.offers = self.offers();
        self.chosen = self.offers.iter().position(|offer| Some(&offer.label) == chosen.as_ref()).unwrap_or(0);
        self.look(shared);
    }

    fn source(&self) -> Option<&Source> {
        self.desk.sources.get(self.source)
    }

    /// Makes the offers of the chosen source, and asks for its statistics if they are not there.
    fn follow(&mut self, shared: &mut Shared) {
        self.chosen = 0;
        self.answers.clear();
        if let Some(source) = self.source()
            && !self.stats.contains_key(&source.name)
        {
            let reference = SourceRef::current(source.name.clone());
            let request = Request::Stats(self.desk.project.clone(), reference);
            self.stats_number = Some(shared.ask_instead(self.stats_number, request));
        }
        self.offers = self.offers();
        self.look(shared);
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

    /// How many offers are proposed; those of any kind come behind.
    fn proposed(&self) -> usize {
        self.offers.iter().take_while(|offer| offer.is_whole).count()
    }

    /// From one group to the first of the other.
    fn turn_group(&mut self, shared: &mut Shared) {
        let proposed = self.proposed();
        self.choose_offer(if self.chosen < proposed { proposed } else { 0 }, shared);
    }

    /// Asks for the answer to the chosen offer.
    fn look(&mut self, shared: &mut Shared) {
        let Some(offer) = self.offers.get(self.chosen) else { return };
        if self.answers.contains_key(&offer.block.id) {
            return;
        }
        let earlier = self.number.as_ref().map(|(number, _)| *number);
        let id = offer.block.id.clone();
        self.number = self.desk.ask(&offer.block, earlier, shared).map(|number| (number, id));
    }

    fn choose_offer(&mut self, index: usize, shared: &mut Shared) {
        self.chosen = index.min(self.offers.len().saturating_sub(1));
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
        let Some(offer) = self.offers.get(self.chosen) else { return };
        let block = Box::new(offer.block.clone());
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
        vec![Context::Picker, Context::Choice]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        match binding.command {
            Command::Next if self.desk.sources.len() < 2 => None,
            Command::NextTab if self.proposed() == 0 => None,
            Command::NextTab if self.chosen >= self.proposed() => Some("proposed"),
            _ => binding.footer,
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::NextTab | Command::PreviousTab => self.turn_group(shared),
            Command::Up => self.choose_offer(self.chosen.saturating_sub(1), shared),
            Command::Down => self.choose_offer(self.chosen + 1, shared),
            Command::First => self.choose_offer(0, shared),
            Command::Last => self.choose_offer(usize::MAX, shared),
            Command::PageUp => self.choose_offer(self.chosen.saturating_sub(PAGE), shared),
            Command::PageDown => self.choose_offer(self.chosen + PAGE, shared),
            Command::Next => self.turn_source(1, shared),
            Command::Previous => self.turn_source(self.desk.sources.len().saturating_sub(1), shared),
            Command::Accept => self.take(shared),
            _ => return false,
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        let before = self.source().cloned();
        if self.desk.hear(answer) {
            self.take_sources(before.as_ref(), shared);
            return false;
        }
        match (answer, &self.number) {
            (Answer::Stats(outcome), _) if self.stats_number == Some(number) => {
                let name = self.source().map(|source| source.name.clone()).unwrap_or_default();
                match outcome {
                    Ok(stats) => {
                        self.stats.insert(name, stats.clone());
                        self.offer_again(shared);
                    }
                    Err(failure) => shared.fail(failure),
                }
            }
            (Answer::Preview(outcome), Some((asked, id))) if *asked == number => {
                let answer = match outcome {
                    Ok(answer) => (**answer).clone(),
                    Err(failure) => crate::world::problem_of(failure),
                };
                self.answers.insert(id.clone(), answer);
                self.number = None;
            }
            _ => return false,
        }
        true
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let inside = inside_box(self.panels(shared.body()).0);
        let (area, count) = (list_of(inside), self.lines().len());
        Some(Lines { area, top: self.top(area.height), count })
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        if let Some(Line::Offer(offer)) = self.lines().get(index) {
            self.choose_offer(*offer, shared);
        }
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
        if let Some(offer) = self.offers.get(self.chosen) {
            self.desk.draw(paper, preview, &offer.block, self.answers.get(&offer.block.id));
        }
    }
}
