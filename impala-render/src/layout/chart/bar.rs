//! Bars: simple, stacked, as shares, side by side; upright or sideways; histograms.

mod pieces;
mod sideways;
mod upright;

use impala_core::encoding::{Channel, Stack};

use self::pieces::{Mode, Piece};
use super::View;
use super::bands::{BandSort, Bands};
use super::blank;
use super::field::Field;
use super::legend::Legend;
use super::merged::Merging;
use super::plot::{Room, Slots, are_names, left_out, without_value};
use super::series::Series;
use crate::format;
use crate::layout::failed;
use crate::layout::note::{Note, Notes};
use crate::scale::Linear;
use crate::scene::{Along, Area, Medium, PAGE_COLUMN_PX, PAGE_ROW_PX, Scene};

/// Columns of a bar at most: a wider one says no more.
const WIDEST: f64 = 12.0;

/// Columns of an upright bar without a name, with the gap beside it.
const LEAST_BAR_COLS: usize = 2;

/// Columns for a name below an upright bar, at least and at most.
const LEAST_NAME_COLS: usize = 4;
const MOST_NAME_COLS: usize = 9;

/// All that bars are drawn from.
struct Bars<'a> {
    bands: Bands,
    series: Series,
    mode: Mode,
    category: Field<'a>,
    value: Field<'a>,
    is_upright: bool,
    scale: Linear,
    merging: Merging<'a>,
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
    if blank::is_blank(view, &value) {
        return blank::draw(scene, area, view, &value, is_upright);
    }
    let mut bars = Bars::of(view, category, value, is_upright, area);
    let mut notes =
        if is_upright { bars.draw_upright(scene, area, view) } else { bars.draw_sideways(scene, area, view) };
    notes.push(value.undrawable_note(view.rows));
    notes.push(without_value(view, &[&bars.bands]));
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
    fn of(view: &View<'a>, category: Field<'a>, value: Field<'a>, is_upright: bool, area: Area) -> Self {
        let rows = view.parts.concat();
        let bands = Bands::on_axis(&category, &rows, Some(&value), is_upright);
        let series = Series::of(view);
        let is_colored_by_band =
            view.chart.encoding.color.as_ref().and_then(|color| color.term()) == category.channel.term();
        let mode = match value.channel.stack {
            _ if is_colored_by_band || !series.is_several() => Mode::Stacked,
            Some(Stack::None) => Mode::Beside,
            Some(Stack::Normalize) => Mode::Shares,
            Some(Stack::Zero) | None => Mode::Stacked,
        };
        let (scale, merging) = (Linear { low: 0.0, high: 1.0 }, Merging::of(value, view.data));
        let mut bars = Self { bands, series, mode, category, value, is_upright, scale, merging };
        if is_upright && mode == Mode::Beside {
            // About what the labels of the other axis leave.
            bars.bands.fit(area.cols().saturating_sub(10) / (bars.series.len() + 1));
        }
        bars.rescale(view);
        bars
    }

    fn rescale(&mut self, view: &View) {
        if self.mode != Mode::Shares {
            let extent = self.extent(view);
            self.scale = if self.is_upright { extent } else { extent.rounded() };
        }
    }

    fn title(&self) -> String {
        match self.mode {
            Mode::Shares => self.value.share_title(),
            _ => self.value.title(),
        }
    }

    /// Places for the bands. Upright, names need room for their label, and the rest may share cells.
    fn slots(&self, medium: Medium, room: &Room) -> Slots {
        let (plot, cells) = (room.plot, room.cells.cols());
        let is_beside = self.mode == Mode::Beside;
        let lanes = if is_beside { self.series.len() } else { 1 };
        if !self.is_upright {
            return Slots::rows(room, medium, self.bands.len(), lanes);
        }
        let with_gap = if is_beside { lanes + 1 } else { 0 };
        if matches!(self.bands.sort, BandSort::Bins(_)) {
            let shown = Slots::fitting(cells, self.bands.len(), with_gap);
            let slots = Slots::even(medium, plot.x, plot.w, shown);
            // A hair between bars of one height, so that they can be counted.
            return Slots { gap: medium.pick(0.0, (slots.step * 0.1).min(0.125)), ..slots };
        }
        let most = WIDEST.max(lanes as f64 * 4.0);
        if !are_names(&self.bands) {
            let shown = Slots::fitting(cells, self.bands.len(), with_gap);
            return Slots::new(medium, plot.x, plot.w, shown, most);
        }
        let shown = Slots::fitting(cells, self.bands.len(), with_gap.max(self.name_cols(cells)));
        Slots::new(medium, plot.x, plot.w, shown, most)
    }

    /// Columns of a bar with the name below it. Many bars are narrow, and the names of some stand for those between: a
    /// bar that is there says more than a name.
    fn name_cols(&self, cells: usize) -> usize {
        let longest = self.bands.labels.iter().map(|label| format::width(label)).max().unwrap_or(0);
        let each = cells / self.bands.len().max(1);
        if each >= LEAST_NAME_COLS { (longest + 1).min(MOST_NAME_COLS).min(each) } else { LEAST_BAR_COLS }
    }

    fn left_out(&self, slots: &Slots, room: &Room) -> Note {
        match left_out(&self.bands, slots.shown, &self.category) {
            note if note.is_empty() && self.is_upright && slots.shown > room.cells.cols() => {
                Note::from("some bars share a column").or("bars share columns")
            }
            note => note,
        }
    }

    /// What merged bars stand for, in words.
    fn fit_note(&self, place: &str) -> Note {
        match (self.bands.fit_note(place), self.merging.words()) {
            (note, words) if note.is_empty() || words.is_empty() => note,
            (note, words) => Note::from(format!("{}, {words}", note.whole())).or(format!("merged: {words}")),
        }
    }

    /// Series that find room beside each other in one band.
    fn lanes_shown(&self, room: usize) -> usize {
        if self.mode == Mode::Beside { self.series.len().min(room) } else { self.series.len() }
    }

    fn series_left_out(&self, lanes: usize) -> Note {
        match self.series.len().saturating_sub(lanes) {
            0 => Note::NONE,
            more => {
                let more = format::number::whole(more as u64);
                Note::from(format!("no room for {more} series")).or(format!("{more} series not shown"))
            }
        }
    }

    /// The cells of one series within those of its band.
    fn lane(&self, medium: Medium, from: f64, to: f64, series: usize) -> (f64, f64) {
        if self.mode != Mode::Beside {
            return (from, to);
        }
        if medium.is_exact() {
            let size = (to - from) / self.series.len() as f64;
            return (from + series as f64 * size, from + (series + 1) as f64 * size);
        }
        let size = ((to - from) / self.series.len() as f64).floor().max(1.0);
        let start = from + series as f64 * size;
        (start, start + size)
    }

    fn push(&self, scene: &mut Scene, area: Area, (band, piece): (usize, &Piece), along: Along) {
        scene.spot(area, piece.rows.clone());
        if piece.from != piece.to {
            let area = seen(scene.medium, area, along, piece.to < 0.0);
            scene.fill(area, self.series.tones[piece.series], along);
            scene.tip(|| self.in_words(band, piece));
        }
    }

    /// Tooltip of a piece: `Mar 2012, rain: 12.5`.
    fn in_words(&self, band: usize, piece: &Piece) -> String {
        let series = &self.series.labels[piece.series];
        let label = self.bands.in_words(band);
        let name = if series.is_empty() || *series == label { label } else { format!("{label}, {series}") };
        let size = piece.to - piece.from;
        let size = if self.mode == Mode::Shares {
            format!("{:.1}%", size * 100.0)
        } else {
            self.value.write_measured(size)
        };
        format!("{name}: {size}")
    }

    /// The value's channel with the format that its axis has.
    fn axis_channel(&self) -> Channel {
        if self.mode == Mode::Shares { self.value.as_percent() } else { self.value.channel.clone() }
    }

    fn legend(&self) -> Legend {
        let is_told_by_axis = self.mode == Mode::Stacked && {
            let mut bands_of_series = vec![None; self.series.len()];
            self.bands.of_row.iter().all(|(row, band)| {
                let seen = &mut bands_of_series[self.series.of_row(*row)];
                *seen.get_or_insert(*band) == *band
                    && self.series.labels[self.series.of_row(*row)] == self.bands.labels[*band]
            })
        };
        if is_told_by_axis { Legend::None } else { self.series.legend(true) }
    }
}

/// A bar that is seen, however little it stands for: on a page a pixel of it.
fn seen(medium: Medium, area: Area, along: Along, is_negative: bool) -> Area {
    let (w, h) = medium.pick((1e-6, 1e-6), (1.0 / PAGE_COLUMN_PX, 1.0 / PAGE_ROW_PX));
    match along {
        Along::Height if area.h < h => {
            Area { y: if is_negative { area.y } else { area.bottom() - h }, h, ..area }
        }
        Along::Width if area.w < w => {
            Area { x: if is_negative { area.right() - w } else { area.x }, w, ..area }
        }
        _ => area,
    }
}
