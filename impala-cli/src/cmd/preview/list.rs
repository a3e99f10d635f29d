//! `impala preview list`

use impala_core::api::ProjectPreview;

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::minute;
use crate::printer::{JsonFields, Table};

const FIELDS: [&str; 5] = ["name", "sources", "created_by", "created_at", "expires_at"];

/// List the previews of a project
#[derive(Debug, clap::Args)]
#[command(
    add = JsonFields(&FIELDS),
    visible_alias = "ls",
    after_help = "Examples:
  impala preview list
  impala preview list --json name,expires_at"
)]
pub struct Args {
    #[command(flatten)]
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = args.list.client(&FIELDS, context)?;
    let project = context.project(&client).await?;
    let previews = client.previews(&project.owner, &project.slug).await?;
    let name = |preview: &ProjectPreview| preview.name.clone();
    args.list.print(context, &FIELDS, &previews, name, |previews| {
        Table::of(["NAME", "SOURCES", "BY", "UNTIL"], previews, |preview| {
            let end = minute(preview.expires_at);
            [preview.name.clone(), preview.sources.join(", "), preview.created_by.clone(), end]
        })
    })
}
