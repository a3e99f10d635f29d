//! Breaking text into lines.

use unicode_segmentation::UnicodeSegmentation;

use super::{grapheme_width, width};
use crate::scene::{Emphasis, Tone};

/// A stretch of text in one style.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// What it means.
    pub tone: Tone,
    /// How it stands out.
    pub emphasis: Emphasis,
}

impl Span {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Text of a tone.
    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone, ..Self::default() }
    }
}

/// Breaks plain text into lines of at most `width_cols` columns, between words where it can.
pub fn wrap(text: &str, width_cols: usize) -> Vec<String> {
    wrap_spans(&[Span::plain(text)], width_cols)
        .into_iter()
        .map(|line| line.into_iter().map(|span| span.text).collect())
        .collect()
}

/// Breaks styled text into lines of at most `width_cols` columns. Breaks come between words; words longer than a
/// line break inside. Runs of spaces count as one.
pub fn wrap_spans(spans: &[Span], width_cols: usize) -> Vec<Vec<Span>> {
    let mut lines = Lines { width_cols: width_cols.max(1), done: Vec::new(), line: Vec::new(), used: 0 };
    for word in words(spans) {
        lines.add(&word);
    }
    lines.finish()
}

/// A word: its pieces, which may differ in style, and whether a space stands before it.
struct Word {
    pieces: Vec<Span>,
    has_space: bool,
}

fn words(spans: &[Span]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut has_space = false;
    let mut is_open = false;
    for span in spans {
        for part in span.text.split_inclusive(' ') {
            let text = part.trim_end_matches(' ');
            if !text.is_empty() {
                let piece = Span { text: text.to_owned(), ..span.clone() };
                match words.last_mut() {
                    Some(word) if is_open => word.pieces.push(piece),
                    _ => words.push(Word { pieces: vec![piece], has_space }),
                }
                is_open = true;
                has_space = false;
            }
            if text.len() < part.len() {
                (is_open, has_space) = (false, true);
            }
        }
    }
    words
}

struct Lines {
    width_cols: usize,
    done: Vec<Vec<Span>>,
    line: Vec<Span>,
    used: usize,
}

impl Lines {
    fn add(&mut self, word: &Word) {
        let word_width: usize = word.pieces.iter().map(|piece| width(&piece.text)).sum();
        let space = usize::from(word.has_space && self.used > 0);
        if self.used > 0 && self.used + space + word_width > self.width_cols {
            self.break_line();
        } else if space > 0 {
            let mut style = word.pieces.first().cloned().unwrap_or_default();
            let before = self.line.last().map(|span| span.emphasis).unwrap_or_default();
            // A line through words, or below them, begins with the first of them.
            style.emphasis.is_struck &= before.is_struck;
            style.emphasis.is_underlined &= before.is_underlined;
            self.push(" ", &style);
        }
        for piece in &word.pieces {
            self.add_piece(piece);
        }
    }

    fn add_piece(&mut self, piece: &Span) {
        if self.used + width(&piece.text) <= self.width_cols {
            return self.push(&piece.text, piece);
        }
        for grapheme in UnicodeSegmentation::graphemes(piece.text.as_str(), true) {
            if self.used > 0 && self.used + grapheme_width(grapheme) > self.width_cols {
                self.break_line();
            }
            self.push(grapheme, piece);
        }
    }

    /// Adds to the last span when the style is the same, so that lines hold few spans.
    fn push(&mut self, text: &str, style: &Span) {
        self.used += width(text);
        match self.line.last_mut() {
            Some(last) if last.tone == style.tone && last.emphasis == style.emphasis => {
                last.text.push_str(text);
            }
            _ => self.line.push(Span { text: text.to_owned(), ..style.clone() }),
        }
    }

    fn break_line(&mut self) {
        self.done.push(std::mem::take(&mut self.line));
        self.used = 0;
    }

    fn finish(mut self) -> Vec<Vec<Span>> {
        if !self.line.is_empty() {
            self.break_line();
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_between_words() {
        let check =
            |text: &str, cols, expected: &[&str]| assert_eq!(wrap(text, cols), expected, "{text} {cols}");
        check("the quick brown fox", 10, &["the quick", "brown fox"]);
        check("the quick brown fox", 100, &["the quick brown fox"]);
        check("unbreakable", 4, &["unbr", "eaka", "ble"]);
        check("日本語のテスト", 5, &["日本", "語の", "テス", "ト"]);
        check("", 5, &[]);
        check("a  b", 5, &["a b"]);
    }

    #[test]
    fn a_line_through_words_begins_with_the_first_of_them() {
        let struck = Emphasis { is_struck: true, ..Emphasis::NONE };
        let spans =
            [Span::plain("not "), Span { emphasis: struck, ..Span::plain("this one") }, Span::plain(" but")];
        let line = wrap_spans(&spans, 40).remove(0);
        let words: Vec<_> = line.iter().map(|span| (span.text.as_str(), span.emphasis.is_struck)).collect();
        assert_eq!(words, [("not ", false), ("this one", true), (" but", false)]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_word_is_lost(text in "[a-z日 ]{0,60}", cols in 2..20usize) {
            let lines = wrap(&text, cols);
            prop_assert!(lines.iter().all(|line| width(line) <= cols));
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
