//! A block as fields, and fields as a block. What the form has no field for stays as it is.

use impala_core::block::{Chart, ChartMark, Compare, CompareTo, From, Metric, SortKey, Table, Text};
use impala_core::encoding::{Channel, Encoding, Stack};
use impala_core::source::{Source, SourceRef};
use impala_core::term::{Aggregate, Term, TimeUnit};
use impala_core::{Block, BlockKind, document};

use super::faults;
use crate::fields::{Fault, Field, Fields, Token};

/// The fields of a block, filled with what it has.
pub fn fields_of(block: &Block, sources: &[Source]) -> Fields {
    let mut fields =
        vec![Field::new("Title", block.title.clone().unwrap_or_default(), "made from the fields")];
    if let BlockKind::Text(text) = &block.kind {
        fields.push(Field::lines("Markdown", &*text.markdown, 10));
        return Fields::new(fields);
    }
    if let Some(from) = block.from() {
        fields.extend(from_fields(from, sources));
    }
    let columns = columns(block, sources);
    let terms = terms(&columns);
    match &block.kind {
        BlockKind::Chart(chart) => fields.extend(chart_fields(chart, &terms)),
        BlockKind::Table(table) => fields.extend(table_fields(table, &terms)),
        BlockKind::Metric(metric) => fields.extend(metric_fields(metric, &terms)),
        BlockKind::Text(_) => {}
    }
    let mut fields = Fields::new(fields);
    fields.focus = 1.min(fields.fields.len() - 1);
    fields
}

/// Names of the columns that the block's source has.
fn columns(block: &Block, sources: &[Source]) -> Vec<String> {
    let name = block.from().and_then(|from| from.source.as_ref()).map(|source| source.name.as_str());
    let source = sources.iter().find(|source| Some(source.name.as_str()) == name);
    source.iter().flat_map(|source| &source.current.columns).map(|column| column.name.clone()).collect()
}

/// What a channel can be: columns first, then the functions over them.
fn terms(columns: &[String]) -> Vec<String> {
    let functions = Aggregate::ALL.iter().map(|one| one.as_str()).filter(|one| *one != "count");
    let units = TimeUnit::ALL.iter().map(|one| one.as_str());
    let functions = functions.chain(["bin"]).chain(units).map(|name| format!("{name}("));
    columns.iter().cloned().chain(["count()".to_owned()]).chain(functions).collect()
}

fn from_fields(from: &From, sources: &[Source]) -> Vec<Field> {
    let filter = from.filter.clone().unwrap_or_default();
    if let Some(sql) = &from.sql {
        return vec![Field::lines("SQL", &**sql, 5)];
    }
    let names = sources.iter().map(|source| source.name.clone()).collect();
    let source = from.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let columns: Vec<String> = sources
        .iter()
        .find(|one| from.source.as_ref().is_some_and(|source| source.name == one.name))
        .iter()
        .flat_map(|source| source.current.columns.iter().map(|column| column.name.clone()))
        .collect();
    vec![
        Field::new("Source", source, "a source of this project").with(Token::Whole, names),
        Field::new("Filter", filter, "all rows; such as wind > 3 AND date >= $since")
            .with(Token::Word, columns),
    ]
}

fn term_text(channel: Option<&Channel>) -> String {
    channel.and_then(Channel::term).map(|term| term.to_string()).unwrap_or_default()
}

fn chart_fields(chart: &Chart, terms: &[String]) -> Vec<Field> {
    let marks = ChartMark::ALL.iter().map(|mark| mark.as_str().to_owned()).collect();
    let encoding = &chart.encoding;
    let term = |label, channel: &Option<Channel>, hint: &str| {
        Field::new(label, term_text(channel.as_ref()), hint).with(Token::Term, terms.to_vec())
    };
    let stack = [&encoding.y, &encoding.x].into_iter().flatten().find_map(|channel| channel.stack);
    let stack = stack.map_or("", |stack| match stack {
        Stack::Zero => "zero",
        Stack::Normalize => "normalize",
        Stack::None => "none",
    });
    let stacks = ["zero", "normalize", "none"].map(str::to_owned).to_vec();
    vec![
        Field::new("Mark", chart.mark.as_str(), "").with(Token::Whole, marks),
        term("x", &encoding.x, "a column, or yearmonth(date), bin(wind)"),
        term("y", &encoding.y, "sum(precipitation), count()"),
        term("Color", &encoding.color, "one series"),
        term("Size", &encoding.size, "all alike"),
        term("Facet", &encoding.facet, "one chart"),
        Field::new("Stack", stack, "zero").with(Token::Whole, stacks),
    ]
}

