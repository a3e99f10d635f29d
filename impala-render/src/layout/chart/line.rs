//! Lines and areas.

mod hidden;
mod pen;
mod stack;

use impala_core::encoding::{Channel, Stack};

use self::pen::Pen;
use super::View;
use super::axis::{self, Divided};
use super::blank;
use super::field::Field;
use super::plot::{Around, Room, Ruler};
use super::series::Series;
use super::strips;
use crate::format::number;
use crate::layout::failed;
use crate::layout::note::{Note, Notes};
use crate::scale::Linear;
use crate::scene::{Area, Medium, Scene};

/// What is between a line and zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// Nothing.
    None,
    /// The series' tone.
    Below,
    /// The series on top of each other.
    Stacked,
}

/// Layers of a stacked area at most: more are no longer seen, and each has a point for every x.
const MOST_STACKED: usize = 200;

/// A value at a share of the width, and where what is filled below it begins.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Share of the width.
    pub x: f64,
    /// Zero, or what is below it in a stack.
    pub from: f64,
    /// Zero and the value, or the height of the stack.
    pub to: f64,
}

/// The stretches of a series in order of x; a null ends one.
pub type Layer = Vec<Vec<Place>>;

/// All that lines and areas are drawn from.
struct Lines<'a> {
    x: Ruler<'a>,
    y: Field<'a>,
    series: Series,
    filling: Filling,
    is_shares: bool,
}

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
    let lines = Lines::of(view, x, y, filling);
    if lines.filling == Filling::Stacked && lines.series.len() > MOST_STACKED {
        let why = format!("{} series are too many to stack", number::whole(lines.series.len() as u64));
        failed::centred(scene, area, &why);
        return Notes::new();
    }
    lines.draw(scene, area, view)
}

impl<'a> Lines<'a> {
    fn of(view: &View<'a>, x: Field<'a>, y: Field<'a>, filling: Filling) -> Self {
        let series = Series::of(view);
        let stack = y.channel.stack;
        let is_stacked = filling == Filling::Below && stack != Some(Stack::None) && series.is_several();
        let filling = if is_stacked { Filling::Stacked } else { filling };
        let is_shares = is_stacked && stack == Some(Stack::Normalize);
        Self { x: Ruler::of(Some(x), Some(&y), view, true), y, series, filling, is_shares }
    }

    fn draw(&self, scene: &mut Scene, area: Area, view: &View) -> Notes {
        let axis_channel = if self.is_shares { self.y.as_percent() } else { self.y.channel.clone() };
        let mut y_ruler = self.y_ruler(view, &axis_channel);
        let legend = self.series.legend(self.filling != Filling::None);
        let y_title = if self.is_shares { self.y.share_title() } else { self.y.title() };
        let around = Around { x_title: &self.x.title(), y_title: &y_title, legend: &legend, rows_wanted: 0 };
        let room = Room::divide(scene, area, view, &around, |medium, rows| {
            axis::ruler_width(medium, &y_ruler, area, rows)
        });
        y_ruler.settle(&room);
        axis::draw_rulers(scene, &room, &self.x, &y_ruler);
        let mut notes = vec![self.x.note(view.rows), self.y.undrawable_note(view.rows)];
        if let Ruler::Rows(_, Divided { scale, .. }) = y_ruler {
            notes.splice(0..0, self.draw_layers(scene, view, &room, scale));
        }
        notes
    }

    /// The axis of the values: that of lines need not begin at zero.
    fn y_ruler<'c>(&self, view: &View, channel: &'c Channel) -> Ruler<'c>
    where
        'a: 'c,
    {
        if self.filling == Filling::None {
            return Ruler::of(Some(self.y), None, view, false);
        }
        let places = view.parts.iter().flat_map(|rows| self.layers(rows)).flatten().flatten();
        let ends: Vec<f64> = places.flat_map(|place| [place.from, place.to]).collect();
        Ruler::Numbers(Field { channel, column: self.y.column }, Linear::over(ends.into_iter(), true))
    }

    fn layers(&self, rows: &[usize]) -> Vec<Layer> {
        match self.filling {
            Filling::Stacked => stack::stacked(&self.x, &self.y, &self.series, rows, self.is_shares),
            _ => plain(&self.x, &self.y, &self.series, rows),
        }
    }

    /// Draws what is between the axes; says when not all of it could be.
    fn draw_layers(&self, scene: &mut Scene, view: &View, room: &Room, scale: Linear) -> Notes {
        let layers = self.layers(view.rows);
        let has_markers = self.series.is_named() && !self.series.is_scale();
        let is_thinned = self.filling != Filling::Stacked && pen::thins(&layers, room.cells);
        let pen = Pen { medium: scene.medium, plot: room.plot, scale, has_markers, is_thinned };
        pen.draw(scene, &layers, &self.series, self.filling);
        let hidden = match (scene.medium, self.filling) {
            (Medium::Cells, Filling::None) => hidden::show(scene, &pen, &layers, &self.series),
            _ => Note::NONE,
        };
        // Small charts say it together.
        let is_of_several = view.parts.len() > 1 && !hidden.is_empty();
        let hidden = if is_of_several { Note::from("some points under others") } else { hidden };
        self.spot(scene, view, &pen, &layers);
        strips::draw(scene, room.plot, view, (&self.x, &self.y, &self.series));
        if !is_thinned {
            return vec![hidden];
        }
        let points: usize = layers.iter().flatten().map(Vec::len).sum();
        let points = format!("{} points", number::whole(points as u64));
        let note = Note::from(format!("{points}, highest and lowest of each place drawn"));
        vec![note.or(format!("{points}, peaks drawn")).or(points), hidden]
    }

    /// Notes where the rows are.
    fn spot(&self, scene: &mut Scene, view: &View, pen: &Pen, layers: &[Layer]) {
        let is_stacked = self.filling == Filling::Stacked;
        for &row in view.rows {
            let layer = if self.series.is_scale() && !is_stacked { 0 } else { self.series.of_row(row) };
            let own = self.y.number(row).filter(|_| !is_stacked);
            let Some(share) = self.x.share(row) else { continue };
            if let Some(value) = own.or_else(|| value_at(layers.get(layer)?, share)) {
                scene.spot(pen.spot(share, value), vec![row]);
            }
        }
    }
}

fn plain(x: &Ruler, y: &Field, series: &Series, rows: &[usize]) -> Vec<Layer> {
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

fn stretches(mut points: Vec<(f64, Option<f64>)>) -> Layer {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let place = |(x, value): &(f64, Option<f64>)| value.map(|to| Place { x: *x, from: 0.0, to });
    let pieces = points.split(|(_, value)| value.is_none());
    pieces
        .map(|piece| piece.iter().filter_map(place).collect::<Vec<_>>())
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// The outer end of a stacked layer at a share of the width.
fn value_at(layer: &Layer, share: f64) -> Option<f64> {
    let at = |points: &Vec<Place>| {
        let at = points.binary_search_by(|place| place.x.total_cmp(&share)).ok()?;
        Some(points[at])
    };
    let places: Vec<Place> = layer.iter().filter_map(at).collect();
    let drawn = places.iter().find(|place| place.from != place.to).or(places.first());
    drawn.map(|place| place.to)
}
