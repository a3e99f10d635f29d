//! The vertical axis.

use crate::format;
use crate::layout::chart::bands::Bands;
use crate::layout::chart::plot::{Room, Slots};
use crate::scale::{Linear, time};
use crate::scene::{Area, Medium, Point, Scene, Stroke, Tone};

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
        // The row of what lies at the tick, see `y_at`.
        let row = ((1.0 - share) * plot.h + 0.125).floor().clamp(0.0, plot.h);
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
