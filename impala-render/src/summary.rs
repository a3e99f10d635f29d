//! A block in one sentence: what someone who does not see the picture should know of it.

mod spread;
mod values;

use impala_core::api::BlockAnswer;
use impala_core::block::{Chart, ChartMark};
use impala_core::data::BlockData;
use impala_core::encoding::Channel;
use impala_core::query::boxplot_terms;
use impala_core::{Block, BlockKind};

use self::spread::correlation;
use self::values::of_values;
use crate::format::{self, number};
use crate::layout::chart::boxplot;
use crate::layout::chart::field::{Field, Kind};
use crate::layout::{Picture, frame, metric};
use crate::scene::Scene;

/// What a block shows, in a sentence that ends in a full stop; empty for text, which speaks for itself.
pub fn of_block(picture: &Picture, block: &Block) -> String {
    let data = match picture.answers.get(&block.id) {
        Some(BlockAnswer::Data(data)) => data,
        Some(BlockAnswer::Problem(problem)) => {
            let why = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
            return format!("This block failed: {}.", format::clean(why).trim_end_matches('.'));
        }
        None => return String::new(),
    };
    match &block.kind {
        BlockKind::Text(_) => String::new(),
        BlockKind::Chart(chart) => of_chart(chart, data),
        BlockKind::Metric(it) => {
            let words = [metric::value_text(it, data), metric::aside_text(it, data)];
            let words: Vec<String> = words.into_iter().filter(|words| !words.is_empty()).collect();
            format!("{}: {}.", frame::title_of(block), words.join(", "))
        }
        BlockKind::Table(_) => {
            let names: Vec<String> = data.columns.iter().map(|column| format::clean(&column.name)).collect();
            format!("{} of {}.", format::count(data.rows_total, "row"), names.join(", "))
        }
    }
}

/// As [`of_block`], of the block as it is drawn in `scene`: where values share a mark, the marks are told.
pub fn of_drawn(picture: &Picture, block: &Block, scene: &Scene) -> String {
    scene.sentence.clone().unwrap_or_else(|| of_block(picture, block))
}

/// What a chart shows: lowest, highest, last, and where it goes.
pub fn of_chart(chart: &Chart, data: &BlockData) -> String {
    if data.columns.iter().all(|column| column.values.is_empty()) {
        return "No rows.".to_owned();
    }
    let sentence = match chart.mark {
        ChartMark::Boxplot => of_boxes(chart, data),
        ChartMark::Rect => of_cells(chart, data),
        ChartMark::Point | ChartMark::Tick => of_points(chart, data),
        ChartMark::Bar | ChartMark::Line | ChartMark::Area => of_values(chart, data),
    };
    sentence.unwrap_or_else(|| format!("{}.", format::count(data.rows_shown, "row")))
}

fn rows(data: &BlockData) -> usize {
    data.columns.first().map_or(0, |column| column.values.len())
}

/// What a field is called in a sentence: as on its axis, or by what it asks where that was left empty.
fn name(field: &Field) -> String {
    let title = field.title();
    if !title.trim().is_empty() {
        return title;
    }
    Field { channel: &Channel { title: None, ..field.channel.clone() }, ..*field }.title()
}

/// As [`name`], of what is measured. A title that only says the unit comes behind what it is the unit of: `sum of rain in mm`.
fn measured(field: &Field) -> String {
    let title = field.title();
    let is_unit = field.channel.title.is_some() && (1..=3).contains(&title.trim().chars().count());
    let own = Field { channel: &Channel { title: None, ..field.channel.clone() }, ..*field }.title();
    if is_unit && own != title { format!("{own} in {}", title.trim()) } else { name(field) }
}

/// As [`name`], of the places that values are at: a date that was cut to months goes by `month`.
fn place_name(field: &Field) -> String {
    let has_title = field.channel.title.as_ref().is_some_and(|title| !title.trim().is_empty());
    match field.channel.time_unit.filter(|_| !has_title) {
        Some(unit) => unit.words().to_owned(),
        None => name(field),
    }
}

fn field<'a>(channel: Option<&'a Channel>, data: &'a BlockData) -> Option<Field<'a>> {
    Field::of(channel, data)
}

/// The rows of the least and the greatest number, with them.
fn extremes(value: &Field, rows: usize) -> Option<((f64, usize), (f64, usize))> {
    let mut numbers = (0..rows).filter_map(|row| Some((value.number(row)?, row)));
    let first = numbers.next()?;
    Some(numbers.fold((first, first), |(low, high), one| {
        (if one.0 < low.0 { one } else { low }, if one.0 > high.0 { one } else { high })
    }))
}

