//! The JSON Schema (draft 2020-12) of the canvas document, for editors and for programs that write canvases.
//!
//! It says what the form of a document may be. What takes looking at several parts at once, such as blocks that overlap, is
//! left to [`crate::lint`]. Words and bounds come from the model, so that the two cannot differ.

use serde_json::{Map, Value, json};

use crate::block::{BlockType, ChartMark, Table};
use crate::canvas::{API_VERSION, MAX_BLOCKS, MAX_PARAMETERS};
use crate::expect::MAX_RULES;
use crate::grid::{COLUMNS, MAX_ROWS};
use crate::term::{Aggregate, Bin, TimeUnit};

/// Where a server serves it.
pub const PATH: &str = "/api/canvas.schema.json";

const SLUG: &str = "^[a-z0-9][a-z0-9_-]{0,63}$";
const PARAMETER: &str = "^[a-z][a-z0-9_]{0,63}$";
const SOURCE: &str = "^[a-z0-9][a-z0-9_-]{0,63}(@0*[1-9][0-9]*)?$";
const FORMAT: &str = r"^[^{}]*\{(:,?(\.([0-9]|1[0-2]))?[f%~s]?)?\}[^{}]*$";
const DATE: &str = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$";
/// What a term has to be if it looks like a call.
const CALL: &str = r"^\s*[a-z_]+\s*\(.*\)\s*$";

/// The schema.
pub fn canvas() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:impala:canvas:v1",
        "title": "Impala canvas",
        "description": "Charts, tables, numbers and text on a grid, with the parameters that a reader may set.",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata"],
        "additionalProperties": false,
        "properties": {
            "apiVersion": {"const": API_VERSION, "description": "Version of the form of this document."},
            "kind": {"const": "Canvas"},
            "metadata": {"$ref": "#/$defs/metadata"},
            "spec": {"$ref": "#/$defs/spec"},
        },
        "$defs": definitions(),
    })
}

/// The schema as indented JSON with a line feed at the end.
pub fn text() -> String {
    serde_json::to_string_pretty(&canvas()).unwrap_or_default() + "\n"
}

fn definitions() -> Value {
    let types = BlockType::ALL.map(BlockType::as_str);
    let kinds = types.map(|name| json!({"$ref": format!("#/$defs/{name}")}));
    json!({
        "metadata": object(&["slug"], json!({
            "slug": slug("Name of the canvas within its project."),
            "title": {"type": "string", "maxLength": 200, "description": "Its name for people; the slug when left out."},
            "description": {"type": "string", "maxLength": 2000, "description": "What it shows, in a sentence or two."},
        })),
        "spec": object(&[], json!({
            "parameters": {
                "type": "array", "maxItems": MAX_PARAMETERS, "items": {"$ref": "#/$defs/parameter"},
                "description": "What a reader may set, in the order shown. $name stands for the value in a filter and in SQL, {{name}} in text.",
            },
            "blocks": {
                "type": "array", "maxItems": MAX_BLOCKS, "items": {"$ref": "#/$defs/block"},
                "description": "What is on the canvas. Blocks never overlap.",
            },
        })),
        "parameter": parameter(),
        "place": place(),
        "block": {
            "type": "object",
            "required": ["id", "type"],
            "properties": {"type": {"enum": types, "description": "What kind of block it is."}},
            "oneOf": kinds,
        },
        "chart": chart(),
        "table": table(),
        "metric": metric(),
        "text": block("text", &["markdown"], json!({
            "markdown": {"type": "string", "description": "CommonMark. {{name}} stands for the value of a parameter, or of a metric block by its id."},
        })),
        "encoding": encoding(),
        "channel": channel(),
        "compare": compare(),
        "term": {
            "type": "string", "minLength": 1,
            "anyOf": [{"not": {"pattern": CALL}}, {"pattern": terms()}],
            "description": "A field, or something made of it: wind, yearmonth(date), bin(wind), sum(precipitation), count().",
        },
        "expectation": {
            "type": "string", "maxLength": 300, "pattern": r"^\s*(rows|value|column|not|fresh)\s+\S",
            "description": "What `impala canvas check` holds the block's answer against.",
            "examples": [
                "rows > 0", "rows within 10% of previous", "value between 1000 and 2000", "value within 5% of previous",
                "value not null", "column id unique", "column id not null", "column temp_max between -20 and 50",
                "not truncated", "fresh within 26h",
            ],
        },
        "format": {
            "type": "string", "pattern": FORMAT, "examples": ["{:.1} mm", "{:,}", "{:.0%}", "{:~}"],
            "description": "How numbers are written: text around one pair of braces; in it , for groups of three digits, .N for decimals, % for a share, ~ for short (1.2k).",
        },
    })
}

