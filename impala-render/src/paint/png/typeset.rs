//! Splits words by font, as the painter of dots does so only where two fonts make as many glyphs of a text: of a line with
//! letters of three scripts, or with a family of emoji in it, it would leave blanks.

use std::ops::Range;
use std::sync::LazyLock;

use harfrust::{Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use crate::format;
use crate::paint::svg::{Run, Style, Words};

/// A font that comes along.
pub struct Font {
    /// Its family, as it says itself.
    family: &'static str,
    /// The file.
    pub bytes: &'static [u8],
}

const INTER: usize = 0;
const INTER_BOLD: usize = 1;
const MONO: usize = 3;
const EMOJI: usize = 6;
const INTER_ITALIC: usize = 7;
const INTER_BOLD_ITALIC: usize = 8;

macro_rules! font {
    ($family:literal, $file:literal) => {
        Font { family: $family, bytes: include_bytes!(concat!("../../../fonts/", $file)) }
    };
}

/// The fonts, in the order in which they are asked for a letter.
pub static FONTS: [Font; 9] = [
    font!("Inter", "Inter-Regular.otf"),
    font!("Inter", "Inter-SemiBold.otf"),
    font!("DejaVu Sans", "DejaVuSans.ttf"),
    font!("DejaVu Sans Mono", "DejaVuSansMono.ttf"),
    font!("Droid Sans Fallback", "DroidSansFallback.ttf"),
    font!("Impala Hangul", "ImpalaHangul.ttf"),
    font!("Noto Emoji", "NotoEmoji.ttf"),
    font!("Inter", "Inter-Italic.otf"),
    font!("Inter", "Inter-SemiBoldItalic.otf"),
];

static SHAPERS: LazyLock<Vec<Option<(FontRef<'static>, ShaperData)>>> = LazyLock::new(|| {
    let open = |font: &Font| FontRef::from_index(font.bytes, 0).ok();
    FONTS.iter().map(|font| open(font).map(|file| (file.clone(), ShaperData::new(&file)))).collect()
});

/// The runs of a line from left to right; `None` where the fonts of its words have all letters.
pub fn runs(words: &Words) -> Option<Vec<Run>> {
    let own = |(text, style): &(&str, Style)| shaped(own_font(*style), text, false);
    if words.iter().all(|word| word.0.is_ascii() || own(word).is_some()) {
        return None;
    }
    let text: String = words.iter().map(|(text, ..)| *text).collect();
    // What a name was cut at stands where the name ends.
    let level = if format::is_right_to_left(&text) { Level::rtl() } else { Level::ltr() };
    let bidi = BidiInfo::new(&text, Some(level));
    let [paragraph] = bidi.paragraphs.as_slice() else { return None };
    let (levels, visual) = bidi.visual_runs(paragraph, paragraph.range.clone());
    let letters = letters(words);
    let mut runs = Vec::new();
    for range in visual {
        let is_rtl = levels.get(range.start).is_some_and(Level::is_rtl);
        let mut parts = parts(&letters, &range, &text, is_rtl);
        if is_rtl {
            parts.reverse();
        }
        runs.extend(parts);
    }
    Some(runs)
}

fn own_font(style: Style) -> usize {
    match (style.is_code, style.is_bold, style.is_italic) {
        (true, ..) => MONO,
        (false, true, true) => INTER_BOLD_ITALIC,
        (false, true, false) => INTER_BOLD,
        (false, false, true) => INTER_ITALIC,
        (false, false, false) => INTER,
    }
}

/// A grapheme: where it is in the line, its piece, and its font.
struct Letter {
    range: Range<usize>,
    piece: usize,
    font: usize,
}

fn letters(words: &Words) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    let mut start = 0;
    for (piece, (text, style)) in words.iter().enumerate() {
        for (index, grapheme) in UnicodeSegmentation::grapheme_indices(*text, true) {
            let before = letters.last().filter(|letter| letter.piece == piece).map(|letter| letter.font);
            let range = start + index..start + index + grapheme.len();
            letters.push(Letter { range, piece, font: font_of(grapheme, own_font(*style), before) });
        }
        start += text.len();
    }
    letters
}

