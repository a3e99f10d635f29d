//! A painted picture as cells, before it becomes text.

use std::ops::Range;

use super::raster::Raster;
use super::{Charset, Ink};
use crate::scene::{Emphasis, Scene, Tone};

/// One cell of a terminal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What stands in it: one grapheme. Empty in the second cell of a wide one.
    pub symbol: String,
    /// What the symbol means.
    pub tone: Tone,
    /// What fills the rest of the cell.
    pub back: Option<Tone>,
    /// Whether symbol and rest change places: the symbol shows the terminal's background.
    pub is_reversed: bool,
    /// How the symbol stands out.
    pub emphasis: Emphasis,
}

/// A rectangle of cells, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Columns.
    pub width_cols: u16,
    /// Rows; each has `width_cols` cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Grid {
    /// Paints a whole picture.
    pub fn of(scene: &Scene, charset: Charset, ink: Ink) -> Self {
        Self::of_rows(scene, 0..scene.height_rows, charset, ink)
    }

    /// Paints some rows of a picture; marks outside are left out.
    pub fn of_rows(scene: &Scene, rows: Range<u32>, charset: Charset, ink: Ink) -> Self {
        let mut raster = Raster::new(scene.width_cols, rows.clone(), charset, ink);
        for mark in scene.marks.iter().filter(|mark| mark.is_within(&rows)) {
            raster.draw(mark);
        }
        Self { width_cols: scene.width_cols, rows: raster.finish() }
    }
}
