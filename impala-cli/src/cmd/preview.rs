//! `impala preview`

use clap::Subcommand;

use crate::context::Context;
use crate::error::CliError;

mod delete;
mod extend;
mod list;
mod show;

/// Previews: versions that only those see who ask for them, such as the data of a pull request
///
/// `impala upload --preview NAME` makes one, or adds to it. `impala canvas render --preview NAME` reads a canvas through it: the
/// sources that it has come from it, all others from the project. It is removed by itself.
#[derive(Debug, Subcommand)]
pub enum Command {
    List(list::Args),
    Show(show::Args),
    Extend(extend::Args),
    Delete(delete::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Extend(args) => extend::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}
