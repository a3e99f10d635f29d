//! Strict reading and canonical writing of canvas documents, in JSON and YAML.
//!
//! Reading names everything that is wrong at once, each with its JSON pointer: unknown fields with the nearest known
//! one, wrong types, missing fields; and what [`Canvas::check`] finds. Writing gives the same bytes for the same canvas.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::block::{
    Block, BlockKind, BlockType, Chart, ChartMark, Compare, From, Metric, SortKey, Table, Text,
};
use crate::canvas::Canvas;
use crate::encoding::{Channel, Encoding};
use crate::error::{FieldError, Invalid};
use crate::expect::Expectation;
use crate::grid::{self, Place};
use crate::name;
use crate::number_format::NumberFormat;
use crate::source::SourceRef;
use crate::term::Term;

mod fields;
mod reading;

pub use reading::Reading;

/// Reads YAML (or JSON, which is YAML too) into a JSON value.
///
/// # Errors
/// The line and column of invalid YAML.
pub fn from_yaml(text: &str) -> Result<Value, Invalid> {
    crate::yaml::read::read(text).map_err(|error| {
        let line = error.location().map(|location| location.line() as u64);
        Invalid {
            errors: vec![FieldError { line, detail: format!("not YAML: {error}"), ..FieldError::default() }],
        }
    })
}

/// Reads JSON into a JSON value.
///
/// # Errors
/// The line and column of invalid JSON.
pub fn from_json(text: &str) -> Result<Value, Invalid> {
    serde_json::from_str(text).map_err(|error| {
        let line = Some(error.line() as u64);
        Invalid {
            errors: vec![FieldError { line, detail: format!("not JSON: {error}"), ..FieldError::default() }],
        }
    })
}

/// Reads YAML or JSON into a JSON value; faults of what begins as a JSON object are reported in JSON's terms.
///
/// # Errors
/// The line and column where it is neither, and the line of an unresolved merge.
pub fn from_text(text: &str) -> Result<Value, Invalid> {
    let mark = text.lines().position(|line| line.starts_with("<<<<<<< "));
    if let Some(index) = mark {
        let detail =
            "both sides of a merge are still here, between <<<<<<< and >>>>>>>; keep what is to stay";
        let fault = FieldError { line: Some(index as u64 + 1), ..FieldError::at("", detail) };
        return Err(fault.into());
    }
    if text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#')) {
        return Err(Invalid::at("", "is empty, where a canvas in YAML or JSON is expected"));
    }
    match text.trim_start().starts_with('{') {
        true => from_json(text).or_else(|error| from_yaml(text).map_err(|_| error)),
        false => from_yaml(text),
    }
}

/// The comments at the top of a text, which stay when the canvas below is rewritten: where an editor finds its schema, for
/// instance. Lines with their line feeds.
pub fn header(text: &str) -> &str {
    let lines = text.split_inclusive('\n');
    let mut end = 0;
    let mut length = 0;
    for line in lines.take_while(|line| line.starts_with('#') || line.trim().is_empty()) {
        length += line.len();
        if line.starts_with('#') {
            end = length;
        }
    }
    &text[..end]
}

/// Writes a canvas as canonical YAML.
pub fn to_yaml(canvas: &Canvas) -> String {
    let mut sorted = canvas.clone();
    sorted.sort();
    // Making a value of plain data does not fail.
    serde_norway::to_value(&sorted).map(|value| crate::yaml::write(&value)).unwrap_or_default()
}

/// Writes one block as canonical YAML, its place included.
pub fn block_to_yaml(block: &Block) -> String {
    serde_norway::to_value(block).map(|value| crate::yaml::write(&value)).unwrap_or_default()
}

/// Writes a canvas as canonical, indented JSON with a line feed at the end.
pub fn to_json(canvas: &Canvas) -> String {
    let mut sorted = canvas.clone();
    sorted.sort();
    serde_json::to_string_pretty(&sorted).unwrap_or_default() + "\n"
}

/// Reads a canvas, places blocks that come without a place, sorts and checks it.
///
/// # Errors
/// Everything found wrong: faults of the form (unknown fields, wrong types), and those of the content (overlaps, unknown
/// parameters) of all that has the right form.
pub fn read_canvas(value: &Value) -> Result<Canvas, Invalid> {
    let Reading { mut canvas, errors, .. } = Reading::of(value)?;
    Invalid::unless_empty(errors)?;
    canvas.sort();
    Ok(canvas)
}

/// Reads one block. Without a place it stands at the top left in the size given, or that of its type.
///
/// # Errors
/// Everything found wrong with it, with pointers from the block.
pub fn read_block(value: &Value) -> Result<Block, Invalid> {
    read_block_and_place(value).map(|(block, _)| block)
}

