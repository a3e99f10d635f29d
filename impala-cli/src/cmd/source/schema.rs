//! `impala source schema`

use impala_core::source::SourceRef;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::grouped;
use crate::printer::{JsonArgs, Table};

const FIELDS: [&str; 6] = ["name", "type", "reason", "nulls", "min", "max"];

/// Show a source's columns: their types, and why they have them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala source schema weather
  impala source schema weather@2 --json name,type")]
pub struct Args {
    /// Name of the source, perhaps with a version: weather@2
    source: SourceRef,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let columns = client.source_schema(&project.owner, &project.slug, &args.source).await?;
    context.printer.list(
        &args.json,
        &FIELDS,
        &columns,
        |column| column.name.clone(),
        |columns| {
            let mut table = Table::new(["COLUMN", "TYPE", "#NULLS", "MIN", "MAX", "WHY THAT TYPE"]);
            for column in columns {
                table.row([
                    column.name.clone(),
                    column.column_type.to_string(),
                    grouped(column.nulls),
                    column.min.clone().unwrap_or_default(),
                    column.max.clone().unwrap_or_default(),
                    column.reason.clone(),
                ]);
            }
            table
        },
    )
}
