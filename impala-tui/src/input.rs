//! Text that is being typed: one line or several, a cursor between graphemes, the keys of every shell prompt.

mod rows;

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use impala_render::format;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::look::Role;
use crate::paper::Paper;
use rows::{tail, wrapped};

/// Text and the place of its cursor, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextField {
    text: String,
    cursor: usize,
    /// Whether it may hold line breaks.
    pub has_lines: bool,
    /// Whether it is shown as dots.
    pub is_secret: bool,
}

impl TextField {
    /// A field that holds `text`, its cursor behind it.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text, ..Self::default() }
    }

    /// A field whose text is not shown.
    pub fn secret() -> Self {
        Self { is_secret: true, ..Self::default() }
    }

    /// A field of several lines.
    pub fn lines(text: impl Into<String>) -> Self {
        Self { has_lines: true, ..Self::new(text) }
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor.
    pub fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Replaces what it holds; the cursor stands behind it.
    pub fn set(&mut self, text: impl Into<String>) {
        self.text = text.into();
        self.cursor = self.text.len();
    }

    /// Replaces the `bytes` bytes before the cursor.
    pub fn replace_before(&mut self, bytes: usize, with: &str) {
        let from = self.cursor - bytes.min(self.cursor);
        self.text.replace_range(from..self.cursor, with);
        self.cursor = from + with.len();
    }

    /// Puts text in at the cursor, as typing or pasting does.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text: String = match self.has_lines {
            true => text.chars().filter(|c| *c == '\n' || !c.is_control()).collect(),
            false => format::clean(text.trim_end_matches('\n')),
        };
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
    }

    /// Takes a key; whether it was one of a text field's.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Enter if self.has_lines => self.insert("\n"),
            KeyCode::Backspace => self.erase(self.previous()),
            KeyCode::Delete => self.erase(self.next()),
            KeyCode::Left => self.cursor = self.previous(),
            KeyCode::Right => self.cursor = self.next(),
            KeyCode::Home => self.cursor = self.line_start(),
            KeyCode::End => self.cursor = self.line_end(),
            KeyCode::Up if self.has_lines => self.by_lines(-1),
            KeyCode::Down if self.has_lines => self.by_lines(1),
            KeyCode::Char('a') if control => self.cursor = self.line_start(),
            KeyCode::Char('e') if control => self.cursor = self.line_end(),
            KeyCode::Char('u') if control => self.erase(self.line_start()),
            KeyCode::Char('k') if control => self.erase(self.line_end()),
            KeyCode::Char('w') if control => self.erase(self.word_start()),
            _ => return false,
        }
        true
    }

    fn erase(&mut self, to: usize) {
        let (from, to) = (self.cursor.min(to), self.cursor.max(to));
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    fn previous(&self) -> usize {
        self.before().grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        let after = &self.text[self.cursor..];
        self.cursor + after.graphemes(true).next().map_or(0, str::len)
    }

    fn line_start(&self) -> usize {
        self.before().rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.cursor..].find('\n').map_or(self.text.len(), |at| self.cursor + at)
    }

    fn word_start(&self) -> usize {
        let trimmed = self.before().trim_end();
        trimmed
            .rfind(|c: char| !c.is_alphanumeric())
            .map_or(0, |at| at + trimmed[at..].chars().next().map_or(0, char::len_utf8))
    }

    fn by_lines(&mut self, by: i32) {
        let column = self.text[self.line_start()..self.cursor].chars().count();
        let target = if by < 0 {
            let Some(end) = self.line_start().checked_sub(1) else { return };
            self.text[..end].rfind('\n').map_or(0, |at| at + 1)
        } else {
            let end = self.line_end();
            if end == self.text.len() {
                return;
            }
            end + 1
        };
        let line = self.text[target..].split('\n').next().unwrap_or_default();
        self.cursor = target + line.chars().take(column).map(char::len_utf8).sum::<usize>();
    }

    /// The rows that it takes in `area`, by their bytes: long lines of a field of several are wrapped between words.
    fn rows(&self, area: Rect) -> Vec<Range<usize>> {
        // The cursor behind the last letter has a place, too.
        let width =
            if self.has_lines { usize::from(area.width).saturating_sub(1).max(1) } else { usize::MAX };
        let mut start = 0;
        let mut rows = Vec::new();
        for line in self.text.split('\n') {
            rows.extend(wrapped(line, width).into_iter().map(|row| start + row.start..start + row.end));
            start += line.len() + 1;
        }
        rows
    }

    /// Row and column of the cursor in `area`, in cells.
    fn place(&self, rows: &[Range<usize>]) -> (usize, usize) {
        if self.is_secret {
            return (0, self.before().graphemes(true).count());
        }
        let row = rows.iter().rposition(|row| row.start <= self.cursor).unwrap_or(0);
        (row, format::width(&self.text[rows[row].start..self.cursor]))
    }

    /// Rows and columns that are scrolled away in `area`, so that the cursor is seen.
    fn skipped(&self, area: Rect, has_focus: bool) -> (usize, usize) {
        let (row, col) = self.place(&self.rows(area));
        let cols = if has_focus { (col + 1).saturating_sub(usize::from(area.width)) } else { 0 };
        ((row + 1).saturating_sub(usize::from(area.height)), cols)
    }

    /// Puts the cursor where one has clicked in `area`, in which it was drawn before with or without the focus.
    pub fn click(&mut self, area: Rect, at: Position, had_focus: bool) {
        let (skip_rows, skip_cols) = self.skipped(area, had_focus);
        let index = skip_rows + usize::from(at.y.saturating_sub(area.y));
        let col = skip_cols + usize::from(at.x.saturating_sub(area.x));
        let row = self.rows(area).get(index).cloned().unwrap_or(self.text.len()..self.text.len());
        let width = |grapheme: &str| if self.is_secret { 1 } else { format::grapheme_width(grapheme) };
        let mut cols = 0;
        let is_before = |grapheme: &&str| {
            cols += width(grapheme);
            cols <= col
        };
        let before =
            self.text[row.clone()].graphemes(true).take_while(is_before).map(str::len).sum::<usize>();
        self.cursor = row.start + before;
    }

    /// Draws it into `area`, scrolled so that the cursor is seen. That and the ground are there only with the focus.
    pub fn draw(&self, paper: &mut Paper, area: Rect, has_focus: bool) {
        if area.width == 0 || area.height == 0 {
            return;
        }
        if has_focus {
            paper.tint(area, Role::Field);
        }
        let (rows, dot) = (self.rows(area), paper.look.pick("•", "*"));
        let (skip_rows, skip_cols) = self.skipped(area, has_focus);
        for (y, row) in rows.iter().skip(skip_rows).take(usize::from(area.height)).enumerate() {
            let text = &self.text[row.clone()];
            let dots = self.is_secret.then(|| dot.repeat(text.graphemes(true).count()));
            let text = tail(dots.as_deref().unwrap_or(text), skip_cols);
            // Cut without an ellipsis: the rest is a key press away.
            paper.text(area, y as u16, format::head(&text, usize::from(area.width)), Role::Plain);
        }
        if has_focus {
            let (row, col) = self.place(&rows);
            paper.cursor = Some((area.x + (col - skip_cols) as u16, area.y + (row - skip_rows) as u16));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(field: &mut TextField, keys: &str) {
        for c in keys.chars() {
            let key = match c {
                '<' => KeyEvent::from(KeyCode::Backspace),
                '←' => KeyEvent::from(KeyCode::Left),
                '↑' => KeyEvent::from(KeyCode::Up),
                '⏎' => KeyEvent::from(KeyCode::Enter),
                'ⓦ' => KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL),
                'ⓤ' => KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL),
                c => KeyEvent::from(KeyCode::Char(c)),
            };
            field.key(key);
        }
    }

    #[test]
    fn keys_edit_as_in_a_shell() {
        let check = |keys: &str, expected: &str| {
            let mut field = TextField::default();
            typed(&mut field, keys);
            assert_eq!(field.text(), expected, "{keys}");
        };
        check("abc<", "ab");
        check("ac←b", "abc");
        check("日本<", "日");
        check("one twoⓦ", "one ");
        check("onetwoⓤ", "");
        check("a⏎b", "ab");
    }

    #[test]
    fn several_lines_have_an_up_and_a_down() {
        let mut field = TextField::lines("");
        typed(&mut field, "one⏎two⏎x↑↑!");
        assert_eq!(field.text(), "o!ne\ntwo\nx");
    }

    #[test]
    fn a_click_puts_the_cursor_on_the_letter_that_is_seen_there() {
        let check = |mut field: TextField, area: (u16, u16), at: (u16, u16), expected: &str| {
            field.click(Rect::new(10, 5, area.0, area.1), at.into(), true);
            assert_eq!(field.before(), expected, "{at:?}");
        };
        check(TextField::new("wind > 3"), (20, 1), (12, 5), "wi");
        check(TextField::new("wind > 3"), (20, 1), (29, 5), "wind > 3");
        check(TextField::new("日本語"), (20, 1), (13, 5), "日");
        // The cursor was at the end: five letters are scrolled away.
        check(TextField::new("0123456789"), (6, 1), (10, 5), "01234");
        check(TextField::lines("one\ntwo\nthree"), (20, 2), (11, 6), "one\ntwo\nt");
        check(TextField::lines("one\n"), (20, 4), (11, 8), "one\n");
        // Wrapped into "one two ", "three four".
        check(TextField::lines("one two three four"), (12, 4), (12, 6), "one two th");
        let mut secret = TextField::secret();
        secret.insert("日本語");
        check(secret, (20, 1), (12, 5), "日本");
    }

    #[test]
    fn pasted_text_holds_no_control_characters() {
        let mut field = TextField::default();
        field.insert("a\u{1b}[2Jb\nc\n");
        assert_eq!(field.text(), "a[2Jb c");
    }
}
