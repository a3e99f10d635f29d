//! Jumping to a block by the letters that are put on those that are seen: one each, or two where one is not enough.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::CanvasScreen;
use super::view::seen;
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Shared;

/// The letters, those that are reached easily first.
const LETTERS: &str = "asdfghjklqwertyuiopzxcvbnm1234567890";

/// The letters of so many blocks, in their order. All are of one length, so that none begins another.
fn labels(count: usize) -> Vec<String> {
    let letters = || LETTERS.chars();
    match count <= LETTERS.len() {
        true => letters().take(count).map(String::from).collect(),
        false => letters()
            .flat_map(|first| letters().map(move |then| format!("{first}{then}")))
            .take(count)
            .collect(),
    }
}

impl CanvasScreen {
    fn page(&self, shared: &Shared) -> Rect {
        let body = shared.body();
        let header = self.header_rows();
        let height = body.height.saturating_sub(header);
        Rect { x: body.x + 1, y: body.y + header, width: Self::page_cols(shared), height }
    }

    /// The blocks that are seen, each with its letters and where it is seen.
    fn lettered(&self, page: Rect, shared: &Shared) -> Vec<(String, String, Rect)> {
        let slots = self.slots(shared).into_iter();
        let seen: Vec<(String, Rect)> =
            slots.filter_map(|slot| Some((slot.id.clone(), seen(&slot, self.scroll, page)?.1))).collect();
        let labels = labels(seen.len()).into_iter();
        labels.zip(seen).map(|(label, (id, area))| (label, id, area)).collect()
    }

    /// Takes a letter; the jump ends with the last one of a block, and with what is a letter of none.
    pub(super) fn type_jump(&mut self, key: KeyEvent, shared: &mut Shared) {
        let (Some(mut typed), KeyCode::Char(c)) = (self.jumping.take(), key.code) else { return };
        typed.push(c.to_ascii_lowercase());
        let lettered = self.lettered(self.page(shared), shared);
        let mut fitting = lettered.into_iter().filter(|(label, ..)| label.starts_with(&typed)).peekable();
        match fitting.peek() {
            Some((label, id, _)) if *label == typed => self.focus_on(id.clone(), shared),
            Some(_) => self.jumping = Some(typed),
            None => {}
        }
    }

    /// Draws the letters that are still to be typed, where the titles of their blocks stand.
    pub(super) fn draw_letters(&self, paper: &mut Paper, page: Rect, shared: &Shared) {
        let Some(typed) = &self.jumping else { return };
        let style = paper.look.style(Role::Accent).add_modifier(Modifier::REVERSED);
        for (label, _, area) in self.lettered(page, shared) {
            if let Some(rest) = label.strip_prefix(typed.as_str()) {
                paper.styled(area, 0, 0, &format!(" {rest} "), style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn letters_differ_and_none_begins_another() {
        assert_eq!(labels(3), ["a", "s", "d"]);
        for count in [36, 37, 60, 1_296] {
            let labels = labels(count);
            let lengths: BTreeSet<usize> = labels.iter().map(String::len).collect();
            assert_eq!((labels.iter().collect::<BTreeSet<_>>().len(), lengths.len()), (count, 1), "{count}");
        }
    }
}
