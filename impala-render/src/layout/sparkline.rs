//! A small line without axes, for metrics and for charts that have no room.

use impala_core::BlockData;
use impala_core::block::Chart;
use impala_core::encoding::Channel;

use crate::format::{self, narrow};
use crate::scale::{Linear, is_drawable};
use crate::scene::{Along, Area, Mark, Point, Scene, Stroke, Tone};

/// The scale of a small line. It holds zero wherever it is drawn: blocks and areas are read by their size, and without an axis
/// nobody could tell where one begins that is cut off.
fn scale_of(values: &[Option<f64>]) -> Linear {
    Linear::over(values.iter().flatten().copied(), true)
}

/// Fills `area` from zero. More values than columns are averaged, fewer are spread.
pub(crate) fn draw(scene: &mut Scene, area: Area, values: &[Option<f64>]) {
    if scene.medium.is_exact() {
        return exact(scene, area, values);
    }
    let columns = resample(values, area.cols());
    let scale = scale_of(&columns).with_zero_at_a_cell(area.rows());
    let y_of = |value: f64| area.bottom() - scale.share(value) * area.h;
    // A single row has no room for both sides of zero: there the least value is the ground.
    let ground = if scale.low < 0.0 && scale.high > 0.0 && area.rows() < 2 { scale.low } else { 0.0 };
    for (column, value) in columns.iter().enumerate() {
        let Some(value) = value else { continue };
        let (top, bottom) = (y_of(value.max(ground)), y_of(value.min(ground)));
        // What is nothing still shows as a line.
        let missing = (0.125 - (bottom - top)).max(0.0);
        let top = if bottom - missing >= area.y + 0.125 { top - missing } else { top };
        let bar = Area::new(area.x + column as f64, top.max(area.y), 1.0, (bottom - top).max(0.125));
        scene.fill(bar, Tone::Series(0), Along::Height);
    }
}

/// On a page: a line through all values, over its area.
fn exact(scene: &mut Scene, area: Area, values: &[Option<f64>]) {
    let drawable: Vec<Option<f64>> =
        values.iter().map(|value| value.filter(|value| is_drawable(*value))).collect();
    let scale = scale_of(&drawable);
    let last = (values.len().max(2) - 1) as f64;
    let y_of = |value: f64| area.bottom() - scale.share(value) * (area.h - 0.16) - 0.1;
    let ground = y_of(0.0);
    let place = |(index, value): (usize, &Option<f64>)| {
        Some(Point::new(area.x + index as f64 / last * area.w, y_of((*value)?)))
    };
    let places: Vec<Option<Point>> = drawable.iter().enumerate().map(place).collect();
    for stretch in places.split(Option::is_none) {
        let points: Vec<Point> = stretch.iter().flatten().copied().collect();
        if points.len() > 1 {
            let lower = points.iter().map(|point| Point::new(point.x, ground)).collect();
            scene.marks.push(Mark::Band {
                upper: points.clone(),
                lower,
                tone: Tone::Series(0),
                is_pale: true,
            });
            let stroke = Stroke::Curve { has_markers: false };
            scene.marks.push(Mark::Line { points, tone: Tone::Series(0), stroke });
        }
    }
}

/// One value a column: the mean of those that fall into it, or the one that it falls into.
fn resample(values: &[Option<f64>], columns: usize) -> Vec<Option<f64>> {
    if values.is_empty() {
        return Vec::new();
    }
    (0..columns)
        .map(|column| {
            let from = column * values.len() / columns;
            let to = ((column + 1) * values.len() / columns).max(from + 1);
            let there: Vec<f64> =
                values[from..to].iter().flatten().copied().filter(|v| is_drawable(*v)).collect();
            (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
        })
        .collect()
}

/// The channel that carries a chart's value: an aggregate on y or x, or else y.
fn value_channel(chart: &Chart) -> Option<&Channel> {
    let encoding = &chart.encoding;
    let has_aggregate = |channel: &&Channel| channel.aggregate.is_some();
    let axes = || encoding.y.iter().chain(&encoding.x);
    axes().find(has_aggregate).or_else(|| axes().next())
}

/// The values of a chart in the order of its rows.
fn values(chart: &Chart, data: &BlockData) -> Vec<Option<f64>> {
    let name = value_channel(chart).and_then(Channel::term).map(|term| term.to_string());
    let column = name.and_then(|name| data.column(&name)).or_else(|| data.columns.last());
    let Some(column) = column else { return Vec::new() };
    (0..column.values.len()).map(|row| column.values.number(row)).collect()
}

/// What a chart shows last, as one number in so many columns.
pub(crate) fn last_value(chart: &Chart, data: &BlockData, width_cols: usize) -> String {
    let format = value_channel(chart).and_then(|channel| channel.format.as_ref());
    match values(chart, data).into_iter().flatten().next_back() {
        Some(value) => narrow::fitting(value, format, |text| format::width(text) <= width_cols),
        None => format::count(data.rows_total, "row"),
    }
}

/// A chart with too little room for axes: a sparkline and its last value, or that value alone.
pub(crate) fn of_chart(scene: &mut Scene, area: Area, chart: &Chart, data: &BlockData) {
    let last = format::cut(&last_value(chart, data, area.cols()), area.cols());
    let room = area.cols().saturating_sub(format::width(&last) + 1);
    let values = values(chart, data);
    if room >= 4 && values.iter().flatten().count() > 1 {
        draw(scene, Area { w: room as f64, ..area }, &values);
        scene.text_ending(area.right(), area.bottom() - 1.0, &last, Tone::Plain);
    } else {
        scene.text(area.x, area.y, &last, Tone::Plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_averaged_or_spread() {
        let check = |values: &[f64], columns, expected: &[f64]| {
            let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
            let got: Vec<f64> = resample(&values, columns).into_iter().flatten().collect();
            assert_eq!(got, expected);
        };
        check(&[1.0, 3.0, 5.0, 7.0], 2, &[2.0, 6.0]);
        check(&[1.0, 2.0], 4, &[1.0, 1.0, 2.0, 2.0]);
        check(&[], 4, &[]);
    }
}
