//! What the cursor of a chart stands on: values, so that it stays on them when the answer is another one.

use impala_core::BlockData;
use impala_core::data::Column;
use impala_core::term::Term;
use impala_render::Spot;
use impala_render::format::{time, value};
use impala_render::scene::Area;

/// The values by which a mark is told from the others, and where it was drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    keys: Vec<Key>,
    area: Area,
}

#[derive(Clone, Debug, PartialEq)]
struct Key {
    column: String,
    text: Option<String>,
    number: Option<f64>,
    words: String,
}

/// Where the cursor comes to stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// On the same values.
    Same(usize),
    /// They are gone; this one is the nearest.
    Nearest(usize),
}

impl Standing {
    /// What `spot` stands for; `None` when its rows are not in the answer.
    pub fn of(data: &BlockData, spot: &Spot) -> Option<Self> {
        let row = *spot.rows.first()?;
        let keys = keys(data).map(|column| Key {
            column: column.name.clone(),
            text: column.values.text(row),
            number: column.values.number(row),
            words: words(column, row),
        });
        Some(Self { keys: keys.collect(), area: spot.area })
    }

    /// The values in words: `Feb 2012, rain`.
    pub fn words(&self) -> String {
        self.keys.iter().map(|key| key.words.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The spot of another answer that stands for the same values, else the nearest: of the same series first, then by the
    /// distance along a scale, then on the screen. `None` when there is none.
    pub fn find(&self, data: &BlockData, spots: &[Spot]) -> Option<Found> {
        let is_same = |spot: &Spot| spot.rows.iter().any(|row| self.away(data, *row) == Some((0, 0.0)));
        if let Some(index) = spots.iter().position(is_same) {
            return Some(Found::Same(index));
        }
        let centre = |area: Area| (area.x + area.w / 2.0, area.y + area.h / 2.0);
        let (x, y) = centre(self.area);
        let measured = spots.iter().enumerate().filter_map(|(index, spot)| {
            let (others, distance) = self.away(data, *spot.rows.first()?)?;
            let (spot_x, spot_y) = centre(spot.area);
            Some((others, distance, (spot_x - x).hypot((spot_y - y) * 2.0), index))
        });
        let nearest =
            measured.min_by(|a, b| (a.0.cmp(&b.0)).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)));
        nearest.map(|(.., index)| Found::Nearest(index))
    }

    /// How many names a row has otherwise, and how far its numbers and times are; `None` when it has other columns.
    fn away(&self, data: &BlockData, row: usize) -> Option<(usize, f64)> {
        let (mut others, mut distance) = (0, 0.0);
        let mut count = 0;
        for column in keys(data) {
            let key = self.keys.iter().find(|key| key.column == column.name)?;
            count += 1;
            match (key.number, column.values.number(row)) {
                (Some(here), Some(there)) => distance += (here - there).abs(),
                _ => others += usize::from(column.values.text(row) != key.text),
            }
        }
        (count == self.keys.len()).then_some((others, distance))
    }
}

/// The columns that say which mark it is: all but what was computed for it. Where nothing was computed, all of them.
fn keys(data: &BlockData) -> impl Iterator<Item = &Column> {
    let is_key = |column: &&Column| !column.name.parse::<Term>().is_ok_and(|term| term.is_aggregate());
    data.columns.iter().filter(is_key)
}

/// A value as the axis writes it: `Feb 2012` of a month.
pub(crate) fn words(column: &Column, row: usize) -> String {
    let of_unit = match (column.name.parse::<Term>(), column.values.number(row)) {
        (Ok(Term::TimeUnit(unit, _)), Some(number)) => Some(time::unit_label(unit, number)),
        _ => None,
    };
    of_unit.or_else(|| value::text(&column.values, row)).unwrap_or_else(|| value::NULL.to_owned())
}
