//! `impala canvas list`

use impala_core::api::CanvasSummary;

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonFields, Table};

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
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = args.list.client(&FIELDS, context)?;
    let project = context.project(&client).await?;
    let canvases = client.canvases(&project.owner, &project.slug).await?;
    let now = jiff::Timestamp::now();
    let slug = |canvas: &CanvasSummary| canvas.slug.clone();
    args.list.print(context, &FIELDS, &canvases, slug, |canvases| {
        Table::of(["CANVAS", "TITLE", "#BLOCKS", "#REVISION", "BY", "CHANGED"], canvases, |canvas| {
            [
                canvas.slug.clone(),
                canvas.title.clone(),
                canvas.blocks.to_string(),
                canvas.revision.revision.to_string(),
                canvas.revision.saved_by.clone(),
                ago(canvas.revision.saved_at, now),
            ]
        })
    })
}