/// An object that has these properties and no others.
#[expect(clippy::needless_pass_by_value, reason = "each is made where it is handed over")]
fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties})
}

/// Adds rules that hold beside those that are there.
fn with(mut schema: Value, rules: Value) -> Value {
    if let (Some(schema), Value::Object(rules)) = (schema.as_object_mut(), rules) {
        schema.extend(rules);
    }
    schema
}

fn slug(description: &str) -> Value {
    json!({"type": "string", "pattern": SLUG, "description": description})
}

fn text_of(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn source(description: &str) -> Value {
    json!({"type": "string", "pattern": SOURCE, "description": description, "examples": ["taxis", "taxis@3"]})
}

fn place() -> Value {
    let whole = |least: u32, most: u32, description: &str| json!({"type": "integer", "minimum": least, "maximum": most, "description": description});
    let place = object(
        &[],
        json!({
            "x": whole(0, COLUMNS - 1, "Columns from the left."),
            "y": whole(0, MAX_ROWS, "Rows from the top; a row is a line of a terminal."),
            "w": whole(1, COLUMNS, "Width in columns."),
            "h": whole(1, MAX_ROWS, "Height in rows."),
        }),
    );
    let description = format!(
        "Where it stands on the grid of {COLUMNS} columns. Without x or y it gets the first free spot."
    );
    with(place, json!({"description": description}))
}

fn parameter() -> Value {
    let parameter = object(
        &["name", "type"],
        json!({
            "name": {"type": "string", "pattern": PARAMETER, "description": "What filters call it: $name."},
            "title": text_of("What people call it; the name when left out."),
            "type": {"enum": ["text", "number", "date", "boolean", "select"], "description": "What values it takes."},
            "source": source("For select: the source whose field offers the choices."),
            "field": {"type": "string", "description": "For select: the field that offers the choices."},
            "options": {"type": "array", "items": {"type": "string"}, "description": "For select: the choices, when they come from no source."},
            "multiple": {"type": "boolean", "description": "For select: whether several may be chosen."},
            "default": {
                "type": ["string", "number", "boolean", "array"], "items": {"type": "string"},
                "description": "The value when none is set. Without one, conditions of a filter that mention the parameter are left out; in SQL it is null.",
            },
        }),
    );
    let when = |types: &[&str], then: Value| json!({"if": {"properties": {"type": {"enum": types}}, "required": ["type"]}, "then": then});
    let default_of = |types: &[&str]| json!({"properties": {"default": {"type": types}}});
    let no_choices = json!({"not": {"anyOf": [
        {"required": ["source"]}, {"required": ["field"]},
        {"required": ["options"], "properties": {"options": {"minItems": 1}}},
        {"required": ["multiple"], "properties": {"multiple": {"const": true}}},
    ]}});
    let choices = json!({"oneOf": [
        {"required": ["source", "field"]},
        {"required": ["options"], "properties": {"options": {"minItems": 1}}},
    ]});
    let one_choice = json!({
        "if": {"required": ["multiple"], "properties": {"multiple": {"const": true}}},
        "then": default_of(&["string", "number", "array"]), "else": default_of(&["string", "number"]),
    });
    let rules = json!({
        "dependentRequired": {"source": ["field"], "field": ["source"]},
        "allOf": [
            when(&["text", "number", "date", "boolean"], no_choices),
            when(&["select"], choices),
            when(&["select"], one_choice),
            when(&["text", "number"], default_of(&["string", "number"])),
            when(&["date"], json!({"properties": {"default": {"type": "string", "pattern": DATE}}})),
            when(&["boolean"], json!({"properties": {"default": {"enum": [true, false, "true", "false"]}}})),
        ],
    });
    with(parameter, rules)
}

/// A block of that type: what all have, and its own.
#[expect(clippy::needless_pass_by_value, reason = "each is made where it is handed over")]
fn block(block_type: &str, required: &[&str], own: Value) -> Value {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), slug("Name of the block within the canvas."));
    properties.insert("type".to_owned(), json!({"const": block_type}));
    properties.insert("at".to_owned(), json!({"$ref": "#/$defs/place"}));
    properties.insert("title".to_owned(), text_of("Its title."));
    properties.extend(own.as_object().cloned().unwrap_or_default());
    object(&[&["id", "type"], required].concat(), Value::Object(properties))
}

