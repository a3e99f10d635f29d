//! `impala member`

use clap::Subcommand;

use crate::context::Context;
use crate::error::CliError;

mod add;
mod list;
mod remove;

/// Fields of a member for `--json`.
const FIELDS: [&str; 2] = ["username", "role"];

/// Members of a project, and what they may do
#[derive(Debug, Subcommand)]
pub enum Command {
    Add(add::Args),
    List(list::Args),
    Remove(remove::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    let result = match command {
        Command::Add(args) => add::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Remove(args) => remove::run(args, context).await,
    };
    result.map_err(|error| error.hint_if_missing("`impala member list` shows the members"))
}
