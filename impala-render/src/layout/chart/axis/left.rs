//! The vertical axis.

use super::suits;
use crate::format::{self, number};
use crate::layout::chart::bands::Bands;
use crate::layout::chart::field::Field;
use crate::layout::chart::plot::{Room, Slots};
use crate::scale::{self, Linear, time};
use crate::scene::{Area, Medium, Point, Scene, Stroke, Tone};

/// A vertical axis of numbers: its range, and what is labelled.
pub struct Divided {
    /// The range, which holds all values.
    pub scale: Linear,
    /// Its ticks, rising.
    ticks: Vec<f64>,
    texts: Vec<String>,
}

/// The axis over a range of values, for so many rows of a terminal; a page has the same one.
///
/// * Result: every row is a whole part of the step between ticks, which is 1, 2 or 5 (from 25 on also 2.5) times a power of ten. So
///   ticks stand in the middle of rows, all as far apart as each other, and zero between two of them. The range reaches beyond the
///   values as little as that allows.
pub fn divided(values: Linear, rows: usize, field: &Field) -> Divided {
    let rows = rows.max(1);
    let finest = ((values.high - values.low) / rows as f64).log10().floor().clamp(-300.0, 300.0) as i32;
    let steps = (finest..=finest + 3)
        .flat_map(|power| [1.0, 2.0, 2.5, 5.0].map(|factor| (factor, factor * 10_f64.powi(power))));
    let ways = steps.filter_map(|(factor, step)| Way::of(values, rows, (factor, step), field));
    match ways.min_by(|a, b| a.cost(rows).total_cmp(&b.cost(rows))) {
        Some(way) => way.axis,
        None => Divided { scale: values, ticks: Vec::new(), texts: Vec::new() },
    }
}

/// One way to divide an axis.
struct Way {
    axis: Divided,
    is_quarter: bool,
    rows_each: usize,
    /// The share of the axis where no value is.
    free: f64,
}

impl Way {
    fn of(values: Linear, rows: usize, (factor, step): (f64, f64), field: &Field) -> Option<Self> {
        let is_quarter = factor == 2.5;
        if is_quarter && step < 25.0 && !field.is_percent() {
            return None;
        }
        // The most rows a step with which the values still find room.
        let (rows_each, scale) = (1..=rows).rev().find_map(|each| {
            let row = step / each as f64;
            let below = (values.low / row + 1e-9).floor();
            let scale = Linear { low: below * row, high: (below + rows as f64) * row };
            (scale.high >= values.high - row * 1e-9 && scale.low < scale.high).then_some((each, scale))
        })?;
        let ticks = scale::multiples(scale.low, scale.high, step);
        let texts = number::ticks(&ticks, field.channel.format.as_ref());
        let is_told_apart = texts.windows(2).all(|pair| pair[0] != pair[1]);
        let free = 1.0 - (values.high - values.low) / (scale.high - scale.low);
        let axis = Divided { scale, ticks, texts };
        (is_told_apart && suits(&axis.ticks, field)).then_some(Self { axis, is_quarter, rows_each, free })
    }

    /// What is to be said against it: room without values, too few or too many ticks, none at the ground.
    fn cost(&self, rows: usize) -> f64 {
        let (ticks, scale) = (&self.axis.ticks, self.axis.scale);
        let few = match ticks.len() {
            0 => 9.0,
            1 => 3.0,
            2 => 0.8,
            _ => 0.0,
        };
        let crowded = if self.rows_each < 2 { 0.7 } else { 0.0 };
        let unusual = if self.is_quarter { 0.15 } else { 0.0 };
        let is_grounded = ticks.first().is_some_and(|first| scale.share(*first) < 1e-9);
        let groundless = if is_grounded { 0.0 } else { 0.2 };
        let ideal = (rows as f64 / 2.0).clamp(3.0, 6.0);
        3.0 * self.free + few + crowded + unusual + groundless + 0.08 * (ticks.len() as f64 - ideal).abs()
    }
}