fn table_fields(table: &Table, terms: &[String]) -> Vec<Field> {
    let list = |items: Vec<String>| items.join(", ");
    let columns = list(table.columns.iter().map(ToString::to_string).collect());
    let sort = list(table.sort.iter().map(ToString::to_string).collect());
    let limit = table.limit.map(|limit| limit.to_string()).unwrap_or_default();
    vec![
        Field::new("Columns", columns, "all of them").with(Token::Word, terms.to_vec()),
        Field::new("Sort", sort, "as in the file; -wind sorts descending").with(Token::Word, terms.to_vec()),
        Field::new("Rows", limit, Table::DEFAULT_LIMIT.to_string()),
    ]
}

fn metric_fields(metric: &Metric, terms: &[String]) -> Vec<Field> {
    let compare =
        metric.compare.as_ref().map(|compare| match (compare.to, compare.time_unit, &compare.field) {
            (CompareTo::Period, Some(unit), Some(field)) => Term::TimeUnit(unit, field.clone()).to_string(),
            _ => "version".to_owned(),
        });
    let format = metric.format.as_ref().map(ToString::to_string).unwrap_or_default();
    let term =
        |label, text: String, hint: &str| Field::new(label, text, hint).with(Token::Term, terms.to_vec());
    let mut compare = term("Compare", compare.unwrap_or_default(), "version, or yearmonth(date)");
    compare.candidates.insert(0, "version".to_owned());
    vec![
        term("Value", term_text(Some(&metric.value)), "sum(precipitation), count()"),
        Field::new("Format", format, "such as {:,.1} mm"),
        term("Sparkline", term_text(metric.sparkline.as_ref()), "none; yearmonth(date)"),
        compare,
    ]
}

/// The block that the fields describe; `block` has what they leave open.
///
/// # Errors
/// What is wrong, each under the label of its field.
pub fn block_of(block: &Block, fields: &Fields) -> Result<Block, Vec<Fault>> {
    let mut errors = Vec::new();
    let mut made = block.clone();
    made.title = given(fields, "Title").map(str::to_owned);
    match &mut made.kind {
        BlockKind::Text(text) => *text = Text { markdown: fields.text("Markdown").to_owned() },
        BlockKind::Chart(chart) => {
            set_from(&mut chart.from, fields, &mut errors);
            set_chart(chart, fields, &mut errors);
        }
        BlockKind::Table(table) => {
            set_from(&mut table.from, fields, &mut errors);
            set_table(table, fields, &mut errors);
        }
        BlockKind::Metric(metric) => {
            set_from(&mut metric.from, fields, &mut errors);
            set_metric(metric, fields, &mut errors);
        }
    }
    if errors.is_empty() {
        let value = serde_json::to_value(&made).unwrap_or_default();
        errors = document::read_block(&value)
            .err()
            .map(|invalid| invalid.errors.iter().map(|error| faults::of_error(error, fields)).collect())
            .unwrap_or_default();
    }
    if errors.is_empty() { Ok(made) } else { Err(errors) }
}

/// What is wrong with the field of that label.
fn fault(label: &'static str, detail: impl Into<String>) -> Fault {
    Fault { label: Some(label), detail: detail.into() }
}

fn given<'a>(fields: &'a Fields, label: &str) -> Option<&'a str> {
    Some(fields.text(label)).filter(|text| !text.is_empty())
}

/// What a text says, or nothing when there is none; a fault is noted under the field's label.
fn parsed<T: std::str::FromStr<Err = String>>(
    fields: &Fields,
    label: &'static str,
    errors: &mut Vec<Fault>,
) -> Option<T> {
    given(fields, label)?.parse().map_err(|error: String| errors.push(fault(label, error))).ok()
}

