//! The commands, and the way from what was typed to what runs.

use clap::Subcommand;

use crate::context::Context;
use crate::error::CliError;

#[cfg(feature = "server")]
mod backup;
mod block;
mod canvas;
mod completions;
mod config;
#[cfg(feature = "server")]
mod demo;
mod doctor;
mod login;
mod logout;
mod man;
mod member;
#[cfg(feature = "server")]
mod open;
mod ping;
mod preview;
mod project;
mod query;
mod register;
#[cfg(feature = "server")]
mod serve;
mod share;
mod source;
mod token;
#[cfg(feature = "tui")]
mod tui;
mod upload;
mod whoami;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[cfg(feature = "server")]
    Serve(serve::Args),
    #[cfg(feature = "server")]
    Demo(demo::Args),
    #[cfg(feature = "server")]
    Open(open::Args),
    #[cfg(feature = "tui")]
    Tui(tui::Args),
    Register(register::Args),
    Login(login::Args),
    Logout(logout::Args),
    Whoami(whoami::Args),
    Ping(ping::Args),
    Doctor(doctor::Args),
    #[command(subcommand)]
    Project(project::Command),
    #[command(subcommand)]
    Member(member::Command),
    Upload(Box<upload::Args>),
    #[command(subcommand)]
    Source(source::Command),
    #[command(subcommand)]
    Canvas(canvas::Command),
    #[command(subcommand)]
    Block(block::Command),
    #[command(subcommand)]
    Preview(preview::Command),
    #[command(subcommand)]
    Share(share::Command),
    Query(query::Args),
    #[command(subcommand)]
    Token(token::Command),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Backup(backup::Command),
    #[command(subcommand)]
    Config(config::Command),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// Whether it can do its work where a file of settings is wrong: what finds that or sets it right, and what asks for none.
    pub fn bears_wrong_settings(&self) -> bool {
        let is_repair = matches!(self, Self::Config(config::Command::Set(_)));
        is_repair || matches!(self, Self::Doctor(_) | Self::Completions(_) | Self::Man(_))
    }

    /// Whether `--color` names a field here: what stands for a series is called so in every chart grammar.
    pub fn has_color_of_its_own(&self) -> bool {
        matches!(self, Self::Block(block::Command::Add(_) | block::Command::Set(_)))
    }
}

/// Runs a command. Those that speak to no server start no runtime, so that they are instant.
///
/// # Errors
/// What the command ends with.
pub fn run(command: Command, context: &Context) -> Result<(), CliError> {
    match command {
        Command::Config(command) => config::run(command, context),
        Command::Completions(args) => completions::run(&args, context),
        // These ask for secrets first, where no runtime listens for Ctrl-C.
        Command::Register(args) => register::run(args, context),
        Command::Login(args) => login::run(args, context),
        Command::Man(args) => man::run(&args, context),
        #[cfg(feature = "server")]
        Command::Backup(command) => backup::run(command, context),
        #[cfg(feature = "server")]
        Command::Serve(args) => serve::run(&args, context),
        #[cfg(feature = "server")]
        Command::Demo(args) => demo::run(args, context),
        #[cfg(feature = "server")]
        Command::Open(args) => open::run(args, context),
        #[cfg(feature = "tui")]
        Command::Tui(args) => tui::run(args, context),
        other => crate::block_on(Box::pin(run_with_server(other, context))),
    }
}

async fn run_with_server(command: Command, context: &Context) -> Result<(), CliError> {
    match command {
        Command::Logout(args) => logout::run(args, context).await,
        Command::Whoami(args) => whoami::run(args, context).await,
        Command::Ping(args) => ping::run(args, context).await,
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Project(command) => project::run(command, context).await,
        Command::Member(command) => member::run(command, context).await,
        Command::Upload(args) => upload::run(*args, context).await,
        Command::Source(command) => source::run(command, context).await,
        Command::Canvas(command) => canvas::run(command, context).await,
        Command::Block(command) => block::run(command, context).await,
        Command::Preview(command) => preview::run(command, context).await,
        Command::Share(command) => share::run(command, context).await,
        Command::Query(args) => query::run(args, context).await,
        Command::Token(command) => token::run(command, context).await,
        // `run` has done the others.
        _ => Ok(()),
    }
}
