//! The horizontal axis.

use super::{Wish, spread, suits};
use crate::format::{self, number};
use crate::layout::chart::bands::{BandSort, Bands};
use crate::layout::chart::field::Field;
use crate::layout::chart::plot::{Context, Room, Slots, are_names};
use crate::scale::{self, Linear, time};
use crate::scene::{Area, Point, Scene, Stroke, Tone};

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
pub fn draw_bottom(scene: &mut Scene, room: &Room, wishes: &[Wish], has_ticks: bool) -> f64 {
    let plot = room.plot;
    let ticks: Vec<f64> = wishes.iter().map(|(x, _)| *x).filter(|_| has_ticks).collect();
    draw_bottom_line(scene, plot, &ticks);
    let placed = spread(wishes, room.whole.x, room.whole.right(), 1).unwrap_or_default();
    for (left, label) in &placed {
        scene.text(*left, plot.bottom() + 1.0, label, Tone::Muted);
    }
    placed.first().map_or(room.whole.right(), |(left, _)| *left)
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
    let densities = (1..=most).rev().map(|steps| scale::ticks(scale.low, scale.high, steps));
    let wishes = densities.filter(|ticks| suits(ticks, field)).map(|ticks| {
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
    finest_s: f64,
    at: impl Fn(f64) -> f64,
) -> Option<Context> {
    let most = (room.plot.cols() / 5).max(1);
    for (step, ticks) in time::divisions(scale.low, scale.high, finest_s, most) {
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
        let labels = format::cut_apart(&bands.labels[..all.len()], width);
        let cut: Vec<Wish> = all.iter().map(|(x, _)| *x).zip(labels).collect();
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
    for (step, ticks) in time::divisions(low, high, 0.0, numbers.len().min(room.plot.cols())) {
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
