//! `impala open`

use std::path::{Path, PathBuf};

use impala_core::client::UploadRequest;
use impala_core::{Canvas, propose};

use super::upload;
use crate::config::DEFAULT_SERVER;
use crate::context::{Context, ProjectAddress};
use crate::csv_args::CsvArgs;
use crate::embedded::{self, Embedded, Resident};
use crate::error::CliError;
use crate::picture::{CanvasFlags, WidthArgs};
use crate::printer::HEADING;
use crate::progress;

/// Look at CSV files: a canvas is proposed from their columns and shown here
///
/// It starts a server on a free port with a temporary folder, and shows the canvas in the terminal, to be looked at and
/// edited until you leave. Where stdout is not a terminal, or with --exit, it prints the canvas and ends. With --save the files
/// and their canvases stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala open sales.csv
  impala open *.csv | less
  impala open sales.csv --save
  curl -s https://example.org/sales.csv | impala open - --name sales")]
pub struct Args {
    /// CSV files; - reads stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the canvas and end
    #[arg(long)]
    exit: bool,
    /// Print the canvas, and serve it until Ctrl-C
    #[arg(long, conflicts_with = "exit")]
    serve: bool,
    /// Keep files and canvases in $XDG_DATA_HOME/impala
    #[arg(long)]
    save: bool,
    /// Name of the source, for a single file; that of the file, or stdin or pipe, when left out
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    width: WidthArgs,
    #[command(flatten)]
    csv: CsvArgs,
    #[command(flatten)]
    flags: CanvasFlags,
}

/// The project that opened files go to.
const PROJECT: &str = "files";

pub fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let named = named(&args)?;
    let place = Place::new(args.save)?;
    let username = embedded::username();
    embedded::run(|stop| async move {
        let resident = Resident {
            username: &username,
            project: PROJECT,
            config_dir: &place.config_dir,
            kept_for: args.save.then_some(DEFAULT_SERVER),
        };
        let embedded = Embedded::start(&place.data_dir, &resident).await.map_err(in_use)?;
        let address = embedded.project.clone();
        let is_looked_at = embedded::is_looked_at(args.exit || args.serve);
        let canvases = add_all(named, &embedded, &args, is_looked_at, context).await?;
        #[cfg(feature = "tui")]
        if is_looked_at {
            let kept_by = (!args.save).then(|| kept_by(&args.files));
            let (setup, home) =
                terminal(&embedded, &canvases, &place, kept_by.as_deref(), args.flags, context);
            embedded::look(stop, embedded, home, setup).await?;
            context.printer.note(&match kept_by {
                Some(command) => format!("Nothing was kept; `{command}` keeps files and canvases."),
                None => how_to_see_it_again(&place, &address, &canvases),
            });
            return Ok(());
        }
        if args.save {
            context.printer.note(&how_to_see_it_again(&place, &address, &canvases));
        }
        match (args.serve, args.save) {
            (false, _) => return embedded.stop().await,
            (true, true) => {
                context.printer.note(&format!("\nServing {}, until Ctrl-C.", embedded.url()));
            }
            (true, false) => context.printer.note(&what_next(&place, &embedded, &canvases)),
        }
        embedded::serve_until(stop, embedded, context).await
    })
}

/// The files with the names of their sources; one that has none is called after where it comes from.
fn named(args: &Args) -> Result<Vec<(PathBuf, String)>, CliError> {
    let given = args.name.as_deref();
    let name = given.or(match &*args.files {
        [only] if only == Path::new("-") => Some("stdin"),
        [only] if upload::nameless(only).is_some() => Some("pipe"),
        _ => None,
    });
    let named = upload::named_files(&args.files, name)?;
    match named.iter().find(|(path, _)| path != Path::new("-") && !path.exists()) {
        Some((path, _)) => Err(crate::files::missing(path)),
        None => Ok(named),
    }
}

/// Makes sources and canvases of the files, and draws the canvases unless they are looked at after that. Returns their slugs.
async fn add_all(
    named: Vec<(PathBuf, String)>,
    embedded: &Embedded,
    args: &Args,
    is_looked_at: bool,
    context: &Context,
) -> Result<Vec<String>, CliError> {
    let style = args.width.style(args.flags.is_ascii(), context);
    let mut canvases = Vec::new();
    for (path, source) in named {
        let canvas = add(embedded, &path, &source, &args.csv, context).await?;
        if !is_looked_at {
            embedded.draw(&canvas, style, context).await?;
        }
        canvases.push(canvas.metadata.slug);
        // Of what is not kept, nothing is left but what is read.
        if !args.save && !context.printer.is_heard() {
            break;
        }
    }
    Ok(canvases)
}

