//! `impala source list`

use super::Flat;
use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::{ago, grouped, size};
use crate::printer::{JsonFields, Table};

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
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = args.list.client(&super::FIELDS, context)?;
    let project = context.project(&client).await?;
    let sources = client.sources(&project.owner, &project.slug).await?;
    let sources: Vec<Flat> = sources.into_iter().map(Flat::from).collect();
    let now = jiff::Timestamp::now();
    let name = |source: &Flat| source.name.clone();
    args.list.print(context, &super::FIELDS, &sources, name, |sources| {
        Table::of(["SOURCE", "#VERSION", "#ROWS", "#COLUMNS", "#SIZE", "UPDATED"], sources, |source| {
            [
                source.name.clone(),
                source.current.version.to_string(),
                grouped(source.current.rows),
                source.current.columns.len().to_string(),
                size(source.current.size_bytes),
                ago(source.current.created_at, now),
            ]
        })
    })
}
