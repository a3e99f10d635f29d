//! Heat maps: a filled cell for each pair of values.

use std::collections::BTreeMap;

use super::View;
use super::axis;
use super::bands::{BandSort, Bands};
use super::field::Field;
use super::header::Header;
use super::legend::{Legend, NO_LEGEND};
use super::merged::Merging;
use super::plot::{Around, Context, Room, Slots, left_out, without_value};
use super::point::nowhere;
use super::series::Series;
use crate::format;
use crate::layout::failed;
use crate::layout::note::{Note, Notes};
use crate::scale::Linear;
use crate::scene::{Along, Area, Medium, Scene};
use crate::summary;

/// All that cells are drawn from.
struct HeatMap<'a> {
    x: Field<'a>,
    y: Field<'a>,
    x_bands: Bands,
    y_bands: Bands,
    series: Series,
    /// What the colors are numbers of.
    color: Option<Field<'a>>,
}

/// The rows of each pair of bands that has any, by column and line.
type Cells = BTreeMap<(usize, usize), Vec<usize>>;

/// Draws a heat map.
pub fn draw(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let Some(mut map) = HeatMap::of(view) else { return Notes::new() };
    if let Some(notes) = nowhere(scene, area, view) {
        return notes;
    }
    let has_any = view.parts.iter().flatten().any(|row| map.is_seen(*row));
    let title = map.title();
    let legend = if has_any { map.series.legend(true) } else { Legend::None };
    let (x_title, y_title) = (map.x.title(), map.y.title());
    let around = map.around((&x_title, &y_title), &legend, view.cell_rows);
    let (room, header) = map.settle(scene.medium, area, view, &around);
    scene.plots.push(room.plot);
    let merged = if has_any && view.has_legend { map.series.legend(true) } else { Legend::None };
    let header = header.with_color(&merged);
    let header = if room.has_x_title() || !view.has_titles { header } else { header.with_title(&title) };
    header.draw(scene, area);
    let (columns, lines) = map.slots(scene.medium, &room);
    map.draw_cells(scene, view, (&columns, &lines));
    scene.sentence = map.sentence(view);
    if !has_any {
        failed::centred(scene, room.plot, "no values");
    }
    axis::draw_left_bands(scene, &room, &map.y_bands, &lines);
    let context = draw_bottom(scene, &room, &map.x_bands, &columns, &map.x);
    room.draw_x_title(scene, &x_title, context);
    map.notes(view, (&columns, &lines), has_any)
}

/// What the colors mean in a heat map of that size, where values may share a cell.
pub fn legend(medium: Medium, area: Area, view: &View) -> Legend {
    let Some(mut map) = HeatMap::of(view) else { return Legend::None };
    let around = map.around(("", ""), &NO_LEGEND, view.cell_rows);
    map.settle(medium, area, view, &around);
    map.series.legend(true)
}

impl<'a> HeatMap<'a> {
    fn of(view: &View<'a>) -> Option<Self> {
        let encoding = &view.chart.encoding;
        let (x, y) = (Field::of(encoding.x.as_ref(), view.data)?, Field::of(encoding.y.as_ref(), view.data)?);
        let rows = view.parts.concat();
        let series = Series::of(view);
        let color = Field::of(encoding.color.as_ref(), view.data);
        let color = color.filter(|color| series.is_scale() || color.could_be_numbers());
        let x_bands = Bands::on_axis(&x, &rows, Some(&y), true);
        let y_bands = Bands::on_axis(&y, &rows, Some(&x), false);
        Some(Self { x, y, x_bands, y_bands, series, color })
    }

    /// Whether a row has a color. A cell without a number has none.
    fn is_seen(&self, row: usize) -> bool {
        self.color.is_none_or(|color| color.number(row).is_some())
    }

    /// What stands above where the x axis has no room for its title.
    fn title(&self) -> String {
        match (self.y.title(), self.x.title()) {
            (y, x) if y.is_empty() || x.is_empty() => y + &x,
            (y, x) => format!("{y} by {x}"),
        }
    }

