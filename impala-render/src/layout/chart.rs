//! Charts: marks on axes. Each mark has its file; fields, series, axes and legends are shared.

mod axis;
pub(crate) mod bands;
mod bar;
mod blank;
pub(crate) mod boxplot;
mod facet;
pub(crate) mod field;
mod header;
mod legend;
mod line;
mod merged;
mod plot;
mod point;
mod rect;
mod series;
mod strips;

use impala_core::BlockData;
use impala_core::block::{Chart, ChartMark};
use impala_core::encoding::{Channel, Encoding};

use super::failed;
use super::note::{Note, Notes};
use super::sparkline;
use crate::format;
use crate::scene::{Area, Scene};

/// Under this size a chart becomes a sparkline.
const LEAST_COLS: usize = 16;
const LEAST_ROWS: usize = 5;

/// What a chart is drawn from.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    chart: &'a Chart,
    data: &'a BlockData,
    /// The rows that are drawn.
    rows: &'a [usize],
    /// Rows of a terminal that the chart has, which decide what is shown on whatever it is drawn.
    cell_rows: usize,
    /// The rows of each of the small charts that share their axes; one, with all rows, without facets.
    parts: &'a [Vec<usize>],
    /// Whether the color's legend is drawn here.
    has_legend: bool,
    /// Whether the axes have titles.
    has_titles: bool,
}

/// Draws a chart as well as the room allows: with axes, as a sparkline, or as one number.
///
/// Ranges, ticks, the names that are shown and what is merged are chosen for `cell_rows` rows of a terminal also where a page is
/// drawn, so that one block shows the same numbers in both. A page differs in how fine it is: it places marks exactly,
/// fits more letters into the same room, has a tooltip for every mark, and does not stack points that nobody could tell apart.
pub(crate) fn draw(
    scene: &mut Scene,
    area: Area,
    cell_rows: usize,
    (chart, data): (&Chart, &BlockData),
) -> Notes {
    if area.cols() < LEAST_COLS || cell_rows < LEAST_ROWS {
        sparkline::of_chart(scene, area, chart, data);
        return Notes::new();
    }
    if let Some(missing) = missing_column(chart, data) {
        failed::centred(scene, area, &format!("the answer has no column \"{}\"", format::clean(&missing)));
        return Notes::new();
    }
    let rows: Vec<usize> = (0..data.columns.first().map_or(0, |column| column.values.len())).collect();
    let parts = vec![rows];
    let rows = &parts[0];
    let view = View { chart, data, rows, cell_rows, parts: &parts, has_legend: true, has_titles: true };
    if chart.encoding.facet.is_some() {
        return facet::draw(scene, area, &view);
    }
    draw_view(scene, area, &view)
}

fn draw_view(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let mut notes = match view.chart.mark {
        ChartMark::Bar => bar::draw(scene, area, view),
        ChartMark::Line => line::draw(scene, area, view, line::Filling::None),
        ChartMark::Area => line::draw(scene, area, view, line::Filling::Below),
        ChartMark::Point => point::draw(scene, area, view),
        ChartMark::Tick => point::draw_ticks(scene, area, view),
        ChartMark::Rect => rect::draw(scene, area, view),
        ChartMark::Boxplot => boxplot::draw(scene, area, view),
    };
    if is_shown_by_color_alone(view.chart) {
        notes.push(series::Series::of(view).note());
    }
    notes.retain(|note: &Note| !note.is_empty());
    notes
}

/// Whether colors name something that no axis names.
fn is_shown_by_color_alone(chart: &Chart) -> bool {
    let Encoding { x, y, color, .. } = &chart.encoding;
    let term = |channel: &Option<Channel>| channel.as_ref().and_then(Channel::term);
    color.is_some() && term(color) != term(x) && term(color) != term(y)
}

/// The first of the terms that the chart's channels name and the answer lacks.
fn missing_column(chart: &Chart, data: &BlockData) -> Option<String> {
    let value_axis = boxplot::value_axis(chart, data);
    let is_quartiles = |name: &str| chart.mark == ChartMark::Boxplot && name == value_axis;
    let channels = chart.encoding.channels().filter(|(name, _)| *name != "tooltip" && !is_quartiles(name));
    channels
        .filter_map(|(_, channel)| channel.term())
        .map(|term| term.to_string())
        .find(|name| data.column(name).is_none())
}

/// What a chart without a title is called: `Sum of precipitation by month`.
pub(crate) fn default_title(chart: &Chart) -> String {
    // An axis without words is not without a name.
    let name = |channel: &Channel| match channel.title.as_deref().map(str::trim) {
        Some("") => channel.term().map(|term| term.words()).unwrap_or_default(),
        _ => channel.title(),
    };
    let title = |channel: &Option<_>| channel.as_ref().map(name);
    let (x, y) = (title(&chart.encoding.x), title(&chart.encoding.y));
    let is_sideways = chart.encoding.x.as_ref().is_some_and(|x| x.aggregate.is_some());
    let text = match (x, y) {
        (Some(x), Some(y)) if is_sideways => format!("{x} by {y}"),
        (Some(x), Some(y)) => format!("{y} by {x}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    };
    let begins_with_words = if is_sideways { &chart.encoding.x } else { &chart.encoding.y };
    let begins_with_words = begins_with_words.as_ref().is_some_and(|channel| channel.aggregate.is_some());
    format::clean(&if begins_with_words { format::capitalised(&text) } else { text })
}
