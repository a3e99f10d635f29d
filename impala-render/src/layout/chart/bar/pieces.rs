//! What each bar is made of: one piece a series, stacked, as shares, or each from zero.

use std::collections::BTreeMap;

use super::Bars;
use crate::layout::chart::View;
use crate::scale::Linear;

/// How the bars of one band stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// On top of each other.
    Stacked,
    /// On top of each other, as shares of the whole.
    Shares,
    /// Side by side.
    Beside,
}

/// One series' part of a bar.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Its series.
    pub series: usize,
    /// Where it begins, as a value.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// The rows of the answer that it is made of.
    pub rows: Vec<usize>,
}

impl Bars<'_> {
    /// The range of values over all parts, zero included.
    pub fn extent(&self, view: &View) -> Linear {
        let parts = view.parts.iter().flat_map(|rows| self.pieces(rows));
        let ends: Vec<f64> =
            parts.flat_map(|(_, pieces)| pieces).flat_map(|piece| [piece.from, piece.to]).collect();
        Linear::over(ends.into_iter(), true)
    }

    /// The pieces of each band that has any, from `rows`.
    pub fn pieces(&self, rows: &[usize]) -> BTreeMap<usize, Vec<Piece>> {
        // Maps, as there may be thousands of bands and of series, of which few meet.
        let mut values: BTreeMap<usize, BTreeMap<usize, Vec<(usize, f64)>>> = BTreeMap::new();
        for row in rows {
            if let (Some(band), Some(value)) = (self.bands.of_row.get(row), self.value.number(*row)) {
                values
                    .entry(*band)
                    .or_default()
                    .entry(self.series.of_row(*row))
                    .or_default()
                    .push((*row, value));
            }
        }
        let one = |values: &BTreeMap<usize, Vec<(usize, f64)>>| self.pieces_of_band(values);
        values.iter().map(|(band, values)| (*band, one(values))).collect()
    }

    /// The values of one series in one band as one: their sum. Where neighbours were merged whose sum would mean nothing,
    /// what [`Merging`](crate::layout::chart::merged::Merging) makes of them.
    fn together(&self, values: &[(usize, f64)]) -> f64 {
        if self.bands.each > 1 && !self.merging.words().is_empty() {
            let rows: Vec<usize> = values.iter().map(|(row, _)| *row).collect();
            return self.merging.value(&rows).unwrap_or(0.0);
        }
        values.iter().map(|(_, value)| value).sum()
    }

    fn pieces_of_band(&self, rows: &BTreeMap<usize, Vec<(usize, f64)>>) -> Vec<Piece> {
        let values: BTreeMap<usize, f64> =
            rows.iter().map(|(series, values)| (*series, self.together(values))).collect();
        let whole: f64 = values.values().map(|value| value.abs()).sum();
        let (mut above, mut below) = (0.0, 0.0);
        let mut pieces = Vec::new();
        for (&series, &value) in &values {
            let mut value = value;
            if self.mode == Mode::Shares {
                value = if whole > 0.0 { value.abs() / whole } else { 0.0 };
            }
            let base = match self.mode {
                Mode::Beside => 0.0,
                _ if value >= 0.0 => above,
                _ => below,
            };
            if value >= 0.0 {
                above = base + value;
            } else {
                below = base + value;
            }
            let rows = rows[&series].iter().map(|(row, _)| *row).collect();
            pieces.push(Piece { series, from: base, to: base + value, rows });
        }
        pieces
    }
}
