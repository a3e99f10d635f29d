//! `impala source`

use clap::Subcommand;
use impala_core::source::{Source, SourceVersion};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Table;
use crate::printer::ago::{ago, grouped, size};

#[cfg(feature = "server")]
mod check;
mod delete;
mod diff;
mod download;
mod list;
mod preview;
mod rollback;
mod schema;
mod show;
mod stats;
mod versions;

/// Sources: CSV files with all their versions
#[derive(Debug, Subcommand)]
pub enum Command {
    List(list::Args),
    Show(show::Args),
    Schema(schema::Args),
    #[cfg(feature = "server")]
    Check(check::Args),
    Preview(preview::Args),
    Stats(stats::Args),
    Versions(versions::Args),
    Diff(diff::Args),
    Rollback(rollback::Args),
    Download(download::Args),
    Delete(delete::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    let result = match command {
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        #[cfg(feature = "server")]
        Command::Check(args) => check::run(args, context).await,
        Command::Schema(args) => schema::run(args, context).await,
        Command::Preview(args) => preview::run(args, context).await,
        Command::Stats(args) => stats::run(args, context).await,
        Command::Versions(args) => versions::run(args, context).await,
        Command::Diff(args) => diff::run(args, context).await,
        Command::Rollback(args) => rollback::run(args, context).await,
        Command::Download(args) => download::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    };
    result.map_err(|error| match version_of(&error.message).map(str::to_owned) {
        Some(source) => error.hint(format!("`impala source versions {source}` lists them")),
        None => error.hint_if_missing("`impala source list` shows the project's sources"),
    })
}

/// The source whose version is not there, if that is what an error says.
fn version_of(message: &str) -> Option<&str> {
    let name = message.strip_prefix("there is no version \"")?.split('"').next()?;
    name.split_once('@').map(|(source, _)| source)
}

/// Fields of a source for `--json`: those of its current version, its name and its settings.
const FIELDS: [&str; 14] = [
    "name",
    "version",
    "versions",
    "rows",
    "rejected_rows",
    "size_bytes",
    "sha256",
    "columns",
    "delimiter",
    "encoding",
    "settings",
    "created_by",
    "created_at",
    "note",
];

/// Fields of a version for `--json`.
const VERSION_FIELDS: [&str; 11] = [
    "version",
    "rows",
    "rejected_rows",
    "size_bytes",
    "sha256",
    "columns",
    "delimiter",
    "encoding",
    "created_by",
    "created_at",
    "note",
];

/// A source with its current version, flat.
#[derive(Serialize)]
struct Flat {
    name: String,
    versions: u32,
    settings: impala_core::source::CsvSettings,
    #[serde(flatten)]
    current: SourceVersion,
}

impl From<Source> for Flat {
    fn from(source: Source) -> Self {
        Self {
            name: source.name,
            versions: source.versions,
            settings: source.settings,
            current: source.current,
        }
    }
}

/// Versions as a table; `current` is marked.
fn version_table(versions: &[SourceVersion], current: u32) -> Table {
    let now = jiff::Timestamp::now();
    let mut table = Table::new(["#VERSION", "#ROWS", "#SIZE", "BY", "WHEN", "SHA-256", "NOTE"]);
    for version in versions {
        let mark = if version.version == current { "*" } else { "" };
        table.row([
            format!("{mark}{}", version.version),
            grouped(version.rows),
            size(version.size_bytes),
            version.created_by.clone(),
            ago(version.created_at, now),
            version.sha256.chars().take(12).collect(),
            version.note.clone(),
        ]);
    }
    table
}
