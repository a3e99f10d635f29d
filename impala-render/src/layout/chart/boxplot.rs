//! Boxes: median, quartiles and range of each group.

use impala_core::block::Chart;
use impala_core::data::{BlockData, Column};
use impala_core::query::{boxplot_counts, boxplot_terms, boxplot_value_axis};

use super::View;
use super::axis;
use super::bands::Bands;
use super::blank;
use super::field::Field;
use super::plot::{Around, Room, Slots, are_names, left_out, rows_without_value, without_value};
use super::series::Series;
use crate::format;
use crate::layout::failed;
use crate::layout::note::{Note, Notes};
use crate::scale::{Linear, is_drawable};
use crate::scene::{Along, Area, Medium, Point, Scene, Stroke, Tone};

/// The five numbers of a box, least first.
type Five = [f64; 5];

/// Draws boxes.
pub fn draw(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let encoding = &view.chart.encoding;
    let is_upright = value_axis(view.chart, view.data) == "y";
    let (value, category) = if is_upright { (&encoding.y, &encoding.x) } else { (&encoding.x, &encoding.y) };
    let Some((value, columns)) =
        value.as_ref().and_then(|value| Some((value, columns(view, value.field.as_deref()?)?)))
    else {
        failed::centred(scene, area, "the answer holds no quartiles");
        return Notes::new();
    };
    let category = Field::of(category.as_ref(), view.data);
    let field = Field { channel: value, column: columns[2] };
    let boxes = Boxes::of(view, columns, field, category, is_upright);
    let Some(extent) = boxes.extent(view) else {
        return blank::draw(scene, area, view, &field, is_upright);
    };
    if is_upright {
        boxes.draw_upright(scene, area, view, extent)
    } else {
        boxes.draw_sideways(scene, area, view, extent)
    }
}

/// Which axis holds the values: where the document leaves it open, the one whose quartiles came back.
pub fn value_axis(chart: &Chart, data: &BlockData) -> &'static str {
    let has_quartiles =
        |field: &str| boxplot_terms(field).iter().all(|term| data.column(&term.to_string()).is_some());
    boxplot_value_axis(&chart.encoding, has_quartiles)
}

fn columns<'a>(view: &View<'a>, field: &str) -> Option<[&'a Column; 5]> {
    let [a, b, c, d, e] = boxplot_terms(field).map(|term| view.data.column(&term.to_string()));
    Some([a?, b?, c?, d?, e?])
}

struct Boxes<'a> {
    columns: [&'a Column; 5],
    value: Field<'a>,
    category: Option<Field<'a>>,
    bands: Bands,
    series: Series,
    /// Boxes side by side in a band.
    lanes: usize,
    /// Whether colors only repeat what the axis says.
    is_color_of_band: bool,
}

