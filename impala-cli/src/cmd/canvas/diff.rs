//! `impala canvas diff`

use std::path::PathBuf;

use impala_core::Canvas;
use impala_core::difference::{self, Change};
use serde::Serialize;

use crate::canvas_base::{Place, Standing};
use crate::canvas_files::{self, CanvasFile, name};
use crate::canvas_memory::Memory;
use crate::canvas_surplus::{self, Memories, Origin, Surplus};
use crate::changes;
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::{HEADING, JsonArgs, JsonFields};

const FIELDS: [&str; 7] = ["canvas", "file", "status", "revision", "conflict", "changes", "title"];

/// Show what applying files would change
///
/// Compares files, or all in folders, with the canvases on the server: + was added in the file, - removed, > moved, ~ changed.
/// Ends with exit code 8 when something differs, 0 when nothing does.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas diff weather.yaml
  impala canvas diff canvases/ --prune
  impala canvas diff weather.yaml --revision 3
  impala canvas diff canvases/ --json canvas,status,changes")]
pub struct Args {
    /// Files or folders; - reads stdin
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Compare with an earlier revision
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
    /// Show also the project's canvases that no file says any more, which `apply --prune` deletes
    #[arg(long)]
    prune: bool,
    /// End with exit code 8 when something differs, as this command always does and `source diff` does with it
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Compared {
    canvas: String,
    title: String,
    file: Option<String>,
    /// `new`, `changed`, `unchanged`, `surplus`: its file is gone, or `kept`: made on the server, in no file.
    status: &'static str,
    revision: Option<u64>,
    /// Whether `apply` would refuse it, since someone has edited the canvas.
    conflict: bool,
    changes: Vec<Change>,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let found = canvas_files::find(&args.files, context)?;
    let folders = found.folders.clone();
    let files = found.canvases()?;
    if args.revision.is_some() && files.len() != 1 {
        return Err(CliError::usage("--revision is of one canvas: name one file"));
    }
    let client = context.client()?;
    let project = context.project(&client).await?;
    let place = Place { client: &client, project: &project };
    let mut all = Vec::new();
    for file in &files {
        all.push(match args.revision {
            Some(revision) => with_revision(file, revision, &place).await?,
            None => with_current(file, &place, context).await?,
        });
    }
    if args.prune {
        all.extend(surplus(&folders, &files, &place, context).await?);
    }
    if let Some(json) = args.json.write(&FIELDS, &all)? {
        context.printer.print(&json)?;
    } else {
        tell(&all, context)?;
    }
    match all.iter().all(Compared::is_same) {
        true => Ok(()),
        false => Err(CliError::silent(Exit::Differs)),
    }
}

async fn with_current(file: &CanvasFile, place: &Place<'_>, context: &Context) -> Result<Compared, CliError> {
    let memory = Memory::of(&file.path, place.project, context);
    let standing = place.standing(file, &memory).await?;
    let current = standing.current();
    let conflict = matches!(standing, Standing::Behind(..));
    let changes = difference::between(current.map(|view| &view.canvas), &file.canvas);
    let status = match current {
        None => "new",
        Some(_) if changes.is_empty() => "unchanged",
        Some(_) => "changed",
    };
    let revision = current.map(|view| view.revision.revision);
    Ok(Compared { status, revision, conflict, changes, ..Compared::of(file) })
}

async fn with_revision(file: &CanvasFile, revision: u64, place: &Place<'_>) -> Result<Compared, CliError> {
    let slug = &file.canvas.metadata.slug;
    let Some(view) = place.revision(slug, revision).await? else {
        let message = format!("there is no revision {revision} of canvas {slug}");
        return Err(
            CliError::failed(message).hint(format!("`impala canvas history {slug}` lists the revisions"))
        );
    };
    let changes = difference::between(Some(&view.canvas), &file.canvas);
    let status = if changes.is_empty() { "unchanged" } else { "changed" };
    Ok(Compared { status, revision: Some(revision), changes, ..Compared::of(file) })
}

async fn surplus(
    folders: &[PathBuf],
    files: &[CanvasFile],
    place: &Place<'_>,
    context: &Context,
) -> Result<Vec<Compared>, CliError> {
    let memories = Memories::of(folders, files, place, context);
    let said: Vec<&Canvas> = files.iter().map(|file| &file.canvas).collect();
    let found = canvas_surplus::find(&said, &memories, place).await?;
    for one in found.iter().filter(|one| one.origin == Origin::Server) {
        context.printer.note(&one.why_kept());
    }
    Ok(found.into_iter().map(Compared::without_file).collect())
}

impl Compared {
    fn is_same(&self) -> bool {
        matches!(self.status, "unchanged" | "kept")
    }

    /// What apply will say to a conflict.
    fn warning(&self) -> String {
        let slug = &self.canvas;
        match &self.file {
            Some(file) => format!(
                "canvas {slug} was edited on the server since {file} was made from it; `impala canvas apply` will refuse it, unless --merge or --force"
            ),
            None => format!(
                "canvas {slug} was edited on the server since it came from a file; `impala canvas apply --prune` will refuse to delete it, unless --force"
            ),
        }
    }

    fn without_file(surplus: Surplus) -> Self {
        let Surplus { canvas, origin } = surplus;
        Self {
            canvas: canvas.slug,
            title: canvas.title,
            file: None,
            status: if origin == Origin::Server { "kept" } else { "surplus" },
            revision: Some(canvas.revision.revision),
            conflict: matches!(origin, Origin::Edited(_)),
            changes: Vec::new(),
        }
    }

    fn of(file: &CanvasFile) -> Self {
        Self {
            canvas: file.canvas.metadata.slug.clone(),
            title: file.canvas.title().to_owned(),
            file: Some(name(&file.path)),
            status: "unchanged",
            revision: None,
            conflict: false,
            changes: Vec::new(),
        }
    }
}

fn tell(all: &[Compared], context: &Context) -> Result<(), CliError> {
    let different: Vec<&Compared> = all.iter().filter(|compared| !compared.is_same()).collect();
    for (index, compared) in different.iter().enumerate() {
        if context.printer.is_quiet {
            context.printer.line(&compared.canvas)?;
            continue;
        }
        let gap = if index > 0 { "\n" } else { "" };
        let file = compared.file.as_deref().unwrap_or("no file");
        let from =
            compared.revision.map_or_else(|| "not on the server".to_owned(), |n| format!("revision {n}"));
        let head = format!("{gap}{HEADING}canvas {}{HEADING:#} ({from} -> {file})\n", compared.canvas);
        context.printer.print(&(head + &changes::in_full(&compared.changes)))?;
        if compared.conflict {
            context.printer.warn(&compared.warning());
        }
    }
    let same = all.iter().filter(|compared| compared.status == "unchanged").count();
    if different.is_empty() && same > 0 {
        context.printer.note(if same == 1 {
            "The canvas is the same."
        } else {
            "All canvases are the same."
        });
    }
    Ok(())
}
