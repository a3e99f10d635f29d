//! The list of choices on the screen: beside its field, as wide as what is in it.

use impala_render::format;
use ratatui::layout::Rect;

use super::places::Popup;
use super::{Field, Fields, Token};
use crate::look::Role;
use crate::paper::Paper;

/// Choices shown at once, and passed over by a page.
pub(super) const SHOWN: usize = 10;

/// Columns of the sign in a field that opens its choices, with a blank before it.
pub(super) const SIGN_COLS: u16 = 2;

impl Fields {
    /// Draws the choices, or that there are none.
    pub(super) fn draw_popup(&self, paper: &mut Paper, popup: Popup) {
        let inside = paper.boxed(popup.panel, "", Role::Accent);
        if let Some(text) = self.no_match() {
            paper.text(inside, 0, text, Role::Muted);
            return;
        }
        self.draw_list(paper, popup);
        let remark = self.fields.get(self.focus).and_then(|field| field.remark.as_deref());
        let below = popup.count.saturating_sub(popup.top + usize::from(inside.height));
        paper.more(popup.panel, popup.top, below, remark);
    }

    /// Columns of the box around the choices.
    pub(super) fn popup_cols(&self) -> u16 {
        let Some(field) = self.fields.get(self.focus) else { return 0 };
        if let Some(text) = self.no_match() {
            return format::width(text) as u16 + 4;
        }
        let widest = field.candidates.iter().map(|text| format::width(text)).max().unwrap_or(0);
        let remark = field.remark.as_ref().map_or(0, |remark| format::width(remark) + MORE);
        (widest + mark_cols(field)).max(remark).max(MORE) as u16 + 4
    }

    /// Draws the choices as lines.
    fn draw_list(&self, paper: &mut Paper, list: Popup) {
        let (Some(field), Some(open)) = (self.fields.get(self.focus), self.open) else { return };
        let area = list.lines;
        for (row, text) in self.proposals().iter().skip(list.top).take(usize::from(area.height)).enumerate() {
            if mark_cols(field) > 0 && field.items().any(|item| item == *text) {
                paper.text(area, row as u16, "✓", Role::Good);
            }
            paper.text_at(area, mark_cols(field) as u16, row as u16, text, Role::Plain);
            if list.top + row == open.chosen {
                paper.tint(Rect { y: area.y + row as u16, height: 1, ..area }, Role::Chosen);
            }
        }
    }

    /// Draws the choices of the field with the focus into a place of their own; whether there are any.
    pub fn draw_open(&self, paper: &mut Paper, area: Rect) -> bool {
        let list = self.list_in(area);
        list.into_iter().for_each(|list| self.draw_list(paper, list));
        list.is_some()
    }
}

/// Columns of the words that tell how many more there are.
const MORE: usize = 17;

/// Columns before each choice, where several may hold.
fn mark_cols(field: &Field) -> usize {
    if field.token == Token::List { 2 } else { 0 }
}