/// The font of a grapheme: its own, or the first that has it. Signs and spaces keep to the letters before them.
fn font_of(grapheme: &str, own: usize, before: Option<usize>) -> usize {
    let has = |font: &usize| shaped(*font, grapheme, false).is_some();
    let is_sign = !grapheme.starts_with(char::is_alphanumeric);
    // Signs that a terminal shows as wide are emoji; a selector asks for one.
    let is_emoji = is_sign && (grapheme.contains('\u{fe0f}') || format::width(grapheme) == 2);
    let wanted =
        [Some(EMOJI).filter(|_| is_emoji), before.filter(|font| is_sign && *font != EMOJI), Some(own)];
    wanted.into_iter().flatten().chain(0..FONTS.len()).find(has).unwrap_or(own)
}

/// The stretches of one piece and one font within a visual run, in the order in which they are read.
fn parts(letters: &[Letter], range: &Range<usize>, text: &str, is_rtl: bool) -> Vec<Run> {
    let within: Vec<&Letter> = letters.iter().filter(|letter| range.contains(&letter.range.start)).collect();
    let alike = |a: &&Letter, b: &&Letter| a.piece == b.piece && a.font == b.font;
    let run = |stretch: &[&Letter]| {
        let (first, last) = (stretch.first()?, stretch.last()?);
        let words = text.get(first.range.start..last.range.end)?;
        let family = FONTS[first.font].family;
        // Signs at its ends belong to it, also when it stands alone.
        let text = if is_rtl { format!("\u{200f}{words}\u{200f}") } else { words.to_owned() };
        let width_em = width_em(first.font, words, is_rtl);
        Some(Run { piece: first.piece, text, family, width_em })
    };
    within.chunk_by(alike).filter_map(run).collect()
}

/// How far the glyphs of a text reach, in ems; `None` when the font lacks one of them.
fn shaped(font: usize, text: &str, is_rtl: bool) -> Option<f64> {
    let (width, is_whole) = shape(font, text, is_rtl)?;
    is_whole.then_some(width)
}

fn width_em(font: usize, text: &str, is_rtl: bool) -> f64 {
    shape(font, text, is_rtl).map_or(0.0, |(width, _)| width)
}

/// Width in ems, and whether all glyphs are there.
fn shape(font: usize, text: &str, is_rtl: bool) -> Option<(f64, bool)> {
    let (file, data) = SHAPERS.get(font)?.as_ref()?;
    let shaper = data.shaper(file).build();
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    if is_rtl {
        buffer.set_direction(Direction::RightToLeft);
    }
    buffer.guess_segment_properties();
    let glyphs = shaper.shape(buffer, ShapeOptions::new());
    let units: i64 = glyphs.glyph_positions().iter().map(|position| i64::from(position.x_advance)).sum();
    let is_whole = glyphs.glyph_infos().iter().all(|info| info.glyph_id != 0);
    Some((units as f64 / f64::from(shaper.units_per_em().max(1)), is_whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `family text|family text`, from left to right.
    fn set(text: &str) -> String {
        let runs = runs(&[(text, Style::default())]).unwrap_or_default();
        runs.iter()
            .map(|run| format!("{} {}", run.family, run.text.replace('\u{200f}', "")))
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn words_are_parted_where_the_font_changes() {
        let check = |text: &str, expected: &str| assert_eq!(set(text), expected, "{text}");
        check("naïve Ελλάδα Київ", "");
        check("日本語", "Droid Sans Fallback 日本語");
        check("Ok 👍🏽!", "Inter Ok |Noto Emoji 👍🏽|Inter !");
        check("a 👩‍👩‍👧 family", "Inter a |Noto Emoji 👩‍👩‍👧|Inter  family");
        check("日本 لا", "Droid Sans Fallback 日本|Inter  |DejaVu Sans لا");
        check("שלום 👍 עולם", "DejaVu Sans עולם|Inter  |Noto Emoji 👍|Inter  |DejaVu Sans שלום");
        check("שלום…", "Inter …|DejaVu Sans שלום");
        check("☂ ⚡ ❤️", "DejaVu Sans ☂|Inter  |Noto Emoji ⚡|Inter  |Noto Emoji ❤️");
    }

    #[test]
    fn what_no_font_has_is_a_box_of_its_own_font() {
        assert_eq!(set("\u{12000} 日"), "Inter \u{12000} |Droid Sans Fallback 日");
        assert!(width_em(INTER, "\u{12000}", false) > 0.3);
    }
}