/// Where the server and its user live.
struct Place {
    data_dir: PathBuf,
    config_dir: PathBuf,
    /// Removed when dropped.
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    fn new(is_saved: bool) -> Result<Self, CliError> {
        if is_saved {
            let data_dir = super::serve::default_data_dir()?;
            // The user's own credentials, for this address too, do not concern it.
            return Ok(Self { config_dir: data_dir.join("config"), data_dir, _folder: None });
        }
        let folder = tempfile::Builder::new()
            .prefix("impala-open-")
            .tempdir()
            .map_err(|error| CliError::file("make a folder in", &std::env::temp_dir(), &error))?;
        Ok(Self {
            data_dir: folder.path().join("data"),
            config_dir: folder.path().join("config"),
            _folder: Some(folder),
        })
    }
}

/// A server that serves the saved data already can take the file itself.
fn in_use(error: CliError) -> CliError {
    match error.message.contains("another server uses") {
        true => error.hint("it takes files too: `impala upload FILE`, then `impala canvas create`"),
        false => error,
    }
}

/// Columns that the files of a command may take where it is named in a sentence.
#[cfg(feature = "tui")]
const FILES_COLS: usize = 50;

/// The command that opens the same files and keeps what is made of them.
#[cfg(feature = "tui")]
fn kept_by(files: &[PathBuf]) -> String {
    let files = files.iter().map(|path| embedded::quoted(path)).collect::<Vec<_>>().join(" ");
    let files = if files.chars().count() > FILES_COLS { "FILE" } else { &files };
    format!("impala open {files} --save")
}

/// The canvas on the whole terminal; the project when there are several.
#[cfg(feature = "tui")]
fn terminal(
    embedded: &Embedded,
    canvases: &[String],
    place: &Place,
    kept_by: Option<&str>,
    flags: CanvasFlags,
    context: &Context,
) -> (impala_tui::Setup, crate::terminal_canvas::Kept) {
    let (url, project) = (embedded.url(), &embedded.project);
    let target = match canvases {
        [only] => format!("{project}/{only}"),
        _ => project.to_string(),
    };
    let setup = impala_tui::Setup {
        notes: vec![embedded::shell_line(&place.config_dir, &url, project)],
        leaves_from_target: true,
        passing: kept_by.map(|command| impala_tui::Passing { kept_by: Some(command.to_owned()) }),
        ..crate::terminal_canvas::setup(flags, impala_tui::Target::read(&target), context)
    };
    let kept_for = if kept_by.is_none() { DEFAULT_SERVER } else { &url };
    (setup, crate::terminal_canvas::Kept::at(&place.config_dir, kept_for, &url))
}

async fn add(
    embedded: &Embedded,
    path: &Path,
    source: &str,
    csv: &CsvArgs,
    context: &Context,
) -> Result<Canvas, CliError> {
    let body = upload::body_of(path).await?;
    let request = UploadRequest { choices: csv.choices(path), note: String::new(), body, progress: None };
    let project = &embedded.project;
    upload::send(&embedded.client, project, source, path, request, context).await?;
    let words = format!("{source}: reading its columns …");
    progress::during(words, &context.printer, proposed(embedded, source)).await
}

/// The canvas that is proposed for a source.
async fn proposed(embedded: &Embedded, source: &str) -> Result<Canvas, CliError> {
    let project = &embedded.project;
    let details = embedded.client.source(&project.owner, &project.slug, source).await?;
    let reference = impala_core::source::SourceRef::current(source);
    let stats = embedded.client.source_stats(&project.owner, &project.slug, &reference).await?;
    Ok(embedded.put(&propose::propose(&details, &stats)).await?.canvas)
}

fn how_to_see_it_again(place: &Place, project: &ProjectAddress, canvases: &[String]) -> String {
    let data_dir = embedded::quoted(&place.data_dir);
    let shell = embedded::shell_line(&place.config_dir, DEFAULT_SERVER, project);
    let renders: String = canvases.iter().map(|slug| format!("\n  impala canvas render {slug}")).collect();
    format!(
        "
{HEADING}Saved{HEADING:#} in {data_dir}. To see it again, in one shell and in another:
  impala serve --data-dir {data_dir}

  {shell}{renders}"
    )
}

fn what_next(place: &Place, embedded: &Embedded, canvases: &[String]) -> String {
    let url = embedded.url();
    let shell = embedded::shell_line(&place.config_dir, &url, &embedded.project);
    let slug = canvases.first().map_or("CANVAS", String::as_str);
    format!(
        "
{HEADING}Serving{HEADING:#} {url}, until Ctrl-C. In another shell:
  {shell}
  impala query 'SELECT * FROM \"{slug}\" LIMIT 10'
  impala canvas pull {slug} > {slug}.yaml   Edit it, then `impala canvas apply -f {slug}.yaml`
  impala canvas render {slug}

`impala open --save` keeps files and canvases."
    )
}