/// A block that asks something: rows come from exactly one of `source` and `sql`.
fn asking(block_type: &str, required: &[&str], own: Value) -> Value {
    let mut properties = json!({
        "source": source("A source of the project, perhaps pinned to a version."),
        "sql": text_of("One SELECT over the project's sources; $name stands for a parameter."),
        "filter": text_of("A SQL expression that is true of the rows that count: date >= $since"),
        "expect": {
            "type": "array", "maxItems": MAX_RULES, "uniqueItems": true, "items": {"$ref": "#/$defs/expectation"},
            "description": "What the answer has to be.",
        },
    });
    if let (Some(all), Value::Object(own)) = (properties.as_object_mut(), own) {
        all.extend(own);
    }
    let one_of = json!({"oneOf": [{"required": ["source"]}, {"required": ["sql"]}]});
    with(block(block_type, required, properties), one_of)
}

fn chart() -> Value {
    let chart = asking(
        "chart",
        &["mark", "encoding"],
        json!({
            "mark": {"enum": ChartMark::ALL.map(ChartMark::as_str), "description": "What is drawn for a row or group."},
            "encoding": {"$ref": "#/$defs/encoding"},
        }),
    );
    let when = |marks: &[&str], then: Value| json!({"if": {"properties": {"mark": {"enum": marks}}}, "then": {"properties": {"encoding": then}}});
    let plain = json!({"not": {"required": ["aggregate"]}});
    let aggregated = json!({"required": ["aggregate"]});
    let channels = ["x", "y", "color", "size", "facet"].map(|name| (name.to_owned(), plain.clone()));
    let mut boxes: Map<String, Value> = channels.into_iter().collect();
    boxes.insert("tooltip".to_owned(), json!({"items": plain}));
    let both = json!({"not": {"required": ["x", "y"], "properties": {"x": aggregated, "y": aggregated}}});
    let rules = json!({"allOf": [
        when(&["bar", "line", "area", "rect"], json!({"required": ["x", "y"]})),
        when(&["bar"], both),
        when(&["boxplot"], json!({"properties": boxes})),
    ]});
    with(chart, rules)
}

fn table() -> Value {
    asking(
        "table",
        &[],
        json!({
            "columns": {
                "type": "array", "items": {"$ref": "#/$defs/term"},
                "description": "What is shown; all fields when left out. With an aggregate among them, the others group.",
            },
            "sort": {
                "type": "array", "items": {"type": "string", "pattern": "^(-?[^-]|--)", "description": "A column as written above; -wind for descending."},
                "description": "Columns to sort by; the first decides.",
            },
            "limit": {
                "type": "integer", "minimum": 1, "maximum": Table::MAX_LIMIT, "default": Table::DEFAULT_LIMIT,
                "description": "Rows shown at most.",
            },
        }),
    )
}

fn metric() -> Value {
    let plain = json!({"$ref": "#/$defs/channel", "not": {"required": ["aggregate"]}});
    let metric = asking(
        "metric",
        &["value"],
        json!({
            "value": {"$ref": "#/$defs/channel", "description": "What is shown: an aggregate, or a field of a result of one row."},
            "compare": {"$ref": "#/$defs/compare"},
            "sparkline": with(plain, json!({"description": "The field along which the value is drawn as a small line."})),
            "format": {"$ref": "#/$defs/format"},
        }),
    );
    let to_version = json!({"required": ["compare"], "properties": {"compare": {"required": ["to"], "properties": {"to": {"const": "version"}}}}});
    with(metric, json!({"if": to_version, "then": {"required": ["source"]}}))
}

