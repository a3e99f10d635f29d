//! `impala share`

use clap::Subcommand;
use impala_core::api::Share;
use impala_core::client::Client;

use crate::context::Context;
use crate::error::CliError;

mod create;
mod list;
mod pause;
mod resume;
mod revoke;

/// Share links: whoever has one reads one canvas without signing in
#[derive(Debug, Subcommand)]
pub enum Command {
    Create(create::Args),
    List(list::Args),
    Pause(pause::Args),
    Resume(resume::Args),
    Revoke(revoke::Args),
}

pub async fn run(command: Command, context: &Context) -> Result<(), CliError> {
    match command {
        Command::Create(args) => create::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Pause(args) => pause::run(args, context).await,
        Command::Resume(args) => resume::run(args, context).await,
        Command::Revoke(args) => revoke::run(args, context).await,
    }
}

/// A link of a canvas, by its id, or by its name when only one is called so.
async fn find(client: &Client, at: [&str; 3], wanted: &str) -> Result<Share, CliError> {
    let mut shares = client.shares(at).await?;
    shares.retain(|share| share.id.to_string() == wanted || share.name == wanted);
    if shares.len() > 1 {
        let what = format!("{} share links are called \"{wanted}\"; give the id", shares.len());
        return Err(CliError::failed(what).hint("`impala share list` shows them with their ids"));
    }
    shares.pop().ok_or_else(|| {
        CliError::failed(format!("canvas {} has no share link \"{wanted}\"", at[2]))
            .hint(format!("`impala share list {}` shows what there is", at[2]))
    })
}

/// What to call a link.
fn called(share: &Share) -> String {
    if share.name.is_empty() { share.id.to_string() } else { format!("\"{}\"", share.name) }
}
