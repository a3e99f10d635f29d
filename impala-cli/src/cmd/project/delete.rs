//! `impala project delete`

use crate::args::YesArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::count;

/// Delete a project with all its sources and canvases
#[derive(Debug, clap::Args)]
#[command(
    visible_alias = "rm",
    after_help = "Examples:
  impala project delete ann/weather
  impala project delete weather --yes"
)]
pub struct Args {
    /// OWNER/SLUG or SLUG
    name: String,
    #[command(flatten)]
    yes: YesArgs,
    /// Only say what would be deleted
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let address = context.address(&client, &args.name).await?;
    client.project(&address.owner, &address.slug).await?;
    let sources = client.sources(&address.owner, &address.slug).await?.len() as u64;
    let canvases = client.canvases(&address.owner, &address.slug).await?.len() as u64;
    let (sources, canvases) = (count(sources, "source"), count(canvases, "canvas"));
    let what = format!("project {address} with {sources} and {canvases}");
    if args.dry_run {
        context.printer.note(&format!("Would delete {what}."));
        return Ok(());
    }
    context.confirm_deleting(&what, args.yes.yes).await?;
    client.delete_project(&address.owner, &address.slug).await?;
    context.printer.note(&format!("Deleted {what}."));
    Ok(())
}
