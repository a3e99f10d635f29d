//! Bars: simple, stacked, as shares, side by side; upright or sideways; histograms.

use impala_core::encoding::Stack;
use impala_core::number_format::NumberFormat;

use super::View;
use super::axis;
use super::bands::{BandSort, Bands};
use super::field::Field;
use super::plot::{Around, Context, Room, Slots, are_names};
use super::series::Series;
use crate::format::{self, number};
use crate::layout::failed;
use crate::layout::frame::Notes;
use crate::scale::Linear;
use crate::scene::{Along, Area, Scene, Tone};

/// Columns of a bar at most: a wider one says no more.
const WIDEST: f64 = 12.0;

/// Columns for a name below an upright bar, at least and at most.
const LEAST_NAME_COLS: usize = 5;
const MOST_NAME_COLS: usize = 9;

/// How the bars of one band stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Stacked,
    Shares,
    Beside,
}

/// All that bars are drawn from.
struct Bars<'a> {
    bands: Bands,
    series: Series,
    mode: Mode,
    category: Field<'a>,
    value: Field<'a>,
    is_upright: bool,
    scale: Linear,
}

/// Draws a bar chart.
pub fn draw(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let encoding = &view.chart.encoding;
    let (x, y) = (Field::of(encoding.x.as_ref(), view.data), Field::of(encoding.y.as_ref(), view.data));
    let (Some(x), Some(y)) = (x, y) else {
        return Notes::new();
    };
    let is_upright = is_upright(&x, &y);
    let (category, value) = if is_upright { (x, y) } else { (y, x) };
    if !value.is_measure() {
        failed::centred(scene, area, "a bar needs a number on x or y, such as count()");
        return Notes::new();
    }
    let mut bars = Bars::of(view, category, value, is_upright, area);
    let mut notes =
        if is_upright { bars.draw_upright(scene, area, view) } else { bars.draw_sideways(scene, area, view) };
    notes.push(value.undrawable_note(view.rows));
    notes
}

/// Whether the values stand on y. An aggregate decides, then which of the two is a measured number.
fn is_upright(x: &Field, y: &Field) -> bool {
    if x.is_aggregate() != y.is_aggregate() {
        return y.is_aggregate();
    }
    y.is_measure() || !x.is_measure()
}

impl<'a> Bars<'a> {
    fn of(view: &View, category: Field<'a>, value: Field<'a>, is_upright: bool, area: Area) -> Self {
        let rows = view.parts.concat();
        let bands = Bands::of(&category, &rows, Some(&value), is_upright);
        let series = Series::of(view);
        let is_colored_by_band =
            view.chart.encoding.color.as_ref().and_then(|color| color.term()) == category.channel.term();
        let mode = match value.channel.stack {
            _ if is_colored_by_band || !series.is_several() => Mode::Stacked,
            Some(Stack::None) => Mode::Beside,
            Some(Stack::Normalize) => Mode::Shares,
            Some(Stack::Zero) | None => Mode::Stacked,
        };
        let mut bars =
            Self { bands, series, mode, category, value, is_upright, scale: Linear { low: 0.0, high: 1.0 } };
        let steps = if is_upright { axis::steps_for(area.rows().saturating_sub(4)) } else { area.cols() / 8 };
        bars.scale = if mode == Mode::Shares { bars.scale } else { bars.extent(view).nice(steps) };
        bars
    }

    /// The range of values over all parts, zero included.
    fn extent(&self, view: &View) -> Linear {
        let parts = view.parts.iter().flat_map(|rows| self.pieces(rows));
        let ends: Vec<f64> = parts.flatten().flat_map(|piece| [piece.from, piece.to]).collect();
        Linear::over(ends.into_iter(), true)
    }

    /// The pieces of each band, from `rows`.
    fn pieces(&self, rows: &[usize]) -> Vec<Vec<Piece>> {
        let mut totals = vec![vec![None::<f64>; self.series.len()]; self.bands.len()];
        for row in rows {
            if let (Some(band), Some(value)) = (self.bands.of_row.get(row), self.value.number(*row)) {
                *totals[*band][self.series.of_row(*row)].get_or_insert(0.0) += value;
            }
        }
        totals.iter().map(|values| self.pieces_of_band(values)).collect()
    }

    fn pieces_of_band(&self, values: &[Option<f64>]) -> Vec<Piece> {
        let whole: f64 = values.iter().flatten().map(|value| value.abs()).sum();
        let (mut above, mut below) = (0.0, 0.0);
        let mut pieces = Vec::new();
        for (series, value) in values.iter().enumerate() {
            let Some(mut value) = *value else { continue };
            if self.mode == Mode::Shares {
                value = if whole > 0.0 { value.abs() / whole } else { 0.0 };
            }
            let base = match self.mode {
                Mode::Beside => 0.0,
                _ if value >= 0.0 => above,
                _ => below,
            };
            if value >= 0.0 {
                above = base + value
            } else {
                below = base + value
            }
            pieces.push(Piece { series, from: base, to: base + value });
        }
        pieces
    }

