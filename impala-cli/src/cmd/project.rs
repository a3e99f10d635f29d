//! `impala project`

use clap::Subcommand;

use crate::context::Context;
use crate::error::CliError;

mod create;
mod delete;
mod edit;
mod list;
mod show;
mod use_project;

/// Fields of a project for `--json`.
const FIELDS: [&str; 7] = ["id", "owner", "slug", "title", "description", "role", "created_at"];

/// Projects: what belongs together, and who may see it
#[derive(Debug, Subcommand)]
pub enum Command {
    Create(create::Args),
    List(list::Args),
    Show(show::Args),
    Edit(edit::Args),
    Delete(delete::Args),
    Use(use_project::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    let result = match command {
        Command::Create(args) => create::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Edit(args) => edit::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
        Command::Use(args) => use_project::run(args, context).await,
    };
    result.map_err(|error| error.hint_if_missing("`impala project list` shows those that you may see"))
}
