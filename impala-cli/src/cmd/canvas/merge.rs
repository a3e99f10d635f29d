//! `impala canvas merge`

use std::path::PathBuf;

use impala_core::merge::{self, Merged, Side};
use impala_core::{Canvas, document};
use serde::Serialize;
use similar::{DiffOp, TextDiff};

use crate::canvas_files::{self, CanvasFile};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::{JsonArgs, JsonFields};

const FIELDS: [&str; 2] = ["conflicts", "outcome"];

/// Bring two versions of a canvas file together, block by block
///
/// BASE is what both came from. What only one side has changed is taken; what both have changed, and not to the same, is a
/// conflict: exit code 6, with the list, and OURS then holds both sides between <<<<<<< and >>>>>>>, which no command takes for
/// a canvas. Two that moved the same block are no conflict: ours stands. Works without a server, and as a merge driver of git.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas merge base.yaml mine.yaml theirs.yaml
  impala canvas merge base.yaml mine.yaml theirs.yaml -o merged.yaml --favor theirs
As git's driver:
  git config merge.impala.driver 'impala canvas merge %O %A %B'
  echo 'canvases/*.yaml merge=impala' >> .gitattributes")]
pub struct Args {
    /// What both came from (git: %O)
    base: PathBuf,
    /// Our version, which becomes the outcome (git: %A)
    ours: PathBuf,
    /// Their version (git: %B)
    theirs: PathBuf,
    /// Write the outcome elsewhere; - is stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Take this side's version where both have changed a part, instead of a conflict
    #[arg(long, value_name = "SIDE", value_parser = ["ours", "theirs"])]
    favor: Option<String>,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Outcome {
    conflicts: Vec<String>,
    /// `merged` or `conflict`.
    outcome: &'static str,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let base = base(&args.base)?;
    let [ours, theirs] = [read(&args.ours)?, read(&args.theirs)?];
    // An empty base, as git gives for a file that both have added, is an empty canvas.
    let base = base.unwrap_or_else(|| Canvas::new(&ours.canvas.metadata.slug, ""));
    let side = match args.favor.as_deref() {
        Some("theirs") => Side::Theirs,
        _ => Side::Mine,
    };
    let merged = merge::merge(&base, &ours.canvas, &theirs.canvas, |_| side);
    let mut conflicts = conflicts_of(&merged);
    if args.favor.is_some() {
        // What was decided is no conflict; what the whole then lacks still is.
        conflicts.drain(..merged.conflicts.len());
    }
    let path = args.output.as_ref().unwrap_or(&args.ours);
    let text = match conflicts.is_empty() {
        true => canvas_files::canonical(path, &ours.text, &merged.canvas),
        false => {
            let header = document::header(&ours.text);
            format!("{header}{}", marked(&base, &ours.canvas, &theirs.canvas, ["ours", "theirs"]))
        }
    };
    match canvas_files::is_standard(path) {
        true => context.printer.raw(text.as_bytes())?,
        false => canvas_files::write(path, &text)?,
    }
    let name = if canvas_files::is_standard(path) { "stdout".to_owned() } else { path.display().to_string() };
    let outcome = if conflicts.is_empty() { "merged" } else { "conflict" };
    if let Some(json) = args.json.write(&FIELDS, &Outcome { conflicts: conflicts.clone(), outcome })? {
        context.printer.print(&json)?;
    }
    if conflicts.is_empty() {
        context.printer.note(&format!("Merged into {name}."));
        return Ok(());
    }
    let message = format!("{name}: both sides have changed the same parts");
    let mut error = CliError::new(Exit::Conflict, message);
    error.details = conflicts;
    Err(error.hint("both stand there between <<<<<<< and >>>>>>>: keep what is to stay; `impala canvas lint --offline` checks it"))
}

fn read(path: &std::path::Path) -> Result<CanvasFile, CliError> {
    let text = canvas_files::read(path)?;
    let canvas = canvas_files::parse(&text)
        .map_err(|invalid| CliError::invalid(&canvas_files::name(path), invalid))?;
    Ok(CanvasFile { path: path.to_owned(), text, canvas })
}

fn base(path: &std::path::Path) -> Result<Option<Canvas>, CliError> {
    let text = canvas_files::read(path)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let canvas = canvas_files::parse(&text);
    canvas.map(Some).map_err(|invalid| CliError::invalid(&canvas_files::name(path), invalid))
}

/// What both sides have changed, a line each; then what would be wrong with the whole, such as a parameter that one side
/// uses and the other has removed.
pub fn conflicts_of(merged: &Merged) -> Vec<String> {
    let line = |conflict: &merge::Conflict| {
        format!("{}: {} by us, {} by them", conflict.part, conflict.mine.as_str(), conflict.theirs.as_str())
    };
    let mut lines: Vec<String> = merged.conflicts.iter().map(line).collect();
    if let Err(invalid) = merged.canvas.check() {
        lines.extend(invalid.errors.iter().map(ToString::to_string));
    }
    lines
}

/// The merged canvas as YAML, with both sides' lines where they are in conflict.
pub fn marked(base: &Canvas, mine: &Canvas, theirs: &Canvas, names: [&str; 2]) -> String {
    let of = |side: Side| document::to_yaml(&merge::merge(base, mine, theirs, |_| side).canvas);
    let (ours, others) = (of(Side::Mine), of(Side::Theirs));
    let diff = TextDiff::from_lines(&ours, &others);
    let (old, new) = (diff.old_slices(), diff.new_slices());
    let mut text = String::new();
    for op in diff.ops() {
        match op {
            DiffOp::Equal { .. } => text += &old[op.old_range()].concat(),
            _ => {
                let sides = [old[op.old_range()].concat(), new[op.new_range()].concat()];
                text +=
                    &format!("<<<<<<< {}\n{}=======\n{}>>>>>>> {}\n", names[0], sides[0], sides[1], names[1]);
            }
        }
    }
    // Where the sides differ in nothing, it is the whole that cannot stand: nobody is to take it unseen.
    match text.contains("<<<<<<< ") {
        true => text,
        false => format!("<<<<<<< {}\n=======\n>>>>>>> {}\n{text}", names[0], names[1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas(title: &str, markdown: &str) -> Canvas {
        canvas_files::parse(&format!(
            "{{apiVersion: impala/v1, kind: Canvas, metadata: {{slug: c, title: {title}}}, spec: {{blocks: [{{id: a, type: text, at: {{x: 0, y: 0, w: 24, h: 3}}, markdown: {markdown}}}]}}}}"
        ))
        .expect("a canvas")
    }

    #[test]
    fn both_sides_stand_where_they_are_in_conflict() {
        let text = marked(&canvas("T", "x"), &canvas("T", "y"), &canvas("U", "z"), ["ours", "theirs"]);
        let expected = "\
apiVersion: impala/v1
kind: Canvas
metadata:
  slug: c
  title: U
spec:
  blocks:
  - id: a
    type: text
    at: {x: 0, y: 0, w: 24, h: 3}
<<<<<<< ours
    markdown: y
=======
    markdown: z
>>>>>>> theirs
";
        assert_eq!(text, expected);
        let fault = canvas_files::parse(&text).expect_err("an open merge").to_string();
        assert!(fault.contains("line 11: both sides of a merge"), "{fault}");
    }
}
