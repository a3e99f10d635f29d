//! A block as fields, and fields as a block. What the form has no field for stays as it is.

mod reading;

use std::collections::BTreeMap;

use impala_core::api::BlockAnswer;
use impala_core::block::{Chart, ChartMark, CompareTo, From, Metric, Table};
use impala_core::encoding::{Channel, Encoding, Sort, Stack};
use impala_core::source::{Source, SourceColumn};
use impala_core::term::{Aggregate, Term, TimeUnit};
use impala_core::{Block, BlockKind};

use super::desk::Desk;
use crate::fields::{Field, Fields, Token};
pub use reading::block_of;

/// The orders of a chart's groups, as documents write them.
pub(super) const SORTS: [(&str, Sort); 6] = [
    ("-y", Sort::YDescending),
    ("y", Sort::Y),
    ("-x", Sort::XDescending),
    ("x", Sort::X),
    ("ascending", Sort::Ascending),
    ("descending", Sort::Descending),
];

/// The order that a chart has, as its form shows it.
pub(super) fn sort_text(encoding: &Encoding) -> &'static str {
    let sort = [&encoding.x, &encoding.y].into_iter().flatten().find_map(|channel| channel.sort);
    SORTS.iter().find(|(_, known)| Some(*known) == sort).map_or("", |(text, _)| text)
}

/// The fields of a block, filled with what it has.
pub fn fields_of(block: &Block, desk: &Desk) -> Fields {
    let title = block.title.clone().unwrap_or_default();
    let title = Field::new("Title", title, "made from the fields")
        .about("what stands above the block; made from the fields when empty");
    let mut fields = vec![title];
    if let BlockKind::Text(text) = &block.kind {
        let markdown = Field::lines("Markdown", &*text.markdown, 10);
        let markdown = Field { hint: "## Title, and what it means".to_owned(), ..markdown };
        fields[0].hint = "none".to_owned();
        fields[0].about = "what stands above the text; usually none";
        fields.push(markdown.required().about("# heading, **bold**, - list, {{parameter}}"));
        return at_second(fields);
    }
    let columns = columns(block, &desk.sources);
    if let Some(from) = block.from() {
        fields.extend(from_fields(from, names(&columns), desk));
    }
    let terms = Terms::of(&columns);
    match &block.kind {
        BlockKind::Chart(chart) => fields.extend(chart_fields(chart, &terms)),
        BlockKind::Table(table) => fields.extend(table_fields(table, &terms)),
        BlockKind::Metric(metric) => fields.extend(metric_fields(metric, &terms)),
        BlockKind::Text(_) => {}
    }
    at_second(fields)
}

/// The label of the field that a new block is mostly made by; its source is chosen already.
pub const fn first_label(block: &Block) -> &'static str {
    match &block.kind {
        BlockKind::Chart(_) => "x",
        BlockKind::Metric(_) => "Value",
        BlockKind::Table(Table { from: From { sql: None, .. }, .. }) => "Columns",
        BlockKind::Table(_) => "SQL",
        BlockKind::Text(_) => "Markdown",
    }
}

/// The columns of a query as choices of its table, where an answer shows all of them.
pub fn columns_of_query(block: &Block, answer: &BlockAnswer) -> Option<Vec<String>> {
    let (BlockKind::Table(table), BlockAnswer::Data(data)) = (&block.kind, answer) else { return None };
    let is_whole = table.from.sql.is_some() && table.columns.is_empty();
    is_whole.then(|| data.columns.iter().map(|column| column.name.clone()).collect())
}

/// The title is made by itself: what comes next has the focus.
fn at_second(fields: Vec<Field>) -> Fields {
    let mut fields = Fields::new(fields);
    fields.focus = 1.min(fields.fields.len() - 1);
    fields
}

/// The columns that the block's source has.
fn columns(block: &Block, sources: &[Source]) -> Vec<SourceColumn> {
    let name = block.from().and_then(|from| from.source.as_ref()).map(|source| source.name.as_str());
    let source = sources.iter().find(|source| Some(source.name.as_str()) == name);
    source.iter().flat_map(|source| &source.current.columns).cloned().collect()
}

