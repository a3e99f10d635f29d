//! `impala block set`

use impala_core::document::read_block;
use serde_json::Value;

use crate::block_fields::BlockFlags;
use crate::context::Context;
use crate::error::CliError;

/// Change what a block shows; what is not given stays
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala block set weather rain --mark line
  impala block set weather rain --filter 'date >= $since' --title 'Rain by month'
  impala block set weather rain --set encoding.y.stack=normalize --unset filter")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Id of the block
    block: String,
    #[command(flatten)]
    fields: BlockFlags,
    #[command(flatten)]
    change: super::ChangeArgs,
}

pub async fn run(mut args: Args, context: &Context) -> Result<(), CliError> {
    if args.fields.is_empty() {
        return Err(CliError::usage("what should change?").hint("`impala block set --help` lists the fields"));
    }
    args.fields.read_stdin(crate::files::read_stdin)?;
    super::change(&args.canvas.clone(), &args.change, context, |canvas| {
        let block = super::block(canvas, &args.block)?;
        let mut value = serde_json::to_value(block).unwrap_or_default();
        if let Value::Object(fields) = &mut value {
            args.fields.apply(fields)?;
        }
        let changed = read_block(&value)
            .map_err(|invalid| CliError::invalid(&format!("block {}", args.block), invalid))?;
        if changed.id != args.block {
            return Err(CliError::usage("a block keeps its id; add a new one and remove the old one"));
        }
        let at = super::check(changed.at)?;
        if let Some(slot) = canvas.spec.blocks.iter_mut().find(|block| block.id == args.block) {
            let stays = slot.at;
            *slot = changed;
            slot.at = stays;
        }
        canvas.place(&args.block, at);
        Ok(args.block.clone())
    })
    .await
}
