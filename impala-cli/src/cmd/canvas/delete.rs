//! `impala canvas delete`

use crate::args::YesArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::count;

/// Delete a canvas with all its revisions
#[derive(Debug, clap::Args)]
#[command(
    visible_alias = "rm",
    after_help = "Examples:
  impala canvas delete seattle-weather
  impala canvas delete seattle-weather --yes"
)]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    #[command(flatten)]
    yes: YesArgs,
    /// Only say what would be deleted
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let view = client.canvas(&project.owner, &project.slug, &args.canvas).await?;
    let revisions = count(view.revision.revision, "revision");
    let what = format!("canvas {} of {project} with {revisions}", args.canvas);
    if args.dry_run {
        context.printer.note(&format!("Would delete {what}."));
        return Ok(());
    }
    context.confirm_deleting(&what, args.yes.yes).await?;
    client.delete_canvas(&project.owner, &project.slug, &args.canvas, &view.etag).await?;
    context.printer.note(&format!("Deleted {what}."));
    Ok(())
}
