//! Charts as Vega-Lite, for notebooks and other tools. The data is inline and aggregated already: a spec shows the same
//! values wherever it is opened.

mod boxes;
mod channels;
mod table;

use impala_core::BlockKind;
use impala_core::api::BlockAnswer;
use impala_core::block::{Chart, ChartMark};
use impala_core::data::BlockData;
use impala_core::encoding::Stack;
use serde_json::{Map, Value, json};

use self::channels::Channels;
use super::{Export, ExportError};
use crate::layout::frame;
use crate::summary;
use crate::theme::page::{self, Scheme};

/// The version of the language that is written.
pub const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v6.json";

/// Pixels of a chart, and of one of the small charts of a facet.
const SIZE: (u32, u32) = (600, 300);
const SMALL: (u32, u32) = (220, 160);

/// Writes one chart as a spec, several below each other.
///
/// # Errors
/// `Unfit` when there is no chart, or the one asked for has no data.
pub fn write(export: &Export) -> Result<String, ExportError> {
    let unfit = |why: String| Err(ExportError::Unfit(why));
    let mut specs = Vec::new();
    for block in export.blocks() {
        match (&block.kind, export.picture.answers.get(&block.id)) {
            (BlockKind::Chart(chart), Some(BlockAnswer::Data(data))) => {
                let title = frame::title_of(block);
                specs.push(spec(chart, data, &title, &summary::of_block(&export.picture, block)));
            }
            (BlockKind::Chart(_), Some(BlockAnswer::Problem(problem))) if export.block.is_some() => {
                return unfit(format!("block {} has no data: {}", block.id, problem.detail));
            }
            _ => {}
        }
    }
    let mut whole = match specs.len() {
        0 => return unfit("there is no chart with data here; only charts become Vega-Lite".to_owned()),
        1 => specs.remove(0),
        _ => json!({ "vconcat": specs }),
    };
    whole["$schema"] = SCHEMA.into();
    whole["config"] = config();
    super::json::written(&whole).map_err(|error| ExportError::Failed(format!("the spec is no JSON: {error}")))
}

/// The colors that the chart has everywhere else.
fn config() -> Value {
    let colors = |prefix: &str, count: usize| {
        (0..count).map(|n| page::plain(&format!("{prefix}{n}"), Scheme::Light)).collect::<Vec<_>>()
    };
    json!({
        "font": "Inter, system-ui, sans-serif",
        "mark": {"color": page::plain("s0", Scheme::Light)},
        "range": {"category": colors("s", 10), "heatmap": colors("h", 9), "ramp": colors("h", 9)},
    })
}

/// One chart, without schema and colors.
fn spec(chart: &Chart, data: &BlockData, title: &str, description: &str) -> Value {
    let channels = Channels { chart, data };
    let facet = channels.facet();
    let (width, height) = if facet.is_some() { SMALL } else { SIZE };
    let mut unit = match chart.mark {
        ChartMark::Boxplot => boxes::unit(&channels),
        _ => json!({"mark": mark(chart), "encoding": channels.encoding()}),
    };
    unit["width"] = width.into();
    unit["height"] = height.into();
    let mut whole = match facet {
        Some(facet) => json!({"facet": facet, "columns": 3, "spec": unit}),
        None => unit,
    };
    if !title.is_empty() {
        whole["title"] = title.into();
    }
    if !description.is_empty() {
        whole["description"] = description.into();
    }
    whole["data"] = json!({ "values": table::rows(&channels) });
    whole
}

fn mark(chart: &Chart) -> Value {
    let mut mark = Map::new();
    mark.insert("type".to_owned(), chart.mark.as_str().into());
    mark.insert("tooltip".to_owned(), true.into());
    match chart.mark {
        ChartMark::Area if stack_of(chart) == Some(Stack::None) => {
            mark.insert("opacity".to_owned(), json!(0.4));
            mark.insert("line".to_owned(), true.into());
        }
        ChartMark::Point => {
            mark.insert("filled".to_owned(), true.into());
        }
        _ => {}
    }
    Value::Object(mark)
}

/// How the series of a chart stand to each other, where either axis says so.
fn stack_of(chart: &Chart) -> Option<Stack> {
    let stack =
        |channel: &Option<impala_core::encoding::Channel>| channel.as_ref().and_then(|channel| channel.stack);
    stack(&chart.encoding.y).or_else(|| stack(&chart.encoding.x))
}
