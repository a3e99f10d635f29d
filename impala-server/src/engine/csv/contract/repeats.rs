//! Rows with repeated values, any number of them, kept until the file is read again for their text.

use std::io;
use std::iter::Peekable;
use std::path::Path;

use super::PARTS;
use crate::engine::spill::Spill;

/// A row whose values were there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repeat {
    pub row: u64,
    /// Which rule it breaks: the place of its column, or the number of columns for the key.
    pub place: usize,
    /// The first row that has them.
    pub first: u64,
}

/// Repeated rows, as they are found.
pub(super) struct Repeats<'a> {
    folder: &'a Path,
    rows: u64,
    /// Most files have none.
    found: Option<Spill<3>>,
}

impl<'a> Repeats<'a> {
    /// * `folder`: as [`Spill::new`] takes it
    /// * `rows`: so many there are in all
    pub fn new(folder: &'a Path, rows: u64) -> Self {
        Self { folder, rows, found: None }
    }

    pub fn note(&mut self, repeat: Repeat) -> io::Result<()> {
        let found = match &mut self.found {
            Some(found) => found,
            empty => empty.insert(Spill::new(self.folder, PARTS)?),
        };
        // Each part is a stretch of rows.
        let part = (repeat.row.saturating_sub(1) / self.rows.div_ceil(PARTS).max(1)).min(PARTS - 1);
        found.add(part, [repeat.row, repeat.place as u64, repeat.first])
    }

    /// By row; `None` when there are none.
    pub fn by_row(self) -> Option<ByRow> {
        let parts: Box<dyn Iterator<Item = _>> = Box::new(self.found?.into_parts());
        Some(ByRow { parts, part: Vec::new().into_iter().peekable() })
    }
}

/// The same from the first row to the last.
pub(super) struct ByRow {
    parts: Box<dyn Iterator<Item = io::Result<Vec<[u64; 3]>>>>,
    part: Peekable<std::vec::IntoIter<[u64; 3]>>,
}

impl ByRow {
    /// The next one, if it is of that row. Rows are asked for rising.
    pub fn next_of(&mut self, row: u64) -> io::Result<Option<Repeat>> {
        while self.part.peek().is_none() {
            let Some(part) = self.parts.next() else { return Ok(None) };
            self.part = part?.into_iter().peekable();
        }
        let next = self.part.next_if(|[of, ..]| *of == row);
        Ok(next.map(|[row, place, first]| Repeat { row, place: place as usize, first }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_back_by_row_however_they_were_found() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Repeats::new(folder.path(), 9).by_row().is_none());
        for rows in [1, 127, 128, 129, 1_000] {
            let mut repeats = Repeats::new(folder.path(), rows);
            for row in (1..=rows).rev() {
                repeats.note(Repeat { row, place: 1, first: 0 }).unwrap();
                repeats.note(Repeat { row, place: 0, first: row / 2 }).unwrap();
            }
            let mut by_row = repeats.by_row().unwrap();
            for row in 1..=rows {
                let [a, b, none] = [(); 3].map(|()| by_row.next_of(row).unwrap());
                assert_eq!(a, Some(Repeat { row, place: 0, first: row / 2 }));
                assert_eq!(b, Some(Repeat { row, place: 1, first: 0 }));
                assert_eq!(none, None);
            }
        }
    }
}
