//! Lines that lie under others: a cell shows the line that was drawn last.

use std::collections::HashMap;

use super::Layer;
use super::pen::Pen;
use crate::format;
use crate::layout::chart::series::Series;
use crate::layout::note::Note;
use crate::scene::{Mark, Point, Scene, dots_between};

/// Column and row.
type Cell = (i64, i64);

/// Which line each cell shows.
struct Cover {
    owners: HashMap<Cell, usize>,
    /// How many cells show each of the lines.
    shown: Vec<usize>,
}

/// Puts a dot of each line that lies wholly under others on top of them, where that leaves something of the other to be seen; says how
/// many points of lines that are mostly hidden no cell shows.
pub fn show(scene: &mut Scene, pen: &Pen, layers: &[Layer], series: &Series) -> Note {
    let mut cover = Cover::of(pen, layers);
    let points = |layer: &Layer| -> Vec<Point> {
        layer.iter().flatten().map(|place| pen.at(place.x, place.to)).collect()
    };
    let points: Vec<Vec<Point>> = layers.iter().map(points).collect();
    for (index, points) in points.iter().enumerate() {
        if let Some(at) = cover.uncover(index, points) {
            let tone = series.tones[index];
            scene.marks.push(Mark::Dot { at, size: 2.0, tone, has_shape: pen.has_markers });
        }
    }
    let hidden = points.iter().enumerate().filter_map(|(index, points)| {
        let hidden = points.iter().filter(|at| cover.owners.get(&cell(**at)) != Some(&index)).count();
        (hidden * 2 > points.len()).then_some((index, hidden, points.len()))
    });
    note(&hidden.collect::<Vec<_>>(), series)
}

/// * `hidden`: of each line that is mostly hidden its series, how many points are, and of how many.
fn note(hidden: &[(usize, usize, usize)], series: &Series) -> Note {
    let count: usize = hidden.iter().map(|(_, count, _)| count).sum();
    let points = format::count(count as u64, "point");
    let whole = match hidden {
        [] => return Note::NONE,
        [(index, count, all)] if !series.labels[*index].is_empty() => {
            format!(
                "{count} of {} of {} under others",
                format::count(*all as u64, "point"),
                series.labels[*index]
            )
        }
        _ => format!("{points} of {} series under others", hidden.len()),
    };
    Note::from(whole).or(format!("{points} under others")).or(format!("{points} hidden"))
}

fn cell(at: Point) -> Cell {
    (at.x.floor() as i64, at.y.floor() as i64)
}

impl Cover {
    fn of(pen: &Pen, layers: &[Layer]) -> Self {
        let mut cover = Self { owners: HashMap::new(), shown: vec![0; layers.len()] };
        let mut alone = Vec::new();
        for (index, layer) in layers.iter().enumerate() {
            for stretch in layer {
                match pen.points(stretch)[..] {
                    [only] => alone.push((index, cell(only))),
                    ref points => points
                        .windows(2)
                        .flat_map(|pair| dots_between(pair[0], pair[1]))
                        .for_each(|(x, y)| cover.take((x.div_euclid(2), y.div_euclid(4)), index)),
                }
            }
        }
        // A shape lies over all lines.
        alone.into_iter().for_each(|(index, cell)| cover.take(cell, index));
        cover
    }

    fn take(&mut self, cell: Cell, index: usize) {
        if let Some(before) = self.owners.insert(cell, index) {
            self.shown[before] -= 1;
        }
        self.shown[index] += 1;
    }

    /// Where a line that no cell shows can be shown: at its last point where the line above it is seen elsewhere, too.
    fn uncover(&mut self, index: usize, points: &[Point]) -> Option<Point> {
        if self.shown[index] > 0 {
            return None;
        }
        let can_spare = |at: &&Point| self.owners.get(&cell(**at)).is_none_or(|owner| self.shown[*owner] > 1);
        let at = *points.iter().rev().find(can_spare)?;
        self.take(cell(at), index);
        Some(at)
    }
}
