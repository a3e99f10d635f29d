//! A chart without a single value: its axes, and between them the reason why there is nothing.

use super::View;
use super::axis;
use super::field::Field;
use super::legend::Legend;
use super::plot::{Around, Room, Ruler};
use crate::layout::failed;
use crate::layout::note::Notes;
use crate::scene::{Area, Scene};

/// Draws the axes of a chart whose `value` holds nothing that can be drawn. Its own axis has no ticks, as nobody knows where they
/// would be; the other one stands as always.
pub fn draw(scene: &mut Scene, area: Area, view: &View, value: &Field, is_upright: bool) -> Notes {
    let encoding = &view.chart.encoding;
    let channel = if is_upright { &encoding.x } else { &encoding.y };
    let other = Field::of(channel.as_ref(), view.data);
    let ruler = Ruler::of(other, Some(value), view, is_upright);
    let (ruler_title, value_title) = (ruler.title(), value.title());
    let (x, mut y) = if is_upright { (ruler, Ruler::Nothing) } else { (Ruler::Nothing, ruler) };
    let (x_title, y_title) =
        if is_upright { (&ruler_title, &value_title) } else { (&value_title, &ruler_title) };
    let around = Around { x_title, y_title, legend: &Legend::None, rows_wanted: 0 };
    let room =
        Room::divide(scene, area, view, &around, |medium, rows| axis::ruler_width(medium, &y, area, rows));
    y.settle(&room);
    axis::draw_rulers(scene, &room, &x, &y);
    if !is_upright {
        room.draw_x_title(scene, &value_title, None);
    }
    failed::centred(scene, room.plot, "no values");
    vec![value.undrawable_note(view.rows)]
}

/// Whether none of the rows, over all of the small charts, has a value that can be drawn.
pub fn is_blank(view: &View, value: &Field) -> bool {
    !view.parts.iter().flatten().any(|row| value.number(*row).is_some())
}
