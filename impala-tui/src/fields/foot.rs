//! What the field with the focus takes, in a line at the end of its form.

use impala_render::format;
use ratatui::layout::Rect;

use super::Fields;
use crate::look::Role;
use crate::paper::Paper;

impl Fields {
    /// What the field with the focus takes.
    fn foot(&self, index: usize) -> String {
        let Some(field) = self.fields.get(index).filter(|field| !field.about.is_empty()) else {
            return String::new();
        };
        let needed = if field.is_required { " (required)" } else { "" };
        format!("{}{needed}: {}", field.name(), field.about)
    }

    fn feet(&self) -> impl Iterator<Item = String> {
        (0..self.fields.len()).map(|index| self.foot(index))
    }

    /// Whether each of them fits into the lower border, which has two columns of its own at either end.
    fn is_in_border(&self, width: u16) -> bool {
        self.feet().all(|text| format::width(&text) + 2 <= usize::from(width))
    }

    /// Rows that it takes within the form, the same for every field: none where all fit into the border.
    pub(super) fn foot_rows(&self, width: u16) -> u16 {
        if self.is_in_border(width) {
            return 0;
        }
        let rows = self.feet().map(|text| format::wrap(&text, usize::from(width)).len()).max().unwrap_or(0);
        rows as u16 + 1
    }

    /// The same in a form of that inside: where there is no room for it beside all fields, it stands in the border, cut.
    pub(super) fn foot_rows_in(&self, area: Rect) -> u16 {
        if self.rows(area.width) <= area.height { self.foot_rows(area.width) } else { 0 }
    }

    /// Draws it into the last rows of `area`, the inside of a box, or into the border below.
    pub(super) fn draw_foot(&self, paper: &mut Paper, area: Rect) {
        let text = self.foot(self.focus);
        let rows = self.foot_rows_in(area);
        if rows == 0 && !text.is_empty() {
            let text = format::cut(&text, usize::from(area.width.saturating_sub(2)));
            paper.text(Rect { y: area.bottom(), height: 1, ..area }, 0, &format!(" {text} "), Role::Muted);
        }
        let top = Rect { y: area.bottom().saturating_sub(rows.saturating_sub(1)), height: rows, ..area };
        let lines = format::wrap(&text, usize::from(area.width));
        for (row, line) in lines.iter().enumerate().take(usize::from(rows)) {
            paper.text(top, row as u16, line, Role::Muted);
        }
    }
}