    fn around<'t>(&self, titles: (&'t str, &'t str), legend: &'t Legend, cell_rows: usize) -> Around<'t> {
        // Without titles, below the legend and above the axis.
        let most = cell_rows.saturating_sub(3).max(1);
        let count = self.y_bands.len();
        let merged = count.div_ceil(count.div_ceil(most).max(1));
        let rows_wanted = if self.y_bands.sort == BandSort::Names { count } else { merged };
        Around { x_title: titles.0, y_title: titles.1, legend, rows_wanted }
    }

    /// Divides the area, merges what finds no room of its own, and fits the colors to what is then drawn.
    fn settle<'t>(
        &mut self,
        medium: Medium,
        area: Area,
        view: &View,
        around: &Around<'t>,
    ) -> (Room, Header<'t>) {
        let y_bands = &mut self.y_bands;
        let (room, header) = Room::plan(medium, area, view, around, |medium, rows| {
            y_bands.fit(rows);
            axis::band_label_width(medium, y_bands, area)
        });
        self.x_bands.fit(room.cells.cols());
        // Numbers and times rise upwards, names read downwards.
        if self.y_bands.sort != BandSort::Names
            && self.y.channel.time_unit.is_none_or(|unit| !unit.is_cyclic())
        {
            self.y_bands.flip();
        }
        if let Some(color) = self.color {
            let merging = Merging::of(color, view.data);
            let cells = view.parts.iter().flat_map(|rows| self.cells(rows).into_values());
            let values: Vec<f64> = cells.filter_map(|rows| merging.value(&rows)).collect();
            self.series.rescale(&color, values.into_iter());
        }
        (room, header)
    }

    fn slots(&self, medium: Medium, room: &Room) -> (Slots, Slots) {
        let (plot, cells) = (room.plot, room.cells);
        let least = if self.x_bands.sort == BandSort::Names { 2 } else { 1 };
        let shown = Slots::fitting(cells.cols(), self.x_bands.len(), least);
        let columns = Slots::new(medium, plot.x, plot.w, shown, 12.0).without_gaps();
        let shown = Slots::fitting(cells.rows(), self.y_bands.len(), 1);
        (columns, Slots::new(medium, plot.y, plot.h, shown, 4.0).without_gaps())
    }

    fn cells(&self, rows: &[usize]) -> Cells {
        let mut cells = Cells::new();
        for &row in rows.iter().filter(|row| self.is_seen(**row)) {
            if let (Some(&column), Some(&line)) =
                (self.x_bands.of_row.get(&row), self.y_bands.of_row.get(&row))
            {
                cells.entry((column, line)).or_default().push(row);
            }
        }
        cells
    }

    fn draw_cells(&self, scene: &mut Scene, view: &View, (columns, lines): (&Slots, &Slots)) {
        let merging = self.color.map(|color| Merging::of(color, view.data));
        for ((column, line), rows) in self.cells(view.rows) {
            if column >= columns.shown || line >= lines.shown {
                continue;
            }
            let ((left, right), (top, bottom)) = (columns.cells(column), lines.cells(line));
            let cell = Area::new(left, top, right - left, bottom - top);
            let value = merging.as_ref().and_then(|merging| merging.value(&rows));
            scene.fill(cell, self.series.tone_of_rows(&rows, value), Along::Height);
            scene.tip(|| {
                let color = self.series.words_of_rows(&rows, value, self.color.as_ref());
                format!("{}, {}{color}", self.x_bands.in_words(column), self.y_bands.in_words(line))
            });
            scene.spot(cell, rows);
        }
    }

    /// Least and greatest of what is drawn, where several values share a cell.
    fn sentence(&self, view: &View) -> Option<String> {
        let color = self.color.filter(|_| self.series.is_scale())?;
        let merging = Merging::of(color, view.data);
        let cells: Vec<_> = view.parts.iter().flat_map(|rows| self.cells(rows)).collect();
        if cells.iter().all(|(_, rows)| rows.len() < 2) {
            return None;
        }
        let told = cells.into_iter().filter_map(|((column, line), rows)| {
            let value = merging.value(&rows)?;
            let place = format!("{}, {}", self.x_bands.in_words(column), self.y_bands.in_words(line));
            Some((value, place))
        });
        let told: Vec<(f64, String)> = told.collect();
        let low = told.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        let high = told.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(summary::cells_between((&self.x, &self.y), &color, low, high))
    }

    fn notes(&self, view: &View, (columns, lines): (&Slots, &Slots), has_any: bool) -> Notes {
        let mut notes = vec![
            left_out(&self.x_bands, columns.shown, &self.x),
            left_out(&self.y_bands, lines.shown, &self.y),
            self.y_bands.fit_note("row"),
            self.x_bands.fit_note("column"),
        ];
        let shares_cells = || self.cells(view.rows).values().any(|rows| rows.len() > 1);
        if let Some(color) = self.color.filter(|_| self.series.is_scale() && shares_cells()) {
            notes.push(Merging::of(color, view.data).note());
        }
        notes.push(without_value(view, &[&self.x_bands, &self.y_bands]));
        let unseen = view.rows.iter().filter(|row| !self.is_seen(**row)).count() as u64;
        if unseen > 0 && has_any {
            notes.push(Note::from(format!("{} without a value", format::count(unseen, "cell"))));
        }
        notes
    }
}

fn draw_bottom(scene: &mut Scene, room: &Room, bands: &Bands, slots: &Slots, x: &Field) -> Option<Context> {
    let ends = (bands.numbers.first().copied().flatten(), bands.numbers.last().copied().flatten());
    match (bands.sort, ends) {
        (BandSort::Bins(step), (Some(low), Some(last))) if slots.shown == bands.len() && low <= last => {
            let width = slots.step * slots.shown as f64;
            let scale = Linear { low, high: last + step };
            axis::draw_bottom_numbers(scene, room, scale, x, |share| slots.origin + share * width);
            None
        }
        _ => axis::draw_bottom_bands(scene, room, bands, slots),
    }
}