    fn title(&self) -> String {
        match self.mode {
            Mode::Shares => format!("share of {}", self.value.title()),
            _ => self.value.title(),
        }
    }

    /// Places for the bands: names need room for their label, the rest may share cells.
    /// Places for the bands. Upright, names need room for their label, and the rest may share cells.
    fn slots(&self, origin: f64, room: usize) -> Slots {
        let is_beside = self.mode == Mode::Beside;
        let lanes = if is_beside { self.series.len() } else { 1 };
        if !self.is_upright {
            return Slots::rows(origin, room, self.bands.len(), lanes);
        }
        let with_gap = if is_beside { lanes + 1 } else { 0 };
        if matches!(self.bands.sort, BandSort::Bins(_)) {
            let slots = Slots::new(origin, room, self.bands.len(), with_gap, f64::MAX);
            let step = room as f64 / slots.shown.max(1) as f64;
            return Slots { step, ..slots }.without_gaps();
        }
        if !are_names(&self.bands) {
            return Slots::new(origin, room, self.bands.len(), with_gap, f64::MAX);
        }
        let least = with_gap.max(self.name_cols(room));
        Slots::new(origin, room, self.bands.len(), least, WIDEST.max(lanes as f64 * 4.0))
    }

    /// Columns for a name below its bar: fewer when only so all bars find room.
    fn name_cols(&self, room: usize) -> usize {
        let longest = self.bands.labels.iter().map(|label| format::width(label)).max().unwrap_or(0);
        let wanted = (longest + 1).min(MOST_NAME_COLS);
        let each = room / self.bands.len().max(1);
        if each >= LEAST_NAME_COLS { wanted.min(each) } else { wanted }
    }

    fn left_out(&self, slots: &Slots) -> String {
        match self.bands.len() - slots.shown.min(self.bands.len()) {
            0 if slots.step < 1.0 => "some bars share a column".to_owned(),
            0 => String::new(),
            more => format!("and {more} more {}", self.category.title()),
        }
    }

