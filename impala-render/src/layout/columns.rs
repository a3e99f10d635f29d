//! Tables: typed columns, aligned, cut to a width, and never shortened silently.

use impala_core::BlockData;
use impala_core::data::{Column, Values};
use impala_core::number_format::trimmed;

use super::note::{Note, Notes};
use crate::format::{self, number, value};
use crate::scene::{Anchor, Area, Emphasis, Mark, Medium, Point, Scene, Stroke, Tone};

/// Columns between two columns of a table.
const GAP: usize = 2;

/// What text columns may be cut to when room is short.
const LEAST: usize = 10;

/// Lays out plain columns as a table with all of their rows: numbers right-aligned, everything cut to `width_cols`. Columns
/// that do not fit are named in a last line.
pub fn layout_columns(columns: &[Column], width_cols: u16) -> Scene {
    let rows = columns.first().map_or(0, |column| column.values.len());
    let mut scene = Scene::new(width_cols, rows as u32 + 2);
    let area = Area::cells(0, 0, width_cols, rows as u32 + 2);
    let left_out = table(&mut scene, area, columns, (rows, 1.0));
    for line in format::wrap(
        &left_out
            .map(|names| format!("… not shown for want of width: {}", names.join(", ")))
            .unwrap_or_default(),
        usize::from(width_cols),
    ) {
        scene.text(0.0, f64::from(scene.height_rows), &line, Tone::Muted);
        scene.height_rows += 1;
    }
    scene
}

/// Draws the rows that fit and says how many more there are.
///
/// * `rows`: rows of a terminal, with the head's; on a page as many lines stand a little closer where they have to.
pub(crate) fn draw(scene: &mut Scene, area: Area, rows: usize, data: &BlockData) -> Notes {
    let (columns, rows_total) = (&data.columns, data.rows_total);
    let there = columns.first().map_or(0, |column| column.values.len());
    let head = head_rows(scene.medium);
    let room = rows.saturating_sub(head_rows(Medium::Cells) as usize);
    let pitch = scene.medium.pick(1.0, ((area.h - head) / room.max(1) as f64).clamp(0.5, 1.0));
    let shown = if rows_total as usize <= room { there } else { there.min(room.saturating_sub(1)) };
    let left_out = table(scene, area, columns, (shown, pitch));
    let below = area.y + head + shown as f64 * pitch;
    if there == 0 {
        scene.text(area.x, below, "no rows", Tone::Muted);
    } else if rows_total as usize > shown {
        let more = format::more(rows_total - shown as u64, "row");
        scene.text(area.x, below.min(area.bottom() - 1.0), &format::cut(&more, area.cols()), Tone::Muted);
    }
    left_out.into_iter().map(|names| missing_note(&names)).collect()
}

/// Names columns that found no room: all, or so many as there is room to name, and counts the rest.
fn missing_note(names: &[String]) -> Note {
    let count = |more: usize| format!("and {}", format::more_of(more as u64, "column"));
    let note = |named: usize| match (named, names.len() - named) {
        (0, more) => count(more),
        (_, 0) => format!("no room for {}", names.join(", ")),
        (_, more) => format!("no room for {} {}", names[..named].join(", "), count(more)),
    };
    let shorter = (0..names.len()).rev().map(note);
    shorter.fold(Note::from(note(names.len())), Note::or)
}

/// Rows that the names of the columns take, with the rule below them.
fn head_rows(medium: Medium) -> f64 {
    medium.pick(2.0, 1.1)
}

/// A column as text.
struct Written {
    name: String,
    cells: Vec<Option<String>>,
    is_right: bool,
    is_cuttable: bool,
    width: usize,
}

/// Draws header, rule and the first rows, so many and that far apart; returns the names of the columns that did not fit.
fn table(
    scene: &mut Scene,
    area: Area,
    columns: &[Column],
    (rows, pitch): (usize, f64),
) -> Option<Vec<String>> {
    let mut written: Vec<Written> = columns.iter().map(|column| write(column, rows)).collect();
    let fitting = fit(&mut written, area.cols());
    let mut x = area.x;
    for column in &written[..fitting] {
        draw_column(scene, (x, area.y), pitch, column);
        x += (column.width + GAP) as f64;
    }
    let end = (x - GAP as f64).max(area.x + 1.0).min(area.right());
    if fitting > 0 && area.rows() >= 2 {
        let y = area.y + scene.medium.pick(1.5, 1.0);
        let (from, to) = (Point::new(area.x, y), Point::new(end, y));
        scene.marks.push(Mark::Line { points: vec![from, to], tone: Tone::Faint, stroke: Stroke::Rule });
    }
    let left_out: Vec<String> = written[fitting..].iter().map(|column| column.name.clone()).collect();
    (!left_out.is_empty()).then_some(left_out)
}

