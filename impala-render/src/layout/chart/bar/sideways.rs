//! Bars that lie, with their values written behind them.

use std::collections::BTreeMap;

use super::Bars;
use super::pieces::{Mode, Piece};
use crate::format::{self, number};
use crate::layout::chart::field::Field;
use crate::layout::chart::plot::{Around, Room, Slots};
use crate::layout::chart::{View, axis};
use crate::layout::note::Notes;
use crate::scene::{Along, Area, Medium, Point, Scene, Stroke, Tone};

impl Bars<'_> {
    /// Draws axes, bars, values and labels.
    pub fn draw_sideways(&mut self, scene: &mut Scene, area: Area, view: &View) -> Notes {
        let medium = scene.medium;
        let axis_channel = self.axis_channel();
        let value_field = Field { channel: &axis_channel, ..self.value };
        let lanes = if self.mode == Mode::Beside { self.series.len() } else { 1 };
        let legend = self.legend();
        let rows_wanted = self.rows_wanted(lanes, view.cell_rows);
        let around = Around { x_title: &self.title(), y_title: "", legend: &legend, rows_wanted };
        let room = Room::divide(scene, area, view, &around, |medium, rows| {
            self.bands.fit(rows / lanes);
            axis::band_label_width(medium, &self.bands, area)
        });
        self.rescale(view);
        let plot = room.plot;
        let slots = self.slots(medium, &room);
        let pieces = self.pieces(view.rows);
        let texts = self.value_texts(&pieces, &slots);
        let bars = self.beside_texts(medium, &texts, plot);
        let scale = medium.pick(self.scale.with_zero_at_a_cell(bars.cols()), self.scale);
        let lanes = self.lanes_shown(room.cells.rows());
        let x_of = |value: f64| bars.x + scale.share(value) * bars.w;
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
        self.draw_values(scene, plot, &slots, (&texts, &x_of));
        axis::draw_left_bands(scene, &room, &self.bands, &slots);
        let size = self.scale.high - self.scale.low;
        let at = |share: f64| x_of(self.scale.low + share * size);
        axis::draw_bottom_numbers(scene, &room, self.scale, &value_field, at);
        room.draw_x_title(scene, &self.title(), None);
        vec![self.left_out(&slots, &room), self.fit_note("row"), self.series_left_out(lanes)]
    }

    /// Rows that the bars need; with a free row between them where it is only the title of the axis that stands in their way.
    fn rows_wanted(&self, lanes: usize, cell_rows: usize) -> usize {
        let count = self.bands.len();
        let apart = (count * (lanes + 1)).saturating_sub(1);
        let header = usize::from(self.series.is_named());
        if cell_rows == apart + header + 2 { apart } else { count * lanes }
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

    /// The part of a plot for the bars: what the texts behind them need beside it is left free, when that is not too much.
    fn beside_texts(&self, medium: Medium, texts: &[Option<(f64, String)>], plot: Area) -> Area {
        // A bar that ends before its scale does leaves room of its own.
        let wanted: Vec<(bool, f64, f64)> = texts
            .iter()
            .flatten()
            .map(|(value, text)| {
                let share = self.scale.share(*value);
                let is_left = *value < 0.0;
                (is_left, if is_left { share } else { 1.0 - share }, (medium.cols(text) + 2) as f64)
            })
            .collect();
        let least = |on_left: bool, taken: usize| {
            let fits = |free: &usize| {
                let bars = plot.w - (taken + free) as f64;
                let mut texts = wanted.iter().filter(|(is_left, ..)| *is_left == on_left);
                texts.all(|(_, share, text)| share * bars + *free as f64 >= *text)
            };
            (0..=plot.cols() / 3).find(fits)
        };
        let both = least(true, 0).and_then(|left| Some((left, least(false, left)?)));
        match both {
            Some((left, right)) if (left + right) * 3 <= plot.cols() => {
                plot.inset(left as f64, 0.0, right as f64, 0.0)
            }
            _ => plot,
        }
    }

    /// Writes its value behind each bar that stands alone, where it fits: left of those that go left.
    fn draw_values(
        &self,
        scene: &mut Scene,
        plot: Area,
        slots: &Slots,
        (texts, x_of): (&[Option<(f64, String)>], &impl Fn(f64) -> f64),
    ) {
        for (index, text) in texts.iter().enumerate() {
            let Some((value, text)) = text else { continue };
            let end = x_of(*value);
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
