//! `impala share revoke`

use crate::context::Context;
use crate::error::CliError;

/// End a share link for good
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala share revoke seattle-weather 'Board meeting'
  impala share revoke seattle-weather 0198f3c2-0000-7000-8000-000000000000")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Id of the link, or its name when only one is called so
    link: String,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let at = [project.owner.as_str(), &project.slug, &args.canvas];
    let share = super::find(&client, at, &args.link).await?;
    client.revoke_share(at, &share.id).await?;
    context.printer.note(&format!("Revoked share link {}.", super::called(&share)));
    Ok(())
}
