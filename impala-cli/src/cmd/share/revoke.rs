//! `impala share revoke`

use super::Which;
use crate::context::Context;
use crate::error::CliError;

/// End a share link for good
#[derive(Debug, clap::Args)]
#[command(aliases = ["rm", "delete"], after_help = "Examples:
  impala share revoke seattle-weather 'Board meeting'
  impala share revoke seattle-weather 0198f3c2-0000-7000-8000-000000000000")]
pub struct Args {
    #[command(flatten)]
    which: Which,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let found = args.which.find(context).await?;
    found.client.revoke_share(found.at(), &found.share.id).await?;
    context.printer.note(&format!("Revoked share link {}.", super::called(&found.share)));
    Ok(())
}
