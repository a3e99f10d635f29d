//! Small multiples: one chart for each value of the facet, on shared axes.

use super::bands::Bands;
use super::field::Field;
use super::plot::left_out;
use super::series::Series;
use super::{View, default_title, draw_view};
use impala_core::block::ChartMark;

use crate::format;
use crate::layout::note::Notes;
use crate::layout::sparkline;
use crate::scene::{Area, Emphasis, Scene, Tone};

/// What a small chart needs.
const LEAST_COLS: usize = 20;
const LEAST_ROWS: usize = 6;

/// Columns between small charts.
const GAP: usize = 2;

/// Draws one small chart a value, as many as there is room for.
pub fn draw(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let Some(field) = Field::of(view.chart.encoding.facet.as_ref(), view.data) else {
        return Notes::new();
    };
    let bands = Bands::of(&field, view.rows, None, true);
    let mut parts = vec![Vec::new(); bands.len()];
    for row in view.rows {
        parts[bands.of_row[row]].push(*row);
    }
    let room = area.inset(0.0, 1.0, 0.0, 0.0);
    let rows = view.cell_rows.saturating_sub(1);
    let Some((across, down)) = arrange(Area { h: rows as f64, ..room }, bands.len()) else {
        sparkline::of_chart(scene, room, view.chart, view.data);
        return vec![format!("no room for {}", format::count(bands.len() as u64, "chart")).into()];
    };
    draw_header(scene, area, view);
    let shown = bands.len().min(across * down);
    let mut notes: Notes = Vec::new();
    let (width, cell_rows) = ((room.cols() + GAP) / across - GAP, rows / down);
    let height = scene.medium.pick(cell_rows as f64, room.h / down as f64);
    for (index, rows) in parts.iter().enumerate().take(shown) {
        let (column, line) = (index % across, index / across);
        let x = room.x + (column * (width + GAP)) as f64;
        let y = room.y + line as f64 * height;
        let title = scene.medium.cut(&bands.labels[index], width);
        scene.styled(x, y, &title, Tone::Plain, Emphasis::BOLD);
        let cell_rows = cell_rows - 1;
        let part = View { rows, cell_rows, parts: &parts, has_legend: false, has_titles: false, ..*view };
        let below = Area::new(x, y + 1.0, width as f64, height - 1.0);
        for note in draw_view(scene, below, &part) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    if shown < bands.len() {
        notes.insert(0, left_out(&bands, shown, &field));
    }
    notes
}

/// What stands on the axes, and the legend: once, above all of the small charts.
fn draw_header(scene: &mut Scene, area: Area, view: &View) {
    let is_filled = !matches!(view.chart.mark, ChartMark::Line | ChartMark::Point | ChartMark::Tick);
    let legend = Series::of(view).legend(is_filled);
    let title = default_title(view.chart);
    let room = area.cols().saturating_sub(legend.width(scene.medium) + 3);
    if scene.medium.cols(&title) <= room {
        scene.text(area.x, area.y, &title, Tone::Muted);
    }
    legend.draw(scene, area.right(), area.y, area.cols());
}

/// Charts across and down: all when they fit, as square as the room suggests.
fn arrange(room: Area, count: usize) -> Option<(usize, usize)> {
    let most_across = (room.cols() + GAP) / (LEAST_COLS + GAP);
    let most_down = room.rows() / LEAST_ROWS;
    if most_across == 0 || most_down == 0 {
        return None;
    }
    let fits = |across: &usize| count.div_ceil(*across) <= most_down;
    // A cell is about twice as high as it is wide; plots look best about twice as wide as high.
    let badness = |across: &usize| {
        let down = count.div_ceil(*across).max(1);
        let (width, height) = (room.w / *across as f64, room.h / down as f64);
        ((width / height / 4.0).ln().abs() * 1_000.0) as u64
    };
    let across = (1..=most_across.min(count.max(1)))
        .filter(fits)
        .min_by_key(badness)
        .unwrap_or(most_across.min(count));
    Some((across, count.div_ceil(across).min(most_down).max(1)))
}
