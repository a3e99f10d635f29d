//! Axes: lines, ticks, and labels that never overlap.

use super::bands::{BandSort, Bands};
use super::field::Field;
use super::plot::{Context, Room, Ruler, Slots, are_names};
use crate::format::{self, number};
use crate::scale::{self, Linear, time};
use crate::scene::{Area, Point, Scene, Stroke, Tone};

/// A label and where its middle should be, in cells.
pub type Wish = (f64, String);

/// Round steps that a vertical axis of that many rows is divided into.
pub fn steps_for(rows: usize) -> usize {
    (rows / 2).clamp(1, 8)
}

/// Ticks of a vertical axis of numbers: share and label. The densest ticks that stand about evenly after rounding to rows.
pub fn number_labels(scale: Linear, rows: usize, field: &Field) -> Vec<(f64, String)> {
    let densities = (1..=steps_for(rows)).rev().map(|steps| scale::ticks(scale.low, scale.high, steps));
    let is_fine = |ticks: &Vec<f64>| {
        ticks.len() > 1 && unevenness(ticks.iter().map(|tick| scale.share(*tick)), rows) < 0.4
    };
    let ticks = densities.clone().find(is_fine).or_else(|| densities.clone().find(|ticks| ticks.len() > 1));
    let ticks = ticks.unwrap_or_else(|| scale::ticks(scale.low, scale.high, steps_for(rows)));
    let labels = number::ticks(&ticks, field.channel.format.as_ref());
    ticks.iter().zip(labels).map(|(tick, label)| (scale.share(*tick), format::clean(&label))).collect()
}

/// By what part the nearest two ticks stand nearer than the farthest two.
fn unevenness(shares: impl Iterator<Item = f64>, rows: usize) -> f64 {
    let places: Vec<f64> = shares.map(|share| (share * rows as f64).round()).collect();
    let gaps = || places.windows(2).map(|pair| pair[1] - pair[0]);
    let (least, most) = (gaps().fold(f64::INFINITY, f64::min), gaps().fold(0.0, f64::max));
    if most > 0.0 { 1.0 - least / most } else { 0.0 }
}

/// Width of the widest label.
pub fn widest(labels: &[(f64, String)]) -> usize {
    labels.iter().map(|(_, label)| format::width(label)).max().unwrap_or(0)
}

/// The vertical axis left of a plot, with grid lines when `has_grid`. Labels whose row is taken are left out.
pub fn draw_left(scene: &mut Scene, room: &Room, labels: &[(f64, String)], has_grid: bool) {
    let plot = room.plot;
    let x = plot.x - 0.5;
    scene.rule(Point::new(x, plot.y), Point::new(x, plot.bottom() + 0.5), Tone::Faint, Stroke::Rule);
    let mut taken = Vec::new();
    for (share, label) in labels {
        let row = ((1.0 - share) * plot.h).round().clamp(0.0, plot.h);
        if taken.contains(&(row as i64)) {
            continue;
        }
        taken.push(row as i64);
        let y = plot.y + row;
        let label = format::cut(label, (plot.x - room.whole.x) as usize - 1);
        scene.text_ending(plot.x - 1.0, y, &label, Tone::Muted);
        if row < plot.h {
            scene.rule(Point::new(plot.x - 1.0, y + 0.5), Point::new(x, y + 0.5), Tone::Faint, Stroke::Rule);
            if has_grid {
                scene.rule(
                    Point::new(plot.x, y + 0.5),
                    Point::new(plot.right(), y + 0.5),
                    Tone::Faint,
                    Stroke::Grid,
                );
            }
        }
    }
}

/// The vertical axis of bands: a label beside the middle of each that is shown.
pub fn draw_left_bands(scene: &mut Scene, room: &Room, bands: &Bands, slots: &Slots) {
    let plot = room.plot;
    let x = plot.x - 0.5;
    scene.rule(Point::new(x, plot.y), Point::new(x, plot.bottom() + 0.5), Tone::Faint, Stroke::Rule);
    let width = (plot.x - room.whole.x) as usize - 1;
    let mut free = plot.y;
    for (index, label) in bands.labels.iter().enumerate().take(slots.shown) {
        let (from, to) = slots.cells(index);
        let y = from + ((to - from - 1.0) / 2.0).floor();
        if y >= free {
            scene.text_ending(plot.x - 1.0, y, &format::cut(label, width), Tone::Muted);
            free = y + 1.0;
        }
    }
}

/// Columns that the labels of bands want, within a third of the chart.
pub fn band_label_width(bands: &Bands, area: Area) -> usize {
    let widest = bands.labels.iter().map(|label| format::width(label)).max().unwrap_or(0);
    widest.min((area.cols() / 3).max(4))
}

/// The line below a plot, with ticks at `places`.
fn draw_bottom_line(scene: &mut Scene, plot: Area, places: &[f64]) {
    let y = plot.bottom() + 0.5;
    scene.rule(Point::new(plot.x - 0.5, y), Point::new(plot.right(), y), Tone::Faint, Stroke::Rule);
    for x in places {
        let x = x.floor().clamp(plot.x, plot.right() - 1.0) + 0.5;
        scene.rule(Point::new(x, y), Point::new(x, y + 0.5), Tone::Faint, Stroke::Rule);
    }
}

