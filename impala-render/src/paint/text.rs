//! Cells as a string: plain, or with ANSI colors.

use super::grid::{Cell, Grid};
use super::{Charset, Ink};
use crate::scene::Scene;
use crate::theme;

/// Rows painted at once: a picture may be very long, its cells in memory should not be.
const ROWS_AT_ONCE: u32 = 256;

/// Paints a picture as lines of text. No line ends in spaces, each ends in a line feed, and every color is taken back
/// before the end of its line.
pub fn paint(scene: &Scene, charset: Charset, ink: Ink) -> String {
    let mut text = String::new();
    for top in (0..scene.height_rows).step_by(ROWS_AT_ONCE as usize) {
        let rows = top..scene.height_rows.min(top + ROWS_AT_ONCE);
        if !scene.marks.iter().any(|mark| mark.is_within(&rows)) {
            text.extend(rows.map(|_| '\n'));
            continue;
        }
        for row in &Grid::of_rows(scene, rows, charset, ink).rows {
            write_row(&mut text, row, ink);
        }
    }
    text
}

fn write_row(text: &mut String, row: &[Cell], ink: Ink) {
    let end = row.iter().rposition(is_visible).map_or(0, |last| last + 1);
    let mut style = String::new();
    let mut shows_on_blanks = false;
    for cell in &row[..end] {
        let wanted = theme::sgr(cell, ink);
        // A space looks the same in every color.
        let is_blank = cell.symbol == " " && !shows_on_blanks_of(cell);
        if wanted != style && !is_blank && !cell.symbol.is_empty() {
            text.push_str(&theme::change(&style, &wanted));
            (style, shows_on_blanks) = (wanted, shows_on_blanks_of(cell));
        } else if is_blank && shows_on_blanks {
            text.push_str(&theme::change(&style, ""));
            (style, shows_on_blanks) = (String::new(), false);
        }
        text.push_str(&cell.symbol);
    }
    text.push_str(&theme::change(&style, ""));
    text.push('\n');
}

/// Whether the style of a cell would be seen on a space.
fn shows_on_blanks_of(cell: &Cell) -> bool {
    let emphasis = cell.emphasis;
    cell.back.is_some() || cell.is_reversed || emphasis.is_underlined || emphasis.is_struck
}

/// The second cell of a wide grapheme counts as visible, so that it is not cut off.
fn is_visible(cell: &Cell) -> bool {
    cell.symbol != " " || cell.back.is_some() || cell.is_reversed
}
