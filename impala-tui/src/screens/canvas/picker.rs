//! Adding a block: what the source's columns suggest, then every kind, each with its picture.

use std::collections::BTreeMap;

use impala_core::api::{BlockAnswer, ColumnStats};
use impala_core::block::{Chart, ChartMark, From, Metric, Table, Text};
use impala_core::encoding::{Channel, Encoding};
use impala_core::source::{Source, SourceRef};
use impala_core::term::{Aggregate, Term};
use impala_core::{Block, BlockKind, propose};
use ratatui::layout::Rect;

use super::form::{Desk, split};
use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::Request;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, inside_box};
use crate::screen::{Go, Lines, Message, Screen, Shared};

/// Offers that a page goes on.
const PAGE: usize = 8;

/// A block that may be added.
struct Offer {
    label: String,
    block: Block,
    /// Whether it is right as it is; otherwise a form comes next.
    is_whole: bool,
}

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

    /// Makes the offers anew, and keeps the choice if one was made.
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
        let mut offers = Vec::new();
        if let Some(source) = self.source() {
            if let Some(stats) = self.stats.get(&source.name) {
                offers.extend(self.proposals(source, stats));
            }
            offers.extend(self.kinds(source));
        }
        let text = BlockKind::Text(Text { markdown: "## Title\n\nWhat it means.".to_owned() });
        offers.push(self.offer("text", "text: Markdown", text, false));
        offers
    }

    fn offer(&self, stem: &str, label: &str, kind: BlockKind, is_whole: bool) -> Offer {
        let block = Block::new(self.desk.canvas.fresh_id(stem), kind);
        Offer { label: label.to_owned(), block, is_whole }
    }

    fn proposals(&self, source: &Source, stats: &[ColumnStats]) -> Vec<Offer> {
        let proposed = propose::propose(source, stats).spec.blocks;
        proposed
            .into_iter()
            .map(|block| {
                let id = self.desk.canvas.fresh_id(&block.id);
                let title = block.title.clone().unwrap_or_else(|| block.id.clone());
                let label = format!("{title} ({})", kind_word(&block));
                Offer { label, block: Block { id, ..block }, is_whole: true }
            })
            .collect()
    }

    /// Every kind with a first guess at its fields.
    fn kinds(&self, source: &Source) -> Vec<Offer> {
        let from = From::source(SourceRef::current(source.name.clone()));
        let mut offers: Vec<Offer> = ChartMark::ALL
            .into_iter()
            .map(|mark| {
                let chart = Chart { from: from.clone(), mark, encoding: first_encoding(mark, source) };
                let label = format!("{}: {}", mark.as_str(), what_for(mark));
                self.offer(mark.as_str(), &label, BlockKind::Chart(Box::new(chart)), false)
            })
            .collect();
        let count = Channel { aggregate: Some(Aggregate::Count), ..Channel::default() };
        let metric =
            Metric { from: from.clone(), value: count, compare: None, sparkline: None, format: None };
        offers.push(self.offer("metric", "metric: one number", BlockKind::Metric(Box::new(metric)), false));
        let table = Table { from, ..Table::default() };
        offers.push(self.offer("table", "table: rows and columns", BlockKind::Table(table), false));
        let name = source.name.replace('"', "\"\"");
        let sql = From { sql: Some(format!("SELECT * FROM \"{name}\" LIMIT 20")), ..From::default() };
        let query = Table { from: sql, ..Table::default() };
        offers.push(self.offer("query", "query: a table from SQL", BlockKind::Table(query), false));
        offers
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

fn kind_word(block: &Block) -> &'static str {
    match &block.kind {
        BlockKind::Chart(chart) => chart.mark.as_str(),
        _ => block.block_type.as_str(),
    }
}