fn set_from(from: &mut From, fields: &Fields, errors: &mut Vec<Fault>) {
    if from.sql.is_some() {
        from.sql = Some(fields.text("SQL").to_owned());
        return;
    }
    from.source = parsed::<SourceRef>(fields, "Source", errors);
    from.filter = given(fields, "Filter").map(str::to_owned);
}

/// The channel with another term; its title, format and order stay.
fn channel(old: Option<&Channel>, term: Option<Term>) -> Option<Channel> {
    let term = term?;
    match old {
        // The text of a term does not say into how many bins: the same text is the same term.
        Some(old) if old.term().is_some_and(|before| before.to_string() == term.to_string()) => {
            Some(old.clone())
        }
        Some(old) => {
            let new = Channel::from(term);
            let Channel { aggregate, field, time_unit, bin, .. } = new;
            Some(Channel { aggregate, field, time_unit, bin, field_type: None, ..old.clone() })
        }
        None => Some(Channel::from(term)),
    }
}

fn set_chart(chart: &mut Chart, fields: &Fields, errors: &mut Vec<Fault>) {
    if let Some(mark) = parsed::<ChartMark>(fields, "Mark", errors) {
        chart.mark = mark;
    }
    let old = chart.encoding.clone();
    let mut of = |label: &'static str, old: &Option<Channel>| {
        channel(old.as_ref(), parsed::<Term>(fields, label, errors))
    };
    chart.encoding = Encoding {
        x: of("x", &old.x),
        y: of("y", &old.y),
        color: of("Color", &old.color),
        size: of("Size", &old.size),
        facet: of("Facet", &old.facet),
        tooltip: old.tooltip,
    };
    let stack = match given(fields, "Stack") {
        None => None,
        Some("zero") => Some(Stack::Zero),
        Some("normalize") => Some(Stack::Normalize),
        Some("none") => Some(Stack::None),
        Some(other) => {
            errors.push(fault("Stack", format!("\"{other}\" is not one of zero, normalize, none")));
            None
        }
    };
    let encoding = &mut chart.encoding;
    let is_on_x = encoding.x.as_ref().is_some_and(|x| x.aggregate.is_some());
    let (value, other) =
        if is_on_x { (&mut encoding.x, &mut encoding.y) } else { (&mut encoding.y, &mut encoding.x) };
    if let Some(value) = value {
        value.stack = stack;
    }
    if let Some(other) = other {
        other.stack = None;
    }
}

fn list<T: std::str::FromStr<Err = String>>(
    fields: &Fields,
    label: &'static str,
    errors: &mut Vec<Fault>,
) -> Vec<T> {
    let items = fields.text(label).split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .filter_map(|item| item.parse().map_err(|error: String| errors.push(fault(label, error))).ok())
        .collect()
}

fn set_table(table: &mut Table, fields: &Fields, errors: &mut Vec<Fault>) {
    table.columns = list::<Term>(fields, "Columns", errors);
    table.sort = list::<SortKey>(fields, "Sort", errors);
    table.limit = match given(fields, "Rows").map(str::parse::<u32>) {
        None => None,
        Some(Ok(limit)) => Some(limit),
        Some(Err(_)) => {
            errors.push(fault("Rows", format!("\"{}\" is not a number", fields.text("Rows"))));
            None
        }
    };
}

fn set_metric(metric: &mut Metric, fields: &Fields, errors: &mut Vec<Fault>) {
    match channel(Some(&metric.value), parsed::<Term>(fields, "Value", errors)) {
        Some(value) => metric.value = value,
        None if given(fields, "Value").is_none() => {
            errors.push(fault("Value", "the value to show, such as count()"));
        }
        None => {}
    }
    metric.format = parsed(fields, "Format", errors);
    metric.sparkline = channel(metric.sparkline.as_ref(), parsed::<Term>(fields, "Sparkline", errors));
    metric.compare = match given(fields, "Compare") {
        None => None,
        Some("version") => Some(Compare { to: CompareTo::Version, field: None, time_unit: None }),
        Some(text) => match text.parse::<Term>() {
            Ok(Term::TimeUnit(unit, field)) => {
                Some(Compare { to: CompareTo::Period, field: Some(field), time_unit: Some(unit) })
            }
            _ => {
                let detail = format!("\"{text}\" is neither version nor a time unit such as yearmonth(date)");
                errors.push(fault("Compare", detail));
                None
            }
        },
    };
}
