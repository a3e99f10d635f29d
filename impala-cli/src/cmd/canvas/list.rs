//! `impala canvas list`

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonArgs, JsonFields, Table};

const FIELDS: [&str; 4] = ["slug", "title", "blocks", "revision"];

/// List the project's canvases
#[derive(Debug, clap::Args)]
#[command(
    add = JsonFields(&FIELDS),
    visible_alias = "ls",
    after_help = "Examples:
  impala canvas list
  impala canvas list --json slug,revision"
)]
pub struct Args {
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let canvases = client.canvases(&project.owner, &project.slug).await?;
    context.printer.list(
        &args.json,
        &FIELDS,
        &canvases,
        |canvas| canvas.slug.clone(),
        |canvases| {
            let now = jiff::Timestamp::now();
            let mut table = Table::new(["CANVAS", "TITLE", "#BLOCKS", "#REVISION", "BY", "CHANGED"]);
            for canvas in canvases {
                table.row([
                    canvas.slug.clone(),
                    canvas.title.clone(),
                    canvas.blocks.to_string(),
                    canvas.revision.revision.to_string(),
                    canvas.revision.saved_by.clone(),
                    ago(canvas.revision.saved_at, now),
                ]);
            }
            table
        },
    )
}
