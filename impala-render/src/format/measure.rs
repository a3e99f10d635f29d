//! Widths of text in the letters of a page, as far as layout needs them: a little generous, since a reader's font may
//! be wider than the one measured here.

use unicode_segmentation::UnicodeSegmentation;

use super::grapheme_width;

/// Size of labels and running text on a page, in pixels.
pub const BODY_PX: f64 = 12.0;

/// Widths of the letters from space to tilde, in thousandths of the size.
///
/// Source: the `hmtx` table of Inter Regular 4.0, see `impala-render/fonts/`.
const ASCII: [u16; 95] = [
    281, 278, 403, 631, 638, 812, 639, 222, 362, 362, 500, 659, 280, 460, 276, 357, 625, 464, 605, 636, 642,
    608, 624, 571, 616, 624, 276, 280, 659, 659, 659, 507, 936, 676, 651, 727, 719, 598, 587, 743, 740, 264,
    543, 652, 562, 889, 753, 761, 635, 761, 639, 638, 642, 741, 676, 949, 642, 665, 625, 362, 357, 362, 469,
    452, 497, 564, 621, 558, 621, 582, 361, 609, 591, 237, 237, 544, 237, 869, 585, 597, 609, 609, 372, 523,
    364, 581, 557, 812, 540, 557, 541, 362, 327, 362, 659,
];

/// By how much another font may be wider.
const SLACK: f64 = 1.06;

/// Width of text of ordinary size, in pixels.
pub fn width_px(text: &str) -> f64 {
    let thousandths: f64 = UnicodeSegmentation::graphemes(text, true).map(grapheme).sum();
    thousandths / 1_000.0 * BODY_PX * SLACK
}

/// Widths of signs beyond ASCII, in thousandths of the size. Letters of other scripts are about as wide as a digit.
///
/// Source: as [`ASCII`]; what Inter has not is DejaVu Sans's.
const SIGNS: [(&str, u16); 13] = [
    ("‘’", 200),
    ("\u{a0}·", 281),
    ("“”", 381),
    ("°²³¹", 455),
    ("–«»", 540),
    ("•◦", 590),
    ("−×÷±≥≤≈≠√∆", 659),
    ("…✗✓", 838),
    ("∞☑☐½¼¾©œæŒÆ", 930),
    ("←→↑↓", 955),
    ("—", 1_000),
    ("▲▼△▽", 1_009),
    ("‰№", 1_088),
];

fn grapheme(grapheme: &str) -> f64 {
    let first = grapheme.chars().next().unwrap_or(' ');
    let sign = || SIGNS.iter().find(|(signs, _)| signs.contains(first)).map_or(640, |(_, width)| *width);
    match (u32::from(first).checked_sub(32), grapheme_width(grapheme)) {
        (Some(index), _) if (index as usize) < ASCII.len() => f64::from(ASCII[index as usize]),
        (_, 0) => 0.0,
        (_, 1) => f64::from(sign()),
        _ => 1_000.0,
    }
}

/// Cuts text to a width in pixels; what was cut ends in an ellipsis.
pub fn cut(text: &str, room_px: f64) -> String {
    if width_px(text) <= room_px {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut room = room_px - width_px("…");
    if room < 0.0 {
        return kept;
    }
    for grapheme in UnicodeSegmentation::graphemes(text, true) {
        room -= width_px(grapheme);
        if room < 0.0 {
            break;
        }
        kept.push_str(grapheme);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// Cuts text to a width in pixels at its beginning, where an ellipsis then stands.
pub fn cut_start(text: &str, room_px: f64) -> String {
    if width_px(text) <= room_px {
        return text.to_owned();
    }
    let mut room = room_px - width_px("…");
    let mut start = text.len();
    for (index, grapheme) in UnicodeSegmentation::grapheme_indices(text, true).rev() {
        room -= width_px(grapheme);
        if room < 0.0 {
            break;
        }
        start = index;
    }
    format!("…{}", text[start..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_their_own_widths() {
        assert!(width_px("iiii") < width_px("mmmm") / 3.0);
        assert!((width_px("00") - 2.0 * 0.625 * BODY_PX * SLACK).abs() < 1e-9);
        assert!(width_px("日本") > width_px("ab"));
        assert!(
            width_px("—") > width_px("–") && width_px("▲") > width_px("×") && width_px("°") < width_px("0")
        );
    }

    #[test]
    fn text_is_cut_to_its_room() {
        let check = |text: &str, room, expected: &str| assert_eq!(cut(text, room), expected, "{text} {room}");
        check("rain", 40.0, "rain");
        check("precipitation", 52.6, "precipi…");
        check("precipitation", 3.0, "");
        check("日本語の名前", 52.6, "日本語…");
        assert_eq!(cut_start("Category 12", 52.6), "…ory 12");
    }
}
