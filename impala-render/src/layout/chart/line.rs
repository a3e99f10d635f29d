//! Lines and areas.

use impala_core::encoding::Stack;

use super::View;
use super::axis::{self, Divided};
use super::blank;
use super::field::Field;
use super::plot::{Around, Room, Ruler, x_at, y_at};
use super::series::Series;
use super::strips;
use crate::format::number;
use crate::layout::failed;
use crate::layout::note::{Note, Notes};
use crate::scale::Linear;
use crate::scene::{Area, Mark, Medium, Point, Scene, Stroke, Tone};

/// What is between a line and zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// Nothing.
    None,
    /// The series' tone.
    Below,
}

/// Layers of a stacked area at most: more are no longer seen, and each has a point for every x.
const MOST_STACKED: usize = 200;

/// A series as x shares and values, in order of x; a null ends a stretch.
type Stretches = Vec<Vec<(f64, f64)>>;

/// Draws lines, or areas down to zero.
pub fn draw(scene: &mut Scene, area: Area, view: &View, filling: Filling) -> Notes {
    let encoding = &view.chart.encoding;
    let (x, y) = (Field::of(encoding.x.as_ref(), view.data), Field::of(encoding.y.as_ref(), view.data));
    let (Some(x), Some(y)) = (x, y) else { return Notes::new() };
    if !y.is_measure() {
        failed::centred(scene, area, "a line needs a number on y, such as mean(FIELD)");
        return Notes::new();
    }
    if blank::is_blank(view, &y) {
        return blank::draw(scene, area, view, &y, true);
    }
    if x.could_be_numbers() {
        return blank::draw(scene, area, view, &x, false);
    }
    let series = Series::of(view);
    let is_stacked = filling == Filling::Below && y.channel.stack != Some(Stack::None) && series.is_several();
    let is_shares = is_stacked && y.channel.stack == Some(Stack::Normalize);
    if is_stacked && series.len() > MOST_STACKED {
        let why = format!("{} series are too many to stack", number::whole(series.len() as u64));
        failed::centred(scene, area, &why);
        return Notes::new();
    }
    let axis_channel = if is_shares { y.as_percent() } else { y.channel.clone() };
    let x_ruler = Ruler::of(Some(x), Some(&y), view, true);
    let layers = |rows: &[usize]| {
        if is_stacked {
            stacked(&x_ruler, &y, &series, rows, is_shares)
        } else {
            plain(&x_ruler, &y, &series, rows)
        }
    };
    let mut y_ruler = match filling {
        Filling::None => Ruler::of(Some(y), Some(&x), view, false),
        Filling::Below => {
            let tops: Vec<f64> = view
                .parts
                .iter()
                .flat_map(|rows| layers(rows))
                .flatten()
                .flatten()
                .map(|(_, top)| top)
                .collect();
            Ruler::Numbers(Field { channel: &axis_channel, ..y }, Linear::over(tops.into_iter(), true))
        }
    };
    let legend = series.legend(filling == Filling::Below);
    let y_title = if is_shares { y.share_title() } else { y.title() };
    let around = Around { x_title: &x_ruler.title(), y_title: &y_title, legend: &legend, rows_wanted: 0 };
    let medium = scene.medium;
    let room = Room::divide(scene, area, view, &around, |medium, rows| {
        axis::ruler_width(medium, &y_ruler, area, rows)
    });
    y_ruler.settle(&room);
    axis::draw_rulers(scene, &room, &x_ruler, &y_ruler);
    let mut notes = vec![x_ruler.note(view.rows), y.undrawable_note(view.rows)];
    if let Ruler::Rows(_, Divided { scale, .. }) = y_ruler {
        let has_markers = series.is_several() && !series.is_scale();
        let layers = layers(view.rows);
        let pen = Pen {
            medium,
            plot: room.plot,
            scale,
            has_markers,
            is_thinned: !is_stacked && pen_thins(&layers, room.cells),
        };
        pen.draw(scene, &layers, &series, filling, is_stacked);
        for &row in view.rows {
            let layer = if series.is_scale() && !is_stacked { 0 } else { series.of_row(row) };
            let own = y.number(row).filter(|_| !is_stacked);
            let Some(share) = x_ruler.share(row) else { continue };
            if let Some(value) = own.or_else(|| value_at(layers.get(layer)?, share)) {
                scene.spot(pen.spot(share, value), vec![row]);
            }
        }
        if pen.is_thinned {
            let points: usize = layers.iter().flatten().map(Vec::len).sum();
            let points = format!("{} points", number::whole(points as u64));
            let note = Note::from(format!("{points}, highest and lowest of each place drawn"));
            notes.insert(0, note.or(format!("{points}, peaks drawn")).or(points));
        }
        strips::draw(scene, room.plot, view, (&x_ruler, &y, &series));
    }
    notes
}

