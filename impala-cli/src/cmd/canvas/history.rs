//! `impala canvas history`

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonArgs, JsonFields, Table};

const FIELDS: [&str; 4] = ["revision", "saved_by", "saved_at", "note"];

/// List a canvas's revisions, the newest first
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas history seattle-weather
  impala canvas pull seattle-weather --revision 3")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let revisions = client.canvas_history(&project.owner, &project.slug, &args.canvas).await?;
    context.printer.list(
        &args.json,
        &FIELDS,
        &revisions,
        |revision| revision.revision.to_string(),
        |revisions| {
            let now = jiff::Timestamp::now();
            let mut table = Table::new(["#REVISION", "BY", "WHEN", "NOTE"]);
            for revision in revisions {
                let when = ago(revision.saved_at, now);
                table.row([
                    revision.revision.to_string(),
                    revision.saved_by.clone(),
                    when,
                    revision.note.clone(),
                ]);
            }
            table
        },
    )
}
