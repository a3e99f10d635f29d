//! Axes: lines, ticks, and labels that never overlap.

mod bottom;
mod divide;
mod left;

use self::bottom::{draw_bottom, draw_bottom_times};
pub use self::bottom::{draw_bottom_bands, draw_bottom_numbers};
pub use self::divide::{Divided, divided};
use self::left::time_labels;
pub use self::left::{band_label_width, draw_left, draw_left_bands, widest};
use super::field::Field;
use super::plot::{Room, Ruler, Slots};
use crate::scene::{Area, Medium, Scene};

/// A label and where its middle should be, in cells.
pub type Wish = (f64, String);

/// Whether ticks make sense for a field: whole numbers are not divided, nor are bins of whole numbers.
fn suits(ticks: &[f64], field: &Field) -> bool {
    let has_whole_bins = field.column.bin_step.is_some_and(|step| step.fract() == 0.0);
    field.is_percent()
        || !(field.is_whole() || field.is_binned() && has_whole_bins)
        || ticks.iter().all(|tick| tick.fract() == 0.0)
}

/// First cells of labels that stand in the middle of where they are wished, or as near as the edges allow. `None` when two
/// would come nearer than `gap` cells.
pub fn spread(medium: Medium, wishes: &[Wish], from: f64, to: f64, gap: usize) -> Option<Vec<(f64, String)>> {
    let mut placed: Vec<(f64, String)> = Vec::with_capacity(wishes.len());
    let mut free = from;
    for (middle, label) in wishes {
        let width = medium.width(label);
        let left = middle - width / 2.0;
        let left = medium.pick(left.round(), left).clamp(from, (to - width).max(from));
        if left < free || left + width > to {
            return None;
        }
        free = left + width + gap as f64;
        placed.push((left, label.clone()));
    }
    Some(placed)
}

/// Draws both axes of a chart of points or lines.
pub fn draw_rulers(scene: &mut Scene, room: &Room, x: &Ruler, y: &Ruler) {
    let (plot, medium) = (room.plot, scene.medium);
    match y {
        Ruler::Numbers(field, values) => {
            draw_left(scene, room, &divided(*values, room.cells.rows(), field).labels(), true);
        }
        Ruler::Rows(_, divided) => {
            draw_left(scene, room, &divided.labels(), true);
        }
        Ruler::Times(field, scale) => {
            draw_left(scene, room, &time_labels(*scale, field.finest_s(), room.cells.rows()), true);
        }
        Ruler::Bands(_, bands, shown) => {
            draw_left_bands(scene, room, bands, &Slots::lines(medium, plot, *shown));
        }
        Ruler::Nothing => draw_left(scene, room, &[], false),
    }
    let at = |share: f64| super::plot::x_at(medium, plot, share);
    let context = match x {
        Ruler::Numbers(field, scale) | Ruler::Rows(field, Divided { scale, .. }) => {
            draw_bottom_numbers(scene, room, *scale, field, at);
            None
        }
        Ruler::Times(field, scale) => draw_bottom_times(scene, room, *scale, field.finest_s(), at),
        Ruler::Bands(_, bands, _) => {
            draw_bottom_bands(scene, room, bands, &Slots::even(medium, plot.x, plot.w, bands.len()))
        }
        Ruler::Nothing => {
            draw_bottom(scene, room, &[], false);
            None
        }
    };
    room.draw_x_title(scene, &x.title(), context);
}

/// Columns that the labels left of a plot want.
pub fn ruler_width(medium: Medium, ruler: &Ruler, area: Area, rows: usize) -> usize {
    match ruler {
        Ruler::Numbers(field, values) => divided(*values, rows, field).width(medium),
        Ruler::Rows(_, divided) => divided.width(medium),
        Ruler::Times(field, scale) => widest(medium, &time_labels(*scale, field.finest_s(), rows)),
        Ruler::Bands(_, bands, _) => band_label_width(medium, bands, area),
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
            let placed = spread(Medium::Cells, &wishes, 0.0, 20.0, 1);
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
            if let Some(placed) = spread(Medium::Cells, &places, 0.0, 60.0, gap) {
                for pair in placed.windows(2) {
                    prop_assert!(pair[0].0 + pair[0].1.len() as f64 + gap as f64 <= pair[1].0);
                }
                prop_assert!(placed.iter().all(|(left, label)| *left >= 0.0 && left + label.len() as f64 <= 60.0));
            }
        }
    }
}
