//! Heat maps: a filled cell for each pair of values.

use std::collections::BTreeMap;

use super::View;
use super::axis;
use super::bands::{BandSort, Bands};
use super::field::Field;
use super::legend::Legend;
use super::plot::{Around, Context, Room, Slots, left_out, without_value};
use super::point::nowhere;
use super::series::Series;
use crate::format;
use crate::layout::failed;
use crate::layout::note::{Note, Notes};
use crate::scale::Linear;
use crate::scene::{Along, Area, Scene};

/// Draws a heat map.
pub fn draw(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let encoding = &view.chart.encoding;
    let (x, y) = (Field::of(encoding.x.as_ref(), view.data), Field::of(encoding.y.as_ref(), view.data));
    let (Some(x), Some(y)) = (x, y) else {
        return Notes::new();
    };
    if let Some(notes) = nowhere(scene, area, view) {
        return notes;
    }
    let (rows, medium) = (view.parts.concat(), scene.medium);
    let mut x_bands = Bands::on_axis(&x, &rows, Some(&y), true);
    let mut y_bands = Bands::on_axis(&y, &rows, Some(&x), false);
    let series = Series::of(view);
    let color = Field::of(encoding.color.as_ref(), view.data);
    let color = color.filter(|color| series.is_scale() || color.could_be_numbers());
    let is_seen = |row: usize| color.is_none_or(|color| color.number(row).is_some());
    let has_any = rows.iter().any(|row| is_seen(*row));
    let around = Around {
        x_title: &x.title(),
        y_title: &y.title(),
        legend: &if has_any { series.legend(true) } else { Legend::None },
        rows_wanted: y_bands.len(),
    };
    let room = Room::divide(scene, area, view, &around, |medium, rows| {
        y_bands.fit(rows);
        axis::band_label_width(medium, &y_bands, area)
    });
    let plot = room.plot;
    let in_cells = room.cells;
    x_bands.fit(in_cells.cols());
    // Numbers and times rise upwards, names read downwards.
    if y_bands.sort != BandSort::Names && y.channel.time_unit.is_none_or(|unit| !unit.is_cyclic()) {
        y_bands.flip();
    }
    let least = if x_bands.sort == BandSort::Names { 2 } else { 1 };
    let columns =
        Slots::new(medium, plot.x, plot.w, Slots::fitting(in_cells.cols(), x_bands.len(), least), 12.0)
            .without_gaps();
    let lines = Slots::new(medium, plot.y, plot.h, Slots::fitting(in_cells.rows(), y_bands.len(), 1), 4.0)
        .without_gaps();
    for ((column, line), rows) in cells(view, &x_bands, &y_bands) {
        // A cell without a number has no color, and none of its own.
        let rows: Vec<usize> = rows.into_iter().filter(|row| is_seen(*row)).collect();
        if column < columns.shown && line < lines.shown && !rows.is_empty() {
            let ((left, right), (top, bottom)) = (columns.cells(column), lines.cells(line));
            let cell = Area::new(left, top, right - left, bottom - top);
            scene.fill(cell, series.tone_of_rows(&rows), Along::Height);
            let place = || format!("{}, {}", x_bands.told[column], y_bands.told[line]);
            scene.tip(|| format!("{}{}", place(), series.told_of_rows(&rows)));
            scene.spot(cell, rows);
        }
    }
    if !has_any {
        failed::centred(scene, room.plot, "no values");
    }
    axis::draw_left_bands(scene, &room, &y_bands, &lines);
    let context = draw_bottom(scene, &room, &x_bands, &columns, &x);
    room.draw_x_title(scene, &x.title(), context);
    let mut notes = vec![left_out(&x_bands, columns.shown, &x), left_out(&y_bands, lines.shown, &y)];
    notes.extend([y_bands.fit_note("row"), x_bands.fit_note("column")]);
    if series.is_scale() && (x_bands.each > 1 || y_bands.each > 1) {
        notes.push("colors are means".into());
    }
    notes.push(without_value(view, &[&x_bands, &y_bands]));
    let unseen = view.rows.iter().filter(|row| !is_seen(**row)).count() as u64;
    if unseen > 0 && has_any {
        notes.push(Note::from(format!("{} without a value", format::count(unseen, "cell"))));
    }
    notes
}

/// The rows of each pair of bands that has any.
fn cells(view: &View, x: &Bands, y: &Bands) -> BTreeMap<(usize, usize), Vec<usize>> {
    let mut cells: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for &row in view.rows {
        if let (Some(&column), Some(&line)) = (x.of_row.get(&row), y.of_row.get(&row)) {
            cells.entry((column, line)).or_default().push(row);
        }
    }
    cells
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