/// Line, ticks and labels below a plot. Returns where the first label begins.
fn draw_bottom(scene: &mut Scene, room: &Room, wishes: &[Wish], has_ticks: bool) -> f64 {
    let plot = room.plot;
    let ticks: Vec<f64> = wishes.iter().map(|(x, _)| *x).filter(|_| has_ticks).collect();
    draw_bottom_line(scene, plot, &ticks);
    let placed = spread(wishes, room.whole.x, room.whole.right(), 1).unwrap_or_default();
    for (left, label) in &placed {
        scene.text(*left, plot.bottom() + 1.0, label, Tone::Muted);
    }
    placed.first().map_or(room.whole.right(), |(left, _)| *left)
}

/// First cells of labels that stand in the middle of where they are wished, or as near as the edges allow. `None` when two
/// would come nearer than `gap` cells.
pub fn spread(wishes: &[Wish], from: f64, to: f64, gap: usize) -> Option<Vec<(f64, String)>> {
    let mut placed: Vec<(f64, String)> = Vec::with_capacity(wishes.len());
    let mut free = from;
    for (middle, label) in wishes {
        let width = format::width(label) as f64;
        let left = (middle - width / 2.0).round().clamp(from, (to - width).max(from));
        if left < free || left + width > to {
            return None;
        }
        free = left + width + gap as f64;
        placed.push((left, label.clone()));
    }
    Some(placed)
}

/// The horizontal axis of numbers, with as many round ticks as have room.
pub fn draw_bottom_numbers(
    scene: &mut Scene,
    room: &Room,
    scale: Linear,
    field: &Field,
    at: impl Fn(f64) -> f64,
) {
    let most = (room.plot.cols() / 6).clamp(1, 12);
    let wishes = (1..=most).rev().map(|steps| {
        let ticks = scale::ticks(scale.low, scale.high, steps);
        let labels = number::ticks(&ticks, field.channel.format.as_ref());
        ticks
            .iter()
            .zip(labels)
            .map(|(tick, label)| (at(scale.share(*tick)), format::clean(&label)))
            .collect()
    });
    let fitting = fitting(wishes, room, 2).unwrap_or_default();
    draw_bottom(scene, room, &fitting, true);
}

/// The first of several sets of labels that fits.
fn fitting(sets: impl Iterator<Item = Vec<Wish>>, room: &Room, gap: usize) -> Option<Vec<Wish>> {
    let mut sets = sets;
    sets.find(|wishes| !wishes.is_empty() && spread(wishes, room.whole.x, room.whole.right(), gap).is_some())
}

/// The horizontal axis of time. Returns what its labels leave unsaid, such as the year.
pub fn draw_bottom_times(
    scene: &mut Scene,
    room: &Room,
    scale: Linear,
    at: impl Fn(f64) -> f64,
) -> Option<Context> {
    let most = (room.plot.cols() / 5).max(1);
    for (step, ticks) in time::divisions(scale.low, scale.high, most) {
        let wishes: Vec<Wish> =
            ticks.iter().map(|tick| (at(scale.share(tick.seconds)), tick.label.clone())).collect();
        if spread(&wishes, room.whole.x, room.whole.right(), 2).is_some() {
            let free_until = draw_bottom(scene, room, &wishes, true);
            return time::context(&ticks, step).map(|text| Context { text, free_until });
        }
    }
    draw_bottom(scene, room, &[], true);
    None
}

/// The horizontal axis of bands. Returns what its labels leave unsaid.
pub fn draw_bottom_bands(scene: &mut Scene, room: &Room, bands: &Bands, slots: &Slots) -> Option<Context> {
    let all: Vec<Wish> = (0..slots.shown.min(bands.len()))
        .map(|index| (slots.middle(index), bands.labels[index].clone()))
        .collect();
    if bands.sort != BandSort::Periods && are_names(bands) && slots.step >= 4.0 {
        let width = slots.step as usize - 1;
        let cut: Vec<Wish> = all.iter().map(|(x, label)| (*x, format::cut(label, width))).collect();
        draw_bottom(scene, room, &cut, false);
        return None;
    }
    let has_blanks = all.iter().any(|(_, label)| label.is_empty());
    if !has_blanks && spread(&all, room.whole.x, room.whole.right(), 1).is_some() {
        draw_bottom(scene, room, &all, slots.step < 4.0);
        return None;
    }
    if bands.sort == BandSort::Periods
        && let Some((wishes, context)) = period_labels(room, bands, slots)
    {
        let free_until = draw_bottom(scene, room, &wishes, true);
        return context.map(|text| Context { text, free_until });
    }
    let labelled: Vec<Wish> = all.into_iter().filter(|(_, label)| !label.is_empty()).collect();
    let thinned = (1..=labelled.len().max(1)).map(|every| labelled.iter().step_by(every).cloned().collect());
    draw_bottom(scene, room, &fitting(thinned, room, 1).unwrap_or_default(), true);
    None
}

