//! What may be added: blocks that the columns of a source suggest, and one of every kind.

use impala_core::api::ColumnStats;
use impala_core::block::{Chart, ChartMark, From, Metric, Table, Text};
use impala_core::encoding::{Channel, Encoding};
use impala_core::source::{Source, SourceRef};
use impala_core::term::{Aggregate, Bin, Term};
use impala_core::{Block, BlockKind, Canvas, propose};

/// A block that may be added.
pub(super) struct Offer {
    pub label: String,
    pub block: Block,
    /// Whether it is right as it is; otherwise a form comes next.
    pub is_whole: bool,
}

impl Offer {
    fn new(canvas: &Canvas, stem: &str, label: String, kind: BlockKind) -> Self {
        Self { label, block: Block::new(canvas.fresh_id(stem), kind), is_whole: false }
    }
}

/// What the columns suggest, without what is on the canvas already.
pub(super) fn proposals(canvas: &Canvas, source: &Source, stats: &[ColumnStats]) -> Vec<Offer> {
    let is_there = |block: &Block| canvas.spec.blocks.iter().any(|one| one.kind == block.kind);
    let proposed = propose::propose(source, stats).spec.blocks.into_iter();
    let offer = |block: Block| {
        let id = canvas.fresh_id(&block.id);
        let title = block.title.clone().unwrap_or_else(|| block.id.clone());
        let label = format!("{title} ({})", kind_word(&block));
        Offer { label, block: Block { id, ..block }, is_whole: true }
    };
    proposed.filter(|block| !is_there(block)).map(offer).collect()
}

/// Every kind with a first guess at its fields.
pub(super) fn kinds(canvas: &Canvas, source: &Source) -> Vec<Offer> {
    let from = From::source(SourceRef::current(source.name.clone()));
    let chart = |mark: ChartMark| {
        let chart = Chart { from: from.clone(), mark, encoding: first_encoding(mark, source) };
        let label = format!("{}: {}", mark.as_str(), what_for(mark));
        Offer::new(canvas, mark.as_str(), label, BlockKind::Chart(Box::new(chart)))
    };
    let mut offers: Vec<Offer> = ChartMark::ALL.into_iter().map(chart).collect();
    if let Some(encoding) = histogram(source) {
        let chart = Chart { from: from.clone(), mark: ChartMark::Bar, encoding };
        let label = "histogram: how often values occur".to_owned();
        offers.insert(1, Offer::new(canvas, "histogram", label, BlockKind::Chart(Box::new(chart))));
    }
    let count = Channel { aggregate: Some(Aggregate::Count), ..Channel::default() };
    let metric = Metric { from: from.clone(), value: count, compare: None, sparkline: None, format: None };
    let name = source.name.replace('"', "\"\"");
    let sql = From { sql: Some(format!("SELECT * FROM \"{name}\" LIMIT 20")), ..From::default() };
    let rest = [
        ("metric", "metric: one number", BlockKind::Metric(Box::new(metric))),
        ("table", "table: rows and columns", BlockKind::Table(Table { from, ..Table::default() })),
        ("query", "query: a table from SQL", BlockKind::Table(Table { from: sql, ..Table::default() })),
    ];
    offers.extend(rest.map(|(stem, label, kind)| Offer::new(canvas, stem, label.to_owned(), kind)));
    offers
}

/// A text, which needs no source.
pub(super) fn text(canvas: &Canvas) -> Offer {
    let text = Text { markdown: "## Title\n\nWhat it means.".to_owned() };
    Offer::new(canvas, "text", "text: Markdown".to_owned(), BlockKind::Text(text))
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
        ChartMark::Line => "change over time",
        ChartMark::Area => "amounts over time",
        ChartMark::Point => "scatter plot of two measures",
        ChartMark::Rect => "heat map of two groups",
        ChartMark::Boxplot => "distribution of values by group",
        ChartMark::Tick => "one stroke per value",
    }
}

/// How often the values of the first number occur.
fn histogram(source: &Source) -> Option<Encoding> {
    let number = source.current.columns.iter().find(|column| column.column_type.is_numeric())?;
    let x = Channel::from(Term::Bin(Bin::default(), number.name.clone()));
    let y = Channel::from(Term::Aggregate(Aggregate::Count, None));
    Some(Encoding { x: Some(x), y: Some(y), ..Encoding::default() })
}

/// A first guess that draws something: a time or the first names along x, a number or the count on y.
fn first_encoding(mark: ChartMark, source: &Source) -> Encoding {
    let columns = &source.current.columns;
    let of = |test: fn(impala_core::source::ColumnType) -> bool| {
        columns.iter().filter(move |column| test(column.column_type)).map(|column| column.name.clone())
    };
    let number = of(|one| one.is_numeric()).next();
    let mut names = of(|one| !one.is_numeric() && !one.is_temporal());
    let (name, other_name) = (names.next(), names.next());
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
        ChartMark::Line => (month(&time).or_else(|| field(first)), Some(mean(&number)), None),
        ChartMark::Area => (month(&time).or_else(|| field(first)), Some(count), None),
        ChartMark::Point => {
            let second = of(|one| one.is_numeric()).nth(1).or_else(|| number.clone());
            (field(number), field(second), field(name))
        }
        ChartMark::Rect => {
            let unit = impala_core::term::TimeUnit::Month;
            let x = time.map(|time| Channel::from(Term::TimeUnit(unit, time)));
            // A group against itself says nothing.
            let (x, y) = match (x, name) {
                (None, Some(name)) => (field(Some(name)), other_name.or(number)),
                (x, name) => (x.or_else(|| field(first)), name.or(number)),
            };
            (x, field(y), Some(count))
        }
        ChartMark::Boxplot => (field(name), field(number), None),
        ChartMark::Tick => (field(number), field(name), None),
    };
    Encoding { x, y, color, ..Encoding::default() }
}