/// Whether only the peaks of some series are drawn: a line has more points than can be told apart.
fn pen_thins(layers: &[Stretches], cells: Area) -> bool {
    // Two a dot of braille and more: a year of days is drawn as it is.
    let most = cells.w * 12.0;
    layers.iter().flatten().any(|stretch| stretch.len() as f64 > most)
}

/// Of so many parts of a column the first, least, greatest and last point are drawn: a part is a pixel wide, or a dot of braille.
fn thin_per_column(medium: Medium) -> f64 {
    medium.pick(2.0, 8.0)
}

/// Of the points within each part of a column the first, the highest, the lowest and the last, so that no peak is lost.
fn thinned(points: &[Point], per_column: f64) -> Vec<Point> {
    let mut kept = Vec::new();
    for part in points.chunk_by(|a, b| (a.x * per_column).floor() == (b.x * per_column).floor()) {
        let by_y = |a: &usize, b: &usize| part[*a].y.total_cmp(&part[*b].y);
        let (highest, lowest) = ((0..part.len()).min_by(by_y), (0..part.len()).max_by(by_y));
        let mut indices: Vec<usize> =
            [Some(0), highest, lowest, Some(part.len() - 1)].into_iter().flatten().collect();
        indices.sort_unstable();
        indices.dedup();
        kept.extend(indices.into_iter().map(|index| part[index]));
    }
    kept
}

fn plain(x: &Ruler, y: &Field, series: &Series, rows: &[usize]) -> Vec<Stretches> {
    let mut points: Vec<Vec<(f64, Option<f64>)>> = vec![Vec::new(); series.len()];
    for row in rows {
        // A color scale does not part a line into one piece a value.
        let index = if series.is_scale() { 0 } else { series.of_row(*row) };
        if let Some(share) = x.share(*row) {
            points[index].push((share, y.number(*row)));
        }
    }
    points.into_iter().map(stretches).collect()
}

