//! Bars that lie, with their values written behind them.

use std::collections::BTreeMap;

use super::Bars;
use super::pieces::{Mode, Piece};
use crate::format::{self, number};
use crate::layout::chart::field::Field;
use crate::layout::chart::plot::{Around, Room, Slots};
use crate::layout::chart::{View, axis};
use crate::layout::frame::Notes;
use crate::scene::{Along, Area, Medium, Point, Scene, Stroke, Tone};

impl Bars<'_> {
    /// Draws axes, bars, values and labels.
    pub fn draw_sideways(&mut self, scene: &mut Scene, area: Area, view: &View) -> Notes {
        let medium = scene.medium;
        let axis_channel = self.axis_channel();
        let value_field = Field { channel: &axis_channel, ..self.value };
        let around = Around {
            x_title: &self.title(),
            y_title: "",
            legend: &self.legend(),
            rows_wanted: self.bands.len(),
        };
        let lanes = if self.mode == Mode::Beside { self.series.len() } else { 1 };
        let room = Room::divide(scene, area, view, &around, |rows| {
            self.bands.fit(rows / lanes);
            axis::band_label_width(medium, &self.bands, area)
        });
        self.rescale(view, area);
        let plot = room.plot;
        let slots = self.slots(medium, plot.y, plot.h);
        let pieces = self.pieces(view.rows);
        let texts = self.value_texts(&pieces, &slots);
        self.make_room(medium, &texts, plot.cols());
        if !medium.is_exact() {
            self.scale = self.scale.with_zero_at_a_cell(plot.cols());
        }
        let lanes = self.lanes_shown(plot.rows());
        let x_of = |value: f64| plot.x + self.scale.share(value) * plot.w;
        for (&index, pieces) in pieces.range(..slots.shown) {
            let (from, to) = slots.cells(index);
            for piece in pieces.iter().filter(|piece| piece.series < lanes) {
                let (start, end) = self.lane(medium, from, to, piece.series);
                let (left, right) = (x_of(piece.from.min(piece.to)), x_of(piece.from.max(piece.to)));
                self.push(
                    scene,
                    Area::new(left, start, right - left, end - start),
                    (index, piece),
                    Along::Width,
                );
            }
        }
        if medium.is_exact() && self.scale.low < 0.0 {
            let zero = x_of(0.0);
            scene.rule(Point::new(zero, plot.y), Point::new(zero, plot.bottom()), Tone::Muted, Stroke::Rule);
        }
        self.draw_values(scene, plot, &slots, &texts);
        axis::draw_left_bands(scene, &room, &self.bands, &slots);
        axis::draw_bottom_numbers(scene, &room, self.scale, &value_field, |share| plot.x + share * plot.w);
        room.draw_x_title(scene, &self.title(), None);
        vec![self.left_out(&slots), self.fit_note("row"), self.series_left_out(lanes)]
    }

    /// Value and text of each bar, of a stack its total; none where bars stand beside each other.
    fn value_texts(&self, pieces: &BTreeMap<usize, Vec<Piece>>, slots: &Slots) -> Vec<Option<(f64, String)>> {
        let shown = || pieces.range(..slots.shown).map(|(_, pieces)| pieces);
        let has_several = shown().any(|pieces| pieces.len() > 1);
        let are_totals = self.mode == Mode::Stacked && shown().flatten().all(|piece| piece.to >= piece.from);
        let is_written = self.mode != Mode::Shares && (!has_several || are_totals);
        let alone = |pieces: &Vec<Piece>| {
            pieces.last().map(|piece| piece.to).filter(|value| is_written && *value >= 0.0)
        };
        let values: Vec<Option<f64>> =
            (0..slots.shown).map(|band| pieces.get(&band).and_then(alone)).collect();
        let there: Vec<f64> = values.iter().flatten().copied().collect();
        let mut texts = number::alike(&there, self.value.channel.format.as_ref()).into_iter();
        values
            .iter()
            .map(|value| value.map(|value| (value, format::clean(&texts.next().unwrap_or_default()))))
            .collect()
    }

    /// Lengthens the scale so that the text behind the longest bar fits, when that leaves bars most of the room.
    fn make_room(&mut self, medium: Medium, texts: &[Option<(f64, String)>], cols: usize) {
        let longest = texts.iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((value, text)) = longest else { return };
        let left = cols.saturating_sub(medium.cols(text) + 2);
        if self.scale.low >= 0.0 && left * 3 >= cols * 2 {
            self.scale.high = self.scale.high.max(value * cols as f64 / left as f64);
        }
    }

    /// Writes its value behind each bar that stands alone, where it fits.
    fn draw_values(&self, scene: &mut Scene, plot: Area, slots: &Slots, texts: &[Option<(f64, String)>]) {
        for (index, text) in texts.iter().enumerate() {
            let Some((value, text)) = text else { continue };
            let end = plot.x + self.scale.share(*value) * plot.w;
            let x = scene.medium.pick(end.ceil() + 1.0, end + 0.75);
            if x + scene.medium.width(text) <= plot.right() {
                scene.text(x, slots.label_row(index), text, Tone::Muted);
            }
        }
    }
}
