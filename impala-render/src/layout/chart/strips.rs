//! Tooltips of a chart of lines: upright strips, one an x, that name the value of every series there.

use std::collections::BTreeMap;

use super::View;
use super::field::Field;
use super::plot::{Ruler, x_at};
use super::series::Series;
use crate::scene::{Area, Scene};

/// Least width of a strip, in columns: three pixels. Values nearer to each other share one.
const LEAST_COLS: f64 = 3.0 / 8.0;

/// Series named in a strip at most.
const MOST_SERIES: usize = 12;

/// The rows of one strip and where they stand, in columns.
struct Strip {
    from: f64,
    to: f64,
    rows: Vec<usize>,
}

/// Lays strips over a plot; on a page only.
pub fn draw(scene: &mut Scene, plot: Area, view: &View, (x, y, series): (&Ruler, &Field, &Series)) {
    if !scene.medium.is_exact() {
        return;
    }
    let strips = strips(scene, plot, view, x, y);
    let middle = |strip: &Strip| (strip.from + strip.to) / 2.0;
    for (index, strip) in strips.iter().enumerate() {
        let left =
            index.checked_sub(1).map_or(plot.x, |before| (middle(&strips[before]) + middle(strip)) / 2.0);
        let right = strips.get(index + 1).map_or(plot.right(), |next| (middle(next) + middle(strip)) / 2.0);
        scene.target(Area::new(left, plot.y, right - left, plot.h), || in_words(&strip.rows, x, y, series));
    }
}

fn strips(scene: &Scene, plot: Area, view: &View, x: &Ruler, y: &Field) -> Vec<Strip> {
    let place = |row: &usize| Some((x_at(scene.medium, plot, x.share(*row)?), *row));
    let mut places: Vec<(f64, usize)> =
        view.rows.iter().filter(|row| y.number(**row).is_some()).filter_map(place).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut strips: Vec<Strip> = Vec::new();
    for (at, row) in places {
        match strips.last_mut() {
            Some(strip) if at == strip.to || at - strip.from < LEAST_COLS => {
                strip.to = at;
                strip.rows.push(row);
            }
            _ => strips.push(Strip { from: at, to: at, rows: vec![row] }),
        }
    }
    strips
}

fn in_words(rows: &[usize], x: &Ruler, y: &Field, series: &Series) -> String {
    let (first, last) = (rows.first().map(|row| x.in_words(*row)), rows.last().map(|row| x.in_words(*row)));
    let place = match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (first, _) => first.unwrap_or_default(),
    };
    let mut values: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for row in rows {
        values.entry(series.of_row(*row)).or_default().extend(y.number(*row));
    }
    let mut lines = vec![place];
    for (index, values) in values.iter().take(MOST_SERIES) {
        let name = if series.labels[*index].is_empty() { y.title() } else { series.labels[*index].clone() };
        lines.push(format!("{name}: {}", range(values, y)));
    }
    if values.len() > MOST_SERIES {
        lines.push(crate::format::and_more(values.len() - MOST_SERIES));
    }
    lines.join("\n")
}

/// `12.5`, or `3 to 18` for several values.
fn range(values: &[f64], y: &Field) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low < high {
        format!("{} to {}", y.write_measured(low), y.write_measured(high))
    } else {
        y.write_measured(low)
    }
}
