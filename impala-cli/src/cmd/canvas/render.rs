//! `impala canvas render`

use clap::ValueEnum;
use impala_core::client::ParameterTexts;

use crate::args::ParamArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::picture::{self, PictureArgs, Style};

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
    #[command(flatten)]
    picture: PictureArgs,
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
    let own = args.picture.style(context);
    let has_color = args.format.map_or(own.has_color, |format| format == RenderFormat::Ansi);
    let style = Style { has_color, ..own };
    // Colors were decided on above; they pass as they are.
    context.printer.raw(picture::draw(&view.canvas, &data, style).as_bytes())?;
    picture::warn_of_failures(&data, context);
    Ok(())
}
