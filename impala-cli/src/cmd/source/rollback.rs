//! `impala source rollback`

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::count;

/// Make an earlier version the current one
///
/// Nothing is lost: the later versions stay, and can be made the current one in the same way.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala source rollback weather 2
  impala source rollback weather          (the version before the current one)")]
pub struct Args {
    /// Name of the source
    source: String,
    /// Number of the version; the one before the current one when left out
    version: Option<u32>,
    /// Only say what would change
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let now = client.source(&project.owner, &project.slug, &args.source).await?;
    let number = now.current.version;
    let version = match args.version {
        Some(version) => version,
        None if number > 1 => number - 1,
        None => return Err(CliError::failed(format!("{} has no version before {number}", args.source))),
    };
    let versions = client.source_versions(&project.owner, &project.slug, &args.source).await?;
    let Some(target) = versions.iter().find(|other| other.version == version) else {
        return Err(CliError::failed(format!("{} has no version {version}", args.source))
            .hint(format!("`impala source versions {}` lists them", args.source)));
    };
    let what = format!("{}@{version} ({}), instead of @{number}", args.source, count(target.rows, "row"));
    if args.dry_run {
        context.printer.note(&format!("The current version would be {what}."));
        return Ok(());
    }
    client.rollback(&project.owner, &project.slug, &args.source, version).await?;
    if context.printer.is_quiet {
        return context.printer.line(&format!("{}@{version}", args.source));
    }
    context.printer.note(&format!("The current version is {what}."));
    Ok(())
}
