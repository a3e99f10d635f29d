//! Bars that stand.

use super::Bars;
use crate::layout::chart::bands::BandSort;
use crate::layout::chart::field::Field;
use crate::layout::chart::plot::{Around, Context, Room, Slots};
use crate::layout::chart::{View, axis};
use crate::layout::note::Notes;
use crate::scale::Linear;
use crate::scene::{Along, Area, Point, Scene, Stroke, Tone};

impl Bars<'_> {
    /// Draws axes, bars and labels.
    pub fn draw_upright(&self, scene: &mut Scene, area: Area, view: &View) -> Notes {
        let medium = scene.medium;
        let axis_channel = self.axis_channel();
        let value_field = Field { channel: &axis_channel, ..self.value };
        let around = Around {
            x_title: &self.category.title(),
            y_title: &self.title(),
            legend: &self.legend(),
            rows_wanted: 0,
        };
        let room = Room::divide(scene, area, view, &around, |medium, rows| {
            axis::divided(self.scale, rows, &value_field).width(medium)
        });
        let plot = room.plot;
        let divided = axis::divided(self.scale, room.cells.rows(), &value_field);
        let scale = divided.scale;
        axis::draw_left(scene, &room, &divided.labels(), true);
        let slots = self.slots(medium, &room);
        let lanes = self.lanes_shown(room.cells.cols());
        let y_of = |value: f64| plot.bottom() - scale.share(value) * plot.h;
        for (&index, pieces) in self.pieces(view.rows).range(..slots.shown) {
            let (from, to) = slots.cells(index);
            for piece in pieces.iter().filter(|piece| piece.series < lanes) {
                let (start, end) = self.lane(medium, from, to, piece.series);
                let (top, bottom) = (y_of(piece.from.max(piece.to)), y_of(piece.from.min(piece.to)));
                self.push(
                    scene,
                    Area::new(start, top, end - start, bottom - top),
                    (index, piece),
                    Along::Height,
                );
            }
        }
        if medium.is_exact() && scale.low < 0.0 {
            let zero = y_of(0.0);
            scene.rule(Point::new(plot.x, zero), Point::new(plot.right(), zero), Tone::Muted, Stroke::Rule);
        }
        let context = self.draw_bottom(scene, &room, &slots);
        room.draw_x_title(scene, &self.category.title(), context);
        vec![self.left_out(&slots, &room), self.fit_note("group"), self.series_left_out(lanes)]
    }

    fn draw_bottom(&self, scene: &mut Scene, room: &Room, slots: &Slots) -> Option<Context> {
        let numbers =
            (self.bands.numbers.first().copied().flatten(), self.bands.numbers.last().copied().flatten());
        match (self.bands.sort, numbers) {
            (BandSort::Bins(step), (Some(low), Some(last))) if low <= last => {
                let plot = room.plot;
                let scale = Linear { low, high: last + step };
                axis::draw_bottom_numbers(scene, room, scale, &self.category, |share| {
                    plot.x + share * plot.w
                });
                None
            }
            _ => axis::draw_bottom_bands(scene, room, &self.bands, slots),
        }
    }
}