fn stretches(mut points: Vec<(f64, Option<f64>)>) -> Stretches {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pieces = points.split(|(_, value)| value.is_none());
    pieces
        .map(|piece| piece.iter().filter_map(|(x, value)| value.map(|value| (*x, value))).collect::<Vec<_>>())
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Each series on top of those before it, over the x of all of them; where one has no value it adds nothing.
fn stacked(x: &Ruler, y: &Field, series: &Series, rows: &[usize], is_shares: bool) -> Vec<Stretches> {
    let mut places: Vec<f64> = rows.iter().filter_map(|row| x.share(*row)).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let mut values = vec![vec![0.0; places.len()]; series.len()];
    for row in rows {
        if let (Some(share), Some(value)) = (x.share(*row), y.number(*row)) {
            let place = places.partition_point(|other| *other < share);
            values[series.of_row(*row)][place] += value;
        }
    }
    let wholes: Vec<f64> = (0..places.len()).map(|place| values.iter().map(|one| one[place]).sum()).collect();
    let mut tops = vec![0.0; places.len()];
    let layer = |values: Vec<f64>| {
        for (place, value) in values.iter().enumerate() {
            tops[place] += if is_shares && wholes[place] != 0.0 { value / wholes[place] } else { *value };
        }
        vec![places.iter().copied().zip(tops.iter().copied()).collect()]
    };
    values.into_iter().map(layer).collect()
}

/// The height of a stacked layer at a share of the width.
fn value_at(stretches: &Stretches, share: f64) -> Option<f64> {
    stretches.iter().find_map(|points| {
        let at = points.binary_search_by(|(x, _)| x.total_cmp(&share)).ok()?;
        Some(points[at].1)
    })
}

struct Pen {
    medium: Medium,
    plot: Area,
    is_thinned: bool,
    scale: Linear,
    has_markers: bool,
}

impl Pen {
    fn spot(&self, share: f64, value: f64) -> Area {
        let (x, y) =
            (x_at(self.medium, self.plot, share), y_at(self.medium, self.plot, self.scale.share(value)));
        Area::new(x, y, 0.0, 0.0)
    }

    fn draw(
        &self,
        scene: &mut Scene,
        layers: &[Stretches],
        series: &Series,
        filling: Filling,
        is_stacked: bool,
    ) {
        let mut below: Option<Vec<Point>> = None;
        for (stretches, tone) in layers.iter().zip(&series.tones) {
            for stretch in stretches {
                if filling == Filling::None {
                    self.line(scene, stretch, *tone);
                    continue;
                }
                let upper = self.edge(stretch);
                let upper = if self.is_thinned { self.thinned(&upper) } else { upper };
                let ground = || upper.iter().map(|point| Point::new(point.x, self.ground())).collect();
                let lower = below.take().filter(|_| is_stacked).unwrap_or_else(ground);
                scene.marks.push(Mark::Band {
                    upper: upper.clone(),
                    lower,
                    tone: *tone,
                    is_pale: !is_stacked,
                });
                if self.medium.is_exact() && !is_stacked {
                    let stroke = Stroke::Curve { has_markers: false };
                    scene.marks.push(Mark::Line { points: upper.clone(), tone: *tone, stroke });
                }
                below = Some(upper);
            }
        }
    }

    fn line(&self, scene: &mut Scene, stretch: &[(f64, f64)], tone: Tone) {
        let points: Vec<Point> = stretch
            .iter()
            .map(|(x, value)| {
                let y = y_at(self.medium, self.plot, self.scale.share(*value));
                Point::new(x_at(self.medium, self.plot, *x), y)
            })
            .collect();
        let points = if self.is_thinned { self.thinned(&points) } else { points };
        if let [only] = points[..] {
            scene.marks.push(Mark::Dot { at: only, size: 2.0, tone, has_shape: self.has_markers });
        } else {
            let stroke = Stroke::Curve { has_markers: self.has_markers };
            scene.marks.push(Mark::Line { points, tone, stroke });
        }
    }

    fn thinned(&self, points: &[Point]) -> Vec<Point> {
        thinned(points, thin_per_column(self.medium))
    }

    /// The upper edge of an area. A single point is drawn a cell wide.
    fn edge(&self, stretch: &[(f64, f64)]) -> Vec<Point> {
        let y_of = |value: f64| self.plot.bottom() - self.scale.share(value) * self.plot.h;
        let mut points: Vec<Point> = stretch
            .iter()
            .map(|(x, value)| Point::new(self.plot.x + x.clamp(0.0, 1.0) * self.plot.w, y_of(*value)))
            .collect();
        if let [only] = points[..] {
            let left = (only.x - 0.5).floor().clamp(self.plot.x, self.plot.right() - 1.0);
            points = vec![Point::new(left, only.y), Point::new(left + 1.0, only.y)];
        }
        points
    }

    /// Where zero lies, or the edge nearest to it.
    fn ground(&self) -> f64 {
        self.plot.bottom() - self.scale.share(0.0).clamp(0.0, 1.0) * self.plot.h
    }
}
