//! A small line without axes, for metrics and for charts that have no room.

use impala_core::BlockData;
use impala_core::block::Chart;
use impala_core::encoding::Channel;

use crate::format::{self, number};
use crate::scale::{Linear, is_drawable};
use crate::scene::{Along, Area, Mark, Point, Scene, Stroke, Tone};

/// Fills `area` from below. More values than columns are averaged, fewer are spread.
pub(crate) fn draw(scene: &mut Scene, area: Area, values: &[Option<f64>]) {
    if scene.medium.is_exact() {
        return exact(scene, area, values);
    }
    let columns = resample(values, area.cols());
    let drawable = || columns.iter().flatten().copied();
    let has_zero = drawable().all(|value| value >= 0.0) || drawable().all(|value| value <= 0.0);
    let scale = Linear::over(drawable(), has_zero);
    for (column, value) in columns.iter().enumerate() {
        let Some(value) = value else { continue };
        // The least value still shows as a line at the bottom.
        let height = (scale.share(*value) * area.h).max(0.125);
        let bar = Area::new(area.x + column as f64, area.bottom() - height, 1.0, height);
        scene.fill(bar, Tone::Series(0), Along::Height);
    }
}

/// On a page: a line through all values, over its area.
fn exact(scene: &mut Scene, area: Area, values: &[Option<f64>]) {
    let drawable = || values.iter().flatten().copied().filter(|value| is_drawable(*value));
    let scale = Linear::over(drawable(), false);
    let last = (values.len().max(2) - 1) as f64;
    let ground = area.bottom();
    let place = |(index, value): (usize, &Option<f64>)| {
        let value = value.filter(|value| is_drawable(*value))?;
        let y = ground - scale.share(value) * (area.h - 0.25) - 0.1;
        Some(Point::new(area.x + index as f64 / last * area.w, y))
    };
    let places: Vec<Option<Point>> = values.iter().enumerate().map(place).collect();
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

/// What a chart shows last, as one number.
pub(crate) fn last_value(chart: &Chart, data: &BlockData) -> String {
    let format = value_channel(chart).and_then(|channel| channel.format.as_ref());
    match values(chart, data).into_iter().flatten().next_back() {
        Some(value) => format::clean(&number::one(value, format)),
        None => format::count(data.rows_total, "row"),
    }
}

/// A chart with too little room for axes: a sparkline and its last value, or that value alone.
pub(crate) fn of_chart(scene: &mut Scene, area: Area, chart: &Chart, data: &BlockData) {
    let last = format::cut(&last_value(chart, data), area.cols());
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
