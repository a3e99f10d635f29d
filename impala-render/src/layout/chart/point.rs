//! Points and ticks.

use std::collections::HashSet;

use impala_core::block::ChartMark;
use impala_core::encoding::Channel;

use super::View;
use super::axis;
use super::blank;
use super::field::{Field, Kind};
use super::legend::Legend;
use super::plot::{Around, Room, Ruler, rows_without_value, x_at};
use super::series::Series;
use crate::format;
use crate::layout::note::{Note, Notes};
use crate::scale::Linear;
use crate::scene::{Area, Mark, Medium, Point, Scene, Stroke, Tone};

/// With fewer points than one in so many cells they are drawn as round dots, otherwise as fine ones.
const CELLS_PER_ROUND_DOT: usize = 6;

/// A plot with its rulers, ready for marks.
struct Ready<'a> {
    room: Room,
    x: Ruler<'a>,
    y: Ruler<'a>,
    series: Series,
}

impl Ready<'_> {
    fn notes(&self, view: &View) -> Notes {
        vec![self.y.left_out(), self.x.note(view.rows), self.y.note(view.rows), missing(view, self)]
    }
}

fn prepare<'a>(scene: &mut Scene, area: Area, view: &View<'a>) -> Ready<'a> {
    let encoding = &view.chart.encoding;
    let (x, y) = (Field::of(encoding.x.as_ref(), view.data), Field::of(encoding.y.as_ref(), view.data));
    let series = Series::of(view);
    let x_ruler = Ruler::of(x, y.as_ref(), view, true);
    let mut y_ruler = Ruler::of(y, x.as_ref(), view, false);
    let around = Around {
        x_title: &x_ruler.title(),
        y_title: &y_ruler.title(),
        legend: &series.legend(false).and(size_legend(view)),
        rows_wanted: match &y_ruler {
            Ruler::Bands(_, bands, _) => bands.len(),
            _ => 0,
        },
    };
    let room = Room::divide(scene, area, view, &around, |medium, rows| {
        axis::ruler_width(medium, &y_ruler, area, rows)
    });
    y_ruler.settle(&room);
    axis::draw_rulers(scene, &room, &x_ruler, &y_ruler);
    Ready { room, x: x_ruler, y: y_ruler, series }
}

/// The field of a channel when it holds nothing that can be drawn, though it should.
fn blank_field<'a>(channel: Option<&'a Channel>, view: &View<'a>) -> Option<Field<'a>> {
    let field = Field::of(channel, view.data)?;
    let is_scale = field.kind() != Kind::Names;
    (field.could_be_numbers() || is_scale && blank::is_blank(view, &field)).then_some(field)
}

/// Axes for points none of which has a place, because one of the fields holds nothing; `None` when some have.
pub fn nowhere(scene: &mut Scene, area: Area, view: &View) -> Option<Notes> {
    let encoding = &view.chart.encoding;
    if let Some(y) = blank_field(encoding.y.as_ref(), view) {
        return Some(blank::draw(scene, area, view, &y, true));
    }
    blank_field(encoding.x.as_ref(), view).map(|x| blank::draw(scene, area, view, &x, false))
}

/// Draws a point for each row that has both places.
pub fn draw(scene: &mut Scene, area: Area, view: &View) -> Notes {
    if let Some(notes) = nowhere(scene, area, view) {
        return notes;
    }
    let ready = prepare(scene, area, view);
    let (plot, medium) = (ready.room.plot, scene.medium);
    let sizes = sizes(view);
    // Small charts have dots of one size: that of the fullest of them.
    let fullest = view.parts.iter().map(Vec::len).max().unwrap_or(0);
    let plain_size = plain_size(medium, fullest, plot);
    let size_of = |row: usize| match &sizes {
        Some((size, scale)) => 1.0 + scale.share(size.number(row).unwrap_or(scale.low)) * 2.0,
        None => plain_size,
    };
    let has_shape = ready.series.is_named() && !ready.series.is_scale();
    let mut seen = HashSet::new();
    let mut hidden = 0;
    for &row in view.rows {
        let (Some(x), Some(y)) = (ready.x.share(row), ready.y.y(medium, plot, row)) else { continue };
        let (at, tone, size) =
            (Point::new(x_at(medium, plot, x), y), ready.series.tone_of_row(row), size_of(row));
        scene.spot(Area::new(at.x, at.y, 0.0, 0.0), vec![row]);
        // Of those that nobody could tell apart a page holds one.
        if medium.is_exact() && !seen.insert((pixel(at), tone, size.to_bits())) {
            hidden += 1;
            continue;
        }
        scene.marks.push(Mark::Dot { at, size, tone, has_shape });
        scene.tip(|| in_words(view, row));
    }
    let mut notes = ready.notes(view);
    if hidden > 0 {
        let points = format::count(hidden, "point");
        notes.push(Note::from(format!("{points} under others")).or(format!("{points} hidden")));
    }
    notes
}

