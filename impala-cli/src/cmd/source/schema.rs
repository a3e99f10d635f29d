//! `impala source schema`

use std::path::{Path, PathBuf};

use impala_core::api::{ContractChange, OnDrift};
use impala_core::client::Client;
use impala_core::source::SourceRef;
use impala_core::table_schema::TableSchema;

use crate::context::Context;
use crate::contract;
use crate::error::CliError;
use crate::printer::ago::grouped;
use crate::printer::{JsonArgs, JsonFields, Table};

const FIELDS: [&str; 6] = ["name", "type", "reason", "nulls", "min", "max"];

/// Show a source's columns: their types, and why they have them
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala source schema weather
  impala source schema weather@2 --json name,type
  impala source schema weather --write weather.schema.json
  impala source schema weather --set weather.schema.json
  impala source schema weather --kept")]
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
    /// Have the server keep this contract, a Table Schema: from now on a file that breaks it is refused, no matter who uploads it. The
    /// source need not be there yet
    #[arg(long, value_name = "FILE", conflicts_with_all = ["write", "json"])]
    set: Option<PathBuf>,
    /// Columns and types that the contract does not have: refuse them, or let them through
    #[arg(long, value_name = "WHAT", value_parser = ["fail", "widen"], default_value = "fail", requires = "set")]
    on_drift: String,
    /// Have the server keep no contract any more
    #[arg(long, conflicts_with_all = ["write", "set", "json"])]
    unset: bool,
    /// Print the contract that the server keeps
    #[arg(long, conflicts_with_all = ["write", "set", "unset", "json"])]
    kept: bool,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    if args.set.is_some() || args.unset || args.kept {
        return kept_contract(&args, &client, [&project.owner, &project.slug, &args.source.name], context)
            .await;
    }
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

/// What has to do with the contract that the server keeps.
async fn kept_contract(
    args: &Args,
    client: &Client,
    at: [&str; 3],
    context: &Context,
) -> Result<(), CliError> {
    if let Some(version) = args.source.version {
        let source = &args.source.name;
        return Err(CliError::usage(format!(
            "a contract is for {source}, and not for its version {version} alone"
        )));
    }
    let source = at[2];
    if let Some(path) = &args.set {
        let schema = contract::change(path, context)?;
        let on_drift = if args.on_drift == "widen" { OnDrift::Widen } else { OnDrift::Fail };
        client.set_contract(at, &ContractChange { schema, on_drift }).await?;
        context
            .printer
            .note(&format!("Files that break {} are not taken as {source} any more.", path.display()));
        return Ok(());
    }
    if args.unset {
        client.remove_contract(at).await?;
        context.printer.note(&format!("The server keeps no contract for {source} any more."));
        return Ok(());
    }
    let kept = client.contract(at).await?;
    let json = serde_json::to_string_pretty(&kept.schema)
        .map_err(|error| CliError::failed(format!("could not write JSON: {error}")))?;
    context.printer.line(&json)?;
    let drift =
        if kept.on_drift == OnDrift::Widen { ", and lets other columns and types through" } else { "" };
    context.printer.note(&format!("{} has set it{drift}.", kept.set_by));
    Ok(())
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
