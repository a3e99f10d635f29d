//! Draws lines and areas: thinned where nobody could tell their points apart.

use super::{Filling, Layer, Place};
use crate::layout::chart::plot::{x_at, y_at};
use crate::layout::chart::series::Series;
use crate::scale::Linear;
use crate::scene::{Area, Mark, Medium, Point, Scene, Stroke, Tone};

/// What draws the layers of a plot.
pub struct Pen {
    /// What the picture is for.
    pub medium: Medium,
    /// Where.
    pub plot: Area,
    /// Whether only the peaks are drawn.
    pub is_thinned: bool,
    /// The scale of the values.
    pub scale: Linear,
    /// Whether lines must differ where there are no colors.
    pub has_markers: bool,
}

/// Whether only the peaks of some series are drawn: a line has more points than can be told apart.
pub fn thins(layers: &[Layer], cells: Area) -> bool {
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

impl Pen {
    /// Where a value stands.
    pub fn spot(&self, share: f64, value: f64) -> Area {
        let at = self.at(share, value);
        Area::new(at.x, at.y, 0.0, 0.0)
    }

    /// The same as a point.
    pub fn at(&self, share: f64, value: f64) -> Point {
        let y = y_at(self.medium, self.plot, self.scale.share(value));
        Point::new(x_at(self.medium, self.plot, share), y)
    }

    /// Draws all layers, each in the tone of its series.
    pub fn draw(&self, scene: &mut Scene, layers: &[Layer], series: &Series, filling: Filling) {
        for (stretches, tone) in layers.iter().zip(&series.tones) {
            for stretch in stretches {
                match filling {
                    Filling::None => self.line(scene, stretch, *tone),
                    Filling::Below => self.area(scene, stretch, *tone),
                    Filling::Stacked => self.layer(scene, stretch, *tone),
                }
            }
        }
    }

    /// The points of a stretch of a line that are drawn.
    pub fn points(&self, stretch: &[Place]) -> Vec<Point> {
        let points: Vec<Point> = stretch.iter().map(|place| self.at(place.x, place.to)).collect();
        if self.is_thinned { self.thinned(&points) } else { points }
    }

    fn line(&self, scene: &mut Scene, stretch: &[Place], tone: Tone) {
        let points = self.points(stretch);
        if let [only] = points[..] {
            scene.marks.push(Mark::Dot { at: only, size: 2.0, tone, has_shape: self.has_markers });
        } else {
            let stroke = Stroke::Curve { has_markers: self.has_markers };
            scene.marks.push(Mark::Line { points, tone, stroke });
        }
    }

    /// The room between a line and zero; what is behind it stays to be seen.
    fn area(&self, scene: &mut Scene, stretch: &[Place], tone: Tone) {
        let upper = self.edge(stretch, |place| place.to);
        let upper = if self.is_thinned { self.thinned(&upper) } else { upper };
        let lower = upper.iter().map(|point| Point::new(point.x, self.y(0.0))).collect();
        scene.marks.push(Mark::Band { upper: upper.clone(), lower, tone, is_pale: true });
        if self.medium.is_exact() {
            let stroke = Stroke::Curve { has_markers: false };
            scene.marks.push(Mark::Line { points: upper, tone, stroke });
        }
    }

    fn layer(&self, scene: &mut Scene, stretch: &[Place], tone: Tone) {
        let (lower, upper) = (self.edge(stretch, |place| place.from), self.edge(stretch, |place| place.to));
        scene.marks.push(Mark::Band { upper, lower, tone, is_pale: false });
    }

    fn thinned(&self, points: &[Point]) -> Vec<Point> {
        thinned(points, thin_per_column(self.medium))
    }

    /// One edge of an area. A single point is drawn a cell wide, around its tick.
    fn edge(&self, stretch: &[Place], value: impl Fn(&Place) -> f64) -> Vec<Point> {
        let x_of = |share: f64| self.plot.x + share.clamp(0.0, 1.0) * self.plot.w;
        let [only] = stretch else {
            return stretch.iter().map(|place| Point::new(x_of(place.x), self.y(value(place)))).collect();
        };
        let (x, y) = (x_of(only.x), self.y(value(only)));
        let left = self.medium.pick(x.floor(), x - 0.5).clamp(self.plot.x, self.plot.right() - 1.0);
        vec![Point::new(left, y), Point::new(left + 1.0, y)]
    }

    /// The height of a value, or the edge nearest to it.
    fn y(&self, value: f64) -> f64 {
        self.plot.bottom() - self.scale.share(value).clamp(0.0, 1.0) * self.plot.h
    }
}
