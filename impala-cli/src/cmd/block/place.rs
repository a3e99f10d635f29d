//! `impala block move`

use impala_core::Place;

use crate::context::Context;
use crate::error::CliError;

/// Move a block; those in its way move down
#[derive(Debug, clap::Args)]
#[command(
    name = "move",
    after_help = "Examples:
  impala block move weather rain --x 12
  impala block move weather rain --x 0 --y 10 --dry-run"
)]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Id of the block
    block: String,
    /// Its left column, 0 to 23
    #[arg(long, required_unless_present = "y", value_name = "N")]
    x: Option<u32>,
    /// Its top row, from 0
    #[arg(long, value_name = "N")]
    y: Option<u32>,
    #[command(flatten)]
    change: super::ChangeArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    super::change(&args.canvas, &args.change, context, |canvas| {
        let at = super::block(canvas, &args.block)?.at;
        let to = Place { x: args.x.unwrap_or(at.x), y: args.y.unwrap_or(at.y), ..at };
        canvas.place(&args.block, super::check(to)?);
        Ok(args.block.clone())
    })
    .await
}
