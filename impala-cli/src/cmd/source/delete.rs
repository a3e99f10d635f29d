//! `impala source delete`

use impala_core::api::read_by;
use impala_core::client::Client;

use crate::args::YesArgs;
use crate::context::{Context, ProjectAddress};
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
    let readers = match args.yes.yes && !args.dry_run {
        true => String::new(),
        false => readers(&client, &project, &source.name).await?,
    };
    if args.dry_run {
        context.printer.note(&format!("Would delete {what}.{readers}"));
        return Ok(());
    }
    context.confirm_deleting_with(&what, &readers, args.yes.yes).await?;
    client.delete_source(&project.owner, &project.slug, &args.source).await?;
    context.printer.note(&format!("Deleted {what}."));
    Ok(())
}

/// Which canvases read a source, as a sentence behind others.
async fn readers(client: &Client, project: &ProjectAddress, source: &str) -> Result<String, CliError> {
    match client.canvases_of_source(&project.owner, &project.slug, source).await {
        Ok(canvases) => Ok(format!(" {}", read_by(&canvases))),
        // A server that is older than the question.
        Err(error) if error.code() == Some("unknown_route") => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}