fn draw_column(scene: &mut Scene, (x, y): (f64, f64), pitch: f64, column: &Written) {
    let head = head_rows(scene.medium);
    let right = x + column.width as f64;
    let name = format::cut(&column.name, column.width);
    let start = if column.is_right { right - format::width(&name) as f64 } else { x };
    let anchor = if column.is_right { Anchor::End } else { Anchor::Start };
    scene.anchored(Point::new(start, y), name, Tone::Plain, Emphasis::BOLD, anchor);
    for (row, cell) in column.cells.iter().enumerate() {
        let (text, tone) = cell.as_deref().map_or((value::NULL, Tone::Faint), |text| (text, Tone::Plain));
        let y = y + head + row as f64 * pitch;
        let whole = text;
        let text = format::cut(whole, column.width);
        match column.is_right {
            true => scene.text_ending(right, y, &text, tone),
            false => scene.text(x, y, &text, tone),
        }
        scene.tip(|| if text == whole { String::new() } else { whole.to_owned() });
    }
}

/// The values of a column as a table writes them, numbers with as many decimals as the column needs; `None` for null.
pub fn column_texts(column: &Column) -> Vec<Option<String>> {
    cells(column, column.values.len())
}

/// The first `rows` values of a column as people read them; `None` for null.
pub(crate) fn cells(column: &Column, rows: usize) -> Vec<Option<String>> {
    match &column.values {
        Values::Decimal(numbers) => decimals(&numbers[..rows.min(numbers.len())]),
        values => (0..rows).map(|row| value::text(values, row)).collect(),
    }
}

fn write(column: &Column, rows: usize) -> Written {
    let values = &column.values;
    let is_right = values.column_type().is_numeric();
    let cells = cells(column, rows);
    let name = format::clean(&column.name);
    let widest = cells.iter().flatten().map(|cell| format::width(cell)).max().unwrap_or(0);
    let width = widest.max(format::width(&name)).max(1);
    Written { name, cells, is_right, is_cuttable: matches!(values, Values::String(_)), width }
}

/// Numbers of one column have the same decimals, so that their points stand below each other.
fn decimals(numbers: &[Option<f64>]) -> Vec<Option<String>> {
    let largest =
        numbers.iter().flatten().filter(|number| number.is_finite()).fold(0.0_f64, |a, b| a.max(b.abs()));
    let most = if largest >= 1_000.0 { 2 } else { 4 };
    let places = number::decimals_needed(numbers.iter().flatten().copied(), most);
    let write = |value: f64| {
        if !value.is_finite() {
            return impala_core::number_format::non_finite(value).to_owned();
        }
        let fixed = format!("{value:.places$}");
        let is_lost = value != 0.0 && fixed.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.'));
        if is_lost || value.abs() >= 1e15 { trimmed(value) } else { fixed }
    };
    numbers.iter().map(|number| number.map(write)).collect()
}

/// Cuts text columns, widest first, until all fit or none can give; returns how many columns then fit.
fn fit(columns: &mut [Written], room: usize) -> usize {
    let total = |columns: &[Written]| {
        columns.iter().map(|column| column.width + GAP).sum::<usize>().saturating_sub(GAP)
    };
    while total(columns) > room {
        let widest = columns.iter_mut().filter(|column| column.is_cuttable && column.width > LEAST);
        let Some(widest) = widest.max_by_key(|column| column.width) else {
            break;
        };
        widest.width -= 1;
    }
    let mut fitting = columns.len();
    while fitting > 1 && total(&columns[..fitting]) > room {
        fitting -= 1;
    }
    if fitting == 1
        && let Some(first) = columns.first_mut()
    {
        first.width = first.width.min(room);
    }
    // What was cut for columns that then did not fit is given back.
    let slack = room.saturating_sub(total(&columns[..fitting]));
    if fitting < columns.len()
        && let Some(widest) =
            columns[..fitting].iter_mut().filter(|column| column.is_cuttable).max_by_key(|c| c.width)
    {
        let natural = widest
            .cells
            .iter()
            .flatten()
            .map(|cell| format::width(cell))
            .max()
            .unwrap_or(0)
            .max(format::width(&widest.name));
        widest.width = natural.min(widest.width + slack).max(1);
    }
    fitting
}