/// Labels at the periods in which round times begin.
fn period_labels(room: &Room, bands: &Bands, slots: &Slots) -> Option<(Vec<Wish>, Option<String>)> {
    let numbers: Vec<f64> = bands.numbers.iter().take(slots.shown).copied().collect::<Option<_>>()?;
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    for (step, ticks) in time::divisions(low, high, numbers.len().min(room.plot.cols())) {
        let places: Vec<usize> =
            ticks.iter().map(|tick| numbers.partition_point(|number| *number < tick.seconds - 0.5)).collect();
        let are_apart = places.windows(2).all(|pair| pair[0] < pair[1]);
        let wishes: Vec<Wish> = places
            .iter()
            .zip(&ticks)
            .map(|(place, tick)| (slots.middle(*place), tick.label.clone()))
            .collect();
        if are_apart && spread(&wishes, room.whole.x, room.whole.right(), 1).is_some() {
            let context = time::context(&ticks, step);
            return Some((wishes, context));
        }
    }
    None
}

/// Draws both axes of a chart of points or lines.
pub fn draw_rulers(scene: &mut Scene, room: &Room, x: &Ruler, y: &Ruler) {
    let plot = room.plot;
    match y {
        Ruler::Numbers(field, scale) => {
            draw_left(scene, room, &number_labels(*scale, plot.rows(), field), true)
        }
        Ruler::Times(_, scale) => draw_left(scene, room, &time_labels(*scale, plot.rows()), true),
        Ruler::Bands(_, bands) => draw_left_bands(
            scene,
            room,
            bands,
            &Slots::new(plot.y, plot.rows(), bands.len(), 0, f64::MAX).without_gaps(),
        ),
        Ruler::Nothing => draw_left(scene, room, &[], false),
    }
    let at = |share: f64| super::plot::x_at(plot, share);
    let context = match x {
        Ruler::Numbers(field, scale) => {
            draw_bottom_numbers(scene, room, *scale, field, at);
            None
        }
        Ruler::Times(_, scale) => draw_bottom_times(scene, room, *scale, at),
        Ruler::Bands(_, bands) => {
            let slots = Slots {
                step: plot.w / bands.len().max(1) as f64,
                ..Slots::new(plot.x, plot.cols(), bands.len(), 0, f64::MAX)
            };
            draw_bottom_bands(scene, room, bands, &slots.without_gaps())
        }
        Ruler::Nothing => {
            draw_bottom(scene, room, &[], false);
            None
        }
    };
    room.draw_x_title(scene, &x.title(), context);
}

/// Ticks of a vertical time axis.
pub fn time_labels(scale: Linear, rows: usize) -> Vec<(f64, String)> {
    let division = time::divisions(scale.low, scale.high, (rows / 2).max(1)).next();
    division.map_or_else(Vec::new, |(_, ticks)| {
        ticks.into_iter().map(|tick| (scale.share(tick.seconds), tick.label)).collect()
    })
}

/// Columns that the labels left of a plot want.
pub fn ruler_width(ruler: &Ruler, area: Area, rows: usize) -> usize {
    match ruler {
        Ruler::Numbers(field, scale) => widest(&number_labels(*scale, rows, field)),
        Ruler::Times(_, scale) => widest(&time_labels(*scale, rows)),
        Ruler::Bands(_, bands) => band_label_width(bands, area),
        Ruler::Nothing => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_stand_in_the_middle_and_keep_inside() {
        let check = |wishes: &[(f64, &str)], expected: Option<&[f64]>| {
            let wishes: Vec<Wish> = wishes.iter().map(|(x, label)| (*x, (*label).to_owned())).collect();
            let placed = spread(&wishes, 0.0, 20.0, 1);
            let lefts = placed.map(|placed| placed.into_iter().map(|(left, _)| left).collect::<Vec<_>>());
            assert_eq!(lefts.as_deref(), expected);
        };
        check(&[(5.5, "abc")], Some(&[4.0]));
        check(&[(0.0, "abc"), (20.0, "abc")], Some(&[0.0, 17.0]));
        check(&[(5.0, "abc"), (7.0, "abc")], None);
        check(&[(5.0, "abc"), (9.0, "abc")], Some(&[4.0, 8.0]));
        check(&[(5.0, "much longer than the axis")], None);
    }

    proptest! {
        #[test]
        fn labels_never_overlap(mut places in prop::collection::vec((0.0..60.0_f64, "[a-z]{1,9}"), 0..8), gap in 0..3usize) {
            places.sort_by(|a, b| a.0.total_cmp(&b.0));
            if let Some(placed) = spread(&places, 0.0, 60.0, gap) {
                for pair in placed.windows(2) {
                    prop_assert!(pair[0].0 + pair[0].1.len() as f64 + gap as f64 <= pair[1].0);
                }
                prop_assert!(placed.iter().all(|(left, label)| *left >= 0.0 && left + label.len() as f64 <= 60.0));
            }
        }
    }
}
