//! Where a block's rows came from, in the lower border: `weather@1 · 1,461 rows read · 12 ms`.

use impala_core::BlockData;

use crate::format;
use crate::scene::{Area, Scene, Tone};

/// Writes notes on the left and provenance on the right; where both do not fit, provenance gives way piece by piece.
pub(crate) fn draw(
    scene: &mut Scene,
    area: Area,
    data: Option<&BlockData>,
    notes: &[String],
    is_shown: bool,
) {
    let mut notes = notes.to_vec();
    notes.extend(data.filter(|data| data.truncated).map(truncated));
    let left = notes.join(" · ");
    let mut used = 0;
    if !left.is_empty() {
        let left = format::cut(&left, area.cols().saturating_sub(2));
        used = format::width(&left) + 3;
        scene.text(area.x, area.y, &format!(" {left} "), Tone::Warning);
    }
    let Some(data) = data.filter(|_| is_shown) else {
        return;
    };
    let mut pieces = pieces(data);
    while !pieces.is_empty() {
        let right = format!(" {} ", pieces.join(" · "));
        if format::width(&right) + used <= area.cols() {
            return scene.text_ending(area.right(), area.y, &right, Tone::Muted);
        }
        pieces.pop();
    }
}

fn truncated(data: &BlockData) -> String {
    format!("{} of {}", format::number::whole(data.rows_shown), format::count(data.rows_total, "row"))
}

/// The most important first.
fn pieces(data: &BlockData) -> Vec<String> {
    let sources = data.sources.join(", ");
    let read = format!("{} read", format::count(data.rows_scanned, "row"));
    let took = if data.cached { "cached".to_owned() } else { elapsed(data.elapsed_ms) };
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
    fn times_are_short() {
        let check = |ms, expected: &str| assert_eq!(elapsed(ms), expected);
        check(0, "0 ms");
        check(1_250, "1.2 s");
        check(75_400, "75 s");
    }
}
