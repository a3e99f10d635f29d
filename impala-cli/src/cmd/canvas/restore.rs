//! `impala canvas restore`

use crate::changes;
use crate::context::Context;
use crate::error::CliError;

/// Make a canvas what it was at an earlier revision
///
/// That becomes a new revision, so nothing is lost.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas restore seattle-weather 3
  impala canvas restore seattle-weather 3 --dry-run")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Number of the revision
    revision: u64,
    /// Only say what would change
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let at = [project.owner.as_str(), &project.slug, &args.canvas];
    let now = client.canvas(at[0], at[1], at[2]).await?;
    let then = client.canvas_at(at, args.revision).await.map_err(|error| {
        CliError::from(error)
            .hint_if_missing(&format!("`impala canvas history {}` lists the revisions", args.canvas))
    })?;
    let changes = changes::between(Some(&now.canvas), &then.canvas);
    if changes.is_empty() {
        context
            .printer
            .note(&format!("Canvas {} is what it was at revision {}.", args.canvas, args.revision));
        return Ok(());
    }
    let lines: String = changes.iter().map(|line| format!("\n  {line}")).collect();
    if args.dry_run {
        return context
            .printer
            .line(&format!("Canvas {} would be changed:{lines}\nDry run: nothing was done.", args.canvas));
    }
    let view = client.restore_canvas(at, args.revision, &now.etag).await?;
    let number = view.revision.revision;
    context.printer.line(&format!("Restored revision {} as revision {number}:{lines}", args.revision))
}
