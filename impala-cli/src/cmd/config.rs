//! `impala config`

use clap::Subcommand;

use crate::context::Context;
use crate::error::CliError;

mod set;
mod show;

/// Settings, and where each comes from
#[derive(Debug, Subcommand)]
pub enum Command {
    Show(show::Args),
    Set(set::Args),
}

pub fn run(command: Command, context: &Context) -> Result<(), CliError> {
    match command {
        Command::Show(args) => show::run(&args, context),
        Command::Set(args) => set::run(&args, context),
    }
}
