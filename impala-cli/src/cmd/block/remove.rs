//! `impala block remove`

use crate::context::Context;
use crate::error::CliError;

/// Remove blocks from a canvas
///
/// The canvas's history keeps them: `impala canvas restore` brings them back.
#[derive(Debug, clap::Args)]
#[command(
    visible_alias = "rm",
    alias = "delete",
    after_help = "Examples:
  impala block remove weather rain
  impala block remove weather rain days --dry-run"
)]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Ids of the blocks
    #[arg(required = true)]
    blocks: Vec<String>,
    #[command(flatten)]
    change: super::ChangeArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    super::change(&args.canvas, &args.change, context, |canvas| {
        for id in &args.blocks {
            super::block(canvas, id)?;
            canvas.spec.blocks.retain(|block| block.id != *id);
        }
        Ok(args.blocks.join("\n"))
    })
    .await
}
