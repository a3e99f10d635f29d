//! `impala canvas diff`

use std::collections::BTreeSet;
use std::path::PathBuf;

use impala_core::difference::{self, Change};
use serde::Serialize;

use crate::canvas_base::{Place, Standing};
use crate::canvas_files::{self, CanvasFile, name};
use crate::canvas_memory::Memory;
use crate::changes;
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::{HEADING, JsonArgs};

const FIELDS: [&str; 7] = ["canvas", "file", "status", "revision", "conflict", "changes", "title"];

/// Show what applying files would change
///
/// Compares files, or all in folders, with the canvases on the server: + was added in the file, - removed, > moved, ~ changed.
/// Ends with exit code 8 when something differs, 0 when nothing does.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
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
    /// Show also the project's canvases that no file says, which `apply --prune` deletes
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Compared {
    canvas: String,
    title: String,
    file: Option<String>,
    /// `new`, `changed`, `unchanged`, or `surplus`: only on the server.
    status: &'static str,
    revision: Option<u64>,
    /// Whether `apply` would refuse it, since someone has edited the canvas.
    conflict: bool,
    changes: Vec<Change>,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let files = canvas_files::find(&args.files, context)?.canvases()?;
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
        all.extend(surplus(&files, &place).await?);
    }
    if let Some(json) = args.json.write(&FIELDS, &all)? {
        context.printer.print(&json)?;
    } else {
        tell(&all, context)?;
    }
    match all.iter().all(|compared| compared.status == "unchanged") {
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

async fn surplus(files: &[CanvasFile], place: &Place<'_>) -> Result<Vec<Compared>, CliError> {
    let said: BTreeSet<&str> = files.iter().map(|file| file.canvas.metadata.slug.as_str()).collect();
    let all = place.client.canvases(&place.project.owner, &place.project.slug).await?;
    let rest = all.into_iter().filter(|canvas| !said.contains(canvas.slug.as_str()));
    let compared = rest.map(|canvas| Compared {
        canvas: canvas.slug,
        title: canvas.title,
        file: None,
        status: "surplus",
        revision: Some(canvas.revision.revision),
        conflict: false,
        changes: Vec::new(),
    });
    Ok(compared.collect())
}

impl Compared {
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
    let different: Vec<&Compared> = all.iter().filter(|compared| compared.status != "unchanged").collect();
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
            let message =
                format!("canvas {} was edited on the server since {file} was made from it", compared.canvas);
            context
                .printer
                .warn(&format!("{message}; `impala canvas apply` will refuse it, unless --merge or --force"));
        }
    }
    let same = all.len() - different.len();
    if different.is_empty() && same > 0 {
        context.printer.note(if same == 1 {
            "The canvas is the same."
        } else {
            "All canvases are the same."
        });
    }
    Ok(())
}
