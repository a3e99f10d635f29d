//! The published JSON Schema against what the model reads: by Ajv, run by Node, both installed by `scripts/install-vega`.
//! Where it is missing the test is left out with a visible line; with `CI=true` that is a failure.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use impala_core::{document, schema};
use serde_json::{Value, json};

fn tools() -> Option<PathBuf> {
    let given = std::env::var_os("IMPALA_VEGA").map(PathBuf::from);
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/impala/vega"));
    let folder = given.or_else(usual).filter(|folder| folder.join("node_modules/ajv").is_dir());
    if folder.is_none() {
        let why = "Ajv is not installed; scripts/install-vega does that";
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}, and CI leaves nothing out");
        let _ = writeln!(std::io::stderr(), "LEFT OUT: {why}");
    }
    folder
}

/// What the schema finds wrong with each document.
fn faults(tools: &Path, documents: &[Value]) -> Vec<Vec<String>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/vega/schema.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .env("IMPALA_VEGA", tools)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let input = json!({"schema": schema::canvas(), "documents": documents}).to_string();
    node.stdin.take().expect("stdin").write_all(input.as_bytes()).expect("a pipe");
    let output = node.wait_with_output().expect("an end");
    assert!(output.status.success(), "Ajv refuses the schema");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn read(path: &Path) -> Value {
    document::from_text(&std::fs::read_to_string(path).expect("readable")).expect("YAML")
}

fn documents(folder: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let is_canvas =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yaml" || ending == "json");
    paths.filter(is_canvas).map(|path| (path.clone(), read(&path))).collect()
}

#[test]
fn every_canvas_that_there_is_keeps_the_schema() {
    let Some(tools) = tools() else { return };
    let files = [documents("../examples"), documents("tests/fixtures/canvases")].concat();
    assert!(files.len() >= 4, "{files:?}");
    let values: Vec<Value> = files.iter().map(|(_, value)| value.clone()).collect();
    for ((path, _), faults) in files.iter().zip(faults(&tools, &values)) {
        assert!(faults.is_empty(), "{}: {faults:#?}", path.display());
    }
}

const HEAD: &str = "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: c}, spec: ";
const CHART: &str = "id: a, type: chart, source: s, ";

/// What the model refuses, and the schema with it. `B` begins a list of one block, `P` of one parameter, `C` a channel x of a point.
const WRONG: [&str; 56] = [
    "{apiVersion: impala/v2, kind: Canvas, metadata: {slug: c}, spec: {}}",
    "{apiVersion: impala/v1, kind: Canvases, metadata: {slug: c}, spec: {}}",
    "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: C c}, spec: {}}",
    "{apiVersion: impala/v1, kind: Canvas, metadata: {title: c}, spec: {}}",
    "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: c, owner: x}, spec: {}}",
    "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: c}, spec: {}, status: 1}",
    "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: c}, spec: {block: []}}",
    "B id: a, type: charts",
    "B id: a",
    "B type: text, markdown: x",
    "B id: a, type: text",
    "B id: a, type: text, markdown: x, source: s",
    "B id: a, type: text, markdown: x, at: {x: 24, y: 0, w: 1, h: 1}",
    "B id: a, type: text, markdown: x, at: {x: 0, y: 0, w: 25, h: 1}",
    "B id: a, type: text, markdown: x, at: {x: 0, y: 0, w: 1, h: 0}",
    "B id: a, type: text, markdown: x, at: {x: 0, y: -1, w: 1, h: 1}",
    "B id: a, type: text, markdown: x, at: {z: 0}",
    "B id: a, type: text, markdown: x, expect: [rows > 0]",
    "B id: a, type: table, source: s, expect: [rwos > 0]",
    "B id: a, type: table, source: s, expect: [rows > 0, rows > 0]",
    "B id: a, type: table, sources: s",
    "B id: a, type: table",
    "B id: a, type: table, source: s, sql: SELECT 1",
    "B id: a, type: table, source: s@0",
    "B id: a, type: table, source: s, limit: 0",
    "B id: a, type: table, source: s, limit: 10001",
    "B id: a, type: table, source: s, columns: [summ(x)]",
    "B id: a, type: table, source: s, columns: [sum()]",
    "B id: a, type: table, source: s, columns: ['']",
    "B id: a, type: table, source: s, sort: ['-']",
    "B id: a, type: metric, source: s",
    "B id: a, type: metric, source: s, value: {aggregate: sum}",
    "B id: a, type: metric, source: s, value: {aggregate: count}, format: mm",
    "B id: a, type: metric, source: s, value: {aggregate: count}, format: '{:.13}'",
    "B id: a, type: metric, source: s, value: {aggregate: count}, compare: {to: yesterday}",
    "B id: a, type: metric, source: s, value: {aggregate: count}, compare: {to: period}",
    "B id: a, type: metric, source: s, value: {aggregate: count}, compare: {to: version, field: d}",
    "B id: a, type: metric, source: s, value: {aggregate: count}, compare: {to: period, field: d, timeUnit: month}",
    "B id: a, type: metric, sql: SELECT 1 AS n, value: {field: n}, compare: {to: version}",
    "B id: a, type: metric, source: s, value: {aggregate: count}, sparkline: {aggregate: max, field: d}",
    "B id: a, type: chart, source: s, mark: pie, encoding: {x: {field: v}}",
    "B id: a, type: chart, source: s, mark: bar, encoding: {x: {field: v}}",
    "B id: a, type: chart, source: s, mark: bar, encoding: {x: {aggregate: count}, y: {aggregate: count}}",
    "B id: a, type: chart, source: s, mark: boxplot, encoding: {x: {field: k}, y: {aggregate: max, field: v}}",
    "B id: a, type: chart, source: s, mark: point, encoding: {colour: {field: v}}",
    "C {field: v, aggregate: summ}",
    "C {field: v, aggregate: sum, timeUnit: year}",
    "C {field: v, bin: {maxbins: 0}}",
    "C {field: v, bin: 7}",
    "C {field: v, type: number}",
    "C {field: v, stack: true}",
    "P name: Since, type: date",
    "P name: since, type: dates",
    "P name: since, type: date, default: soon",
    "P name: kind, type: select",
    "P name: kind, type: text, default: [a]",
];

