//! The horizontal axis.

use super::{Wish, spread, suits};
use crate::format::{self, number};
use crate::layout::chart::bands::{BandSort, Bands};
use crate::layout::chart::field::Field;
use crate::layout::chart::plot::{Context, Room, Slots, are_names};
use crate::scale::{self, Linear, time};
use crate::scene::{Area, Mark, Medium, Point, Scene, Stroke, Tone};

/// The line below a plot, with ticks at `places`.
fn draw_bottom_line(scene: &mut Scene, plot: Area, places: &[f64]) {
    if scene.medium.is_exact() {
        let y = plot.bottom();
        scene.rule(Point::new(plot.x, y), Point::new(plot.right(), y), Tone::Faint, Stroke::Rule);
        for x in places {
            scene.rule(Point::new(*x, y), Point::new(*x, y + 0.18), Tone::Faint, Stroke::Rule);
        }
        return;
    }
    let y = plot.bottom() + 0.5;
    scene.rule(Point::new(plot.x - 0.5, y), Point::new(plot.right(), y), Tone::Faint, Stroke::Rule);
    for x in places {
        let x = x.floor().clamp(plot.x, plot.right() - 1.0) + 0.5;
        scene.rule(Point::new(x, y), Point::new(x, y + 0.5), Tone::Faint, Stroke::Rule);
    }
}

/// Line, ticks and labels below a plot. Returns where the first label begins.
pub fn draw_bottom(scene: &mut Scene, room: &Room, wishes: &[Wish], has_ticks: bool) -> f64 {
    let (plot, medium) = (room.plot, scene.medium);
    let ticks: Vec<f64> = wishes.iter().map(|(x, _)| *x).filter(|_| has_ticks).collect();
    draw_bottom_line(scene, plot, &ticks);
    let placed = spread(medium, wishes, room.whole.x, room.whole.right(), 1).unwrap_or_default();
    for (left, label) in &placed {
        match medium {
            Medium::Cells => scene.text(*left, room.label_row(medium), label, Tone::Muted),
            Medium::Page => {
                let middle = left + medium.width(label) / 2.0;
                scene.text_around(middle, room.label_row(medium), label, Tone::Muted);
            }
        }
    }
    placed.first().map_or(room.whole.right(), |(left, _)| *left)
}

/// Columns that a tick of numbers has at least: more of them say no more.
const COLS_PER_TICK: usize = 10;

/// The horizontal axis of numbers, with as many round ticks as have room.
pub fn draw_bottom_numbers(
    scene: &mut Scene,
    room: &Room,
    scale: Linear,
    field: &Field,
    at: impl Fn(f64) -> f64,
) {
    let most = (room.cells.cols() / COLS_PER_TICK).max(2);
    let densities = (1..=most).rev().map(|steps| scale::ticks(scale.low, scale.high, steps));
    let is_calm = |ticks: &Vec<f64>| ticks.len() <= most + 1 && suits(ticks, field);
    let wishes = densities.filter(is_calm).map(|ticks| {
        let labels = number::ticks(&ticks, field.channel.format.as_ref());
        ticks
            .iter()
            .zip(labels)
            .map(|(tick, label)| (at(scale.share(*tick)), format::clean(&label)))
            .collect()
    });
    // A page has the ticks of a terminal, where labels are wider.
    let fitting = fitting(Medium::Cells, wishes, room, 2).unwrap_or_default();
    draw_bottom(scene, room, &fitting, true);
}

/// The first of several sets of labels that fits.
fn fitting(
    medium: Medium,
    mut sets: impl Iterator<Item = Vec<Wish>>,
    room: &Room,
    gap: usize,
) -> Option<Vec<Wish>> {
    let (from, to) = (room.whole.x, room.whole.right());
    sets.find(|wishes| !wishes.is_empty() && spread(medium, wishes, from, to, gap).is_some())
}

/// The horizontal axis of time. Returns what its labels leave unsaid, such as the year.
pub fn draw_bottom_times(
    scene: &mut Scene,
    room: &Room,
    scale: Linear,
    finest_s: f64,
    at: impl Fn(f64) -> f64,
) -> Option<Context> {
    let most = (room.cells.cols() / 5).max(1);
    for (step, ticks) in time::divisions(scale.low, scale.high, finest_s, most) {
        let wishes: Vec<Wish> =
            ticks.iter().map(|tick| (at(scale.share(tick.seconds)), tick.label.clone())).collect();
        if spread(Medium::Cells, &wishes, room.whole.x, room.whole.right(), 2).is_some() {
            let free_until = draw_bottom(scene, room, &wishes, true);
            return time::context(&ticks, step).map(|text| Context { text, free_until });
        }
    }
    draw_bottom(scene, room, &[], true);
    None
}