fn what_for(mark: ChartMark) -> &'static str {
    match mark {
        ChartMark::Bar => "amounts by group",
        ChartMark::Line => "how it went on",
        ChartMark::Area => "how the parts went on",
        ChartMark::Point => "two measures against each other",
        ChartMark::Rect => "a heat map",
        ChartMark::Boxplot => "how values are spread",
        ChartMark::Tick => "every value as a stroke",
    }
}

/// A first guess that draws something: a time or the first names along x, a number or the count on y.
fn first_encoding(mark: ChartMark, source: &Source) -> Encoding {
    let columns = &source.current.columns;
    let of = |test: fn(impala_core::source::ColumnType) -> bool| {
        columns.iter().filter(move |column| test(column.column_type)).map(|column| column.name.clone())
    };
    let number = of(|one| one.is_numeric()).next();
    let name = of(|one| !one.is_numeric() && !one.is_temporal()).next();
    let time = of(|one| one.is_temporal()).next();
    let field = |name: Option<String>| name.map(|name| Channel::from(Term::Field(name)));
    let month = |name: &Option<String>| {
        let unit = impala_core::term::TimeUnit::YearMonth;
        name.clone().map(|name| Channel::from(Term::TimeUnit(unit, name)))
    };
    let mean = |name: &Option<String>| match name {
        Some(name) => Channel::from(Term::Aggregate(Aggregate::Mean, Some(name.clone()))),
        None => Channel::from(Term::Aggregate(Aggregate::Count, None)),
    };
    let count = Channel::from(Term::Aggregate(Aggregate::Count, None));
    let first = columns.first().map(|column| column.name.clone());
    let (x, y, color) = match mark {
        ChartMark::Bar => (field(name).or_else(|| month(&time)).or_else(|| field(first)), Some(count), None),
        ChartMark::Line | ChartMark::Area => {
            (month(&time).or_else(|| field(first)), Some(mean(&number)), None)
        }
        ChartMark::Point => {
            let second = of(|one| one.is_numeric()).nth(1).or_else(|| number.clone());
            (field(number), field(second), field(name))
        }
        ChartMark::Rect => {
            let unit = impala_core::term::TimeUnit::Month;
            let x = time.map(|time| Channel::from(Term::TimeUnit(unit, time)));
            (x.or_else(|| field(first)), field(name).or_else(|| field(number)), Some(count))
        }
        ChartMark::Boxplot => (field(name), field(number), None),
        ChartMark::Tick => (field(number), field(name), None),
    };
    Encoding { x, y, color, ..Encoding::default() }
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

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
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
        let body = shared.body();
        let inside = inside_box(split(body, body.height / 2).0);
        let area = Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside };
        Some(Lines { area, chosen: self.chosen, count: self.offers.len() })
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.choose_offer(index, shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        paper.clear(area);
        let (list, preview) = split(area, area.height / 2);
        let inside = paper.boxed(list, "Add a block", Role::Accent);
        let name = self.source().map_or("none yet: upload a CSV file first", |source| source.name.as_str());
        let turn = if self.desk.sources.len() > 1 { "  (tab: another one)" } else { "" };
        paper.text(inside, 0, &format!("Source {name}{turn}"), Role::Muted);
        let place = format!("{} of {}", self.chosen + 1, self.offers.len());
        paper.text_ending(inside, 0, &place, Role::Muted);
        let rows = Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside };
        let top = (self.chosen + 1).saturating_sub(usize::from(rows.height));
        for (row, offer) in self.offers.iter().skip(top).take(usize::from(rows.height)).enumerate() {
            let role = if offer.is_whole { Role::Plain } else { Role::Muted };
            paper.text(rows, row as u16, &offer.label, role);
            if top + row == self.chosen {
                paper.tint(Rect { y: rows.y + row as u16, height: 1, ..rows }, Role::Chosen);
            }
        }
        if let Some(offer) = self.offers.get(self.chosen) {
            self.desk.draw(paper, preview, &offer.block, self.answers.get(&offer.block.id));
        }
    }
}
