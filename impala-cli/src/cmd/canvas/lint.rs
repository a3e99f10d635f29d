//! `impala canvas lint`

use std::collections::BTreeMap;
use std::path::PathBuf;

use impala_core::lint::{self, Finding, Linted, RULES, Severity};
use serde::Serialize;

use crate::canvas_files::{self, Text, name};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::ago::count;
use crate::printer::table::one_line;
use crate::printer::{JsonArgs, JsonFields};
use crate::reports::{Beyond, Case, Fault, Outcome, ReportArgs, Suite};

const FIELDS: [&str; 8] = ["file", "line", "column", "severity", "rule", "subject", "message", "pointer"];

/// Find what is wrong or doubtful in canvas files
///
/// Each finding is told as file:line:column with the name of its rule: unknown fields with the nearest known name, blocks
/// that overlap or fall off the grid, parameters that nothing uses, names of parameters and metrics that do not exist. The server is
/// asked for sources and columns that do not exist and for filters and SQL that cannot run, unless --offline. Ends with exit code
/// 7 when there are errors.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas lint canvases/
  impala canvas lint weather.yaml --offline --strict
  impala canvas lint canvases/ --preview pr-123
  impala canvas lint canvases/ --report junit=lint.xml,github
  impala canvas lint --rules")]
pub struct Args {
    /// Files or folders; - reads stdin
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Ask no server
    #[arg(long)]
    offline: bool,
    /// Look for sources and columns through this preview: those that it has come from it, others from the project
    #[arg(long, value_name = "NAME", conflicts_with = "offline")]
    preview: Option<String>,
    /// Let warnings count as errors
    #[arg(long)]
    strict: bool,
    /// List the rules
    #[arg(long)]
    rules: bool,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    json: JsonArgs,
}

/// A finding and its file.
#[derive(Serialize)]
struct Found<'a> {
    file: &'a str,
    #[serde(flatten)]
    finding: &'a Finding,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    args.report.check_beside(&args.json)?;
    if args.rules {
        let text: String = RULES.iter().map(|(rule, what)| format!("{rule:<20} {what}\n")).collect();
        return context.printer.print(&text);
    }
    let texts = canvas_files::find(&args.files, context)?.texts;
    let mut files: Vec<(String, Linted)> =
        texts.iter().map(|Text { path, text }| (name(path), lint::lint(text))).collect();
    find_twins(&mut files);
    ask_server(&mut files, &args, context).await?;
    let found: Vec<Found<'_>> = files
        .iter()
        .flat_map(|(file, linted)| linted.findings.iter().map(move |finding| Found { file, finding }))
        .collect();
    match args.json.write(&FIELDS, &found)? {
        Some(json) => context.printer.print(&json)?,
        None => found.iter().try_for_each(|found| args.report.tell(&line(found), &context.printer))?,
    }
    args.report.write(&files.iter().map(suite).collect::<Vec<_>>(), context)?;
    let of = |severity| found.iter().filter(|found| found.finding.severity == severity).count() as u64;
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let sum = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
    let looked_at = count(files.len() as u64, "file");
    if errors > 0 || (args.strict && warnings > 0) {
        return Err(CliError::new(Exit::Refused, format!("{sum} in {looked_at}")));
    }
    context.printer.note(&match warnings {
        0 => format!("Nothing found in {looked_at}."),
        _ => format!("{sum} in {looked_at}."),
    });
    Ok(())
}

fn line(found: &Found<'_>) -> String {
    let Finding { line, column, severity, rule, .. } = found.finding;
    let told = told(found.finding);
    let text = format!("{}:{line}:{column}: {}[{rule}]: {told}", found.file, severity.as_str());
    one_line(&text) + "\n"
}

/// What it is about, and what is wrong there.
fn told(finding: &Finding) -> String {
    format!("{}: {}", finding.subject, finding.message)
}

/// Two files that say what one canvas is.
fn find_twins(files: &mut [(String, Linted)]) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (file, linted) in files {
        let Some(slug) = linted.slug.clone() else { continue };
        match seen.get(&slug) {
            Some(first) => linted.add_twin(&slug, first),
            None => {
                seen.insert(slug, file.clone());
            }
        }
    }
}

/// Asks for what only a server knows. Without a project there is nothing to ask for.
async fn ask_server(files: &mut [(String, Linted)], args: &Args, context: &Context) -> Result<(), CliError> {
    if args.offline {
        return Ok(());
    }
    if context.settings.project.is_none() {
        context.printer.note("Sources are not looked for: no project was chosen.");
        return Ok(());
    }
    let without = "--offline looks at the files alone";
    let client = context.client()?.in_preview(args.preview.clone());
    let project = context.project(&client).await.map_err(|error| error.hint(without))?;
    for (_, linted) in files {
        if let Some(canvas) = &linted.canvas {
            let doubts = client.doubts(&project.owner, &project.slug, canvas).await;
            linted.add_doubts(doubts.map_err(|error| CliError::from(error).hint(without))?);
        }
    }
    Ok(())
}

/// The findings of a file as a report has them: a case a rule.
fn suite((file, linted): &(String, Linted)) -> Suite {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &linted.findings {
        by_rule.entry(finding.rule).or_default().push(finding);
    }
    let case = |(rule, findings): (&&str, &Vec<&Finding>)| Case {
        part: String::new(),
        name: (*rule).to_owned(),
        outcome: match findings.iter().any(|finding| finding.severity == Severity::Error) {
            true => Outcome::Failed,
            false => Outcome::Warned,
        },
        found: String::new(),
        line: None,
        faults: findings
            .iter()
            .map(|f| Fault { line: Some(f.line), column: Some(f.column), text: told(f) })
            .collect(),
        beyond: Beyond::default(),
    };
    let mut cases: Vec<Case> = by_rule.iter().map(case).collect();
    if cases.is_empty() {
        let (name, outcome) = ("lint".to_owned(), Outcome::Passed);
        let (part, found) = (String::new(), String::new());
        let (faults, beyond) = (Vec::new(), Beyond::default());
        cases.push(Case { part, name, outcome, found, line: None, faults, beyond });
    }
    let at = Some(file.clone()).filter(|file| file != canvas_files::STDIN);
    Suite { name: file.clone(), title: "Canvas".to_owned(), file: at, cases }
}