fn compare() -> Value {
    let lasting: Vec<&str> =
        TimeUnit::ALL.into_iter().filter(|unit| !unit.is_cyclic()).map(TimeUnit::as_str).collect();
    let version = object(
        &["to"],
        json!({"to": {"const": "version", "description": "The version of the source before the one shown."}}),
    );
    let period = object(
        &["to", "field", "timeUnit"],
        json!({
            "to": {"const": "period", "description": "The period before the latest one."},
            "field": text_of("A date or datetime."),
            "timeUnit": {"enum": lasting, "description": "How long a period is."},
        }),
    );
    json!({"oneOf": [version, period], "description": "What the value is compared to."})
}

fn encoding() -> Value {
    let channel = |description: &str| json!({"$ref": "#/$defs/channel", "description": description});
    let encoding = object(
        &[],
        json!({
            "x": channel("Place along the horizontal axis."),
            "y": channel("Place along the vertical axis."),
            "color": channel("Color: one series a value, or for numbers a scale."),
            "size": channel("Size of points."),
            "facet": channel("One small chart a value."),
            "tooltip": {"type": "array", "items": channel("One value."), "description": "Shown on demand."},
        }),
    );
    let description = "Which field decides what of the marks, in the words of Vega-Lite.";
    with(encoding, json!({"anyOf": [{"required": ["x"]}, {"required": ["y"]}], "description": description}))
}

fn channel() -> Value {
    let bins = json!({"type": "integer", "minimum": 1, "maximum": Bin::MAX, "default": Bin::default().maxbins, "description": "Bins at most."});
    let channel = object(
        &[],
        json!({
            "aggregate": {"enum": Aggregate::ALL.map(Aggregate::as_str), "description": "One value for each group of rows; only count does without a field."},
            "field": {"type": "string", "minLength": 1, "description": "Name of a column of the source."},
            "timeUnit": {"enum": TimeUnit::ALL.map(TimeUnit::as_str), "description": "Cuts dates and datetimes."},
            "bin": {
                "anyOf": [{"type": "boolean"}, object(&["maxbins"], json!({"maxbins": bins}))],
                "description": "Cuts numbers into bins.",
            },
            "type": {"enum": ["quantitative", "temporal", "ordinal", "nominal"], "description": "How the values are read; inferred when left out."},
            "stack": {"enum": ["zero", "normalize", "none"], "description": "How bars or areas of several series stand to each other."},
            "sort": {"enum": ["ascending", "descending", "x", "-x", "y", "-y"], "description": "Order of the values along the axis."},
            "title": text_of("Title of the axis or legend."),
            "format": {"$ref": "#/$defs/format"},
        }),
    );
    let binned = json!({"bin": {"not": {"const": false}}});
    let rules = json!({
        "anyOf": [{"required": ["field"]}, {"required": ["aggregate"], "properties": {"aggregate": {"const": "count"}}}],
        "not": {"anyOf": [
            {"required": ["aggregate", "timeUnit"]},
            {"required": ["aggregate", "bin"], "properties": binned},
            {"required": ["timeUnit", "bin"], "properties": binned},
        ]},
    });
    with(channel, rules)
}

/// A pattern of the calls that are terms.
fn terms() -> String {
    let aggregates = Aggregate::ALL.map(Aggregate::as_str);
    let units = TimeUnit::ALL.map(TimeUnit::as_str);
    let names = [&aggregates[..], &units[..], &["bin"]].concat().join("|");
    format!(r"^\s*(count\s*\(\s*|({names})\s*\(\s*\S.*)\)\s*$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_that_is_referred_to_is_there() {
        let text = text();
        let schema = canvas();
        for reference in text.split("\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap_or_default();
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
    }
}
