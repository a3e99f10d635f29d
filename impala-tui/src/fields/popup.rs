//! The list of choices on the screen: beside its field, as wide as what is in it.

use impala_render::format;
use ratatui::layout::Rect;

use super::choices::Open;
use super::{Field, Fields, Token};
use crate::look::Role;
use crate::paper::Paper;

/// Choices shown at once, and passed over by a page.
pub(super) const SHOWN: usize = 10;

impl Fields {
    /// Draws the choices below the field that stands in `field`, or above it where there is more room; never below `end`.
    pub(super) fn draw_popup(&self, paper: &mut Paper, field: Rect, open: Open, end: u16) {
        let count = self.proposals().len();
        let rows = count.min(SHOWN) as u16 + 2;
        let (above, below) = (field.y.saturating_sub(1), end.saturating_sub(field.bottom()));
        let is_above = below < rows && above > below;
        let height = rows.min(if is_above { above } else { below });
        if count == 0 || height < 3 {
            return;
        }
        let y = if is_above { field.y - height } else { field.bottom() };
        // Its texts begin where that of the field does.
        let x = field.x.saturating_sub(2);
        let width = self.popup_cols().min(field.right().saturating_sub(x));
        let panel = Rect { x, y, width, height }.intersection(paper.area());
        let inside = paper.boxed(panel, "", Role::Accent);
        let top = self.draw_list(paper, inside, open.chosen);
        let remark = self.fields.get(self.focus).and_then(|field| field.remark.as_deref());
        paper.more(panel, top, count.saturating_sub(top + usize::from(inside.height)), remark);
    }

    /// Columns of the box around the choices.
    fn popup_cols(&self) -> u16 {
        let Some(field) = self.fields.get(self.focus) else { return 0 };
        let widest = field.candidates.iter().map(|text| format::width(text)).max().unwrap_or(0);
        let remark = field.remark.as_ref().map_or(0, |remark| format::width(remark) + MORE);
        (widest + mark_cols(field)).max(remark).max(MORE) as u16 + 4
    }

    /// Draws the choices as lines, scrolled so that the chosen one is seen; returns how many are above.
    fn draw_list(&self, paper: &mut Paper, area: Rect, chosen: usize) -> usize {
        let Some(field) = self.fields.get(self.focus) else { return 0 };
        let top = (chosen + 1).saturating_sub(usize::from(area.height));
        for (row, text) in self.proposals().iter().skip(top).take(usize::from(area.height)).enumerate() {
            if mark_cols(field) > 0 && field.items().any(|item| item == *text) {
                paper.text(area, row as u16, "✓", Role::Good);
            }
            paper.text_at(area, mark_cols(field) as u16, row as u16, text, Role::Plain);
            if top + row == chosen {
                paper.tint(Rect { y: area.y + row as u16, height: 1, ..area }, Role::Chosen);
            }
        }
        top
    }

    /// Draws the choices of the field with the focus into a place of their own; whether there are any.
    pub fn draw_open(&self, paper: &mut Paper, area: Rect) -> bool {
        let Some(open) = self.open.filter(|_| !self.proposals().is_empty()) else { return false };
        self.draw_list(paper, area, open.chosen);
        true
    }
}

/// Columns of the words that tell how many more there are.
const MORE: usize = 17;

/// Columns before each choice, where several may hold.
fn mark_cols(field: &Field) -> usize {
    if field.token == Token::List { 2 } else { 0 }
}