impl<'a> Boxes<'a> {
    fn of(
        view: &View<'a>,
        columns: [&'a Column; 5],
        value: Field<'a>,
        category: Option<Field<'a>>,
        is_upright: bool,
    ) -> Self {
        let rows = view.parts.concat();
        let median = Field { channel: value.channel, column: columns[2] };
        let bands = match &category {
            Some(category) => Bands::on_axis(category, &rows, Some(&median), is_upright),
            None => Bands {
                labels: vec![String::new()],
                numbers: vec![None],
                of_row: rows.iter().map(|row| (*row, 0)).collect(),
                ..Bands::default()
            },
        };
        let series = Series::of(view);
        let is_color_of_band = view.chart.encoding.color.as_ref().and_then(|color| color.term())
            == category.as_ref().and_then(|field| field.channel.term());
        let lanes = if is_color_of_band { 1 } else { series.len() };
        Self { columns, value, category, bands, series, lanes, is_color_of_band }
    }

    fn five(&self, row: usize) -> Option<Five> {
        let mut five = [0.0; 5];
        for (number, column) in five.iter_mut().zip(self.columns) {
            *number = column.values.number(row).filter(|value| is_drawable(*value))?;
        }
        Some(five)
    }

    fn extent(&self, view: &View) -> Option<Linear> {
        let values: Vec<f64> =
            view.parts.concat().iter().filter_map(|row| self.five(*row)).flatten().collect();
        (!values.is_empty()).then(|| Linear::over(values.into_iter(), false))
    }

    fn title(&self) -> String {
        format::clean(
            self.value.channel.title.as_deref().or(self.value.channel.field.as_deref()).unwrap_or_default(),
        )
    }

    fn category_title(&self) -> String {
        self.category.as_ref().map(Field::title).unwrap_or_default()
    }

    fn legend(&self) -> super::legend::Legend {
        if self.is_color_of_band { super::legend::Legend::None } else { self.series.legend(true) }
    }

    fn draw_upright(&self, scene: &mut Scene, area: Area, view: &View, extent: Linear) -> Notes {
        let medium = scene.medium;

        let (x_title, y_title) = (self.category_title(), self.title());
        let around = Around { x_title: &x_title, y_title: &y_title, legend: &self.legend(), rows_wanted: 0 };
        let room = Room::divide(scene, area, view, &around, |medium, rows| {
            axis::divided(extent, rows, &self.value).width(medium)
        });
        let plot = room.plot;
        let divided = axis::divided(extent, room.cells.rows(), &self.value);
        let scale = divided.scale;
        axis::draw_left(scene, &room, &divided.labels(), true);
        let slots = self.columns(medium, &room);
        let y_of = |value: f64| plot.bottom() - scale.share(value) * plot.h;
        for &row in view.rows {
            if let (Some(five), Some((from, to))) = (self.five(row), self.lane(row, &slots)) {
                upright(scene, plot, five.map(y_of), (from, to), self.series.tone_of_row(row));
                let [_, q1, _, q3, _] = five.map(y_of);
                scene.spot(Area::new(from, q3, to - from, q1 - q3), vec![row]);
                self.tip(
                    scene,
                    row,
                    five,
                    Area::new(from, y_of(five[4]), to - from, y_of(five[0]) - y_of(five[4])),
                );
            }
        }
        let context = axis::draw_bottom_bands(scene, &room, &self.bands, &slots);
        room.draw_x_title(scene, &x_title, context);
        vec![self.left_out(&slots), self.without_value(view)]
    }

    fn draw_sideways(&self, scene: &mut Scene, area: Area, view: &View, extent: Linear) -> Notes {
        let medium = scene.medium;
        let scale = extent.rounded();
        let x_title = self.title();
        let around = Around {
            x_title: &x_title,
            y_title: "",
            legend: &self.legend(),
            rows_wanted: self.bands.len() * self.lanes,
        };
        let room = Room::divide(scene, area, view, &around, |medium, _| {
            axis::band_label_width(medium, &self.bands, area)
        });
        let plot = room.plot;
        let slots = if are_names(&self.bands) || self.bands.len() * self.lanes <= room.cells.rows() {
            Slots::rows(&room, medium, self.bands.len(), self.lanes)
        } else {
            Slots::even(medium, plot.y, plot.h, self.bands.len())
        };
        let x_of = |value: f64| plot.x + scale.share(value) * plot.w;
        for &row in view.rows {
            if let (Some(five), Some((from, to))) = (self.five(row), self.lane(row, &slots)) {
                sideways(scene, five.map(x_of), (from, to), self.series.tone_of_row(row));
                let [_, q1, _, q3, _] = five.map(x_of);
                scene.spot(Area::new(q1, from, q3 - q1, to - from), vec![row]);
                self.tip(
                    scene,
                    row,
                    five,
                    Area::new(x_of(five[0]), from, x_of(five[4]) - x_of(five[0]), to - from),
                );
            }
        }
        axis::draw_left_bands(scene, &room, &self.bands, &slots);
        axis::draw_bottom_numbers(scene, &room, scale, &self.value, |share| plot.x + share * plot.w);
        room.draw_x_title(scene, &x_title, None);
        vec![self.left_out(&slots), self.without_value(view)]
    }

    /// Places for boxes that stand. Those of names keep a width; the rest get thinner until all are there.
    fn columns(&self, medium: Medium, room: &Room) -> Slots {
        let (plot, cells) = (room.plot, room.cells.cols());
        let (count, wide) = (self.bands.len(), (self.lanes * 2 + 1).max(4));
        if are_names(&self.bands) || count * wide <= cells {
            let shown = Slots::fitting(cells, count, wide);
            return Slots::new(medium, plot.x, plot.w, shown, 9.0 * self.lanes as f64);
        }
        match count * (self.lanes + 1) <= cells {
            true => Slots::new(medium, plot.x, plot.w, count, 9.0 * self.lanes as f64),
            false => Slots::even(medium, plot.x, plot.w, count),
        }
    }

    /// The cells of a row's box; `None` when its band is not shown.
    fn lane(&self, row: usize, slots: &Slots) -> Option<(f64, f64)> {
        let band = self.bands.of_row.get(&row).filter(|band| **band < slots.shown)?;
        let (from, to) = slots.cells(*band);
        if self.lanes == 1 {
            return Some((from, to));
        }
        let size = (to - from) / self.lanes as f64;
        let size = slots.medium.pick(size.floor().max(1.0), size);
        let lane = self.series.of_row(row);
        if lane as f64 * size < to - from {
            let start = from + lane as f64 * size;
            return Some((start, start + size));
        }
        // Rather over another box than lost.
        (!are_names(&self.bands)).then_some((to - size, to))
    }

    /// Adds the tooltip of a box.
    fn tip(&self, scene: &mut Scene, row: usize, five: Five, area: Area) {
        let band = self.bands.of_row.get(&row).map_or_else(String::new, |band| self.bands.in_words(*band));
        let series = if self.lanes > 1 { self.series.labels[self.series.of_row(row)].as_str() } else { "" };
        let name = [band.as_str(), series]
            .iter()
            .filter(|name| !name.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let [low, q1, median, q3, high] = five.map(|value| self.value.write_measured(value));
        let area = Area { w: area.w.max(0.25), h: area.h.max(0.1), ..area };
        scene.target(area, || {
            format!("{name}\nhighest {high}\nupper quartile {q3}\nmedian {median}\nlower quartile {q1}\nlowest {low}")
                .trim_start()
                .to_owned()
        });
    }

    /// How many rows are in no box: those without a value, and those without a group where null is none. Answers that were kept from
    /// before have no counts.
    fn without_value(&self, view: &View) -> Note {
        let field = self.value.channel.field.as_deref().unwrap_or_default();
        let [all, valued] = boxplot_counts(field).map(|term| view.data.column(&term.to_string()));
        let (Some(all), Some(valued)) = (all, valued) else { return without_value(view, &[&self.bands]) };
        let count = |column: &Column, row: usize| column.values.number(row).unwrap_or(0.0);
        let outside = view.rows.iter().map(|&row| match self.bands.of_row.contains_key(&row) {
            true => count(all, row) - count(valued, row),
            false => count(all, row),
        });
        rows_without_value(outside.sum::<f64>() as u64)
    }

    fn left_out(&self, slots: &Slots) -> Note {
        let is_crowded = slots.gap == 0.0 && slots.step < self.lanes as f64;
        match &self.category {
            Some(category) if slots.shown < self.bands.len() => left_out(&self.bands, slots.shown, category),
            _ if is_crowded => Note::from("some boxes lie over each other").or("boxes overlap"),
            _ => Note::NONE,
        }
    }
}

/// `ends` are rows, those of the least value first.
fn upright(scene: &mut Scene, plot: Area, ends: Five, columns: (f64, f64), tone: Tone) {
    let [low, q1, median, q3, high] = ends;
    let (from, to) = columns;
    let medium = scene.medium;
    let middle = medium.pick(((from + to - 1.0) / 2.0).floor() + 0.5, (from + to) / 2.0);
    scene.rule(Point::new(middle, high), Point::new(middle, q3), tone, Stroke::Rule);
    scene.rule(Point::new(middle, q1), Point::new(middle, low), tone, Stroke::Rule);
    // Quartiles that are one value have no box: the line of the median stands for it.
    if q1 > q3 {
        scene.fill(Area::new(from, q3, to - from, q1 - q3), tone, Along::Height);
    }
    let median = match medium {
        Medium::Page => Some(Median { at: median, from, to }),
        // Rounded as the rows of grid lines are, so that it never stands on the wrong side of one.
        Medium::Cells => Median::of((q3, median, q1), median.round(), plot.bottom() - 1.0, columns),
    };
    if let Some(Median { at, from, to }) = median {
        scene.rule(Point::new(from, at), Point::new(to, at), Tone::Plain, Stroke::Heavy);
    }
}

/// The line of a median: its place along the values, and from where to where it goes across the box.
#[derive(Debug, PartialEq)]
struct Median {
    at: f64,
    from: f64,
    to: f64,
}

impl Median {
    /// In cells the line takes all of the cells in which it is. So it goes across a box where that leaves some of it on either side,
    /// and else only through its middle; `None` where there is no room for that either.
    ///
    /// * `ends`: where the box begins, the median, and where the box ends, along the values.
    /// * `wished`: the cell where the median should be.
    /// * `last`: the last cell that there is.
    fn of(ends: (f64, f64, f64), wished: f64, last: f64, (from, to): (f64, f64)) -> Option<Self> {
        let (first, median, end) = ends;
        let at = |cell: f64, from: f64, to: f64| Some(Self { at: cell.min(last) + 0.5, from, to });
        if first == end {
            return at(wished, from, to);
        }
        // Fills are drawn in eighths.
        let eighths = |at: f64| (at * 8.0).round() / 8.0;
        let (lowest, highest) =
            (eighths(first).floor(), (eighths(end).ceil() - 1.0).max(eighths(first).floor()));
        let wished = wished.clamp(lowest, highest);
        // The row where a tick of that value would be.
        let own = (median + 0.125).floor().clamp(lowest, highest);
        let has_before = wished > lowest || median == first && highest > lowest;
        let has_behind = wished < highest || median == end && highest > lowest;
        match to - from {
            _ if has_before && has_behind => at(wished, from, to),
            width if width >= 3.0 => at(own, from + (width / 3.0).floor(), to - (width / 3.0).floor()),
            width if width >= 2.0 => at(own, from + 1.0, to),
            _ if highest - lowest >= 2.0 => at(wished.clamp(lowest + 1.0, highest - 1.0), from, to),
            _ => None,
        }
    }
}

/// `ends` are columns, those of the least value first.
fn sideways(scene: &mut Scene, ends: Five, rows: (f64, f64), tone: Tone) {
    let [low, q1, median, q3, high] = ends;
    let (from, to) = rows;
    let medium = scene.medium;
    let middle = medium.pick(((from + to - 1.0) / 2.0).floor() + 0.5, (from + to) / 2.0);
    scene.rule(Point::new(low, middle), Point::new(q1, middle), tone, Stroke::Rule);
    scene.rule(Point::new(q3, middle), Point::new(high, middle), tone, Stroke::Rule);
    scene.fill(Area::new(q1, from, (q3 - q1).max(1e-6), to - from), tone, Along::Width);
    let median = match medium {
        Medium::Page => Some(Median { at: median, from, to }),
        Medium::Cells => Median::of((q1, median, q3), (median - 0.5).round(), f64::INFINITY, rows),
    };
    if let Some(Median { at, from, to }) = median {
        scene.rule(Point::new(at, from), Point::new(at, to), Tone::Plain, Stroke::Heavy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_hides_neither_half_of_its_box() {
        let check = |ends: (f64, f64, f64), width: f64, expected: Option<(f64, f64, f64)>| {
            let median = Median::of(ends, ends.1.round(), 20.0, (0.0, width));
            assert_eq!(median.map(|it| (it.at, it.from, it.to)), expected, "{ends:?}");
        };
        check((5.0, 6.5, 9.0), 9.0, Some((7.5, 0.0, 9.0)));
        check((5.2, 6.6, 7.1), 9.0, Some((6.5, 3.0, 6.0)));
        check((5.2, 6.0, 6.8), 9.0, Some((6.5, 3.0, 6.0)));
        check((5.2, 5.3, 5.9), 3.0, Some((5.5, 1.0, 2.0)));
        check((5.2, 6.0, 6.8), 2.0, Some((6.5, 1.0, 2.0)));
        check((5.2, 6.6, 7.1), 1.0, Some((6.5, 0.0, 1.0)));
        check((5.2, 6.0, 6.8), 1.0, None);
        // A median that is a quartile hides no half.
        check((5.2, 6.8, 6.8), 2.0, Some((6.5, 0.0, 2.0)));
        check((5.2, 5.2, 6.8), 2.0, Some((5.5, 0.0, 2.0)));
        check((5.2, 5.2, 5.2), 9.0, Some((5.5, 0.0, 9.0)));
    }
}
