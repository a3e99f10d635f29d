//! A text in rows: wrapped between words, and without what is scrolled away.

use std::ops::Range;

use impala_render::format;
use unicode_segmentation::UnicodeSegmentation as _;

/// The rows of a line, by its bytes: as many words as fit into `width` columns each, of a longer word a part.
pub(super) fn wrapped(line: &str, width: usize) -> Vec<Range<usize>> {
    let (mut rows, mut start, mut cols, mut word) = (Vec::new(), 0, 0, 0);
    for (at, grapheme) in line.grapheme_indices(true) {
        // A space may stand behind the last column.
        let end = if grapheme == " " { cols } else { cols + format::grapheme_width(grapheme) };
        if end > width && at > start {
            let end = if word > start { word } else { at };
            rows.push(start..end);
            (start, cols) = (end, format::width(&line[end..at]));
        }
        cols += format::grapheme_width(grapheme);
        if grapheme == " " {
            word = at + 1;
        }
    }
    rows.push(start..line.len());
    // The cursor behind such a space stands in a row of its own.
    rows.extend((cols > width).then_some(line.len()..line.len()));
    rows
}

/// Text without its first `cols` columns.
pub(super) fn tail(text: &str, cols: usize) -> String {
    let mut skipped = 0;
    text.graphemes(true)
        .skip_while(|grapheme| {
            let is_before = skipped < cols;
            skipped += format::grapheme_width(grapheme);
            is_before
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent};
    use ratatui::layout::Rect;

    use super::*;
    use crate::input::TextField;
    use crate::paper::Paper;

    #[test]
    fn long_lines_are_wrapped_between_words_and_nothing_of_them_is_lost() {
        let check = |line: &str, width: usize, expected: &[&str]| {
            let rows: Vec<&str> = wrapped(line, width).into_iter().map(|row| &line[row]).collect();
            assert_eq!((&rows[..], rows.concat().as_str()), (expected, line));
        };
        check("", 5, &[""]);
        check("one two", 10, &["one two"]);
        check("one two three", 7, &["one two ", "three"]);
        check("one two ", 7, &["one two ", ""]);
        check("one two  three", 7, &["one two ", " three"]);
        check("one two three", 8, &["one two ", "three"]);
        check("abcdefghij k", 4, &["abcd", "efgh", "ij k"]);
        check("日本語 日本語", 7, &["日本語 ", "日本語"]);
        check("日本語", 3, &["日", "本", "語"]);
    }

    #[test]
    fn a_field_of_lines_shows_them_from_their_beginning_and_its_cursor() {
        let draw = |field: &TextField, height: u16| {
            let area = Rect::new(0, 0, 9, height);
            let mut buffer = ratatui::buffer::Buffer::empty(area);
            let look = crate::look::Look::default();
            let mut paper = Paper { buffer: &mut buffer, look, cursor: None };
            field.draw(&mut paper, area, true);
            let cursor = paper.cursor.expect("with the focus");
            let row =
                |y: u16| (0..9).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
            ((0..height).map(row).collect::<Vec<_>>(), cursor)
        };
        let mut field = TextField::lines("a title\nmany words here");
        assert_eq!(
            draw(&field, 4),
            (["a title", "many", "words", "here"].map(str::to_owned).to_vec(), (4, 3))
        );
        // Where there is less room the row of the cursor is seen.
        assert_eq!(draw(&field, 2), (["words", "here"].map(str::to_owned).to_vec(), (4, 1)));
        field.key(KeyEvent::from(KeyCode::Up));
        assert_eq!(draw(&field, 2).0, ["a title", "many"]);
    }
}