/// The field of the size and the scale over all of its values.
fn sizes<'a>(view: &View<'a>) -> Option<(Field<'a>, Linear)> {
    let size = Field::of(view.chart.encoding.size.as_ref(), view.data)?;
    let scale = Linear::over(view.parts.concat().iter().filter_map(|row| size.number(*row)), false);
    Some((size, scale))
}

/// What sizes mean, when they mean something.
pub fn size_legend(view: &View) -> Legend {
    match sizes(view) {
        Some((size, scale)) if view.chart.mark == ChartMark::Point => {
            let (low, high) = size.write_ends(scale);
            let tone = if view.chart.encoding.color.is_some() { Tone::MutedInColor } else { Tone::Muted };
            Legend::Sizes { title: size.title(), tone, low, high }
        }
        _ => Legend::None,
    }
}

/// How large points are that have no size of their own: the smaller, the more there are.
fn plain_size(medium: Medium, count: usize, plot: Area) -> f64 {
    match medium {
        Medium::Cells if count * CELLS_PER_ROUND_DOT <= plot.cols() * plot.rows() => 2.0,
        Medium::Cells => 0.0,
        Medium::Page => match count {
            0..=150 => 2.0,
            151..=800 => 1.0,
            _ => 0.0,
        },
    }
}

/// Where a point stands, to half a pixel.
fn pixel(at: Point) -> (i64, i64) {
    ((at.x * 16.0).round() as i64, (at.y * 48.0).round() as i64)
}

/// Tooltip of a row's mark: every channel with its value, one a line.
fn in_words(view: &View, row: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (_, channel) in view.chart.encoding.channels() {
        if let Some(field) = Field::of(Some(channel), view.data) {
            let line = format!("{}: {}", format::clean(&channel.title()), field.label(row));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines.join("\n")
}

/// Draws a short stroke for each row, across the axis that carries the numbers.
pub fn draw_ticks(scene: &mut Scene, area: Area, view: &View) -> Notes {
    if let Some(notes) = nowhere(scene, area, view) {
        return notes;
    }
    let ready = prepare(scene, area, view);
    let (plot, medium) = (ready.room.plot, scene.medium);
    let is_along_x = matches!(ready.x, Ruler::Numbers(..) | Ruler::Times(..))
        && !matches!(ready.y, Ruler::Rows(..) | Ruler::Times(..));
    let lanes = match &ready.x {
        Ruler::Bands(_, bands, _) => bands.len().max(1) as f64,
        _ => plot.w / 2.0,
    };
    for &row in view.rows {
        let (Some(x), Some(y), Some(lane)) =
            (ready.x.share(row), ready.y.y(medium, plot, row), ready.y.lane(medium, plot, row))
        else {
            continue;
        };
        let points = if is_along_x { down(medium, plot, x, lane) } else { across(plot, (x, y), lanes) };
        scene.spot(Area::new(x_at(medium, plot, x), y, 0.0, 0.0), vec![row]);
        let (tone, stroke) = (ready.series.tone_of_row(row), Stroke::Curve { has_markers: false });
        scene.marks.push(Mark::Line { points, tone, stroke });
        scene.tip(|| in_words(view, row));
    }
    ready.notes(view)
}

/// A stroke at a share of the width, over the middle two thirds of the rows of its lane.
fn down(medium: Medium, plot: Area, share: f64, lane: (f64, f64)) -> Vec<Point> {
    let (x, middle) = (x_at(medium, plot, share), (lane.0 + lane.1) / 2.0);
    let half = ((lane.1 - lane.0) / 3.0).clamp(0.375, 2.0);
    vec![
        Point::new(x, (middle - half).max(plot.y)),
        Point::new(x, (middle + half).min(plot.bottom()) - 0.125),
    ]
}

/// A stroke at a share of the width and at `y`, over the middle two thirds of one of `lanes`.
fn across(plot: Area, at: (f64, f64), lanes: f64) -> Vec<Point> {
    let middle = plot.x + at.0 * plot.w;
    let half = (plot.w / lanes / 3.0).clamp(0.5, 4.0);
    vec![
        Point::new((middle - half).max(plot.x), at.1),
        Point::new((middle + half).min(plot.right()) - 0.25, at.1),
    ]
}

/// How many rows have no place because a value is null.
fn missing(view: &View, ready: &Ready) -> Note {
    let is_null = |ruler: &Ruler, row: usize| match ruler {
        Ruler::Numbers(field, _) | Ruler::Rows(field, _) | Ruler::Times(field, _) => {
            field.column.values.number(row).is_none()
        }
        _ => false,
    };
    let count = view.rows.iter().filter(|row| is_null(&ready.x, **row) || is_null(&ready.y, **row)).count();
    rows_without_value(count as u64)
}
