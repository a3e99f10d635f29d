//! Small multiples: one chart for each value of the facet, on shared axes.

use super::bands::Bands;
use super::field::Field;
use super::header::Header;
use super::legend::Legend;
use super::plot::left_out;
use super::point::size_legend;
use super::rect;
use super::series::Series;
use super::{View, default_title, draw_view};
use impala_core::block::ChartMark;

use crate::format;
use crate::layout::note::{Note, Notes};
use crate::layout::sparkline;
use crate::scene::{Area, Emphasis, Scene, Tone};

/// Columns and rows that small charts have where all find room.
const COMFORTABLE: (usize, usize) = (20, 6);

/// What they need with their title.
const SMALLEST: (usize, usize) = (16, 5);

/// Rows for what stands above all of them.
const MOST_HEADER_ROWS: usize = 2;

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
    let is_filled = !matches!(view.chart.mark, ChartMark::Line | ChartMark::Point | ChartMark::Tick);
    let legend = Series::of(view).legend(is_filled).and(size_legend(view));
    let title = default_title(view.chart);
    // What stands on the axes, and the legend: once, above all of the small charts.
    let header = Header::new(&title, &legend, (area.cols(), view.cell_rows), MOST_HEADER_ROWS);
    let room = area.inset(0.0, header.rows() as f64, 0.0, 0.0);
    let rows = view.cell_rows.saturating_sub(header.rows());
    let Some((across, down)) = arrange(Area { h: rows as f64, ..room }, bands.len()) else {
        sparkline::of_chart(scene, room, view.chart, view.data);
        return vec![format!("no room for {}", format::count(bands.len() as u64, "chart")).into()];
    };
    let (width, cell_rows) = ((room.cols() + GAP) / across - GAP, rows / down);
    let height = scene.medium.pick(cell_rows as f64, room.h / down as f64);
    let small =
        View { cell_rows: cell_rows - 1, parts: &parts, has_legend: false, has_titles: false, ..*view };
    let size = Area::new(room.x, room.y, width as f64, height - 1.0);
    let is_merged = view.chart.mark == ChartMark::Rect && has_scale(&legend);
    let merged = is_merged.then(|| rect::legend(scene.medium, size, &small));
    merged.as_ref().map_or(header, |merged| header.with_color(merged)).draw(scene, area);
    let (shown, left_out) = chosen(view, &parts, &bands, &field, across * down);
    let mut notes: Notes = vec![left_out];
    for (index, part) in shown.into_iter().enumerate() {
        let (column, line) = (index % across, index / across);
        let x = room.x + (column * (width + GAP)) as f64;
        let y = room.y + line as f64 * height;
        let title = scene.medium.cut(&bands.labels[part], width);
        scene.styled(x, y, &title, Tone::Plain, Emphasis::BOLD);
        let part = View { rows: &parts[part], ..small };
        let below = Area { x, y: y + 1.0, ..size };
        for note in draw_view(scene, below, &part) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes.retain(|note| !note.is_empty());
    notes
}

/// Whether colors are numbers.
fn has_scale(legend: &Legend) -> bool {
    matches!(legend.parts().0, Legend::Scale { .. })
}

/// The values that get a chart, in the order of the facet, and what there is to say about the others. Where some find no room it
/// is those of the fewest rows.
fn chosen(
    view: &View,
    parts: &[Vec<usize>],
    bands: &Bands,
    field: &Field,
    most: usize,
) -> (Vec<usize>, Note) {
    let mut all: Vec<usize> = (0..parts.len()).collect();
    if parts.len() <= most {
        return (all, Note::NONE);
    }
    let weights: Vec<u64> = parts.iter().map(|rows| weight(view, rows)).collect();
    if weights.windows(2).all(|pair| pair[0] == pair[1]) {
        all.truncate(most);
        return (all, left_out(bands, most, field));
    }
    all.sort_by_key(|part| std::cmp::Reverse(weights[*part]));
    all.truncate(most);
    all.sort_unstable();
    let (title, more) = (field.title(), format::and_more(parts.len() - most));
    let note = Note::from(format!("{most} of most rows by {title}, {more}"));
    (all, note.or(format!("{most} of most rows, {more}")).or(more))
}

/// Rows of the source behind rows of the answer, where that is known.
fn weight(view: &View, rows: &[usize]) -> u64 {
    let is_grouped = view.chart.encoding.channels().any(|(_, channel)| channel.aggregate.is_some());
    match view.data.column("count()") {
        Some(counts) => rows.iter().filter_map(|row| counts.values.number(*row)).sum::<f64>() as u64,
        None if is_grouped => 0,
        None => rows.len() as u64,
    }
}

/// Charts across and down: all when they fit, as square as the room suggests, and rather smaller than left out.
fn arrange(room: Area, count: usize) -> Option<(usize, usize)> {
    let comfortable = Most::of(room, COMFORTABLE);
    let smallest = Most::of(room, SMALLEST);
    let most = if comfortable.across * comfortable.down >= count { comfortable } else { smallest };
    if most.across == 0 || most.down == 0 {
        return None;
    }
    let fits = |across: &usize| count.div_ceil(*across) <= most.down;
    // A cell is about twice as high as it is wide; plots look best about twice as wide as high.
    let badness = |across: &usize| {
        let down = count.div_ceil(*across).max(1);
        let (width, height) = (room.w / *across as f64, room.h / down as f64);
        ((width / height / 4.0).ln().abs() * 1_000.0) as u64
    };
    let across = (1..=most.across.min(count.max(1)))
        .filter(fits)
        .min_by_key(badness)
        .unwrap_or(most.across.min(count));
    Some((across, count.div_ceil(across).min(most.down).max(1)))
}

/// How many charts find room beside each other and below each other.
struct Most {
    across: usize,
    down: usize,
}

impl Most {
    fn of(room: Area, (cols, rows): (usize, usize)) -> Self {
        Self { across: (room.cols() + GAP) / (cols + GAP), down: room.rows() / rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_made_smaller_before_any_is_left_out() {
        let check = |cols, rows, count, expected| {
            assert_eq!(arrange(Area::cells(0, 0, cols, rows), count), expected, "{count} in {cols} x {rows}");
        };
        check(53, 11, 2, Some((2, 1)));
        check(53, 11, 5, Some((3, 2)));
        check(53, 11, 9, Some((3, 2)));
        check(53, 24, 5, Some((2, 3)));
        check(15, 11, 2, None);
    }
}