    fn draw_upright(&mut self, scene: &mut Scene, area: Area, view: &View) -> Notes {
        let value_axis = self.value_axis_field();
        let value_field = value_axis.as_field(&self.value);
        let around = Around {
            x_title: &self.category.title(),
            y_title: &self.title(),
            legend: &self.legend(),
            rows_wanted: 0,
        };
        let room = Room::divide(scene, area, view, &around, |rows| {
            axis::widest(&axis::number_labels(self.scale, rows, &value_field))
        });
        let plot = room.plot;
        self.scale = self.scale.with_zero_at_a_cell(plot.rows());
        axis::draw_left(scene, &room, &axis::number_labels(self.scale, plot.rows(), &value_field), true);
        let slots = self.slots(plot.x, plot.cols());
        let y_of = |value: f64| plot.bottom() - self.scale.share(value) * plot.h;
        for (index, pieces) in self.pieces(view.rows).iter().enumerate().take(slots.shown) {
            let (from, to) = slots.cells(index);
            for piece in pieces {
                let (start, end) = self.lane(from, to, piece.series);
                let (top, bottom) = (y_of(piece.from.max(piece.to)), y_of(piece.from.min(piece.to)));
                self.push(scene, Area::new(start, top, end - start, bottom - top), piece, Along::Height);
            }
        }
        let context = self.draw_bottom(scene, &room, &slots);
        room.draw_x_title(scene, &self.category.title(), context);
        vec![self.left_out(&slots)]
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

    fn draw_sideways(&mut self, scene: &mut Scene, area: Area, view: &View) -> Notes {
        let value_axis = self.value_axis_field();
        let value_field = value_axis.as_field(&self.value);
        let around = Around {
            x_title: &self.title(),
            y_title: "",
            legend: &self.legend(),
            rows_wanted: self.bands.len(),
        };
        let room = Room::divide(scene, area, view, &around, |_| axis::band_label_width(&self.bands, area));
        let plot = room.plot;
        let slots = self.slots(plot.y, plot.rows());
        let pieces = self.pieces(view.rows);
        let texts = self.value_texts(&pieces, &slots);
        self.make_room(&texts, plot.cols());
        self.scale = self.scale.with_zero_at_a_cell(plot.cols());
        let x_of = |value: f64| plot.x + self.scale.share(value) * plot.w;
        for (index, pieces) in pieces.iter().enumerate().take(slots.shown) {
            let (from, to) = slots.cells(index);
            for piece in pieces {
                let (start, end) = self.lane(from, to, piece.series);
                let (left, right) = (x_of(piece.from.min(piece.to)), x_of(piece.from.max(piece.to)));
                self.push(scene, Area::new(left, start, right - left, end - start), piece, Along::Width);
            }
        }
        self.draw_values(scene, plot, &slots, &texts);
        axis::draw_left_bands(scene, &room, &self.bands, &slots);
        axis::draw_bottom_numbers(scene, &room, self.scale, &value_field, |share| plot.x + share * plot.w);
        room.draw_x_title(scene, &self.title(), None);
        vec![self.left_out(&slots)]
    }

    /// Value and text of each bar that stands alone.
    fn value_texts(&self, pieces: &[Vec<Piece>], slots: &Slots) -> Vec<Option<(f64, String)>> {
        let alone = |pieces: &Vec<Piece>| match pieces[..] {
            [piece] if self.mode != Mode::Shares && piece.to >= 0.0 => Some(piece.to),
            _ => None,
        };
        let values: Vec<Option<f64>> = pieces.iter().take(slots.shown).map(alone).collect();
        let there: Vec<f64> = values.iter().flatten().copied().collect();
        let mut texts = number::alike(&there, self.value.channel.format.as_ref()).into_iter();
        values
            .iter()
            .map(|value| value.map(|value| (value, format::clean(&texts.next().unwrap_or_default()))))
            .collect()
    }

    /// Lengthens the scale so that the text behind the longest bar fits, when that leaves bars most of the room.
    fn make_room(&mut self, texts: &[Option<(f64, String)>], cols: usize) {
        let longest = texts.iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((value, text)) = longest else { return };
        let left = cols.saturating_sub(format::width(text) + 2);
        if self.scale.low >= 0.0 && left * 3 >= cols * 2 {
            self.scale.high = self.scale.high.max(value * cols as f64 / left as f64);
        }
    }

    /// Writes its value behind each bar that stands alone, where it fits.
    fn draw_values(&self, scene: &mut Scene, plot: Area, slots: &Slots, texts: &[Option<(f64, String)>]) {
        for (index, text) in texts.iter().enumerate() {
            let (Some((value, text)), (from, to)) = (text, slots.cells(index)) else { continue };
            let x = (plot.x + self.scale.share(*value) * plot.w).ceil() + 1.0;
            if x + format::width(text) as f64 <= plot.right() {
                scene.text(x, from + ((to - from - 1.0) / 2.0).floor(), text, Tone::Muted);
            }
        }
    }

    /// The cells of one series within those of its band.
    fn lane(&self, from: f64, to: f64, series: usize) -> (f64, f64) {
        if self.mode != Mode::Beside {
            return (from, to);
        }
        let size = ((to - from) / self.series.len() as f64).floor().max(1.0);
        let start = from + series as f64 * size;
        (start, start + size)
    }

    fn push(&self, scene: &mut Scene, area: Area, piece: &Piece, along: Along) {
        if piece.from != piece.to {
            let tiny = 1e-6;
            let area = Area { w: area.w.max(tiny), h: area.h.max(tiny), ..area };
            scene.fill(area, self.series.tones[piece.series], along);
        }
    }

    fn legend(&self) -> super::legend::Legend {
        let is_told_by_axis = self.mode == Mode::Stacked && {
            let mut bands_of_series = vec![None; self.series.len()];
            self.bands.of_row.iter().all(|(row, band)| {
                let seen = &mut bands_of_series[self.series.of_row(*row)];
                *seen.get_or_insert(*band) == *band
                    && self.series.labels[self.series.of_row(*row)] == self.bands.labels[*band]
            })
        };
        if is_told_by_axis { super::legend::Legend::None } else { self.series.legend(true) }
    }

    fn value_axis_field(&self) -> ValueAxis {
        let mut channel = self.value.channel.clone();
        if self.mode == Mode::Shares {
            channel.format = "{:.0%}".parse::<NumberFormat>().ok();
        }
        ValueAxis { channel }
    }
}

/// The value's channel with the format that its axis has: percent for shares.
struct ValueAxis {
    channel: impala_core::encoding::Channel,
}

impl ValueAxis {
    fn as_field<'a>(&'a self, value: &Field<'a>) -> Field<'a> {
        Field { channel: &self.channel, column: value.column }
    }
}

/// One series' part of a bar.
#[derive(Clone, Copy, Debug)]
struct Piece {
    series: usize,
    from: f64,
    to: f64,
}
