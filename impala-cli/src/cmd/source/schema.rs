//! `impala source schema`

use std::path::{Path, PathBuf};

use impala_core::source::SourceRef;
use impala_core::table_schema::TableSchema;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::grouped;
use crate::printer::{JsonArgs, Table};

const FIELDS: [&str; 6] = ["name", "type", "reason", "nulls", "min", "max"];

/// Show a source's columns: their types, and why they have them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala source schema weather
  impala source schema weather@2 --json name,type
  impala source schema weather --write weather.schema.json")]
pub struct Args {
    /// Name of the source, perhaps with a version: weather@2
    source: SourceRef,
    /// Write a contract for `impala source check` and `impala upload --schema`: a Table Schema (Frictionless Data) that
    /// asks for these types, and for a value where every row has one. - is stdout
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    write: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let columns = client.source_schema(&project.owner, &project.slug, &args.source).await?;
    if let Some(path) = &args.write {
        // Who may see the columns may see how the file is read; a pinned version may have been read otherwise.
        let source = client.source(&project.owner, &project.slug, &args.source.name).await?;
        let schema = TableSchema::of_columns(&columns, &source.settings.null_values);
        return write(&schema, path, args.force, context);
    }
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

fn write(schema: &TableSchema, path: &Path, force: bool, context: &Context) -> Result<(), CliError> {
    let json = serde_json::to_string_pretty(schema)
        .map_err(|error| CliError::failed(format!("could not write JSON: {error}")))?
        + "\n";
    if path == Path::new("-") {
        return context.printer.print(&json);
    }
    if !force && path.exists() {
        return Err(
            CliError::usage(format!("{} is there already", path.display())).hint("--force replaces it")
        );
    }
    std::fs::write(path, json).map_err(|error| CliError::file("write", path, &error))?;
    context.printer.note(&format!(
        "Wrote {}: {} columns. Add what else has to hold: unique, enum, pattern, minimum, maximum.",
        path.display(),
        schema.fields.len()
    ));
    Ok(())
}
