//! Fields as a block.

use impala_core::block::{Chart, ChartMark, Compare, CompareTo, From, Metric, SortKey, Table, Text};
use impala_core::encoding::{Channel, Encoding, Stack};
use impala_core::source::SourceRef;
use impala_core::term::Term;
use impala_core::{Block, BlockKind, document};

use super::{SORTS, sort_text};
use crate::fields::{Fault, Fields};
use crate::screens::canvas::faults;

/// The block that the fields describe; `block` has what they leave open.
///
/// # Errors
/// What is wrong, each under the label of its field.
pub fn block_of(block: &Block, fields: &Fields) -> Result<Block, Vec<Fault>> {
    let mut errors = fields.missing();
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

/// A term; one whose bracket is still open is not taken for a field of that name.
fn term(fields: &Fields, label: &'static str, errors: &mut Vec<Fault>) -> Option<Term> {
    let text = given(fields, label)?;
    let closed = format!("{text})");
    let is_open = text.matches('(').count() > text.matches(')').count();
    let why = match closed.parse::<Term>() {
        Ok(Term::Field(_)) => return parsed(fields, label, errors),
        _ if !is_open => return parsed(fields, label, errors),
        Ok(_) => format!("its bracket is not closed: {closed}"),
        Err(why) => why,
    };
    errors.push(fault(label, why));
    None
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
    let mut of =
        |label: &'static str, old: &Option<Channel>| channel(old.as_ref(), term(fields, label, &mut *errors));
    chart.encoding = Encoding {
        x: of("x", &old.x),
        y: of("y", &old.y),
        color: of("Color", &old.color),
        size: of("Size", &old.size),
        facet: of("Facet", &old.facet),
        tooltip: old.tooltip.clone(),
    };
    set_sort(&mut chart.encoding, &old, fields, errors);
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

/// The order goes to the axis of the groups. One that nobody has changed stays where it is.
fn set_sort(encoding: &mut Encoding, old: &Encoding, fields: &Fields, errors: &mut Vec<Fault>) {
    let text = fields.text("Sort");
    if text == sort_text(old) {
        return;
    }
    let sort = SORTS.iter().find(|(known, _)| *known == text).map(|(_, sort)| *sort);
    if sort.is_none() && !text.is_empty() {
        let known = SORTS.map(|(text, _)| text).join(", ");
        errors.push(fault("Sort", format!("\"{text}\" is not one of {known}")));
    }
    let is_on_x = encoding.x.as_ref().is_some_and(|x| x.aggregate.is_none());
    let (groups, other) =
        if is_on_x { (&mut encoding.x, &mut encoding.y) } else { (&mut encoding.y, &mut encoding.x) };
    groups.iter_mut().for_each(|channel| channel.sort = sort);
    other.iter_mut().for_each(|channel| channel.sort = None);
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
    if let Some(value) = channel(Some(&metric.value), term(fields, "Value", errors)) {
        metric.value = value;
    }
    metric.format = parsed(fields, "Format", errors);
    metric.sparkline = channel(metric.sparkline.as_ref(), term(fields, "Sparkline", errors));
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