/// Reads one block, and says whether it came with a place.
///
/// # Errors
/// As [`read_block`].
pub fn read_block_and_place(value: &Value) -> Result<(Block, Option<Place>), Invalid> {
    let mut errors = Vec::new();
    let raw = read_raw_block(value, "", &mut errors);
    Invalid::unless_empty(errors)?;
    let Some((mut block, at)) = raw else {
        return Err(Invalid::at("", "is not a block"));
    };
    let place = at.place();
    block.at = place.unwrap_or_else(|| at.size(&block));
    let mut errors = Vec::new();
    block.check("", &mut errors);
    Invalid::unless_empty(errors)?;
    Ok((block, place))
}

/// Blocks with a place keep it; the others get the first free spot, in the order of the document.
fn place_blocks(raw: Vec<(Block, RawPlace)>) -> Vec<Block> {
    let mut taken: Vec<Place> = raw.iter().filter_map(|(_, at)| at.place()).collect();
    raw.into_iter()
        .map(|(mut block, at)| {
            block.at = at.place().unwrap_or_else(|| {
                let size = at.size(&block);
                let spot = grid::first_free(&taken, size.w, size.h);
                taken.push(spot);
                spot
            });
            block
        })
        .collect()
}

fn read_raw_block(value: &Value, pointer: &str, errors: &mut Vec<FieldError>) -> Option<(Block, RawPlace)> {
    let Some(fields) = value.as_object() else {
        return fail(errors, pointer, format!("a block is an object, not {}", describe(value)));
    };
    let block_type = match fields.get("type") {
        None => {
            return fail(
                errors,
                &format!("{pointer}/type"),
                "is missing: chart, table, metric or text".to_owned(),
            );
        }
        Some(Value::String(text)) => match text.parse::<BlockType>() {
            Ok(block_type) => block_type,
            Err(detail) => return fail(errors, &format!("{pointer}/type"), detail),
        },
        Some(other) => {
            let detail = format!("is chart, table, metric or text, not {}", describe(other));
            return fail(errors, &format!("{pointer}/type"), detail);
        }
    };
    match block_type {
        BlockType::Chart => {
            fields::read::<RawChart>(value, &["id", "mark", "encoding"], pointer, errors).map(RawChart::block)
        }
        BlockType::Table => fields::read::<RawTable>(value, &["id"], pointer, errors).map(RawTable::block),
        BlockType::Metric => {
            fields::read::<RawMetric>(value, &["id", "value"], pointer, errors).map(RawMetric::block)
        }
        BlockType::Text => {
            fields::read::<RawText>(value, &["id", "markdown"], pointer, errors).map(RawText::block)
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMetadata {
    slug: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
}

/// `at` may give the size alone.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlace {
    x: Option<u32>,
    y: Option<u32>,
    w: Option<u32>,
    h: Option<u32>,
}

impl RawPlace {
    fn at(place: Place) -> Self {
        Self { x: Some(place.x), y: Some(place.y), w: Some(place.w), h: Some(place.h) }
    }

    fn place(&self) -> Option<Place> {
        Some(Place::new(self.x?, self.y?, self.w?, self.h?))
    }

    fn size(&self, block: &Block) -> Place {
        let (w, h) = block.block_type.default_size();
        Place::new(0, 0, self.w.unwrap_or(w), self.h.unwrap_or(h))
    }
}

/// Gives a raw block the fields that all blocks have, so that serde knows the whole list of names when it meets one that it
/// does not know.
macro_rules! raw_block {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* } => |$raw:ident| $kind:expr) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            id: String,
            #[serde(rename = "type")]
            _block_type: BlockType,
            #[serde(default)]
            at: Option<RawPlace>,
            #[serde(default)]
            title: Option<String>,
            #[serde(default)]
            expect: Vec<Expectation>,
            $($(#[$attribute])* $field: $type,)*
        }

        impl $name {
            fn block(self) -> (Block, RawPlace) {
                let at = self.at.unwrap_or_default();
                let (id, title) = (self.id.clone(), self.title.clone().filter(|title| !title.is_empty()));
                let expect = self.expect.clone();
                let $raw = self;
                (Block { title, expect, ..Block::new(id, $kind) }, at)
            }
        }
    };
}

raw_block!(RawChart {
    #[serde(default)] source: Option<SourceRef>,
    #[serde(default)] sql: Option<String>,
    #[serde(default)] filter: Option<String>,
    mark: ChartMark,
    encoding: Encoding,
} => |raw| BlockKind::Chart(Box::new(Chart {
    from: From { source: raw.source, sql: raw.sql, filter: raw.filter },
    mark: raw.mark,
    encoding: raw.encoding,
})));

