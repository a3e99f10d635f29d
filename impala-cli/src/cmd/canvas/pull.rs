//! `impala canvas pull`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use impala_core::document;

use crate::context::Context;
use crate::error::CliError;

/// Get a canvas as a document, for git or an editor
///
/// The form is canonical: pulling twice gives the same bytes, and a change of one block changes only its lines.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas pull seattle-weather
  impala canvas pull seattle-weather -o weather.yaml
  impala canvas pull seattle-weather --revision 3 --format json")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Where to; - is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// An earlier revision
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
    /// Form of the document
    #[arg(short, long, value_enum, default_value_t)]
    format: DocumentFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DocumentFormat {
    /// YAML
    #[default]
    Yaml,
    /// JSON
    Json,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let view = match args.revision {
        Some(revision) => {
            let canvas = &args.canvas;
            match client.canvas_at([&project.owner, &project.slug, canvas], revision).await {
                // Which of the two is missing?
                Err(error) if error.status() == Some(404) => {
                    client.canvas(&project.owner, &project.slug, canvas).await?;
                    let hint = format!("`impala canvas history {canvas}` lists the revisions");
                    return Err(CliError::from(error).hint(hint));
                }
                view => view?,
            }
        }
        None => client.canvas(&project.owner, &project.slug, &args.canvas).await?,
    };
    let text = match args.format {
        DocumentFormat::Yaml => document::to_yaml(&view.canvas),
        DocumentFormat::Json => document::to_json(&view.canvas),
    };
    if args.output == Path::new("-") {
        return context.printer.print(&text);
    }
    // Beside first, so that an editor's file is never half there.
    let temporary = crate::files::temporary_beside(&args.output);
    std::fs::write(&temporary, text)
        .and_then(|()| std::fs::rename(&temporary, &args.output))
        .map_err(|error| CliError::file("write", &args.output, &error))?;
    context.printer.note(&format!("Wrote {} (revision {}).", args.output.display(), view.revision.revision));
    Ok(())
}
