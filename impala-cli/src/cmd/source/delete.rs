//! `impala source delete`

use crate::args::YesArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::count;

/// Delete a source with all its versions
#[derive(Debug, clap::Args)]
#[command(
    visible_alias = "rm",
    after_help = "Examples:
  impala source delete weather
  impala source delete weather --yes"
)]
pub struct Args {
    /// Name of the source
    source: String,
    #[command(flatten)]
    yes: YesArgs,
    /// Only say what would be deleted
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let source = client.source(&project.owner, &project.slug, &args.source).await?;
    let versions = count(u64::from(source.versions), "version");
    let what = format!("source {} of {project} with {versions}", source.name);
    if args.dry_run {
        context.printer.note(&format!("Would delete {what}."));
        return Ok(());
    }
    context.confirm_deleting(&what, args.yes.yes).await?;
    client.delete_source(&project.owner, &project.slug, &args.source).await?;
    context.printer.note(&format!("Deleted {what}."));
    Ok(())
}