raw_block!(RawTable {
    #[serde(default)] source: Option<SourceRef>,
    #[serde(default)] sql: Option<String>,
    #[serde(default)] filter: Option<String>,
    #[serde(default)] columns: Vec<Term>,
    #[serde(default)] sort: Vec<SortKey>,
    #[serde(default)] limit: Option<u32>,
} => |raw| BlockKind::Table(Table {
    from: From { source: raw.source, sql: raw.sql, filter: raw.filter },
    columns: raw.columns,
    sort: raw.sort,
    limit: raw.limit,
}));

raw_block!(RawMetric {
    #[serde(default)] source: Option<SourceRef>,
    #[serde(default)] sql: Option<String>,
    #[serde(default)] filter: Option<String>,
    value: Channel,
    #[serde(default)] compare: Option<Compare>,
    #[serde(default)] sparkline: Option<Channel>,
    #[serde(default)] format: Option<NumberFormat>,
} => |raw| BlockKind::Metric(Box::new(Metric {
    from: From { source: raw.source, sql: raw.sql, filter: raw.filter },
    value: raw.value,
    compare: raw.compare,
    sparkline: raw.sparkline,
    format: raw.format,
})));

raw_block!(RawText { markdown: String, } => |raw| BlockKind::Text(Text { markdown: raw.markdown }));

fn check_keys(object: &Map<String, Value>, known: &[&str], pointer: &str, errors: &mut Vec<FieldError>) {
    for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
        let detail = format!("unknown field \"{key}\"{}", name::suggestion(key, known.iter().copied()));
        errors.push(FieldError::at(format!("{pointer}/{}", escape(key)), detail));
    }
}

fn check_constant(document: &Map<String, Value>, key: &str, expected: &str, errors: &mut Vec<FieldError>) {
    let given = document.get(key);
    if given.and_then(Value::as_str) != Some(expected) {
        let given = given.map_or_else(|| "missing".to_owned(), |value| format!("{value}"));
        errors
            .push(FieldError::at(format!("/{key}"), format!("is {given}, where \"{expected}\" is expected")));
    }
}

fn fail<T>(errors: &mut Vec<FieldError>, pointer: &str, detail: String) -> Option<T> {
    errors.push(FieldError::at(pointer, detail));
    None
}

/// `~` and `/` as RFC 6901 wants them within a pointer.
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::MAX_BLOCKS;

    const EXAMPLE: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata:
  slug: seattle-weather
  title: Seattle weather
spec:
  parameters:
  - {name: since, type: date, default: 2013-01-01}
  blocks:
  - id: intro
    type: text
    at: {x: 0, y: 0, w: 24, h: 3}
    markdown: From **{{since}}** on.
  - id: rain
    type: chart
    at: {x: 0, y: 3, w: 24, h: 12}
    source: weather
    filter: date >= $since
    mark: bar
    encoding:
      x: {field: date, timeUnit: yearmonth}
      y: {aggregate: sum, field: precipitation}
      color: {field: weather}
