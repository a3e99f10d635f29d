//! `impala canvas pull`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use impala_core::api::CanvasView;
use impala_core::{Canvas, document};

use crate::canvas_base::{Place, Standing};
use crate::canvas_files::{self, CanvasFile, is_standard};
use crate::canvas_memory::{Memory, sha256};
use crate::changes;
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::files;

/// Get canvases as documents, for git or an editor
///
/// The form is canonical: pulling twice gives the same bytes, and a change of one block changes only its lines. One canvas goes to
/// stdout, or to the FILE of -o; several, or all without a name, go into the folder of -o, or the one that impala.toml
/// names as canvases, each as SLUG.yaml or into the file there that says it already. Comments at the top of a file stay.
///
/// A file that holds what no revision on the server has is not overwritten: exit code 6, unless --force.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas pull seattle-weather
  impala canvas pull seattle-weather -o weather.yaml
  impala canvas pull -o canvases/
  impala canvas pull seattle-weather --revision 3 --format json")]
pub struct Args {
    /// Names of canvases; without any, all of the project
    #[arg(value_name = "CANVAS")]
    canvases: Vec<String>,
    /// File or folder; - is stdout
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// An earlier revision
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
    /// Form of the document; that of a file's name when left out
    #[arg(short, long, value_enum)]
    format: Option<DocumentFormat>,
    /// Overwrite what stands in files only
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DocumentFormat {
    /// YAML
    Yaml,
    /// JSON
    Json,
}

impl DocumentFormat {
    fn write(self, view: &CanvasView) -> String {
        match self {
            Self::Yaml => document::to_yaml(&view.canvas),
            Self::Json => document::to_json(&view.canvas),
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
        }
    }
}

/// Where canvases go.
enum Target {
    Stdout,
    File(PathBuf),
    /// A folder, and its files by the canvas that they say.
    Folder(PathBuf, BTreeMap<String, PathBuf>),
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let target = target(&args, context)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let place = Place { client: &client, project: &project };
    let slugs = match args.canvases.is_empty() {
        false => args.canvases.clone(),
        true => {
            let all = client.canvases(&project.owner, &project.slug).await?;
            all.into_iter().map(|canvas| canvas.slug).collect()
        }
    };
    let mut kept = Vec::new();
    for slug in &slugs {
        let view = view(slug, &args, &place).await?;
        let path = match &target {
            Target::Stdout => {
                context.printer.print(&args.format.unwrap_or(DocumentFormat::Yaml).write(&view))?;
                if let Some(path) = redirected().filter(|_| context.printer.is_heard()) {
                    keep(&Memory::of(&path, &project, context), &view, &args, context);
                }
                continue;
            }
            Target::File(path) => path.clone(),
            Target::Folder(folder, there) => there.get(slug).cloned().unwrap_or_else(|| {
                let ending = args.format.unwrap_or(DocumentFormat::Yaml).ending();
                folder.join(format!("{slug}.{ending}"))
            }),
        };
        kept.extend(into_file(&path, &view, &args, &place, context).await?);
    }
    if slugs.is_empty() {
        context.printer.note(&format!("{project} has no canvases."));
    }
    match kept.len() {
        0 => Ok(()),
        1 => Err(kept.remove(0)),
        several => {
            let mut error = CliError::new(
                Exit::Conflict,
                format!("{several} files hold what is not on the server, and stay as they are"),
            );
            error.details =
                kept.into_iter().flat_map(|one| [vec![one.message], one.details].concat()).collect();
            Err(error.hint(
                "`impala canvas apply` saves them, with --merge where both sides were edited; or overwrite them by --force",
            ))
        }
    }
}

fn target(args: &Args, context: &Context) -> Result<Target, CliError> {
    let configured = context.settings.canvases.as_ref().map(|setting| setting.value.clone());
    let is_one = args.canvases.len() == 1;
    if args.revision.is_some() && !is_one {
        return Err(CliError::usage("--revision is of one canvas: name it"));
    }
    let into = |folder: PathBuf| Ok(Target::Folder(folder.clone(), there(&folder)?));
    match (&args.output, configured) {
        (Some(path), _) if is_standard(path) && is_one => Ok(Target::Stdout),
        (Some(path), _) if is_standard(path) => Err(CliError::usage("stdout takes one canvas: name it")),
        (Some(path), _) if path.is_dir() || !is_one || path.to_string_lossy().ends_with('/') => {
            into(path.clone())
        }
        (Some(path), _) => Ok(Target::File(path.clone())),
        (None, Some(folder)) => into(folder),
        (None, None) if is_one => Ok(Target::Stdout),
        (None, None) => Err(CliError::usage("where to?").hint(
            "give -o FOLDER, or set canvases = \"FOLDER\" in impala.toml; one canvas by name goes to stdout",
        )),
    }
}

/// The files of a folder by the canvas that each says. A file that says none is in nobody's way.
fn there(folder: &Path) -> Result<BTreeMap<String, PathBuf>, CliError> {
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    let (texts, _) = canvas_files::in_folder(folder)?;
    let slug = |text: &str| {
        let value = document::from_text(text).ok()?;
        value.pointer("/metadata/slug")?.as_str().map(str::to_owned)
    };
    Ok(texts.into_iter().filter_map(|file| Some((slug(&file.text)?, file.path))).collect())
}

async fn view(slug: &str, args: &Args, place: &Place<'_>) -> Result<CanvasView, CliError> {
    let (owner, project) = (&place.project.owner, &place.project.slug);
    let Some(revision) = args.revision else {
        return Ok(place.client.canvas(owner, project, slug).await?);
    };
    match place.client.canvas_at([owner, project, slug], revision).await {
        // Which of the two is missing?
        Err(error) if error.status() == Some(404) => {
            place.client.canvas(owner, project, slug).await?;
            let hint = format!("`impala canvas history {slug}` lists the revisions");
            Err(CliError::from(error).hint(hint))
        }
        view => Ok(view?),
    }
}

/// The file that a shell has sent stdout to, as in `impala canvas pull rain > rain.yaml`.
fn redirected() -> Option<PathBuf> {
    std::fs::canonicalize("/dev/stdout").ok().filter(|path| path.is_file())
}

/// Writes a file, or says why it stays as it is.
async fn into_file(
    path: &Path,
    view: &CanvasView,
    args: &Args,
    place: &Place<'_>,
    context: &Context,
) -> Result<Option<CliError>, CliError> {
    let memory = Memory::of(path, place.project, context);
    let before = files::read_if_there(path)?.unwrap_or_default();
    let revision = view.revision.revision;
    let text = match args.format {
        Some(format) => format.write(view),
        None => canvas_files::canonical(path, &before, &view.canvas),
    };
    if before == text {
        keep(&memory, view, args, context);
        context.printer.note(&format!("{} is unchanged (revision {revision}).", path.display()));
        return Ok(None);
    }
    let is_same = canvas_files::parse(&before).is_ok_and(|canvas| canvas == view.canvas);
    if !args.force && !before.trim().is_empty() {
        if is_same && canvas_files::inner_comment(&before).is_some() {
            context
                .printer
                .note(&format!("{} says revision {revision} already; its comments stay.", path.display()));
            keep(&memory, view, args, context);
            return Ok(None);
        }
        if let Some(error) = unsaved(path, before, view, &memory, place).await? {
            return Ok(Some(error));
        }
    }
    canvas_files::write(path, &text)?;
    keep(&memory, view, args, context);
    context.printer.note(&format!("Wrote {} (revision {revision}).", path.display()));
    Ok(None)
}

/// An earlier revision is what the file holds now, and not what it comes from: what was saved since is still an edit.
fn keep(memory: &Memory, view: &CanvasView, args: &Args, context: &Context) {
    if args.revision.is_none() {
        memory.keep(view, context);
    }
}

/// Why a file is not overwritten: it holds what no revision has, or comments that would go.
async fn unsaved(
    path: &Path,
    before: String,
    view: &CanvasView,
    memory: &Memory,
    place: &Place<'_>,
) -> Result<Option<CliError>, CliError> {
    let shown = path.display();
    let kept = |why: String| CliError::new(Exit::Conflict, format!("{shown} stays as it is: {why}"));
    let canvas = match canvas_files::parse(&before) {
        Ok(canvas) => canvas,
        Err(invalid) => {
            let why = format!("it holds what cannot be read as a canvas ({})", invalid.errors[0]);
            return Ok(Some(kept(why).hint("--force overwrites it")));
        }
    };
    if let Some(spot) = canvas_files::inner_comment(&before) {
        let why = format!("the comment in line {} would go", spot.line);
        return Ok(Some(kept(why).hint("comments at the top of a file stay; --force overwrites it")));
    }
    let slug = &view.canvas.metadata.slug;
    if canvas == view.canvas || memory.known(slug).is_some_and(|known| known.sha256 == sha256(&canvas)) {
        return Ok(None);
    }
    let file = CanvasFile { path: path.to_owned(), text: before, canvas };
    let is_of_this = file.canvas.metadata.slug == *slug;
    let history = if is_of_this { place.history(slug).await? } else { Vec::new() };
    if place.saying(&history, &file.canvas).await?.is_some() {
        return Ok(None);
    }
    let standing = if is_of_this { place.standing(&file, memory).await? } else { Standing::New };
    let base = match standing {
        Standing::Behind(current, Some(base)) if current.canvas == view.canvas => base,
        _ => {
            let mut error = kept("it holds what is not on the server".to_owned());
            error.details = changes::between(Some(&view.canvas), &file.canvas);
            let hint = format!("`impala canvas apply {shown}` saves it, --force overwrites it");
            return Ok(Some(error.hint(hint)));
        }
    };
    let since = base.revision.revision;
    let mut error = kept(format!("both the file and the canvas were edited since revision {since}"));
    let of = |side: &str, canvas: &Canvas| -> Vec<String> {
        let lines = changes::between(Some(&base.canvas), canvas);
        lines.into_iter().map(|line| format!("{side}: {line}")).collect()
    };
    error.details = [of("file", &file.canvas), of("server", &view.canvas)].concat();
    Ok(Some(error.hint(format!(
        "`impala canvas apply {shown} --merge` brings both together, in the file too; --force overwrites the file"
    ))))
}
