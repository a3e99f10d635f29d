//! `impala token`

use clap::Subcommand;

use crate::context::Context;
use crate::error::CliError;

mod create;
mod list;
mod revoke;

/// API tokens, for scripts and CI
#[derive(Debug, Subcommand)]
pub enum Command {
    Create(create::Args),
    List(list::Args),
    Revoke(revoke::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    match command {
        Command::Create(args) => create::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Revoke(args) => revoke::run(args, context).await,
    }
}
