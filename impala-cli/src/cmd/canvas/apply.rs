//! `impala canvas apply`

use std::path::PathBuf;

use impala_core::Canvas;
use impala_core::api::{APPLIED, CanvasView};
use impala_core::difference::{self, Change};
use serde::Serialize;

use crate::args::YesArgs;
use crate::canvas_base::{Place, Standing};
use crate::canvas_files::{self, CanvasFile, name};
use crate::canvas_memory::Memory;
use crate::canvas_surplus::{self, Memories, Surplus};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::ago::count;
use crate::printer::{JsonArgs, JsonFields};

mod prune;
mod stale;

const FIELDS: [&str; 6] = ["canvas", "file", "action", "revision", "changes", "dry_run"];

/// Make canvases what files say
///
/// Files and folders; without any, the folder that impala.toml names as canvases. All files are read and checked first, and nothing
/// is saved unless all of it can be. Applying the same file twice changes nothing.
///
/// An edit that someone made on the server (in the terminal, on the page, block by block) is never overwritten unseen. A file comes
/// from the revision that was last pulled or applied in this folder, which .impala/canvases.json keeps; where nothing is known of
/// that, as in a fresh clone of CI, it comes from the newest revision that was itself applied from a file. What was saved
/// after it is a conflict, exit code 6, unless the file holds that edit already, block by block, or the canvas stands as an
/// earlier commit of the file has it. Then pull the edit into the file, or bring both together by --merge, or overwrite
/// the edit by --force: every revision stays in the history.
///
/// --prune deletes what came from a file (pulled or applied here, or by its history applied from a file) when its file is gone. It
/// lists them first, and asks on a terminal, or wants --yes. What someone made on the server is kept, and said to be;
/// what someone has edited since is a conflict.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas apply weather.yaml
  impala canvas apply canvases/ --dry-run
  impala canvas apply canvases/ --prune --yes --note \"$CI_COMMIT\"
  impala canvas apply weather.yaml --merge
  impala canvas pull weather -o - | sed s/bar/line/ | impala canvas apply - --force")]
pub struct Args {
    /// Files in YAML or JSON, or folders of them; - reads stdin
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The same as FILE
    #[arg(short, long, value_name = "FILE")]
    file: Vec<PathBuf>,
    /// Only say what would change
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Where someone has edited the canvas since, bring both together block by block, in the file too
    #[arg(long, conflicts_with = "force")]
    merge: bool,
    /// Overwrite what someone has edited since
    #[arg(long)]
    force: bool,
    /// Delete the project's canvases that came from files, and that no file of the folders says any more; what was made on the
    /// server stays
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    yes: YesArgs,
    /// What the history is told, such as a commit
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// End with exit code 9 when nothing changed
    #[arg(long)]
    error_on_unchanged: bool,
    #[command(flatten)]
    json: JsonArgs,
}

/// What is to become of one file's canvas.
struct Plan {
    file: CanvasFile,
    memory: Memory,
    standing: Standing,
    changes: Vec<Change>,
    is_merged: bool,
}

/// What became of a canvas.
#[derive(Serialize)]
struct Done {
    canvas: String,
    file: Option<String>,
    /// `made`, `changed`, `merged`, `unchanged`, `deleted`, or `kept`: made on the server, and in no file.
    action: &'static str,
    revision: Option<u64>,
    changes: Vec<Change>,
    dry_run: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let named: Vec<PathBuf> = args.files.iter().chain(&args.file).cloned().collect();
    let found = canvas_files::find(&named, context)?;
    let folders = found.folders.clone();
    let files = found.canvases()?;
    prune::check(args.prune, !folders.is_empty())?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let place = Place { client: &client, project: &project };
    let memories = Memories::of(&folders, &files, &place, context);
    let mut plans = Vec::new();
    for file in files {
        plans.push(plan(file, args.merge, &place, context).await?);
    }
    let surplus = if args.prune { surplus(&plans, &memories, &place).await? } else { Vec::new() };
    prune::settle(&surplus, &args)?;
    stale::settle(&mut plans, &args, &project, context)?;
    if !args.dry_run {
        prune::confirm(&surplus, &args, &place, context).await?;
    }
    let mut all = Vec::new();
    for plan in plans {
        all.push(carry_out(plan, &args, &place, context).await?);
    }
    for one in surplus {
        all.push(prune::carry_out(one, &memories, &args, &place, context).await?);
    }
    let is_all_same = all.iter().all(|done| matches!(done.action, "unchanged" | "kept"));
    if let Some(json) = args.json.write(&FIELDS, &all)? {
        context.printer.print(&json)?;
    } else if args.dry_run && !is_all_same && !context.printer.is_quiet {
        context.printer.line("Dry run: nothing was done.")?;
    }
    match args.error_on_unchanged && is_all_same {
        true => Err(CliError::silent(Exit::Unchanged)),
        false => Ok(()),
    }
}

