//! `impala member remove`

use crate::context::Context;
use crate::error::CliError;

/// Remove a member
#[derive(Debug, clap::Args)]
#[command(
    visible_alias = "rm",
    alias = "delete",
    after_help = "Examples:
  impala member remove ben
  impala member remove ben --project ann/weather"
)]
pub struct Args {
    /// Who
    username: String,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    client.remove_member(&project.owner, &project.slug, &args.username).await?;
    context.printer.note(&format!("{} is not a member of {project} any more.", args.username));
    Ok(())
}
