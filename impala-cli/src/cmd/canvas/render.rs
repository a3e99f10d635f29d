//! `impala canvas render`

use clap::ValueEnum;
use impala_core::client::ParameterTexts;

use crate::args::ParamArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::picture::{self, Style};

/// Draw a canvas here: in this terminal, in a CI log
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas render seattle-weather
  impala canvas render seattle-weather --param kind=rain --param kind=snow
  impala canvas render seattle-weather --width 80 --ascii > report.txt
  impala canvas render seattle-weather --format json | jq '.blocks.rain'")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// text, ansi (text with color) or json (the data); text with color where color goes when left out
    #[arg(short, long, value_enum)]
    format: Option<RenderFormat>,
    /// Columns to draw in; the terminal's, or 100, when left out
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(20..=1000))]
    width: Option<u32>,
    /// Draw with ASCII only
    #[arg(long)]
    ascii: bool,
    #[command(flatten)]
    params: ParamArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RenderFormat {
    Text,
    Ansi,
    Json,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let mut parameters = ParameterTexts::new();
    for (name, value) in args.params.params {
        parameters.entry(name).or_default().push(value);
    }
    let view = client.canvas(&project.owner, &project.slug, &args.canvas).await?;
    let data = client.canvas_data(&project.owner, &project.slug, &args.canvas, &parameters).await?;
    if args.format == Some(RenderFormat::Json) {
        return context.printer.line(&serde_json::to_string_pretty(&data).unwrap_or_default());
    }
    let own = Style::of(context);
    let style = Style {
        width_cols: args.width.map_or(own.width_cols, |width| width as usize),
        has_color: args.format.map_or(own.has_color, |format| format == RenderFormat::Ansi),
        is_ascii: args.ascii,
    };
    // Colors were decided on above; they pass as they are.
    context.printer.raw(picture::draw(&view.canvas, &data, style).as_bytes())?;
    picture::warn_of_failures(&data, context);
    Ok(())
}
