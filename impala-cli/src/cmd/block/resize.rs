//! `impala block resize`

use impala_core::Place;

use crate::context::Context;
use crate::error::CliError;

/// Resize a block; those in its way move down
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala block resize weather rain --width 24
  impala block resize weather rain --width 12 --height 10")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Id of the block
    block: String,
    /// Its width in columns, 1 to 24
    #[arg(long, required_unless_present = "height", value_name = "N")]
    width: Option<u32>,
    /// Its height in rows
    #[arg(long, value_name = "N")]
    height: Option<u32>,
    #[command(flatten)]
    change: super::ChangeArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    super::change(&args.canvas, &args.change, context, |canvas| {
        let at = super::block(canvas, &args.block)?.at;
        let to = Place { w: args.width.unwrap_or(at.w), h: args.height.unwrap_or(at.h), ..at };
        canvas.place(&args.block, super::check(to)?);
        Ok(args.block.clone())
    })
    .await
}