fn wrong(line: &str) -> String {
    match line.split_at(2) {
        ("B ", block) => format!("{HEAD}{{blocks: [{{{block}}}]}}}}"),
        ("C ", x) => format!("{HEAD}{{blocks: [{{{CHART}mark: point, encoding: {{x: {x}}}}}]}}}}"),
        ("P ", parameter) => format!("{HEAD}{{parameters: [{{{parameter}}}]}}}}"),
        _ => line.to_owned(),
    }
}

#[test]
fn what_the_model_refuses_the_schema_refuses_too() {
    let Some(tools) = tools() else { return };
    let values: Vec<Value> = WRONG
        .iter()
        .map(|line| document::from_text(&wrong(line)).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    for (line, value) in WRONG.iter().zip(&values) {
        document::read_canvas(value).expect_err(line);
    }
    for (line, faults) in WRONG.iter().zip(faults(&tools, &values)) {
        assert!(!faults.is_empty(), "{line}: the schema lets it through");
    }
}

/// What is easily refused by mistake.
#[test]
fn what_the_model_reads_the_schema_lets_through() {
    let Some(tools) = tools() else { return };
    let right = [
        "C {field: v, bin: true, aggregate: null}".replace(", aggregate: null", ""),
        "C {aggregate: count, bin: false}".to_owned(),
        "B id: a, type: table, source: s, columns: [Body mass (g), 'sum( x )', year(d), count( )], sort: [-wind, x]".to_owned(),
        "B id: a, type: table, source: s@12, expect: [rows >= 1, column \"a b\" not null, fresh within 2d]".to_owned(),
        "B id: a, type: metric, source: s, value: {aggregate: count}, format: '{}', at: {w: 3, h: 2}".to_owned(),
        "P name: n, type: number, default: 1.5".to_owned(),
        "P name: k, type: select, options: [a, b], multiple: true, default: [a]".to_owned(),
        "P name: b, type: boolean, default: true".to_owned(),
    ];
    let values: Vec<Value> =
        right.iter().map(|line| document::from_text(&wrong(line)).expect(line)).collect();
    for (line, value) in right.iter().zip(&values) {
        document::read_canvas(value).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    for (line, faults) in right.iter().zip(faults(&tools, &values)) {
        assert!(faults.is_empty(), "{line}: {faults:?}");
    }
}