impl Divided {
    /// The labels, each with its share of the axis.
    pub fn labels(&self) -> Vec<(f64, String)> {
        let shares = self.ticks.iter().map(|tick| self.scale.share(*tick));
        shares.zip(self.texts.iter().map(|text| format::clean(text))).collect()
    }

    /// Columns of the widest label.
    pub fn width(&self, medium: Medium) -> usize {
        self.texts.iter().map(|text| medium.cols(&format::clean(text))).max().unwrap_or(0)
    }
}

/// Columns of the widest label.
pub fn widest(medium: Medium, labels: &[(f64, String)]) -> usize {
    labels.iter().map(|(_, label)| medium.cols(label)).max().unwrap_or(0)
}

/// The vertical axis left of a plot, with grid lines when `has_grid`. Labels whose row is taken are left out: those of times may
/// meet.
pub fn draw_left(scene: &mut Scene, room: &Room, labels: &[(f64, String)], has_grid: bool) {
    if scene.medium.is_exact() {
        return draw_left_exactly(scene, room, labels, has_grid);
    }
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

/// As [`draw_left`] on a page: every label and line at its value, and no line where the grid is enough of one.
fn draw_left_exactly(scene: &mut Scene, room: &Room, labels: &[(f64, String)], has_grid: bool) {
    let plot = room.plot;
    let width = ((plot.x - room.whole.x) as usize).saturating_sub(1);
    for (share, label) in labels {
        let y = plot.bottom() - share.clamp(0.0, 1.0) * plot.h;
        scene.text_ending(plot.x - 0.75, y - 0.5, &Medium::Page.cut(label, width), Tone::Muted);
        if has_grid {
            scene.rule(Point::new(plot.x, y), Point::new(plot.right(), y), Tone::Faint, Stroke::Grid);
        }
    }
}

/// The vertical axis of bands: a label beside the middle of each that is shown.
pub fn draw_left_bands(scene: &mut Scene, room: &Room, bands: &Bands, slots: &Slots) {
    let (plot, medium) = (room.plot, scene.medium);
    let x = plot.x - medium.pick(0.5, 0.0);
    let bottom = plot.bottom() + medium.pick(0.5, 0.0);
    scene.rule(Point::new(x, plot.y), Point::new(x, bottom), Tone::Faint, Stroke::Rule);
    let width = (plot.x - room.whole.x) as usize - 1;
    let width = medium.pick(width, (width as f64 / OTHER_FONTS) as usize);
    let mut free = plot.y - medium.pick(0.0, 0.5);
    let whole = &bands.labels[..slots.shown.min(bands.len())];
    for (index, label) in format::cut_apart(medium, whole, width).iter().enumerate() {
        let y = slots.label_row(index);
        if y >= free {
            scene.text_ending(plot.x - medium.pick(1.0, 0.75), y, label, Tone::Muted);
            scene.tip(|| if *label == whole[index] { String::new() } else { whole[index].clone() });
            free = y + medium.pick(1.0, 0.6);
        }
    }
}

/// How much wider names may be in the font of a reader, where what is too wide would be lost at the edge of the picture.
const OTHER_FONTS: f64 = 1.12;

/// Columns that the labels of bands want, within a third of the chart.
pub fn band_label_width(medium: Medium, bands: &Bands, area: Area) -> usize {
    let widest = bands.labels.iter().map(|label| medium.cols(label)).max().unwrap_or(0);
    let widest = medium.pick(widest, (widest as f64 * OTHER_FONTS).ceil() as usize);
    widest.min((area.cols() / 3).max(4))
}

/// Ticks of a vertical time axis.
pub fn time_labels(scale: Linear, finest_s: f64, rows: usize) -> Vec<(f64, String)> {
    let division = time::divisions(scale.low, scale.high, finest_s, (rows / 2).max(1)).next();
    division.map_or_else(Vec::new, |(_, ticks)| {
        ticks.into_iter().map(|tick| (scale.share(tick.seconds), tick.label)).collect()
    })
}
