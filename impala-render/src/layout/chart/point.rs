//! Points and ticks.

use super::View;
use super::axis;
use super::field::Field;
use super::plot::{Around, Room, Ruler, x_at};
use super::series::Series;
use crate::layout::frame::Notes;
use crate::scale::Linear;
use crate::scene::{Area, Mark, Point, Scene, Stroke};

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
        let left_out = self.y.left_out(self.room.plot);
        vec![left_out, self.x.note(view.rows), self.y.note(view.rows), missing(view, self)]
    }
}

fn prepare<'a>(scene: &mut Scene, area: Area, view: &View<'a>) -> Ready<'a> {
    let encoding = &view.chart.encoding;
    let (x, y) = (Field::of(encoding.x.as_ref(), view.data), Field::of(encoding.y.as_ref(), view.data));
    let series = Series::of(view);
    let x_ruler = Ruler::of(x, y.as_ref(), view, true, area.cols() / 10);
    let y_ruler = Ruler::of(y, x.as_ref(), view, false, axis::steps_for(area.rows().saturating_sub(4)));
    let around = Around {
        x_title: &x_ruler.title(),
        y_title: &y_ruler.title(),
        legend: &series.legend(false),
        rows_wanted: match &y_ruler {
            Ruler::Bands(_, bands) => bands.len(),
            _ => 0,
        },
    };
    let room = Room::divide(scene, area, view, &around, |rows| axis::ruler_width(&y_ruler, area, rows));
    axis::draw_rulers(scene, &room, &x_ruler, &y_ruler);
    Ready { room, x: x_ruler, y: y_ruler, series }
}

/// Draws a point for each row that has both places.
pub fn draw(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let ready = prepare(scene, area, view);
    let plot = ready.room.plot;
    let size = Field::of(view.chart.encoding.size.as_ref(), view.data);
    let sizes =
        size.map(|size| Linear::over(view.parts.concat().iter().filter_map(|row| size.number(*row)), false));
    let is_sparse = view.rows.len() * CELLS_PER_ROUND_DOT <= plot.cols() * plot.rows();
    let size_of = |row: usize| match (&size, &sizes) {
        (Some(size), Some(scale)) => {
            1 + (scale.share(size.number(row).unwrap_or(scale.low)) * 2.0).round() as u8
        }
        _ => {
            if is_sparse {
                2
            } else {
                0
            }
        }
    };
    for &row in view.rows {
        if let (Some(x), Some(y)) = (ready.x.share(row), ready.y.y(plot, row)) {
            let at = Point::new(x_at(plot, x), y);
            scene.spot(Area::new(at.x, at.y, 0.0, 0.0), vec![row]);
            let has_shape = ready.series.is_several() && !ready.series.is_scale();
            scene.marks.push(Mark::Dot {
                at,
                size: size_of(row),
                tone: ready.series.tone_of_row(row),
                has_shape,
            });
        }
    }
    ready.notes(view)
}

/// Draws a short stroke for each row, across the axis that carries the numbers.
pub fn draw_ticks(scene: &mut Scene, area: Area, view: &View) -> Notes {
    let ready = prepare(scene, area, view);
    let plot = ready.room.plot;
    let is_along_x = matches!(ready.x, Ruler::Numbers(..) | Ruler::Times(..))
        && !matches!(ready.y, Ruler::Numbers(..) | Ruler::Times(..));
    let lanes = match &ready.x {
        Ruler::Bands(_, bands) => bands.len().max(1) as f64,
        _ => plot.w / 2.0,
    };
    for &row in view.rows {
        let (Some(x), Some(y), Some(lane)) =
            (ready.x.share(row), ready.y.y(plot, row), ready.y.lane(plot, row))
        else {
            continue;
        };
        let points = if is_along_x { down(plot, x, lane) } else { across(plot, (x, y), lanes) };
        scene.spot(Area::new(x_at(plot, x), y, 0.0, 0.0), vec![row]);
        let (tone, stroke) = (ready.series.tone_of_row(row), Stroke::Curve { has_markers: false });
        scene.marks.push(Mark::Line { points, tone, stroke });
    }
    ready.notes(view)
}

/// A stroke at a share of the width, over the middle two thirds of the rows of its lane.
fn down(plot: Area, share: f64, lane: (f64, f64)) -> Vec<Point> {
    let (x, middle) = (x_at(plot, share), (lane.0 + lane.1) / 2.0);
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
fn missing(view: &View, ready: &Ready) -> String {
    let is_null = |ruler: &Ruler, row: usize| match ruler {
        Ruler::Numbers(field, _) | Ruler::Times(field, _) => field.column.values.number(row).is_none(),
        _ => false,
    };
    match view.rows.iter().filter(|row| is_null(&ready.x, **row) || is_null(&ready.y, **row)).count() as u64 {
        0 => String::new(),
        count => format!("{} without a value", crate::format::count(count, "row")),
    }
}
