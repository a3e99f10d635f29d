//! `impala preview delete`

use crate::context::Context;
use crate::error::CliError;

/// Delete a preview with all its versions, before its time
///
/// Nothing that the project itself has is touched.
#[derive(Debug, clap::Args)]
#[command(
    visible_alias = "rm",
    after_help = "Examples:
  impala preview delete pr-123"
)]
pub struct Args {
    /// Name of the preview
    preview: String,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    client.delete_preview([&project.owner, &project.slug, &args.preview]).await?;
    context.printer.note(&format!("Deleted the preview {} of {project}.", args.preview));
    Ok(())
}
