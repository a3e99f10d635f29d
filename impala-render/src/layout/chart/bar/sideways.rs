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
        let alone = |pieces: &Vec<Piece>| pieces.last().map(|piece| piece.to).filter(|_| is_written);
        let values: Vec<Option<f64>> =
            (0..slots.shown).map(|band| pieces.get(&band).and_then(alone)).collect();
        let there: Vec<f64> = values.iter().flatten().copied().collect();
        let mut texts = number::alike(&there, self.value.channel.format.as_ref()).into_iter();
        values
            .iter()
            .map(|value| value.map(|value| (value, format::clean(&texts.next().unwrap_or_default()))))
            .collect()
    }

    /// Lengthens the scale so that the texts behind the longest bars fit, when that leaves bars most of the room.
    fn make_room(&mut self, medium: Medium, texts: &[Option<(f64, String)>], cols: usize) {
        let longest = |is_left: bool| {
            let there = texts.iter().flatten().filter(|(value, _)| (*value < 0.0) == is_left);
            let (value, text) = there.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
            Some((*value, medium.cols(text) + 2))
        };
        let (low, left) = longest(true).unwrap_or_default();
        let (high, right) = longest(false).unwrap_or_default();
        let bars = cols.saturating_sub(left + right);
        if bars * 3 >= cols * 2 && high > low {
            let each = (high - low) / bars as f64;
            self.scale.low = self.scale.low.min(low - each * left as f64);
            self.scale.high = self.scale.high.max(high + each * right as f64);
        }
    }

    /// Writes its value behind each bar that stands alone, where it fits: left of those that go left.
    fn draw_values(&self, scene: &mut Scene, plot: Area, slots: &Slots, texts: &[Option<(f64, String)>]) {
        for (index, text) in texts.iter().enumerate() {
            let Some((value, text)) = text else { continue };
            let end = plot.x + self.scale.share(*value) * plot.w;
            let (row, width) = (slots.label_row(index), scene.medium.width(text));
            if *value < 0.0 {
                let right = scene.medium.pick(end.floor() - 1.0, end - 0.75);
                if right - width >= plot.x {
                    scene.text_ending(right, row, text, Tone::Muted);
                }
                continue;
            }
            let x = scene.medium.pick(end.ceil() + 1.0, end + 0.75);
            if x + width <= plot.right() {
                scene.text(x, row, text, Tone::Muted);
            }
        }
    }
}
