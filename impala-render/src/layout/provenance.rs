//! Where a block's rows came from, in the lower border: `weather@1 · 1,461 rows read · 12 ms`.

use impala_core::BlockData;

use super::Options;
use super::note::{self, Note};
use crate::format;
use crate::scene::{Area, Medium, Scene, Tone};

/// What a source is cut to at least before notes are cut.
const LEAST_SOURCE: usize = 8;

/// Notes up to that many columns are never cut for a source.
const SHORT_NOTES: usize = 32;

/// Writes notes on the left and provenance on the right. Where both do not fit, provenance gives way piece by piece, down to
/// the source, and then both share the room.
pub(crate) fn draw(
    scene: &mut Scene,
    area: Area,
    data: Option<&BlockData>,
    notes: &[Note],
    options: Options,
) {
    let mut notes = notes.to_vec();
    let cut = |data: &BlockData| {
        let words = truncated(data);
        Note::from(words.as_str()).or(words.split(" row").next().unwrap_or_default())
    };
    notes.extend(data.filter(|data| data.truncated).map(cut));
    let shown = data.filter(|_| options.show_provenance);
    let mut pieces = shown.map(|data| pieces(data, options.show_timing)).unwrap_or_default();
    // In a border, text stands apart from the line.
    let space = scene.medium.pick(" ", "");
    let whole = note::whole(&notes);
    let medium = scene.medium;
    let source = pieces.first().map_or(0, |source| medium.cols(source));
    let room = left_room(area.cols(), medium.cols(&whole), source);
    let mut used = 0;
    if !whole.is_empty() {
        // Rather fewer words than a source that is cut.
        let beside_source = note::shortened(&notes, medium, area.cols().saturating_sub(5 + source));
        let left = beside_source.unwrap_or_else(|| note::fitted(&notes, medium, room));
        used = medium.cols(&left) + 3;
        scene.text(area.x, area.y, &format!("{space}{left}{space}"), Tone::Warning);
        scene.tip(|| whole.replace(" · ", "\n"));
    }
    while pieces.len() > 1 && medium.cols(&pieces.join(" · ")) + 2 + used > area.cols() {
        pieces.pop();
    }
    let right = cut_source(medium, &pieces.join(" · "), area.cols().saturating_sub(used + 2));
    if !right.is_empty() {
        scene.text_ending(area.right(), area.y, &format!("{space}{right}{space}"), Tone::Muted);
    }
}

/// Columns for the notes: all they want, but for what a source needs to be recognised.
fn left_room(cols: usize, notes: usize, source: usize) -> usize {
    if source == 0 {
        return cols.saturating_sub(2);
    }
    let beside = cols.saturating_sub(5 + source.min(LEAST_SOURCE));
    notes.min(beside.max(SHORT_NOTES.min(cols.saturating_sub(2))))
}

/// A source in that many columns: its name is cut rather than its version. Empty when too little of it would be left.
fn cut_source(medium: Medium, text: &str, width_cols: usize) -> String {
    if medium.cols(text) <= width_cols {
        return text.to_owned();
    }
    let (name, version) = text.rfind('@').map_or((text, ""), |at| text.split_at(at));
    let room = width_cols.saturating_sub(medium.cols(version));
    if room < 3 { String::new() } else { format!("{}{version}", medium.cut(name, room)) }
}

fn truncated(data: &BlockData) -> String {
    format!("{} of {}", format::number::whole(data.rows_shown), format::count(data.rows_total, "row"))
}

/// What there is to say about an answer's rows, but for how long it took: `3 of 5 rows`, `weather@1`, `1,461 rows read`.
pub(crate) fn words(data: &BlockData) -> Vec<String> {
    let cut = data.truncated.then(|| truncated(data));
    cut.into_iter().chain(pieces(data, false)).collect()
}

/// Where an answer's rows came from, in at most so many columns: `weather@1 · 1,461 rows read · 12 ms`.
pub fn provenance(data: &BlockData, width_cols: usize) -> String {
    let cut = data.truncated.then(|| truncated(data));
    let mut pieces: Vec<String> = cut.into_iter().chain(pieces(data, true)).collect();
    while pieces.len() > 1 && format::width(&pieces.join(" · ")) > width_cols {
        pieces.pop();
    }
    cut_source(Medium::Cells, &pieces.join(" · "), width_cols)
}

/// The most important first.
fn pieces(data: &BlockData, show_timing: bool) -> Vec<String> {
    let sources = data.sources.join(", ");
    let read = format!("{} read", format::count(data.rows_scanned, "row"));
    let took = match (show_timing, data.cached) {
        (false, _) => String::new(),
        (true, true) => "cached".to_owned(),
        (true, false) => elapsed(data.elapsed_ms),
    };
    [sources, read, took].into_iter().filter(|piece| !piece.is_empty()).collect()
}

/// `12 ms`, `1.2 s`, `75 s`.
fn elapsed(elapsed_ms: u64) -> String {
    match elapsed_ms {
        0..=999 => format!("{elapsed_ms} ms"),
        1_000..=9_999 => format!("{:.1} s", elapsed_ms as f64 / 1_000.0),
        _ => format!("{} s", elapsed_ms / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_and_versions_stay() {
        let check =
            |text: &str, cols, expected: &str| assert_eq!(cut_source(Medium::Cells, text, cols), expected);
        check("weather@1", 9, "weather@1");
        check("weather@1", 8, "weath…@1");
        check("weather@12", 6, "we…@12");
        check("weather@1", 4, "");
        check("日本語の名前@3", 8, "日本…@3");
    }

    #[test]
    fn notes_leave_room_for_the_source() {
        assert_eq!((left_room(60, 90, 20), left_room(60, 10, 20), left_room(60, 90, 0)), (47, 10, 58));
        assert_eq!((left_room(30, 25, 20), left_room(30, 90, 5), left_room(3, 40, 5)), (25, 28, 1));
    }

    #[test]
    fn times_are_short() {
        let check = |ms, expected: &str| assert_eq!(elapsed(ms), expected);
        check(0, "0 ms");
        check(1_250, "1.2 s");
        check(75_400, "75 s");
    }
}
