//! `impala source show`

use super::Flat;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::{ago, count, grouped, size};
use crate::printer::{JsonArgs, JsonFields, table};

/// Show a source: its current version, and how its file was read
#[derive(Debug, clap::Args)]
#[command(alias = "view", add = JsonFields(&super::FIELDS), after_help = "Examples:
  impala source show weather
  impala source show weather --json rows,sha256")]
pub struct Args {
    /// Name of the source
    source: String,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&super::FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let source = Flat::from(client.source(&project.owner, &project.slug, &args.source).await?);
    context.printer.show(&args.json, &super::FIELDS, &source, |source| source.name.clone(), text)
}

fn text(source: &Flat) -> String {
    let current = &source.current;
    let rejected = match current.rejected_rows {
        0 => String::new(),
        number => format!(" ({} left out)", count(number, "bad row")),
    };
    let settings = match source.settings == Default::default() {
        true => String::new(),
        false => serde_json::to_string(&source.settings).unwrap_or_default(),
    };
    table::pairs([
        ("source", source.name.clone()),
        ("version", format!("{} ({} in all)", current.version, source.versions)),
        ("rows", grouped(current.rows) + &rejected),
        ("columns", current.columns.len().to_string()),
        ("size", size(current.size_bytes)),
        ("delimiter", current.delimiter.clone()),
        ("encoding", current.encoding.clone()),
        ("set by hand", settings),
        ("sha256", current.sha256.clone()),
        (
            "uploaded",
            format!("{} by {}", ago(current.created_at, jiff::Timestamp::now()), current.created_by),
        ),
        ("note", current.note.clone()),
    ])
}
