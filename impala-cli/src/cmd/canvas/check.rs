//! `impala canvas check`

use std::path::PathBuf;

use impala_core::api::{BlockCheck, CanvasCheck, CanvasDraft};
use impala_core::client::Client;
use impala_core::expect::Verdict;

use crate::args::ParamArgs;
use crate::canvas_files::{self, CanvasFile};
use crate::context::{Context, ProjectAddress};
use crate::error::{CliError, Exit};
use crate::printer::ago::count;
use crate::printer::{JsonArgs, JsonFields, Table};
use crate::reports::ReportArgs;

mod report;

const FIELDS: [&str; 6] = ["canvas", "revision", "parameters", "checked_at", "passed", "blocks"];

/// Hold canvases against what is expected of their blocks
///
/// Every block is asked, and its answer held against its rules, a list of short texts under `expect` of the block: rows > 0,
/// value between 1000 and 2000, value within 5% of previous, column id unique, not truncated, fresh within 26h.
///
/// rows and value take > >= < <= = !=, between A and B, within 5% of previous, within 10 of previous; value also not null.
/// column NAME takes not null, unique, and comparisons that each of its values has to pass. rows of a metric are those behind
/// its value.
///
/// previous is the block over the version of its source before the one that it shows: of taxis@3 it is taxis@2; of SQL over
/// several sources, each goes one back that has an earlier version. Where there is no earlier version, the rule is skipped.
/// fresh counts from the upload of the version that is shown, by the server's clock; of several sources the oldest counts.
///
/// Ends with exit code 7 when a rule fails or a block has no answer, also on a canvas without rules.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas check seattle-weather
  impala canvas check --all --report junit=checks.xml,github
  impala canvas check seattle-weather --report markdown >> \"$GITHUB_STEP_SUMMARY\"
  impala canvas check --all --preview pr-123
  impala canvas check --file canvas.yaml --param since=2014-01-01
  impala canvas check seattle-weather --json blocks | jq '.[].blocks[].rules[] | select(.verdict == \"fail\")'")]
pub struct Args {
    /// Names of the canvases
    canvases: Vec<String>,
    /// All canvases of the project
    #[arg(long, conflicts_with = "canvases")]
    all: bool,
    /// Check this document, or those in this folder, which need not be saved, against the project's sources; - reads stdin
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["canvases", "all"])]
    file: Vec<PathBuf>,
    /// Read the sources through this preview: those that it has come from it, others from the project
    #[arg(long, value_name = "NAME")]
    preview: Option<String>,
    #[command(flatten)]
    params: ParamArgs,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    args.report.check_beside(&args.json)?;
    if args.canvases.is_empty() && !args.all && args.file.is_empty() {
        return Err(CliError::usage("which canvases?").hint("name some, or give --all, or --file FILE"));
    }
    let client = context.client()?.in_preview(args.preview.clone());
    let project = context.project(&client).await?;
    let files = args.files(context)?;
    let checks = args.checks(&files, &client, &project).await?;
    if let Some(json) = args.json.write(&FIELDS, &checks)? {
        context.printer.print(&json)?;
    } else if context.printer.is_quiet {
        let failed = checks.iter().filter(|check| !check.passed);
        args.report
            .tell(&failed.map(|check| format!("{}\n", check.canvas)).collect::<String>(), &context.printer)?;
    } else if !checks.is_empty() {
        args.report.tell(&table(&checks).to_text(context.printer.table_width()), &context.printer)?;
    }
    args.report.write(&report::suites(&checks, &files), context)?;
    conclude(&checks, context)
}

impl Args {
    fn files(&self, context: &Context) -> Result<Vec<CanvasFile>, CliError> {
        match self.file.is_empty() {
            true => Ok(Vec::new()),
            false => canvas_files::find(&self.file, context)?.canvases(),
        }
    }

    /// Those of the files first, in their order.
    async fn checks(
        &self,
        files: &[CanvasFile],
        client: &Client,
        project: &ProjectAddress,
    ) -> Result<Vec<CanvasCheck>, CliError> {
        let parameters = self.params.texts();
        let (owner, slug) = (&project.owner, &project.slug);
        let mut checks = Vec::new();
        for CanvasFile { path, canvas, .. } in files {
            let canvas = serde_json::to_value(canvas)
                .map_err(|error| CliError::failed(format!("could not write JSON: {error}")))?;
            let draft = CanvasDraft { canvas, parameters: parameters.clone(), blocks: Vec::new() };
            let check = client.check_draft(owner, slug, &draft).await;
            checks.push(check.map_err(|error| CliError::from(error).at(&canvas_files::name(path)))?);
        }
        for canvas in self.names(client, project).await? {
            let check = client.check_canvas(owner, slug, &canvas, &parameters).await;
            checks.push(check.map_err(|error| CliError::from(error).at(&format!("canvas {canvas}")))?);
        }
        Ok(checks)
    }

