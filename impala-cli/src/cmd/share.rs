//! `impala share`

use clap::Subcommand;
use impala_core::api::{Share, ShareChange};
use impala_core::client::Client;

use crate::context::{Context, ProjectAddress};
use crate::error::CliError;

mod create;
mod list;
mod pause;
mod resume;
mod revoke;

/// Share links: anyone who has one reads one canvas without signing in
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

/// Which link is meant.
#[derive(Debug, clap::Args)]
struct Which {
    /// Name of the canvas
    canvas: String,
    /// Id of the link, or its name when only one is called so
    link: String,
}

impl Which {
    async fn find(self, context: &Context) -> Result<Found, CliError> {
        let client = context.client()?;
        let project = context.project(&client).await?;
        let share = find(&client, [&project.owner, &project.slug, &self.canvas], &self.link).await?;
        Ok(Found { client, project, canvas: self.canvas, share })
    }
}

/// A link, and where it is changed.
struct Found {
    client: Client,
    project: ProjectAddress,
    canvas: String,
    share: Share,
}

impl Found {
    fn at(&self) -> [&str; 3] {
        [&self.project.owner, &self.project.slug, &self.canvas]
    }

    async fn set_paused(&self, is_paused: bool) -> Result<Share, CliError> {
        let change = ShareChange { paused: Some(is_paused), expires_at: None };
        Ok(self.client.change_share(self.at(), &self.share.id, &change).await?)
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