/// Points and ticks.
fn of_points(chart: &Chart, data: &BlockData) -> Option<String> {
    let axes = [&chart.encoding.x, &chart.encoding.y].map(|channel| field(channel.as_ref(), data));
    let axes: Vec<Field> = axes.into_iter().flatten().collect();
    let range = |axis: &Field| {
        let (low, high) = extremes(axis, rows(data))?;
        let write = |at: (f64, usize)| {
            if axis.kind() == Kind::Time { axis.label(at.1) } else { axis.write_measured(at.0) }
        };
        (axis.kind() != Kind::Names).then(|| format!("{} from {} to {}", name(axis), write(low), write(high)))
    };
    let ranges: Vec<String> = axes.iter().filter_map(range).collect();
    let noun = if chart.mark == ChartMark::Tick { "tick" } else { "point" };
    let drawn = (0..rows(data)).filter(|row| axes.iter().all(|axis| has_place(axis, *row))).count();
    let mut sentence = format::count(drawn as u64, noun);
    if drawn < rows(data) {
        sentence.push_str(&format!(" of {}", format::count(rows(data) as u64, "row")));
    }
    if !ranges.is_empty() {
        sentence.push_str(&format!(": {}", ranges.join(", ")));
    }
    if let [x, y] = axes.as_slice() {
        let pairs: Vec<(f64, f64)> =
            (0..rows(data)).filter_map(|row| Some((x.number(row)?, y.number(row)?))).collect();
        if let Some(r) = correlation(&pairs) {
            sentence.push_str(&format!("; correlation {r:.2}"));
        }
    }
    Some(sentence + ".")
}

/// Whether a row has a place on an axis: among names null has one, too.
fn has_place(axis: &Field, row: usize) -> bool {
    axis.kind() == Kind::Names || axis.number(row).is_some()
}

/// Heat maps.
fn of_cells(chart: &Chart, data: &BlockData) -> Option<String> {
    let (x, y) = (field(chart.encoding.x.as_ref(), data)?, field(chart.encoding.y.as_ref(), data)?);
    let color = field(chart.encoding.color.as_ref(), data).filter(|color| color.kind() == Kind::Number);
    let Some(color) = color else {
        let places = format!("{} and {}", place_name(&x), place_name(&y));
        return Some(format!("{} of {places}.", format::count(rows(data) as u64, "cell")));
    };
    let Some(ends) = extremes(&color, rows(data)) else {
        return Some(format!("No values in {}.", name(&color)));
    };
    let at = |at: (f64, usize)| (at.0, format!("{}, {}", x.in_words(at.1), y.in_words(at.1)));
    Some(cells_between((&x, &y), &color, &at(ends.0), &at(ends.1)))
}

/// A heat map by the least and the greatest of its cells, each with its place.
pub(crate) fn cells_between(
    (x, y): (&Field, &Field),
    color: &Field,
    low: &(f64, String),
    high: &(f64, String),
) -> String {
    let write = |(value, place): &(f64, String)| format!("{} ({place})", color.write_measured(*value));
    let (measured, places) = (measured(color), format!("{} and {}", place_name(x), place_name(y)));
    format!("{measured} by {places}: lowest {}, highest {}.", write(low), write(high))
}

fn of_boxes(chart: &Chart, data: &BlockData) -> Option<String> {
    let is_upright = boxplot::value_axis(chart, data) == "y";
    let encoding = &chart.encoding;
    let (value, category) = if is_upright { (&encoding.y, &encoding.x) } else { (&encoding.x, &encoding.y) };
    let value = value.as_ref()?;
    let [low, _, median, _, high] = boxplot_terms(value.field.as_deref()?)
        .map(|term| Some(Field { channel: value, column: data.column(&term.to_string())? }));
    let (low, median, high) = (low?, median?, high?);
    let category = field(category.as_ref(), data);
    let named = |at: (f64, usize)| match &category {
        Some(category) => format!("{} ({})", number::one(at.0, value.format.as_ref()), category.label(at.1)),
        None => number::one(at.0, value.format.as_ref()),
    };
    let (least, greatest) = extremes(&median, rows(data))?;
    let title = value.title.as_deref().filter(|title| !title.trim().is_empty());
    let title = format::clean(title.or(value.field.as_deref()).unwrap_or_default());
    let bounds = format!(
        "all between {} and {}",
        number::one(extremes(&low, rows(data))?.0.0, value.format.as_ref()),
        number::one(extremes(&high, rows(data))?.1.0, value.format.as_ref())
    );
    Some(match category {
        Some(_) if rows(data) > 1 => {
            format!("{title}: medians from {} to {}, {bounds}.", named(least), named(greatest))
        }
        _ => format!("{title}: median {}, {bounds}.", named(least)),
    })
}
