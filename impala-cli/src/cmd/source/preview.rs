//! `impala source preview`

use impala_core::source::SourceRef;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::grouped;
use crate::printer::columns::{self, Format};

/// Show rows of a source
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala source preview weather
  impala source preview weather@2 --offset 1000 --limit 50
  impala source preview weather --format ndjson")]
pub struct Args {
    /// Name of the source, perhaps with a version: weather@2
    source: SourceRef,
    /// Rows to pass over
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u64,
    /// Rows to show
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    limit: u64,
    /// How rows are written
    #[arg(short, long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: crate::printer::JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let preview =
        client.preview(&project.owner, &project.slug, &args.source, args.offset, args.limit).await?;
    let names: Vec<&str> = preview.columns.iter().map(|column| column.name.as_str()).collect();
    if let Some(text) = args.json.write(&names, &columns::objects(&preview.columns))? {
        return context.printer.print(&text);
    }
    let text = columns::write(&preview.columns, args.format, context.printer.table_width())?;
    context.printer.print(&text)?;
    let shown = preview.columns.first().map_or(0, |column| column.values.len() as u64);
    context.printer.note(&match shown {
        0 => {
            format!("(no rows after {}; there are {})", grouped(preview.offset), grouped(preview.rows_total))
        }
        _ => format!(
            "(rows {} to {} of {})",
            grouped(preview.offset + 1),
            grouped(preview.offset + shown),
            grouped(preview.rows_total)
        ),
    });
    Ok(())
}
