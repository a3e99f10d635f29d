//! `impala share pause`

use super::Which;
use crate::context::Context;
use crate::error::CliError;

/// Pause a share link: it leads nowhere until it is resumed
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala share pause seattle-weather 'Board meeting'
  impala share pause seattle-weather 0198f3c2-0000-7000-8000-000000000000")]
pub struct Args {
    #[command(flatten)]
    which: Which,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let share = args.which.find(context).await?.set_paused(true).await?;
    context.printer.note(&format!("Paused share link {}.", super::called(&share)));
    Ok(())
}
