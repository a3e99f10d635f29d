//! `impala preview show`

use impala_core::api::PreviewView;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::{grouped, minute, size};
use crate::printer::{JsonArgs, JsonFields, Table};

const FIELDS: [&str; 2] = ["preview", "versions"];

/// Show what is in a preview, and until when
#[derive(Debug, clap::Args)]
#[command(alias = "view", add = JsonFields(&FIELDS), after_help = "Examples:
  impala preview show pr-123
  impala preview show pr-123 --json versions")]
pub struct Args {
    /// Name of the preview
    preview: String,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let view = client.open_preview([&project.owner, &project.slug, &args.preview]).await?;
    let name = |view: &PreviewView| view.preview.name.clone();
    let width = context.printer.table_width();
    context.printer.show(&args.json, &FIELDS, &view, name, |view| {
        let mut table = Table::new(["SOURCE", "#ROWS", "#COLUMNS", "#SIZE", "BY", "NOTE"]);
        for shown in &view.versions {
            let version = &shown.version;
            table.row([
                shown.source.clone(),
                grouped(version.rows),
                version.columns.len().to_string(),
                size(version.size_bytes),
                version.created_by.clone(),
                version.note.clone(),
            ]);
        }
        let preview = &view.preview;
        let head =
            format!("{} by {}, until {}\n\n", preview.name, preview.created_by, minute(preview.expires_at));
        head + &table.to_text(width)
    })
}
