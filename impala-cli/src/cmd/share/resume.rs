//! `impala share resume`

use impala_core::api::ShareChange;

use crate::context::Context;
use crate::error::CliError;

/// Let a paused share link lead to its canvas again
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala share resume seattle-weather 'Board meeting'
  impala share resume seattle-weather 0198f3c2-0000-7000-8000-000000000000")]
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
    let change = ShareChange { paused: Some(false), expires_at: None };
    let share = client.change_share(at, &share.id, &change).await?;
    context.printer.note(&format!("Resumed share link {}.", super::called(&share)));
    Ok(())
}
