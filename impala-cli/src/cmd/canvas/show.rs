//! `impala canvas show`

use impala_core::api::CanvasView;
use impala_core::{Block, BlockKind};

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonArgs, JsonFields, Table, table};

const FIELDS: [&str; 4] = ["etag", "revision", "warnings", "canvas"];

/// Show what is on a canvas: its blocks, where they stand, its parameters
///
/// `impala canvas render` draws it, `impala canvas pull` gives its document.
#[derive(Debug, clap::Args)]
#[command(alias = "view", add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas show seattle-weather
  impala canvas show seattle-weather --json revision")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let view = client.canvas(&project.owner, &project.slug, &args.canvas).await?;
    super::warn(&view, context);
    let width = context.printer.table_width();
    context.printer.show(&args.json, &FIELDS, &view, |_| args.canvas.clone(), |view| text(view, width))
}

fn text(view: &CanvasView, width: Option<usize>) -> String {
    let canvas = &view.canvas;
    let revision = &view.revision;
    let saved = ago(revision.saved_at, jiff::Timestamp::now());
    let mut text = table::pairs([
        ("canvas", canvas.metadata.slug.clone()),
        ("title", canvas.metadata.title.clone()),
        ("description", canvas.metadata.description.clone()),
        ("revision", format!("{} by {}, {saved}", revision.revision, revision.saved_by)),
    ]);
    if !canvas.spec.parameters.is_empty() {
        let mut parameters = Table::new(["PARAMETER", "TYPE", "DEFAULT"]);
        for parameter in &canvas.spec.parameters {
            let kind = serde_json::to_value(parameter.parameter_type).unwrap_or_default();
            let default = parameter.default.as_ref().map(|_| parameter.bind(&[]));
            let default = default.and_then(Result::ok).map(|bound| bound.text());
            let kind = kind.as_str().unwrap_or_default().to_owned();
            parameters.row([parameter.name.clone(), kind, default.unwrap_or_default()]);
        }
        text += &format!("\n{}", parameters.to_text(width));
    }
    if !canvas.spec.blocks.is_empty() {
        let mut blocks = Table::new(["BLOCK", "TYPE", "#X", "#Y", "#W", "#H", "TITLE", "SHOWS"]);
        for block in &canvas.spec.blocks {
            let at = [block.at.x, block.at.y, block.at.w, block.at.h].map(|number| number.to_string());
            let head = [block.id.clone(), block.block_type.to_string()];
            let tail = [block.title.clone().unwrap_or_default(), shows(block)];
            blocks.row(head.into_iter().chain(at).chain(tail));
        }
        text += &format!("\n{}", blocks.to_text(width));
    }
    text
}

/// A block in a few words: `bar of x=yearmonth(date) y=sum(precipitation) from weather`.
fn shows(block: &Block) -> String {
    let what = match &block.kind {
        BlockKind::Text(text) => return text.markdown.lines().next().unwrap_or_default().to_owned(),
        BlockKind::Metric(metric) => metric.value.term().map(|term| term.to_string()).unwrap_or_default(),
        BlockKind::Table(table) if table.columns.is_empty() => "all columns".to_owned(),
        BlockKind::Table(table) => {
            table.columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        BlockKind::Chart(chart) => {
            let term = |(name, channel): (&str, &impala_core::encoding::Channel)| {
                channel.term().map(|term| format!("{name}={term}"))
            };
            let channels: Vec<_> = chart.encoding.channels().filter_map(term).collect();
            format!("{} {}", chart.mark.as_str(), channels.join(" "))
        }
    };
    let from = block.from();
    match from.and_then(|from| from.source.as_ref()) {
        Some(source) => format!("{what} from {source}"),
        None => format!("{what} from SQL"),
    }
}