fn names<'a>(columns: impl IntoIterator<Item = &'a SourceColumn>) -> Vec<String> {
    columns.into_iter().map(|column| column.name.clone()).collect()
}

/// What a channel can be, by kind.
struct Terms {
    columns: Vec<String>,
    /// What makes one value of several, beginning with the number of rows.
    aggregates: Vec<String>,
    /// What cuts a column into groups.
    units: Vec<String>,
    /// What fits into the bracket of each.
    arguments: BTreeMap<&'static str, Vec<String>>,
}

impl Terms {
    fn of(columns: &[SourceColumn]) -> Self {
        let call = |name: &str| format!("{name}(");
        let aggregates = Aggregate::ALL.iter().map(|one| one.as_str()).filter(|one| *one != "count");
        let aggregates = std::iter::once("count()".to_owned()).chain(aggregates.map(call)).collect();
        let units = std::iter::once("bin").chain(TimeUnit::ALL.iter().map(|unit| unit.as_str()));
        let (columns, arguments) = (names(columns), arguments(columns));
        Self { columns, aggregates, units: units.map(call).collect(), arguments }
    }

    /// A field for a term.
    fn field(&self, label: &'static str, text: String, hint: &str, candidates: Vec<String>) -> Field {
        let field = Field::new(label, text, hint).with(Token::Term, candidates);
        Field { arguments: self.arguments.clone(), ..field }
    }

    /// A field for several terms, none of which has to be a number.
    fn fields(&self, label: &'static str, text: String, hint: &str) -> Field {
        let field = Field::new(label, text, hint).with(Token::Terms, self.grouping());
        Field { arguments: self.arguments.clone(), ..field }
    }

    /// Where groups are expected: columns first, then what cuts them.
    fn grouping(&self) -> Vec<String> {
        [&self.columns[..], &self.units, &self.aggregates].concat()
    }

    /// Where a number is expected: functions first.
    fn measuring(&self) -> Vec<String> {
        [&self.aggregates[..], &self.columns, &self.units].concat()
    }

    /// Units of time, with `first` before them; the columns are for their brackets.
    fn times(&self, first: &[&str]) -> Vec<String> {
        let first = first.iter().map(|one| (*one).to_owned());
        let units = self.units.iter().filter(|unit| *unit != "bin(").cloned();
        first.chain(units).chain(self.columns.iter().cloned()).collect()
    }
}

/// The columns of the right type for each function.
fn arguments(columns: &[SourceColumn]) -> BTreeMap<&'static str, Vec<String>> {
    let numbers = names(columns.iter().filter(|column| column.column_type.is_numeric()));
    let times = names(columns.iter().filter(|column| column.column_type.is_temporal()));
    let aggregates = Aggregate::ALL
        .into_iter()
        .map(|one| (one.as_str(), if one.takes_any_type() { names(columns) } else { numbers.clone() }));
    let units = TimeUnit::ALL.iter().map(|unit| (unit.as_str(), times.clone()));
    aggregates.chain(units).chain([("bin", numbers.clone())]).collect()
}

fn from_fields(from: &From, columns: Vec<String>, desk: &Desk) -> Vec<Field> {
    let filter = from.filter.clone().unwrap_or_default();
    if let Some(sql) = &from.sql {
        let about = "a SELECT from the project's sources; $since is a parameter";
        return vec![Field::lines("SQL", &**sql, 5).required().about(about)];
    }
    let names = desk.sources.iter().map(|source| source.name.clone()).collect();
    let source = from.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let parameters = desk.canvas.spec.parameters.iter().map(|parameter| format!("${}", parameter.name));
    let named = columns.into_iter().chain(parameters).collect();
    vec![
        Field::new("Source", source, "")
            .with(Token::Whole, names)
            .required()
            .about("a source of this project; name@3 pins version 3"),
        Field::new("Filter", filter, "all rows")
            .with(Token::Condition, named)
            .about("a condition such as wind > 3 AND date >= $since"),
    ]
}

fn term_text(channel: Option<&Channel>) -> String {
    channel.and_then(Channel::term).map(|term| term.to_string()).unwrap_or_default()
}

