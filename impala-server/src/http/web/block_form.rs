//! A block as the fields of a form, and back. What the form does not show stays as it is.

use std::collections::BTreeMap;

use impala_core::block::{BlockType, Compare, CompareTo};
use impala_core::encoding::Channel;
use impala_core::term::Term;
use impala_core::{Block, BlockKind, FieldError, Invalid};
use serde_json::{Map, Value, json};

use super::fields::Fields;

/// Channels that the form shows.
const CHANNELS: [&str; 5] = ["x", "y", "color", "facet", "size"];

/// What the form of a block holds.
pub fn fields_of(block: &Block) -> Fields {
    let mut pairs = vec![("title", block.title.clone().unwrap_or_default())];
    if let Some(from) = block.from() {
        pairs.push(("source", from.source.as_ref().map(ToString::to_string).unwrap_or_default()));
        pairs.push(("sql", from.sql.clone().unwrap_or_default()));
        pairs.push(("filter", from.filter.clone().unwrap_or_default()));
    }
    match &block.kind {
        BlockKind::Text(text) => pairs.push(("markdown", text.markdown.clone())),
        BlockKind::Chart(chart) => {
            pairs.push(("mark", chart.mark.as_str().to_owned()));
            let shown = chart.encoding.channels().filter(|(name, _)| CHANNELS.contains(name));
            pairs.extend(shown.map(|(name, channel)| (name, term_of(Some(channel)))));
        }
        BlockKind::Table(table) => {
            pairs.push(("columns", list(table.columns.iter())));
            pairs.push(("sort", list(table.sort.iter())));
            pairs.push(("limit", table.limit.map(|limit| limit.to_string()).unwrap_or_default()));
        }
        BlockKind::Metric(metric) => {
            pairs.push(("value", term_of(Some(&metric.value))));
            pairs.push(("sparkline", term_of(metric.sparkline.as_ref())));
            pairs.push(("format", metric.format.as_ref().map(ToString::to_string).unwrap_or_default()));
            pairs.push(("compare", metric.compare.as_ref().map(compare_of).unwrap_or_default()));
        }
    }
    let at = block.at;
    pairs.extend(
        [("at_x", at.x), ("at_y", at.y), ("at_w", at.w), ("at_h", at.h)]
            .map(|(name, number)| (name, number.to_string())),
    );
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn list<T: ToString>(items: impl Iterator<Item = T>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

fn term_of(channel: Option<&Channel>) -> String {
    channel.and_then(Channel::term).map(|term| term.to_string()).unwrap_or_default()
}

fn compare_of(compare: &Compare) -> String {
    match (compare.to, compare.time_unit, &compare.field) {
        (CompareTo::Period, Some(unit), Some(field)) => format!("{}({field})", unit.as_str()),
        _ => "version".to_owned(),
    }
}

/// The block that a form describes, as the document has it.
///
/// * `old`: the block that is changed; `None` for a new one.
///
/// # Errors
/// What cannot be read. Whether it fits is checked when the document is read.
pub fn value_of(block_type: BlockType, fields: &Fields, old: Option<&Block>) -> Result<Value, Invalid> {
    let mut block = match old.map(serde_json::to_value) {
        Some(Ok(Value::Object(fields))) => fields,
        _ => Map::new(),
    };
    block.insert("type".to_owned(), json!(block_type.as_str()));
    put_text(&mut block, "title", fields.get("title"));
    let mut errors = Vec::new();
    if block_type == BlockType::Text {
        block.insert(
            "markdown".to_owned(),
            json!(fields.raw("markdown").replace("\r\n", "\n").trim_start_matches('\n')),
        );
    } else {
        for name in ["source", "sql", "filter"] {
            put_text(&mut block, name, &fields.get(name).replace("\r\n", "\n"));
        }
    }
    match block_type {
        BlockType::Chart => put_chart(&mut block, fields, &mut errors),
        BlockType::Table => put_table(&mut block, fields, &mut errors),
        BlockType::Metric => put_metric(&mut block, fields, &mut errors),
        BlockType::Text => {}
    }
    put_place(&mut block, fields, &mut errors);
    Invalid::unless_empty(errors)?;
    Ok(Value::Object(block))
}

fn put_text(block: &mut Map<String, Value>, name: &str, text: &str) {
    match text {
        "" => block.remove(name),
        text => block.insert(name.to_owned(), json!(text)),
    };
}

/// Puts a channel, unless it asks the same as before: its titles and orders stay then.
fn put_channel(
    block: &mut Map<String, Value>,
    name: &str,
    pointer: &str,
    text: &str,
    errors: &mut Vec<FieldError>,
) {
    let old = block.get(name).and_then(|old| serde_json::from_value::<Channel>(old.clone()).ok());
    if term_of(old.as_ref()) == text {
        return;
    }
    match text.parse::<Term>() {
        _ if text.is_empty() => {
            block.remove(name);
        }
        Ok(term) => {
            block.insert(name.to_owned(), serde_json::to_value(Channel::from(term)).unwrap_or_default());
        }
        Err(detail) => errors.push(FieldError::at(format!("{pointer}/{name}"), detail)),
    }
}

fn put_chart(block: &mut Map<String, Value>, fields: &Fields, errors: &mut Vec<FieldError>) {
    put_text(block, "mark", fields.get("mark"));
    let encoding = block.entry("encoding").or_insert_with(|| json!({}));
    if let Some(encoding) = encoding.as_object_mut() {
        for name in CHANNELS {
            put_channel(encoding, name, "/encoding", fields.get(name), errors);
        }
    }
}

fn put_table(block: &mut Map<String, Value>, fields: &Fields, errors: &mut Vec<FieldError>) {
    for name in ["columns", "sort"] {
        let items: Vec<&str> = split(fields.get(name));
        match items.is_empty() {
            true => block.remove(name),
            false => block.insert(name.to_owned(), json!(items)),
        };
    }
    put_number(block, "limit", "/limit", fields.get("limit"), errors);
}

/// At commas outside of brackets: names of columns may hold brackets, and rarely commas.
fn split(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
}

fn put_metric(block: &mut Map<String, Value>, fields: &Fields, errors: &mut Vec<FieldError>) {
    put_channel(block, "value", "", fields.get("value"), errors);
    put_channel(block, "sparkline", "", fields.get("sparkline"), errors);
    put_text(block, "format", fields.get("format"));
    match (fields.get("compare"), fields.get("compare").parse::<Term>()) {
        ("", _) => {
            block.remove("compare");
        }
        (_, Ok(Term::TimeUnit(unit, field))) => {
            block.insert(
                "compare".to_owned(),
                json!({"to": "period", "field": field, "timeUnit": unit.as_str()}),
            );
        }
        (text, _) => {
            block.insert("compare".to_owned(), json!({ "to": text }));
        }
    }
}

fn put_number(
    block: &mut Map<String, Value>,
    name: &str,
    pointer: &str,
    text: &str,
    errors: &mut Vec<FieldError>,
) {
    match text.parse::<u32>() {
        _ if text.is_empty() => {
            block.remove(name);
        }
        Ok(number) => {
            block.insert(name.to_owned(), json!(number));
        }
        Err(_) => errors.push(FieldError::at(pointer, format!("\"{text}\" is not a whole number"))),
    }
}

/// With all four numbers a place, with none the first free spot.
fn put_place(block: &mut Map<String, Value>, fields: &Fields, errors: &mut Vec<FieldError>) {
    let mut at = Map::new();
    for name in ["x", "y", "w", "h"] {
        put_number(&mut at, name, &format!("/at/{name}"), fields.get(&format!("at_{name}")), errors);
    }
    match at.is_empty() {
        true => block.remove("at"),
        false => block.insert("at".to_owned(), Value::Object(at)),
    };
}

/// What a new block of a kind begins with.
pub fn beginning(block_type: BlockType, source: Option<&str>) -> Fields {
    let (w, h) = block_type.default_size();
    let mut pairs = BTreeMap::from([("at_w", w.to_string()), ("at_h", h.to_string())]);
    if block_type != BlockType::Text {
        pairs.insert("source", source.unwrap_or_default().to_owned());
    }
    if block_type == BlockType::Chart {
        pairs.insert("mark", "bar".to_owned());
    }
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[cfg(test)]
mod tests {
    use impala_core::document;

    use super::*;

    fn block(yaml: &str) -> Block {
        document::read_block(&document::from_yaml(yaml).unwrap()).unwrap()
    }

    #[test]
    fn a_form_that_is_sent_as_it_came_changes_nothing() {
        for yaml in [
            "{id: a, type: chart, at: {x: 1, y: 2, w: 3, h: 4}, title: T, source: s@2, filter: 'a > 1', mark: bar, encoding: {x: {field: d, timeUnit: yearmonth, title: Day}, y: {aggregate: sum, field: v, stack: normalize}, tooltip: [{field: q}]}}",
            "{id: a, type: table, source: s, columns: [k, sum(v)], sort: [-sum(v)], limit: 5}",
            "{id: a, type: table, sql: \"SELECT 1\\nFROM s\"}",
            "{id: a, type: metric, source: s, value: {aggregate: max, field: v, format: '{:.1}'}, compare: {to: period, field: d, timeUnit: yearmonth}, sparkline: {field: d, timeUnit: year}, format: '{:.1} mm'}",
            "{id: a, type: metric, source: s, value: {aggregate: count}, compare: {to: version}}",
            "{id: a, type: text, markdown: \"## T\\n\\ntext\"}",
        ] {
            let block = block(yaml);
            let value = value_of(block.block_type, &fields_of(&block), Some(&block)).unwrap();
            assert_eq!(document::read_block(&value).unwrap(), block, "{value}");
        }
    }

    #[test]
    fn a_new_block_is_made_of_what_was_filled_in() {
        let pairs = [
            ("mark", "line"),
            ("source", "s"),
            ("x", "yearmonth(d)"),
            ("y", "mean(v)"),
            ("at_w", "12"),
            ("at_h", "9"),
        ];
        let fields = Fields::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        let value = value_of(BlockType::Chart, &fields, None).unwrap();
        let expected = json!({"type": "chart", "mark": "line", "source": "s", "at": {"w": 12, "h": 9}, "encoding": {
            "x": {"field": "d", "timeUnit": "yearmonth"}, "y": {"aggregate": "mean", "field": "v"}}});
        assert_eq!(value, expected);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let pairs = [("mark", "line"), ("x", "summ(v)"), ("at_x", "-1")];
        let fields = Fields::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        let error = value_of(BlockType::Chart, &fields, None).unwrap_err();
        let pointers: Vec<&str> = error.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/encoding/x", "/at/x"]);
    }
}