/// The horizontal axis of bands. Returns what its labels leave unsaid.
pub fn draw_bottom_bands(scene: &mut Scene, room: &Room, bands: &Bands, slots: &Slots) -> Option<Context> {
    let medium = scene.medium;
    let all: Vec<Wish> = (0..slots.shown.min(bands.len()))
        .map(|index| (slots.middle(index), bands.labels[index].clone()))
        .collect();
    if are_names(bands) {
        draw_names(scene, room, &bands.labels[..all.len()], slots);
        return None;
    }
    let has_blanks = all.iter().any(|(_, label)| label.is_empty());
    if !has_blanks && spread(medium, &all, room.whole.x, room.whole.right(), 1).is_some() {
        draw_bottom(scene, room, &all, slots.step < 4.0);
        return None;
    }
    if bands.sort == BandSort::Periods
        && let Some((wishes, context)) = period_labels(medium, room, bands, slots)
    {
        let free_until = draw_bottom(scene, room, &wishes, true);
        return context.map(|text| Context { text, free_until });
    }
    let labelled: Vec<Wish> = all.into_iter().filter(|(_, label)| !label.is_empty()).collect();
    let thinned = (1..=labelled.len().max(1)).map(|every| labelled.iter().step_by(every).cloned().collect());
    draw_bottom(scene, room, &fitting(medium, thinned, room, 1).unwrap_or_default(), true);
    None
}

/// Columns that a name is cut to at least, where not each of them is written.
const LEAST_NAME: usize = 8;

/// Columns for each of the names that stand `apart` columns from each other, when the middle of the first is `free` columns from the
/// edge: one that is wider stands beside its middle, nearer to the second.
fn name_width(apart: f64, free: f64) -> usize {
    let width = apart - 1.0;
    let beside = ((free + width) / 1.5).max(free * 2.0);
    width.min(beside) as usize
}

/// A name below each band, cut to what is the band's; of narrow bands below every second, third or further one, with a tick. On
/// a page a tooltip has the whole of it.
fn draw_names(scene: &mut Scene, room: &Room, names: &[String], slots: &Slots) {
    let medium = scene.medium;
    let longest = names.iter().map(|name| medium.cols(name)).max().unwrap_or(0);
    let least = if slots.step >= 4.0 {
        1
    } else {
        (longest.min(LEAST_NAME) + 1).div_ceil(slots.step.max(1.0) as usize)
    };
    // The first is named where that costs few of the others. Where the outermost have no room below their bars, those further in are
    // named.
    let from_first = |every: usize| [(every, 0, 0), (every, 0, 1)];
    let further_in = |every: usize| [(every, every / 2, 0), (every, every / 2, 1)];
    let all = least..=names.len().max(least);
    let near = (least..=least * 2).flat_map(from_first);
    let far = all.flat_map(|every| from_first(every).into_iter().chain(further_in(every)));
    let ways = near.chain(far).map(|(every, start, dropped)| {
        let shown: Vec<String> = names.iter().skip(start).step_by(every).cloned().collect();
        let free = slots.middle(start) - room.whole.x;
        let labels = format::cut_apart(medium, &shown, name_width(slots.step * every as f64, free));
        let written = labels.len().saturating_sub(dropped).max(1);
        let wishes = labels.iter().enumerate().take(written);
        let wishes = wishes.map(|(at, label)| (slots.middle(start + at * every), label.clone()));
        (every, shown, wishes.collect::<Vec<Wish>>())
    });
    let (from, to) = (room.whole.x, room.whole.right());
    let fits = |way: &(usize, Vec<String>, Vec<Wish>)| spread(medium, &way.2, from, to, 1).is_some();
    let Some((every, names, wishes)) = ways.into_iter().find(fits) else {
        draw_bottom(scene, room, &[], false);
        return;
    };
    let labels: Vec<&String> = wishes.iter().map(|(_, label)| label).collect();
    let before = scene.marks.len();
    draw_bottom(scene, room, &wishes, every > 1);
    if !scene.medium.is_exact() {
        return;
    }
    let cut = |text: &String| {
        labels.iter().position(|label| *label == text).filter(|at| names[*at] != *labels[*at])
    };
    for (index, mark) in scene.marks.iter().enumerate().skip(before) {
        if let Mark::Text { text, .. } = mark
            && let Some(name) = cut(text)
        {
            scene.tips.insert(index, names[name].clone());
        }
    }
}

/// Labels at the periods in which round times begin.
fn period_labels(
    medium: Medium,
    room: &Room,
    bands: &Bands,
    slots: &Slots,
) -> Option<(Vec<Wish>, Option<String>)> {
    let numbers: Vec<f64> = bands.numbers.iter().take(slots.shown).copied().collect::<Option<_>>()?;
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    for (step, ticks) in time::divisions(low, high, 0.0, numbers.len().min(room.plot.cols())) {
        let places: Vec<usize> =
            ticks.iter().map(|tick| numbers.partition_point(|number| *number < tick.seconds - 0.5)).collect();
        let is_first = |(place, tick): (&usize, &time::TimeTick)| numbers[*place] < tick.seconds + 0.5;
        // A day that only lies within a week is not what that week is called.
        let are_apart = places.windows(2).all(|pair| pair[0] < pair[1])
            && (!step.is_between() || places.iter().zip(&ticks).all(is_first));
        let wishes: Vec<Wish> = places
            .iter()
            .zip(&ticks)
            .map(|(place, tick)| (slots.middle(*place), tick.label.clone()))
            .collect();
        if are_apart && spread(medium, &wishes, room.whole.x, room.whole.right(), 1).is_some() {
            let context = time::context(&ticks, step);
            return Some((wishes, context));
        }
    }
    None
}
