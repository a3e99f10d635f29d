//! Text in cells: cleaning it, measuring it, cutting it and wrapping it; numbers and dates as people read them.

pub mod measure;
pub(crate) mod narrow;
pub mod number;
mod signs;
pub mod spread;
pub mod time;
pub mod value;
mod wrap;

use std::collections::{HashMap, HashSet};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::scene::{Medium, PAGE_COLUMN_PX};

pub use signs::ascii_sign;
pub use wrap::{Span, wrap, wrap_spans};

/// Rids text of everything that could steer a terminal or break a line: control characters (C0, C1, DEL),
/// line and paragraph separators, and the marks that reorder text. Line breaks and tabs become spaces.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
            '\u{feff}' | '\u{ad}' => None,
            c if c.is_control() || turns_text(c) => None,
            c => Some(c),
        })
        .collect()
}

/// Whether a character reorders the text around it, so that people read another one than there is: `gnp.exe` as `exe.png`.
pub const fn turns_text(c: char) -> bool {
    matches!(
        c,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
    )
}

/// Rids text of the marks that reorder it, and of nothing else.
pub fn unturned(text: &str) -> String {
    text.chars().filter(|c| !turns_text(*c)).collect()
}

/// Whether all letters of a text are read from right to left, so that it ends on the left.
pub fn is_right_to_left(text: &str) -> bool {
    let is_rtl =
        |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}');
    let mut letters = text.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(is_rtl)
}

/// With a capital at the beginning, as a title has.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Columns that text takes in a terminal.
pub fn width(text: &str) -> usize {
    UnicodeSegmentation::graphemes(text, true).map(grapheme_width).sum()
}

