//! Exported Vega-Lite in Vega-Lite itself, run by Node: `scripts/install-vega` installs it. Where it is missing the
//! test is left out with a visible line; with `CI=true` that is a failure.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use impala_core::api::BlockAnswer;
use impala_core::{BlockKind, Canvas};
use impala_render::export::{Export, Format, export};
use impala_render::theme::page::Scheme;
use impala_render::{Charset, Ink, Options, Picture};
use serde_json::{Value, json};

use crate::pictures;
use crate::support::*;

fn folder() -> Option<PathBuf> {
    let given = std::env::var_os("IMPALA_VEGA").map(PathBuf::from);
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/impala/vega"));
    let folder = given.or_else(usual).filter(|folder| folder.join("node_modules/vega-lite").is_dir());
    if folder.is_none() {
        let why = "Vega-Lite is not installed; scripts/install-vega does that";
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}, and CI leaves nothing out");
        let _ = writeln!(std::io::stderr(), "LEFT OUT: {why}");
    }
    folder
}

/// A chart as Vega-Lite.
fn spec(yaml: &str, answer: &BlockAnswer) -> Value {
    let (canvas, block) = (Canvas::new("c", ""), block(yaml));
    let answers = [(block.id.clone(), answer.clone())].into();
    let picture =
        Picture { canvas: &canvas, answers: &answers, parameters: &[].into(), options: Options::default() };
    let made = Export {
        picture,
        block: Some(&block),
        before: &std::collections::BTreeMap::new(),
        revision: 0,
        charset: Charset::Unicode,
        ink: Ink::None,
        scheme: Scheme::Light,
        scale: 1,
    };
    let bytes = export(&made, Format::VegaLite).unwrap_or_else(|error| panic!("{yaml}: {error}"));
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The numbers of a chart's value, as the answer has them.
fn expected(yaml: &str, answer: &BlockAnswer) -> (String, Vec<f64>) {
    let block = block(yaml);
    let (BlockKind::Chart(chart), BlockAnswer::Data(data)) = (&block.kind, answer) else { panic!("{yaml}") };
    let channels = || chart.encoding.channels().filter(|(name, _)| *name != "facet");
    let aggregate = channels().find(|(_, channel)| channel.aggregate.is_some());
    let number = || channels().find(|(name, _)| *name == "y");
    let (_, channel) = aggregate.or_else(number).expect("a value");
    let mut name = channel.term().expect("a term").to_string();
    if data.column(&name).is_none_or(|column| !column.values.column_type().is_numeric()) {
        name = data
            .columns
            .iter()
            .rev()
            .find(|column| column.values.column_type().is_numeric())
            .unwrap()
            .name
            .clone();
    }
    let values = &data.column(&name).expect("its column").values;
    let numbers = (0..values.len()).filter_map(|row| values.number(row)).filter(|value| value.is_finite());
    (name, numbers.collect())
}

fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

#[test]
fn vega_lite_takes_every_chart_and_draws_the_same_values() {
    let Some(folder) = folder() else { return };
    let charts = pictures::charts();
    let specs: Vec<Value> =
        charts.iter().map(|(name, yaml, answer)| json!({"name": name, "spec": spec(yaml, answer)})).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/vega/check.mjs");
    let mut node = Command::new("node");
    // A zone far from UTC: none of the answers may depend on where they are looked at.
    let node = node.arg(script).env("IMPALA_VEGA", &folder).env("TZ", "Pacific/Auckland");
    let mut child = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node");
    let input = serde_json::to_vec(&specs).expect("JSON");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("its answer");
    writing.join().expect("a thread").expect("node reads");
    assert!(output.status.success());
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answers.len(), charts.len());
    for ((name, yaml, answer), drawn) in charts.iter().zip(&answers) {
        assert_eq!(drawn["errors"], json!([]), "{name}: {}", spec(yaml, answer));
        assert_eq!(drawn["warnings"], json!([]), "{name}: {}", spec(yaml, answer));
        if let Some(folder) = std::env::var_os("IMPALA_VEGA_OUT") {
            std::fs::write(Path::new(&folder).join(format!("{name}.svg")), drawn["svg"].as_str().unwrap())
                .unwrap();
        }
        let (field, wanted) = expected(yaml, answer);
        let rows = drawn["rows"].as_array().expect("rows");
        // Areas over each other have their edge as a line besides.
        let rows = rows.iter().filter(|row| !name.starts_with("area") || row["mark"] == "area");
        let mut got: Vec<f64> = rows.filter_map(|row| row[&field].as_f64()).collect();
        if yaml.contains("boxplot") {
            // Three layers show each box.
            assert_eq!(got.len(), wanted.len() * 3, "{name}");
            got.truncate(wanted.len());
        }
        let (got, wanted) = (sorted(got), sorted(wanted));
        assert_eq!(got.len(), wanted.len(), "{name}: {field}");
        // Its JSON has one digit less than a number here.
        let are_alike = |(a, b): (&f64, &f64)| (a - b).abs() <= b.abs() * 1e-12;
        assert!(got.iter().zip(&wanted).all(are_alike), "{name}: {got:?} {wanted:?}");
    }
}
