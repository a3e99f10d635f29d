//! `impala share resume`

use super::Which;
use crate::context::Context;
use crate::error::CliError;

/// Let a paused share link lead to its canvas again
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala share resume seattle-weather 'Board meeting'
  impala share resume seattle-weather 0198f3c2-0000-7000-8000-000000000000")]
pub struct Args {
    #[command(flatten)]
    which: Which,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let share = args.which.find(context).await?.set_paused(false).await?;
    context.printer.note(&format!("Resumed share link {}.", super::called(&share)));
    Ok(())
}
