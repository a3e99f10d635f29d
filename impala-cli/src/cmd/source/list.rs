//! `impala source list`

use super::Flat;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::{ago, grouped, size};
use crate::printer::{JsonArgs, JsonFields, Table};

/// List the project's sources
#[derive(Debug, clap::Args)]
#[command(
    add = JsonFields(&super::FIELDS),
    visible_alias = "ls",
    after_help = "Examples:
  impala source list
  impala source list --json name,rows,version"
)]
pub struct Args {
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&super::FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let sources = client.sources(&project.owner, &project.slug).await?;
    let sources: Vec<Flat> = sources.into_iter().map(Flat::from).collect();
    context.printer.list(
        &args.json,
        &super::FIELDS,
        &sources,
        |source| source.name.clone(),
        |sources| {
            let now = jiff::Timestamp::now();
            let mut table = Table::new(["SOURCE", "#VERSION", "#ROWS", "#COLUMNS", "#SIZE", "UPDATED"]);
            for source in sources {
                table.row([
                    source.name.clone(),
                    source.current.version.to_string(),
                    grouped(source.current.rows),
                    source.current.columns.len().to_string(),
                    size(source.current.size_bytes),
                    ago(source.current.created_at, now),
                ]);
            }
            table
        },
    )
}