fn chart_fields(chart: &Chart, terms: &Terms) -> Vec<Field> {
    let marks = ChartMark::ALL.iter().map(|mark| mark.as_str().to_owned()).collect();
    let encoding = &chart.encoding;
    let term = |label, channel: &Option<Channel>, hint: &str, candidates: Vec<String>| {
        terms.field(label, term_text(channel.as_ref()), hint, candidates)
    };
    let group = |label, channel, hint| term(label, channel, hint, terms.grouping());
    let measure = |label, channel, hint| term(label, channel, hint, terms.measuring());
    let stack = [&encoding.y, &encoding.x].into_iter().flatten().find_map(|channel| channel.stack);
    let stack = stack.map_or("", |stack| match stack {
        Stack::Zero => "zero",
        Stack::Normalize => "normalize",
        Stack::None => "none",
    });
    let stacks = ["zero", "normalize", "none"].map(str::to_owned).to_vec();
    vec![
        Field::new("Mark", chart.mark.as_str(), "")
            .with(Token::Whole, marks)
            .required()
            .about("how it is drawn; rect is a heat map"),
        group("x", &encoding.x, "none").about("along the bottom: a column, yearmonth(date) or bin(wind)"),
        measure("y", &encoding.y, "none").about("upwards: count(), sum(precipitation) or a column"),
        group("Color", &encoding.color, "one color").about("one color for each value, or shades of a number"),
        measure("Size", &encoding.size, "all alike").about("how large a point is: a number"),
        group("Facet", &encoding.facet, "one chart").about("a small chart for each value of a column"),
        Field::new("Sort", sort_text(encoding), "as the axis")
            .with(Token::Whole, SORTS.map(|(text, _)| text.to_owned()).to_vec())
            .about("order of the groups: -y begins with the greatest y, -x likewise"),
        Field::new("Stack", stack, "zero")
            .with(Token::Whole, stacks)
            .about("series on each other from zero, normalize to 100 %, or none"),
    ]
}

fn table_fields(table: &Table, terms: &Terms) -> Vec<Field> {
    let list = |items: Vec<String>| items.join(", ");
    let columns = list(table.columns.iter().map(ToString::to_string).collect());
    let sort = list(table.sort.iter().map(ToString::to_string).collect());
    let limit = table.limit.map(|limit| limit.to_string()).unwrap_or_default();
    let mut fields = vec![
        terms
            .fields("Columns", columns, "all of them")
            .about("separated by commas; beside mean(wind) the others group"),
        terms
            .fields("Sort", sort, "as in the file")
            .about("columns, separated by commas; -wind sorts descending"),
        Field::new("Rows", limit, Table::DEFAULT_LIMIT.to_string()).about("the most rows that are shown"),
    ];
    if table.from.sql.is_some() {
        // The form knows the columns once the query is answered.
        fields[..2].iter_mut().for_each(|field| field.candidates.clear());
        fields[0].hint = "all of the query".to_owned();
        fields[1].hint = "as the query says".to_owned();
    }
    fields
}

fn metric_fields(metric: &Metric, terms: &Terms) -> Vec<Field> {
    let compare =
        metric.compare.as_ref().map(|compare| match (compare.to, compare.time_unit, &compare.field) {
            (CompareTo::Period, Some(unit), Some(field)) => Term::TimeUnit(unit, field.clone()).to_string(),
            _ => "version".to_owned(),
        });
    let format = metric.format.as_ref().map(ToString::to_string).unwrap_or_default();
    let term =
        |label, text: String, hint: &str, candidates: Vec<String>| terms.field(label, text, hint, candidates);
    vec![
        term("Value", term_text(Some(&metric.value)), "", terms.measuring())
            .required()
            .about("the number: count(), or sum(precipitation)"),
        Field::new("Format", format, "as it is").about("such as {:,.1} mm: one decimal, and a unit"),
        term("Sparkline", term_text(metric.sparkline.as_ref()), "none", terms.times(&[]))
            .about("a small line over time, such as yearmonth(date)"),
        term("Compare", compare.unwrap_or_default(), "with nothing", terms.times(&["version"]))
            .about("the earlier version, or by yearmonth(date) the month before"),
    ]
}
