//! `impala block add`

use impala_core::block::BlockType;
use impala_core::document::read_block_and_place;
use serde_json::{Map, Value, json};

use crate::block_fields::BlockFlags;
use crate::context::Context;
use crate::error::CliError;

/// Add a block to a canvas
///
/// Without a place it gets the first free spot. Fields are given in short: sum(precipitation), yearmonth(date), bin(wind), count().
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala block add weather --source weather --mark bar \\
    --x 'yearmonth(date)' --y 'sum(precipitation)' --color weather
  impala block add weather --source weather --value 'max(temp_max)' --format '{:.1} °C'
  impala block add weather --source weather --columns 'weather,count()' --sort=-count()
  impala block add weather --markdown '## Seattle, day by day' --at 0,0 --width 24 --height 3")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Its id; made from the title when left out
    #[arg(long)]
    id: Option<String>,
    /// chart, table, metric or text; follows from the other flags when left out
    #[arg(long = "type", value_name = "TYPE")]
    block_type: Option<BlockType>,
    /// Its top left corner: column 0 to 23, row from 0
    #[arg(long, value_name = "X,Y", value_parser = parse_corner)]
    at: Option<(u32, u32)>,
    /// Its width in columns, 1 to 24
    #[arg(long, value_name = "N")]
    width: Option<u32>,
    /// Its height in rows
    #[arg(long, value_name = "N")]
    height: Option<u32>,
    #[command(flatten)]
    fields: BlockFlags,
    #[command(flatten)]
    change: super::ChangeArgs,
}

fn parse_corner(text: &str) -> Result<(u32, u32), String> {
    let corner =
        text.split_once(',').and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    corner.ok_or_else(|| format!("\"{text}\" is not a corner; write X,Y as in 6,3"))
}

pub async fn run(mut args: Args, context: &Context) -> Result<(), CliError> {
    args.fields.read_stdin(crate::files::read_stdin)?;
    let Some(block_type) = args.block_type.or_else(|| args.fields.block_type()) else {
        return Err(CliError::usage("what should the block show?").hint(
            "--mark with --x and --y makes a chart, --value a number, --columns a table, --markdown a text",
        ));
    };
    super::change(&args.canvas.clone(), &args.change, context, |canvas| {
        let id = args.id.clone().unwrap_or_else(|| canvas.fresh_id(&args.fields.stem(block_type)));
        let mut fields = Map::new();
        fields.insert("id".to_owned(), json!(id));
        fields.insert("type".to_owned(), json!(block_type.as_str()));
        let (width, height) = block_type.default_size();
        let mut at = json!({"w": args.width.unwrap_or(width), "h": args.height.unwrap_or(height)});
        if let Some((x, y)) = args.at {
            at["x"] = json!(x);
            at["y"] = json!(y);
        }
        fields.insert("at".to_owned(), at);
        args.fields.apply(&mut fields)?;
        let (block, place) = read_block_and_place(&Value::Object(fields))
            .map_err(|invalid| CliError::invalid(&format!("block {id}"), invalid))?;
        canvas.add(block, place.map(super::check).transpose()?);
        Ok(id)
    })
    .await
}
