//! What a block says of the answer that it shows, when that is not the one to be shown: in the place of the answer, or in the
//! lower border beside what the picture says there.

use impala_render::format;
use impala_render::paint::grid::Grid;
use ratatui::layout::Rect;

use super::CanvasScreen;
use super::places::Slot;
use super::questions::Stop;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Shared;

/// Whether a slot has a border.
pub(super) fn has_border(slot: &Slot) -> bool {
    slot.h >= 4 && slot.w >= 8
}

impl CanvasScreen {
    /// Why nobody waits for its answer any more, or that the one shown is to an earlier question; in many words and in few.
    fn standing_words(&self, id: &str, shared: &Shared) -> Option<[String; 2]> {
        let key = shared.key(Context::Global, Command::Refresh);
        let is_older = self.outdated.contains(id) && self.answers.contains_key(id);
        let asks = |why| Some([format!("{why} · {key} asks again"), format!("{why} · {key}")]);
        match self.questions.stopped(id) {
            Some(Stop::Cancelled) => asks("cancelled"),
            Some(Stop::Refused) => asks("not answered"),
            // Events tell when it is reached again.
            Some(Stop::Unreached) if shared.offline.is_some() => {
                Some(["server not reached · waiting for it", "not reached"].map(str::to_owned))
            }
            Some(Stop::Unreached) => asks("server not reached"),
            None => is_older.then(|| ["older answer · loading …", "older answer"].map(str::to_owned)),
        }
    }

    /// Whether a picture's lower border has room for what its block has to say there.
    pub(super) fn has_room(&self, grid: &Grid, slot: &Slot, shared: &Shared) -> bool {
        let is_there = has_border(slot) && self.answers.contains_key(&slot.id);
        let words = self.standing_words(&slot.id, shared).filter(|_| is_there);
        let symbols = grid.rows.last().into_iter().flatten().map(|cell| &*cell.symbol);
        words.is_none_or(|[words, _]| longest_line(symbols).1 >= format::width(&words) + 4)
    }

    /// Columns that the words take in a lower border; 0 when there are none.
    pub(super) fn standing_cols(&self, id: &str, shared: &Shared) -> usize {
        self.standing_words(id, shared).map_or(0, |[words, _]| format::width(&words) + 4)
    }

    /// Draws the words; `first` is the slot's first row that `area` shows.
    pub(super) fn draw_standing(
        &self,
        paper: &mut Paper,
        slot: &Slot,
        (first, area): (u32, Rect),
        shared: &Shared,
    ) {
        let Some([long, short]) = self.standing_words(&slot.id, shared) else { return };
        let is_answered = self.answers.contains_key(&slot.id);
        let row = match (is_answered, has_border(slot)) {
            (true, _) => slot.h - 1,
            (false, true) => 1 + (slot.h - 3) / 2,
            (false, false) => slot.h / 2,
        };
        let Some(row) = row.checked_sub(first).filter(|row| *row < u32::from(area.height)) else { return };
        let side = if has_border(slot) { 2 } else { 0 };
        let inside = Rect { x: area.x + side, width: area.width.saturating_sub(2 * side), ..area };
        let room = match is_answered && has_border(slot) {
            true => free_line(paper, inside, row as u16),
            false => inside,
        };
        let space = if room.width < area.width && is_answered { " " } else { "" };
        let cols = usize::from(room.width).saturating_sub(2 * space.len());
        let words = if format::width(&long) > cols { format::cut(&short, cols) } else { long };
        let text = format!("{space}{words}{space}");
        let col = room.width.saturating_sub(format::width(&text) as u16) / 2;
        if !words.is_empty() {
            paper.text_at(room, col, row as u16, &text, Role::Warning);
        }
    }
}

/// The longest stretch of a row of `area` that nothing but the border takes.
fn free_line(paper: &Paper, area: Rect, row: u16) -> Rect {
    let at = |x: u16| paper.buffer.cell((x, area.y + row)).map_or("", |cell| cell.symbol());
    let (start, width) = longest_line((area.x..area.right()).map(at));
    Rect { x: area.x + start as u16, width: width as u16, ..area }
}

/// Where the longest stretch of a line's pieces begins, and how long it is.
fn longest_line<'a>(symbols: impl Iterator<Item = &'a str>) -> (usize, usize) {
    let (mut best, mut here) = ((0, 0), (0, 0));
    for (index, symbol) in symbols.enumerate() {
        here = match matches!(symbol, "─" | "━" | "-" | "=") {
            true if here.1 > 0 => (here.0, here.1 + 1),
            true => (index, 1),
            false => (0, 0),
        };
        best = if here.1 > best.1 { here } else { best };
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_stretch_of_a_border_is_found() {
        let check = |row: &str, expected: (usize, usize)| {
            let symbols: Vec<String> = row.chars().map(String::from).collect();
            assert_eq!(longest_line(symbols.iter().map(String::as_str)), expected, "{row}");
        };
        check("╰─ 3 of 5 ──── a ─╯", (10, 4));
        check("╰━━━━╯", (1, 4));
        check("+--a-b---+", (6, 3));
        check("rows", (0, 0));
    }
}
