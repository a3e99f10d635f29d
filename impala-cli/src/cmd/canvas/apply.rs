//! `impala canvas apply`

use std::path::{Path, PathBuf};

use impala_core::api::CanvasView;
use impala_core::client::Client;
use impala_core::error::Invalid;
use impala_core::{Canvas, document};

use crate::changes;
use crate::context::{Context, ProjectAddress};
use crate::error::{CliError, Exit};

/// Make a canvas what a file says
///
/// The file is checked here first. A canvas that is there is replaced as it was when this command began; a save by someone
/// else between that and the end is a conflict, one before it is replaced too. Applying the same file twice changes
/// nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas apply -f canvas.yaml
  impala canvas apply -f canvas.yaml --dry-run
  impala canvas pull weather | sed s/bar/line/ | impala canvas apply -f -")]
pub struct Args {
    /// YAML or JSON; - reads stdin
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Only say what would change
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// End with exit code 9 when nothing changed
    #[arg(long)]
    error_on_unchanged: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let canvas = read(&args.file)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let slug = &canvas.metadata.slug;
    let current = current(&client, &project, slug).await?;
    let changes = changes::between(current.as_ref().map(|view| &view.canvas), &canvas);
    if let Some(view) = &current
        && changes.is_empty()
    {
        say(context, slug, &format!("Canvas {slug} is unchanged (revision {}).", view.revision.revision))?;
        return match args.error_on_unchanged {
            true => Err(CliError::silent(Exit::Unchanged)),
            false => Ok(()),
        };
    }
    let lines: String = changes.iter().map(|line| format!("  {line}\n")).collect();
    let verb = if current.is_some() { "Changed" } else { "Made" };
    if args.dry_run {
        return say(
            context,
            slug,
            &format!("Canvas {slug} would be {}:\n{lines}Dry run: nothing was done.", verb.to_lowercase()),
        );
    }
    let view = match &current {
        Some(view) => client.replace_canvas(&project.owner, &project.slug, &canvas, &view.etag).await,
        None => client.create_canvas(&project.owner, &project.slug, &canvas).await,
    };
    let view = view.map_err(|error| CliError::from(error).at(&args.file.display().to_string()))?;
    super::warn(&view, context);
    say(
        context,
        slug,
        &format!("{verb} canvas {slug} (revision {}):\n{}", view.revision.revision, lines.trim_end()),
    )
}

/// What changed is the result of this command, so it goes to stdout.
fn say(context: &Context, slug: &str, text: &str) -> Result<(), CliError> {
    match context.printer.is_quiet {
        true => context.printer.line(slug),
        false => context.printer.line(text),
    }
}

async fn current(
    client: &Client,
    project: &ProjectAddress,
    slug: &str,
) -> Result<Option<CanvasView>, CliError> {
    match client.canvas(&project.owner, &project.slug, slug).await {
        Ok(view) => Ok(Some(view)),
        Err(error) if error.status() == Some(404) => {
            // A project that is not there is an error, a canvas that is not there is a new one.
            client.project(&project.owner, &project.slug).await?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads and checks a document.
///
/// # Errors
/// Everything found wrong, under the file's name.
fn read(path: &Path) -> Result<Canvas, CliError> {
    let is_stdin = path == Path::new("-");
    let (name, text) = match is_stdin {
        true => ("stdin".to_owned(), crate::cmd::query::read_stdin()?),
        false => {
            let text = std::fs::read_to_string(path).map_err(|error| CliError::file("read", path, &error))?;
            (path.display().to_string(), text)
        }
    };
    parse(&text).map_err(|invalid| CliError::invalid(&name, invalid))
}

fn parse(text: &str) -> Result<Canvas, Invalid> {
    // JSON is YAML too, but its own reader points to the fault better.
    let value = match text.trim_start().starts_with('{') {
        true => document::from_json(text).or_else(|error| document::from_yaml(text).map_err(|_| error))?,
        false => document::from_yaml(text)?,
    };
    document::read_canvas(&value)
}
