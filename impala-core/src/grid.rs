//! The grid that blocks stand on: 24 columns wide, one terminal line a row.
//!
//! Blocks never overlap. What moves when a block is placed, moved or resized is decided here, so that
//! the server, the command line and the terminal editor agree.

use serde::{Deserialize, Serialize};

use crate::error::FieldError;

/// Columns of the grid.
pub const COLUMNS: u32 = 24;

/// Rows that a block can reach down to: enough for a thousand screens, little enough that no sum overflows.
pub const MAX_ROWS: u32 = 100_000;

/// Where a block stands: cell (0, 0) is the top left one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Columns from the left, 0 to 23.
    pub x: u32,
    /// Rows from the top.
    pub y: u32,
    /// Width in columns, 1 to 24.
    pub w: u32,
    /// Height in rows, at least 1.
    pub h: u32,
}

impl Place {
    /// A place of the given corner and size.
    pub const fn new(x: u32, y: u32, w: u32, h: u32) -> Self {
        Self { x, y, w, h }
    }

    /// The first column right of it.
    pub const fn right(&self) -> u32 {
        self.x + self.w
    }

    /// The first row below it.
    pub const fn bottom(&self) -> u32 {
        self.y + self.h
    }

    /// Whether the two share a cell.
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Checks that it has a size and lies within the grid.
    ///
    /// # Errors
    /// At `pointer`, with the number that is wrong and the bound it breaks.
    pub fn check(&self, pointer: &str) -> Result<(), FieldError> {
        let fail = |detail: String| Err(FieldError::at(pointer, detail));
        if self.w == 0 || self.h == 0 {
            return fail(format!("a block is at least 1 wide and 1 high, not {} by {}", self.w, self.h));
        }
        if self.x >= COLUMNS || self.w > COLUMNS || self.right() > COLUMNS {
            return fail(format!(
                "x {} and width {} reach beyond the {COLUMNS} columns of the grid",
                self.x, self.w
            ));
        }
        if self.y > MAX_ROWS || self.h > MAX_ROWS || self.bottom() > MAX_ROWS {
            return fail(format!("y {} and height {} reach below row {MAX_ROWS}", self.y, self.h));
        }
        Ok(())
    }
}

/// Returns the first free spot for a block of `w` by `h`: left to right, then top to bottom.
///
/// `w` is cut to the grid's width.
pub fn first_free(taken: &[Place], w: u32, h: u32) -> Place {
    let w = w.clamp(1, COLUMNS);
    let h = h.max(1);
    // A free spot's top edge is row 0 or touches the bottom of some block, so no other row needs a look.
    let mut rows: Vec<u32> = std::iter::once(0).chain(taken.iter().map(Place::bottom)).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.iter()
        .flat_map(|&y| (0..=COLUMNS - w).map(move |x| Place::new(x, y, w, h)))
        .find(|spot| !taken.iter().any(|place| place.overlaps(spot)))
        .unwrap_or_else(|| Place::new(0, rows.last().copied().unwrap_or(0), w, h))
}

/// Puts the block at `index` onto `to` and pushes down those that it lands on, and those that they
/// land on in turn. Nothing else moves.
pub fn place(places: &mut [Place], index: usize, to: Place) {
    places[index] = to;
    let mut settled = vec![index];
    let mut order: Vec<usize> = (0..places.len()).filter(|&i| i != index).collect();
    order.sort_by_key(|&i| (places[i].y, places[i].x));
    for i in order {
        // Going down the page, a block only ever has to clear those settled before it.
        while let Some(bottom) = settled
            .iter()
            .filter(|&&other| places[other].overlaps(&places[i]))
            .map(|&other| places[other].bottom())
            .max()
        {
            places[i].y = bottom;
        }
        settled.push(i);
    }
}

/// Moves every block up as far as it goes, keeping the reading order.
pub fn compact(places: &mut [Place]) {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&i| (places[i].y, places[i].x));
    let mut settled: Vec<Place> = Vec::with_capacity(places.len());
    for i in order {
        let above = settled
            .iter()
            .filter(|place| place.x < places[i].right() && places[i].x < place.right())
            .map(Place::bottom)
            .max();
        places[i].y = above.unwrap_or(0);
        settled.push(places[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn p(x: u32, y: u32, w: u32, h: u32) -> Place {
        Place::new(x, y, w, h)
    }

    #[test]
    fn the_first_free_spot_is_found_left_to_right_then_down() {
        let check = |taken: &[Place], w, h, expected| assert_eq!(first_free(taken, w, h), expected);
        check(&[], 6, 4, p(0, 0, 6, 4));
        check(&[p(0, 0, 6, 4)], 6, 4, p(6, 0, 6, 4));
        check(&[p(0, 0, 24, 3)], 12, 5, p(0, 3, 12, 5));
        check(&[p(0, 0, 12, 3), p(12, 0, 12, 6)], 12, 2, p(0, 3, 12, 2));
        check(&[p(0, 0, 12, 3), p(12, 0, 12, 6)], 24, 2, p(0, 6, 24, 2));
    }

    #[test]
    fn moving_pushes_only_those_in_the_way() {
        let mut places = [p(0, 0, 12, 4), p(12, 0, 12, 4), p(0, 4, 12, 4), p(0, 30, 12, 4)];
        place(&mut places, 0, p(0, 2, 12, 4));
        assert_eq!(places, [p(0, 2, 12, 4), p(12, 0, 12, 4), p(0, 6, 12, 4), p(0, 30, 12, 4)]);
    }

    #[test]
    fn compacting_closes_gaps() {
        let mut places = [p(0, 5, 24, 2), p(0, 20, 12, 3), p(12, 30, 12, 3)];
        compact(&mut places);
        assert_eq!(places, [p(0, 0, 24, 2), p(0, 2, 12, 3), p(12, 2, 12, 3)]);
    }

    fn layout() -> impl Strategy<Value = Vec<Place>> {
        prop::collection::vec((0..20u32, 1..10u32, 1..6u32), 1..12).prop_map(|blocks| {
            let mut places = Vec::new();
            for (x, w, h) in blocks {
                let spot = first_free(&places, w.min(COLUMNS - x), h);
                places.push(spot);
            }
            places
        })
    }

    fn overlaps(places: &[Place]) -> bool {
        (0..places.len()).any(|i| (0..i).any(|j| places[i].overlaps(&places[j])))
    }

    proptest! {
        #[test]
        fn no_move_makes_blocks_overlap_or_pulls_one_up(mut places in layout(), index in 0..12usize, x in 0..20u32, y in 0..40u32) {
            let index = index % places.len();
            let before = places.clone();
            let to = Place { x: x.min(COLUMNS - places[index].w), y, ..places[index] };
            place(&mut places, index, to);
            prop_assert!(!overlaps(&places));
            for i in (0..places.len()).filter(|&i| i != index) {
                prop_assert!(places[i].y >= before[i].y && places[i].x == before[i].x);
            }
        }

        #[test]
        fn compacting_never_overlaps(mut places in layout()) {
            compact(&mut places);
            prop_assert!(!overlaps(&places));
        }
    }
}