    async fn names(&self, client: &Client, project: &ProjectAddress) -> Result<Vec<String>, CliError> {
        if !self.all {
            return Ok(self.canvases.clone());
        }
        let canvases = client.canvases(&project.owner, &project.slug).await?;
        Ok(canvases.into_iter().map(|canvas| canvas.slug).collect())
    }
}

fn table(checks: &[CanvasCheck]) -> Table {
    let has_several = checks.len() > 1;
    let heads = ["BLOCK", "RULE", "FOUND", "VERDICT"];
    let mut table = Table::new(has_several.then_some("CANVAS").into_iter().chain(heads));
    for check in checks {
        for block in &check.blocks {
            for line in lines(block) {
                let cells = [block.id.clone(), line.rule, line.found, line.verdict.as_str().to_owned()];
                table.row(has_several.then(|| check.canvas.clone()).into_iter().chain(cells));
            }
        }
    }
    table
}

/// What is told of a block.
struct Line {
    rule: String,
    found: String,
    verdict: Verdict,
}

/// What a block without rules is held against.
const ANSWERS: &str = "answers";

/// A line for each rule; one of its own says that a block has no answer, or has one and no rules.
fn lines(block: &BlockCheck) -> Vec<Line> {
    let answers = |verdict, found| Line { rule: ANSWERS.to_owned(), found, verdict };
    let mut lines = Vec::new();
    if let Some(problem) = &block.problem {
        let why = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
        lines.push(answers(Verdict::Fail, why.clone()));
    } else if block.rules.is_empty() {
        let from = block.sources.join(", ");
        lines.push(answers(Verdict::Pass, format!("{} from {from}", count(block.rows, "row"))));
    }
    lines.extend(block.rules.iter().map(|rule| Line {
        rule: rule.rule.clone(),
        found: rule.found.clone(),
        verdict: rule.verdict,
    }));
    lines
}

/// Says in a sentence how each canvas fared; an error when one of them failed.
fn conclude(checks: &[CanvasCheck], context: &Context) -> Result<(), CliError> {
    if checks.is_empty() {
        context.printer.note("The project has no canvases.");
    }
    let failed: Vec<String> = checks.iter().filter(|check| !check.passed).map(failure).collect();
    checks.iter().filter(|check| check.passed).for_each(|check| context.printer.note(&success(check)));
    match &failed[..] {
        [] => Ok(()),
        [only] => Err(CliError::new(Exit::Refused, only.clone())),
        several => {
            let message = format!("{} of {} canvases failed", several.len(), checks.len());
            Err(CliError { details: several.to_vec(), ..CliError::new(Exit::Refused, message) })
        }
    }
}

fn failure(check: &CanvasCheck) -> String {
    let rules: usize = check.blocks.iter().map(|block| block.rules.len()).sum();
    let mut parts = Vec::new();
    match check.count(Verdict::Fail) {
        0 => {}
        failed => parts.push(format!("{failed} of {} failed", count(rules as u64, "rule"))),
    }
    match check.failed_blocks() {
        0 => {}
        1 => parts.push("1 block has no answer".to_owned()),
        blocks => parts.push(format!("{blocks} blocks have no answer")),
    }
    format!("canvas {}: {}", check.canvas, parts.join(", "))
}

fn success(check: &CanvasCheck) -> String {
    let (canvas, blocks) = (&check.canvas, check.blocks.len() as u64);
    let (passed, skipped) = (check.count(Verdict::Pass) as u64, check.count(Verdict::Skip));
    if passed == 0 && skipped == 0 {
        return format!(
            "Canvas {canvas} has no rules; {} answered. Rules stand under `expect` of a block: expect: [rows > 0].",
            count(blocks, "block")
        );
    }
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    format!("Canvas {canvas} is as expected: {} passed{skipped}.", count(passed, "rule"))
}