/// Columns that one grapheme takes: 0, 1 or 2.
pub fn grapheme_width(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// Cuts text to `width_cols` columns; what was cut ends in an ellipsis.
pub fn cut(text: &str, width_cols: usize) -> String {
    if width(text) <= width_cols {
        return text.to_owned();
    }
    if width_cols == 0 {
        return String::new();
    }
    let mut kept = head(text, width_cols - 1).trim_end().to_owned();
    kept.push('…');
    kept
}

/// Cuts texts to `width_cols` columns each. Those whose beginnings are alike keep their ends instead, or what is between, whichever
/// distinguishes more of them.
pub fn cut_apart(medium: Medium, texts: &[String], width_cols: usize) -> Vec<String> {
    let mut alike: HashMap<String, Vec<&String>> = HashMap::new();
    for text in texts {
        alike.entry(medium.cut(text, width_cols)).or_default().push(text);
    }
    let mut cuts: HashMap<&String, String> = HashMap::new();
    for (head, texts) in alike {
        let shared = shared_start(&texts);
        let ways: [Vec<String>; 3] = [
            vec![head; texts.len()],
            texts.iter().map(|text| cut_start(medium, text, width_cols)).collect(),
            texts.iter().map(|text| medium.cut(&format!("…{}", &text[shared..]), width_cols)).collect(),
        ];
        let distinct = |way: &Vec<String>| way.iter().collect::<HashSet<_>>().len();
        // Of equals the first.
        let best = ways.into_iter().rev().max_by_key(distinct).unwrap_or_default();
        cuts.extend(texts.into_iter().zip(best));
    }
    texts.iter().map(|text| cuts.get(text).cloned().unwrap_or_default()).collect()
}

/// Bytes that all texts begin with, up to whole graphemes.
fn shared_start(texts: &[&String]) -> usize {
    let Some((first, others)) = texts.split_first() else { return 0 };
    let shared = |text: &&String| {
        let pairs = first.graphemes(true).zip(text.graphemes(true));
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum::<usize>()
    };
    others.iter().filter(|text| *text != first).map(shared).min().unwrap_or(0)
}

fn cut_start(medium: Medium, text: &str, width_cols: usize) -> String {
    match medium {
        Medium::Cells => cut_start_cells(text, width_cols),
        Medium::Page => measure::cut_start(text, width_cols as f64 * PAGE_COLUMN_PX),
    }
}

/// Cuts text to `width_cols` columns at its beginning, where an ellipsis then stands.
fn cut_start_cells(text: &str, width_cols: usize) -> String {
    if width(text) <= width_cols || width_cols == 0 {
        return cut(text, width_cols);
    }
    let mut room = width_cols - 1;
    let mut start = text.len();
    for (index, grapheme) in UnicodeSegmentation::grapheme_indices(text, true).rev() {
        let Some(rest) = room.checked_sub(grapheme_width(grapheme)) else { break };
        (room, start) = (rest, index);
    }
    format!("…{}", text[start..].trim_start())
}

/// The longest beginning of `text` that fits `width_cols` columns.
pub fn head(text: &str, width_cols: usize) -> &str {
    let mut used = 0;
    for (index, grapheme) in UnicodeSegmentation::grapheme_indices(text, true) {
        used += grapheme_width(grapheme);
        if used > width_cols {
            return &text[..index];
        }
    }
    text
}

/// Text with spaces behind it, `width_cols` wide; longer text is cut.
pub fn pad_end(text: &str, width_cols: usize) -> String {
    let text = cut(text, width_cols);
    let missing = width_cols - width(&text);
    text + &" ".repeat(missing)
}

/// Text with spaces before it, `width_cols` wide; longer text is cut.
pub fn pad_start(text: &str, width_cols: usize) -> String {
    let text = cut(text, width_cols);
    " ".repeat(width_cols - width(&text)) + &text
}

/// `1 row`, `1,461 rows`, `2 canvases`.
pub fn count(number: u64, noun: &str) -> String {
    let plural = match number {
        1 => "",
        _ if noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {noun}{plural}", number::whole(number))
}

/// `and 1,461 more`: what a list ends with that has no room for all.
pub fn and_more(number: usize) -> String {
    format!("and {} more", number::whole(number as u64))
}

/// `and 33 more values of name`: what the note on a chart says that has no room for all of a field's. The field is called as it is: its
/// plural could only be guessed.
pub fn and_more_of(number: usize, field: &str) -> String {
    let noun = if number == 1 { "value" } else { "values" };
    format!("{} {noun} of {field}", and_more(number))
}

/// `… and 1 more row`, `… and 37 more rows`: what a list ends with when not all of it is shown.
pub fn more(number: u64, noun: &str) -> String {
    format!("… and {}", more_of(number, noun))
}

/// `1 more row`, `37 more rows`.
pub fn more_of(number: u64, noun: &str) -> String {
    count(number, &format!("more {noun}"))
}

/// Whether a link leads to a page or a mailbox, or to somewhere near.
pub fn is_web(url: &str) -> bool {
    let url: String = url.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let scheme = url.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    scheme.is_none_or(|(scheme, _)| ["http", "https", "mailto"].contains(&scheme.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_line_breaks_become_spaces() {
        let check = |text: &str, expected: &str| assert_eq!(clean(text), expected, "{text:?}");
        check("a\u{1b}[31mred\u{1b}[0m", "a[31mred[0m");
        check("a\u{9b}31m", "a31m");
        check("a\tb\r\nc", "a b  c");
        check("\u{7}bell\u{0}\u{7f}", "bell");
        check("\u{202e}evil\u{2066}", "evil");
        check("naïve 日本 👩‍👩‍👧", "naïve 日本 👩‍👩‍👧");
        check("x\u{1b}]0;title\u{7}y", "x]0;titley");
    }

    #[test]
    fn text_is_cut_to_columns_not_characters() {
        let check = |text: &str, cols, expected: &str| assert_eq!(cut(text, cols), expected, "{text} {cols}");
        check("precipitation", 13, "precipitation");
        check("precipitation", 8, "precipi…");
        check("precipitation", 1, "…");
        check("precipitation", 0, "");
        check("日本語", 6, "日本語");
        check("日本語", 5, "日本…");
        check("日本語", 4, "日…");
        check("two words", 5, "two…");
    }

    #[test]
    fn texts_with_one_beginning_keep_their_ends() {
        let check = |texts: &[&str], cols, expected: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(cut_apart(Medium::Cells, &texts, cols), expected);
        };
        check(&["Category 1", "Category 12"], 6, &["…ory 1", "…ry 12"]);
        check(&["Category", "Dog"], 6, &["Categ…", "Dog"]);
        check(&["Midtown South", "East Side A", "East Side B"], 9, &["Midtown…", "…t Side A", "…t Side B"]);
        check(&["日本語一", "日本語二"], 5, &["…語一", "…語二"]);
        check(&["same", "same"], 3, &["sa…", "sa…"]);
        check(&["north 1 district", "north 2 district"], 6, &["…1 di…", "…2 di…"]);
        assert_eq!(and_more_of(33, "name"), "and 33 more values of name");
    }

    #[test]
    fn padding_reaches_the_width() {
        assert_eq!((pad_end("日", 4).as_str(), pad_start("7", 3).as_str()), ("日  ", "  7"));
        assert_eq!((count(1, "row"), count(1_461, "row")), ("1 row".to_owned(), "1,461 rows".to_owned()));
    }
}