";

    fn errors_of(yaml: &str) -> Vec<String> {
        let value = from_yaml(yaml).expect(yaml);
        read_canvas(&value).expect_err(yaml).errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_canonical_form_reads_back_to_the_same_bytes() {
        let canvas = read_canvas(&from_yaml(EXAMPLE).expect("YAML")).expect("a canvas");
        assert_eq!(to_yaml(&canvas), EXAMPLE);
        let again = read_canvas(&from_json(&to_json(&canvas)).expect("JSON")).expect("a canvas");
        assert_eq!(again, canvas);
    }

    #[test]
    fn the_comments_at_the_top_are_its_header() {
        assert_eq!(header("# a\n\n# b\n\napiVersion: x # c\n# d\n"), "# a\n\n# b\n");
        assert_eq!(header(EXAMPLE), "");
    }

    #[test]
    fn a_block_without_a_place_gets_the_first_free_spot() {
        let yaml =
            EXAMPLE.to_owned() + "  - {id: n, type: metric, source: weather, value: {aggregate: count}}\n";
        let canvas = read_canvas(&from_yaml(&yaml).expect("YAML")).expect("a canvas");
        assert_eq!(canvas.block("n").map(|block| block.at), Some(Place::new(0, 15, 6, 5)));
    }

    #[test]
    fn an_unknown_placeholder_is_told_of_parameters_and_metrics() {
        let metric = "  - {id: wettest, type: metric, source: weather, value: {aggregate: count}}\n";
        let check = |name: &str, hint: &str| {
            let errors = errors_of(&(EXAMPLE.replace("{{since}}", name) + metric));
            assert!(errors.len() == 1 && errors[0].ends_with(hint), "{errors:?}");
        };
        check("{{wetest}}", "of this canvas; did you mean \"wettest\"?");
        check("{{anything}}", "of this canvas; known are since, wettest");
    }

    #[test]
    fn everything_wrong_is_named_with_its_pointer() {
        let check = |from: &str, to: &str, expected: &[&str]| {
            assert!(EXAMPLE.contains(from), "{from}");
            assert_eq!(errors_of(&EXAMPLE.replace(from, to)), expected);
        };
        check(
            "color:",
            "colour:",
            &["/spec/blocks/1/encoding/colour: unknown field \"colour\"; did you mean \"color\"?"],
        );
        check(
            "mark: bar",
            "mark: bra",
            &["/spec/blocks/1/mark: unknown value \"bra\"; did you mean \"bar\"?"],
        );
        check(
            "aggregate: sum",
            "aggregate: summ",
            &["/spec/blocks/1/encoding/y/aggregate: unknown value \"summ\"; did you mean \"sum\"?"],
        );
        check("impala/v1", "impala/v9", &["/apiVersion: is \"impala/v9\", where \"impala/v1\" is expected"]);
        check(
            "{{since}}",
            "{{sinse}}",
            &[
                "/spec/blocks/0/markdown: {{sinse}} names no parameter and no metric block of this canvas; did you mean \"since\"?",
            ],
        );
        check("y: 3", "y: 2", &["/spec/blocks/1/at: overlaps block \"intro\" (/spec/blocks/0)"]);
        check(
            "2013-01-01",
            "soon",
            &["/spec/parameters/0/default: \"soon\" is not a date; write it as 2013-01-31"],
        );
        check("id: rain", "id: intro", &["/spec/blocks/1/id: \"intro\" is the id of block 0 too"]);
        check(
            "    source: weather\n",
            "",
            &["/spec/blocks/1: needs \"source\" (or \"sql\"): where its rows come from"],
        );
        check(
            "slug: seattle-weather",
            "slug: Seattle Weather",
            &[
                "/metadata/slug: \"Seattle Weather\" is not a valid name: 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit; \"seattle-weather\" would do",
            ],
        );
    }

    #[test]
    fn rules_stand_at_the_end_of_a_block_and_are_named_where_they_are_wrong() {
        let with = |rules: &str| format!("{EXAMPLE}    expect: [{rules}]\n");
        let yaml = with("rows > 0, column year(d) >= 2012, not truncated, fresh within 26h");
        let canvas = read_canvas(&from_yaml(&yaml).expect("YAML")).expect("a canvas");
        assert_eq!(to_yaml(&canvas), yaml);
        let check = |rules: &str, expected: &str| assert_eq!(errors_of(&with(rules)), [expected]);
        check(
            "rows > 0, rwos > 1",
            "/spec/blocks/1/expect/1: \"rwos > 1\", column 1: \"rwos\" is not known here; did you mean \"rows\"?",
        );
        check(
            "value > 0",
            "/spec/blocks/1/expect/0: \"value > 0\": only a metric has a value, and this is a chart; write \"rows …\" or \"column NAME …\"",
        );
        check("rows > 0, rows >0", "/spec/blocks/1/expect/1: \"rows > 0\": is there twice");
        let text = EXAMPLE.replace("    markdown:", "    expect: [rows > 0]\n    markdown:");
        assert_eq!(
            errors_of(&text),
            ["/spec/blocks/0/expect/0: \"rows > 0\": a text asks nothing, so nothing can be expected of it"]
        );
    }

    #[test]
    fn more_blocks_than_there_may_be_are_refused_at_once() {
        let blocks = vec!["{id: a, type: text, at: {w: 1, h: 1}, markdown: x}"; MAX_BLOCKS + 1].join(",");
        let yaml = format!(
            "{{apiVersion: impala/v1, kind: Canvas, metadata: {{slug: a}}, spec: {{blocks: [{blocks}]}}}}"
        );
        assert_eq!(errors_of(&yaml), ["/spec/blocks: 501 blocks, where a canvas holds up to 500"]);
    }

    #[test]
    fn faults_in_several_blocks_are_named_together() {
        let yaml = EXAMPLE.replace("markdown:", "markdwn:").replace("mark: bar", "mark: 7");
        assert_eq!(errors_of(&yaml).len(), 2);
    }
}
