//! `impala demo`

use std::path::Path;

use impala_core::client::{CsvChoices, UploadBody, UploadRequest};
use impala_core::{Canvas, document};

use crate::context::Context;
use crate::embedded::{self, Embedded, Resident};
use crate::error::CliError;
use crate::picture::{CanvasFlags, Style};
use crate::printer::HEADING;

const CSV: &[u8] = include_bytes!("../../../examples/seattle-weather.csv");
const CANVAS: &str = include_str!("../../../examples/seattle-weather.yaml");

/// Show what Impala does: a server, a file and a canvas, with nothing to set up
///
/// It starts a server on a free port with a temporary folder, uploads four years of Seattle's weather, and shows a canvas
/// of it in the terminal, to be looked at and edited until you leave. Where stdout is not a terminal, or with --exit, it prints
/// the canvas and ends. Nothing is left behind.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala demo
  impala demo --theme light --no-mouse
  impala demo --exit                        Only print it
  impala demo --serve                       Print it, and go on serving: page and API")]
pub struct Args {
    /// Print the canvas and end
    #[arg(long)]
    exit: bool,
    /// Print the canvas, and serve it until Ctrl-C
    #[arg(long, conflicts_with = "exit")]
    serve: bool,
    #[command(flatten)]
    flags: CanvasFlags,
}

pub fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let folder = tempfile::Builder::new()
        .prefix("impala-demo-")
        .tempdir()
        .map_err(|error| CliError::file("make a folder in", &std::env::temp_dir(), &error))?;
    let config_dir = folder.path().join("config");
    embedded::run(|stop| async move {
        let resident =
            Resident { username: "demo", project: "demo", config_dir: &config_dir, kept_for: None };
        let embedded = Embedded::start(&folder.path().join("data"), &resident).await?;
        let canvas = fill(&embedded).await?;
        #[cfg(feature = "tui")]
        if embedded::is_looked_at(args.exit || args.serve) {
            let (setup, home) = terminal(&embedded, &canvas, &config_dir, args.flags, context);
            embedded::look(stop, embedded, home, setup).await?;
            context.printer.note("That was the demo. `impala open FILE` does this with your own file.");
            return Ok(());
        }
        let style = Style { is_ascii: args.flags.is_ascii(), ..Style::of(context) };
        embedded.draw(&canvas, style, context).await?;
        if !args.serve {
            context.printer.note("\nThat was the demo. On a terminal you look around in it, and with --serve it goes on serving; `impala open FILE` does this with your own file.");
            return embedded.stop().await;
        }
        context.printer.note(&what_next(&embedded, &canvas, &config_dir));
        embedded::serve_until(stop, embedded, context).await
    })
}

/// The canvas on the whole terminal, and what other shells may do with it in the log.
#[cfg(feature = "tui")]
fn terminal(
    embedded: &Embedded,
    canvas: &Canvas,
    config_dir: &Path,
    flags: CanvasFlags,
    context: &Context,
) -> (impala_tui::Setup, crate::terminal_canvas::Kept) {
    let (url, slug) = (embedded.url(), &canvas.metadata.slug);
    let target = impala_tui::Target::read(&format!("{}/{slug}", embedded.project));
    let setup = impala_tui::Setup {
        leaves_from_target: true,
        passing: Some(impala_tui::Passing::default()),
        notes: vec![
            embedded::shell_line(config_dir, &url, &embedded.project),
            format!("impala canvas render {slug} --param since=2015-01-01"),
        ],
        ..crate::terminal_canvas::setup(flags, target, context)
    };
    (setup, crate::terminal_canvas::Kept::at(config_dir, &url, &url))
}

async fn fill(embedded: &Embedded) -> Result<Canvas, CliError> {
    let document =
        document::from_yaml(CANVAS).map_err(|invalid| CliError::invalid("the demo's canvas", invalid))?;
    let canvas = document::read_canvas(&document)
        .map_err(|invalid| CliError::invalid("the demo's canvas", invalid))?;
    let request = UploadRequest {
        choices: CsvChoices::default(),
        note: "from examples/seattle-weather.csv".to_owned(),
        body: UploadBody::Bytes(CSV.into()),
        progress: None,
    };
    let project = &embedded.project;
    embedded.client.upload(&project.owner, &project.slug, "weather", request).await?;
    Ok(embedded.put(&canvas).await?.canvas)
}

fn what_next(embedded: &Embedded, canvas: &Canvas, config_dir: &Path) -> String {
    let (url, slug) = (embedded.url(), &canvas.metadata.slug);
    let shell = embedded::shell_line(config_dir, &url, &embedded.project);
    format!(
        "
{HEADING}Serving{HEADING:#}
  Page  {url}/
  API   {url}/api/v1, described at {url}/docs

{HEADING}Try next, in another shell{HEADING:#}
  {shell}
  impala query 'SELECT weather, count(*) AS days FROM weather GROUP BY weather ORDER BY days DESC'
  impala canvas render {slug} --param since=2015-01-01
  impala block add {slug} --source weather --mark line --x 'yearmonth(date)' --y 'mean(temp_max)'
  impala canvas pull {slug} > canvas.yaml
  impala open FILE.csv                      Your own file, a canvas proposed

Ctrl-C ends the demo and removes its folder."
    )
}
