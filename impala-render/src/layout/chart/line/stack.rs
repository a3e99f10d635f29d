//! Areas on top of each other: what is above zero upwards, what is below it downwards, as with bars.

use super::{Layer, Place};
use crate::layout::chart::field::Field;
use crate::layout::chart::plot::Ruler;
use crate::layout::chart::series::Series;

/// Each series on top of those before it, over the x of all of them; where one has no value it adds nothing.
///
/// * `is_shares`: as shares of the sum of all sizes, whatever their signs.
pub fn stacked(x: &Ruler, y: &Field, series: &Series, rows: &[usize], is_shares: bool) -> Vec<Layer> {
    let mut places: Vec<f64> = rows.iter().filter_map(|row| x.share(*row)).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let mut values = vec![vec![0.0; places.len()]; series.len()];
    for row in rows {
        if let (Some(share), Some(value)) = (x.share(*row), y.number(*row)) {
            let place = places.partition_point(|other| *other < share);
            values[series.of_row(*row)][place] += value;
        }
    }
    if is_shares {
        to_shares(&mut values);
    }
    layers(&places, &values)
}

fn to_shares(values: &mut [Vec<f64>]) {
    for place in 0..values.first().map_or(0, Vec::len) {
        let whole: f64 = values.iter().map(|series| series[place].abs()).sum();
        for series in values.iter_mut().filter(|_| whole > 0.0) {
            series[place] = series[place].abs() / whole;
        }
    }
}

/// The layers of values at places: of each series one above zero, and one below it where it gets there. Where a series passes zero
/// all of them get a place, so that it ends there on one side and begins on the other.
fn layers(places: &[f64], values: &[Vec<f64>]) -> Vec<Layer> {
    let mut all: Vec<f64> = places.to_vec();
    all.extend(values.iter().flat_map(|values| crossings(places, values)));
    all.sort_by(f64::total_cmp);
    all.dedup();
    let (mut above, mut below) = (vec![0.0; all.len()], vec![0.0; all.len()]);
    let layer = |values: &Vec<f64>| {
        let there: Vec<f64> = all.iter().map(|x| between(places, values, *x)).collect();
        let mut layer = Vec::new();
        if there.iter().any(|value| *value > 0.0) || there.iter().all(|value| *value == 0.0) {
            layer.push(stretch(&all, &there, &mut above, |value| value.max(0.0)));
        }
        if there.iter().any(|value| *value < 0.0) {
            layer.push(stretch(&all, &there, &mut below, |value| value.min(0.0)));
        }
        layer
    };
    values.iter().map(layer).collect()
}

/// A layer on one side of zero, on top of what is there.
fn stretch(places: &[f64], values: &[f64], base: &mut [f64], side: impl Fn(f64) -> f64) -> Vec<Place> {
    let place = |((x, value), base): ((&f64, &f64), &mut f64)| {
        let from = *base;
        *base += side(*value);
        Place { x: *x, from, to: *base }
    };
    places.iter().zip(values).zip(base).map(place).collect()
}

/// Where values pass zero between two places.
fn crossings(places: &[f64], values: &[f64]) -> Vec<f64> {
    let pairs = places.windows(2).zip(values.windows(2));
    let passing = pairs.filter(|(_, values)| values[0] * values[1] < 0.0);
    passing.map(|(x, values)| x[0] + (x[1] - x[0]) * values[0] / (values[0] - values[1])).collect()
}

/// The value at `x`, which lies at a place or between two. Where it passes zero between them, it has no more than dust there.
fn between(places: &[f64], values: &[f64], x: f64) -> f64 {
    let right = places.partition_point(|place| *place < x);
    let (Some(to), Some(value)) = (places.get(right), values.get(right)) else { return 0.0 };
    let Some(left) = right.checked_sub(1).filter(|_| *to > x) else { return *value };
    let share = (x - places[left]) / (to - places[left]);
    let between = values[left] + (value - values[left]) * share;
    if between.abs() < 1e-9 * (value - values[left]).abs() { 0.0 } else { between }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `from to` at each place of each stretch.
    fn written(layers: &[Layer]) -> Vec<String> {
        let place = |place: &Place| format!("{}:{} {}", place.x, place.from, place.to);
        let stretch = |stretch: &Vec<Place>| stretch.iter().map(place).collect::<Vec<_>>().join(", ");
        layers.iter().map(|layer| layer.iter().map(stretch).collect::<Vec<_>>().join(" | ")).collect()
    }

    #[test]
    fn what_is_below_zero_hangs_from_it() {
        let places = [0.0, 1.0];
        assert_eq!(
            written(&layers(&places, &[vec![1.0, 2.0], vec![3.0, 3.0]])),
            ["0:0 1, 1:0 2", "0:1 4, 1:2 5"]
        );
        assert_eq!(
            written(&layers(&places, &[vec![1.0, 2.0], vec![-3.0, -3.0]])),
            ["0:0 1, 1:0 2", "0:0 -3, 1:0 -3"]
        );
        let crossing = layers(&places, &[vec![2.0, -2.0], vec![4.0, 4.0]]);
        assert_eq!(
            written(&crossing),
            ["0:0 2, 0.5:0 0, 1:0 0 | 0:0 0, 0.5:0 0, 1:0 -2", "0:2 6, 0.5:0 4, 1:0 4"]
        );
    }

    #[test]
    fn shares_are_of_all_sizes() {
        let mut values = [vec![1.0, 0.0], vec![-3.0, 0.0]];
        to_shares(&mut values);
        assert_eq!(values, [vec![0.25, 0.0], vec![0.75, 0.0]]);
    }
}