async fn surplus(plans: &[Plan], memories: &Memories, place: &Place<'_>) -> Result<Vec<Surplus>, CliError> {
    let said: Vec<&Canvas> = plans.iter().map(|plan| &plan.file.canvas).collect();
    canvas_surplus::find(&said, memories, place).await
}

async fn plan(
    file: CanvasFile,
    is_merge: bool,
    place: &Place<'_>,
    context: &Context,
) -> Result<Plan, CliError> {
    let memory = Memory::of(&file.path, place.project, context);
    let mut standing = place.standing(&file, &memory).await?;
    // What comes from no file has come from the canvas as it was made: merged with what was done since, nothing gets lost.
    let is_from_none = is_merge && canvas_files::is_standard(&file.path);
    if let (Standing::Behind(_, base @ None), true) = (&mut standing, is_from_none) {
        *base = place.revision(&file.canvas.metadata.slug, 1).await?.map(Box::new);
    }
    let changes = difference::between(standing.current().map(|view| &view.canvas), &file.canvas);
    Ok(Plan { file, memory, standing, changes, is_merged: false })
}

async fn carry_out(plan: Plan, args: &Args, place: &Place<'_>, context: &Context) -> Result<Done, CliError> {
    let action = match (&plan.standing, plan.changes.is_empty()) {
        (Standing::New, _) => "made",
        (_, true) => "unchanged",
        _ if plan.is_merged => "merged",
        _ => "changed",
    };
    let view = match (action, plan.standing.current()) {
        ("unchanged", current) => current.cloned(),
        (_, current) if args.dry_run => current.cloned(),
        (_, current) => Some(save(&plan, current, args, place, context).await?),
    };
    if let Some(view) = view.as_ref().filter(|_| !args.dry_run) {
        // The file first: it must not seem to come from what it does not hold.
        write_merged(&plan, context)?;
        plan.memory.keep(view, context);
    }
    let done = Done {
        canvas: plan.file.canvas.metadata.slug.clone(),
        file: Some(name(&plan.file.path)),
        action,
        revision: view.map(|view| view.revision.revision),
        changes: plan.changes,
        dry_run: args.dry_run,
    };
    say(&done, args, context)?;
    Ok(done)
}

/// Writes what was edited on the server into the file, also where the file has nothing new to the server.
fn write_merged(plan: &Plan, context: &Context) -> Result<(), CliError> {
    let CanvasFile { path, text, canvas } = &plan.file;
    if !plan.is_merged || canvas_files::is_standard(path) {
        return Ok(());
    }
    canvas_files::write(path, &canvas_files::canonical(path, text, canvas))?;
    context.printer.note(&format!("Wrote {} with what was edited on the server.", path.display()));
    Ok(())
}

async fn save(
    plan: &Plan,
    current: Option<&CanvasView>,
    args: &Args,
    place: &Place<'_>,
    context: &Context,
) -> Result<CanvasView, CliError> {
    let path = &plan.file.path;
    let over = current.map(|view| view.etag.as_str());
    let (owner, project) = (&place.project.owner, &place.project.slug);
    let saved = place.client.apply_canvas(owner, project, &plan.file.canvas, over, &note(path, args)).await;
    let view = saved.map_err(|error| CliError::from(error).at(&name(path)))?;
    super::warn(&view, context);
    Ok(view)
}

/// What the history says: that it was a file, which one, and what the user adds.
fn note(path: &std::path::Path, args: &Args) -> String {
    match (&args.note, canvas_files::is_standard(path)) {
        (Some(note), _) => format!("{APPLIED}: {note}"),
        (None, true) => APPLIED.to_owned(),
        (None, false) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            format!("{APPLIED} from {name}").chars().take(200).collect()
        }
    }
}

/// What changed is the result of this command, so it goes to stdout.
fn say(done: &Done, args: &Args, context: &Context) -> Result<(), CliError> {
    if args.json.json.is_some() {
        return Ok(());
    }
    let slug = &done.canvas;
    if context.printer.is_quiet {
        return context.printer.line(slug);
    }
    let lines: String = done.changes.iter().map(|change| format!("\n  {}", change.line())).collect();
    let revision = done.revision.unwrap_or_default();
    let text = match (done.action, done.dry_run) {
        ("unchanged", _) => format!("Canvas {slug} is unchanged (revision {revision})."),
        ("deleted", true) => format!("Canvas {slug} would be deleted, with {}.", count(revision, "revision")),
        ("deleted", false) => format!("Deleted canvas {slug} with {}.", count(revision, "revision")),
        (action, true) => format!("Canvas {slug} would be {action}:{lines}"),
        ("made", false) => format!("Made canvas {slug} (revision {revision}):{lines}"),
        ("merged", false) => format!("Merged canvas {slug} (revision {revision}):{lines}"),
        (_, false) => format!("Changed canvas {slug} (revision {revision}):{lines}"),
    };
    context.printer.line(&text)
}
