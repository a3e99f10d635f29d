//! Fields on the screen: scrolled to the one with the focus, with proposals beside it.

use impala_render::format;
use ratatui::layout::Rect;

use super::Fields;
use crate::look::Role;
use crate::paper::Paper;

/// Proposals shown at once.
const SHOWN: usize = 7;

/// Columns of the labels: least and most.
const LABEL: (u16, u16) = (11, 24);

impl Fields {
    /// Draws the fields into `area`, and the proposals over what is below, but never over the first `told` rows there, which
    /// say what is wrong.
    pub fn draw(&self, paper: &mut Paper, area: Rect, told: u16) {
        let focused = self.draw_fields(paper, area);
        if let (Some(chosen), Some(field)) = (self.open, focused) {
            let end = if told > 0 { area.bottom() } else { paper.area().bottom().saturating_sub(1) };
            self.draw_proposals(paper, field, chosen, end);
        }
    }

    /// Draws the fields into `area`, scrolled so that the one with the focus is seen; returns where that one is.
    pub fn draw_fields(&self, paper: &mut Paper, area: Rect) -> Option<Rect> {
        let mut row = -i32::from(self.rows_above(area.height));
        let mut focused = None;
        for (index, field) in self.fields.iter().enumerate() {
            let (top, bottom) = (row, row + i32::from(field.rows));
            row = bottom;
            if top < 0 || top >= i32::from(area.height) {
                continue;
            }
            let place =
                Rect { y: area.y + top as u16, height: field.rows.min(area.height - top as u16), ..area };
            let room = self.draw_field(paper, place, index);
            if index == self.focus {
                focused = Some(room);
            }
        }
        self.draw_more(paper, area, row > i32::from(area.height));
        focused
    }

    /// Rows that are scrolled away above: whole fields, as few as let the one with the focus be seen.
    fn rows_above(&self, height: u16) -> u16 {
        let needed: u16 = self.fields.iter().take(self.focus + 1).map(|field| field.rows).sum();
        let mut above = 0;
        for field in self.fields.iter().take(self.focus) {
            if needed - above <= height {
                break;
            }
            above += field.rows;
        }
        above
    }

    /// Says at the right edge that there are fields above or below.
    fn draw_more(&self, paper: &mut Paper, area: Rect, is_more_below: bool) {
        if self.rows_above(area.height) > 0 {
            paper.text_ending(area, 0, paper.look.pick("↑", "^"), Role::Muted);
        }
        if is_more_below && area.height > 0 {
            paper.text_ending(area, area.height - 1, paper.look.pick("↓", "v"), Role::Muted);
        }
    }

    fn label_cols(&self) -> u16 {
        let longest = self.fields.iter().map(|field| format::width(field.name())).max().unwrap_or(0) as u16;
        (longest + 2).clamp(LABEL.0, LABEL.1)
    }

    fn draw_field(&self, paper: &mut Paper, place: Rect, index: usize) -> Rect {
        let (field, has_focus) = (&self.fields[index], index == self.focus);
        let role = if has_focus { Role::Accent } else { Role::Muted };
        let label = self.label_cols();
        paper.text(Rect { width: (label - 1).min(place.width), ..place }, 0, field.name(), role);
        // The last column is for the marks of what is scrolled away.
        let room = Rect { x: place.x + label, width: place.width.saturating_sub(label + 1), ..place };
        if field.input.text().is_empty() {
            // In brackets, so that it is told from a value where there are no colors.
            let hint = if field.hint.is_empty() { String::new() } else { format!("({})", field.hint) };
            paper.text(room, 0, &hint, Role::Muted);
        }
        field.input.draw(paper, room, has_focus);
        room
    }

    fn draw_proposals(&self, paper: &mut Paper, field: Rect, chosen: usize, end: u16) {
        let proposals = self.proposals();
        let width = proposals.iter().map(|text| format::width(text)).max().unwrap_or(0) as u16 + 4;
        let rows = proposals.len().min(SHOWN) as u16 + 2;
        if rows == 2 {
            return;
        }
        // Below the field, or above it where there is more room.
        let (above, below) = (field.y.saturating_sub(1), end.saturating_sub(field.bottom()));
        let is_above = below < rows && above > below;
        let height = rows.min(if is_above { above } else { below });
        let y = if is_above { field.y - height } else { field.bottom() };
        let panel = Rect { x: field.x, y, width: width.min(field.width), height };
        let inside = paper.boxed(panel.intersection(paper.area()), "", Role::Faint);
        self.draw_list(paper, inside, chosen);
    }

    /// Draws the proposals as lines, scrolled so that the chosen one is seen.
    fn draw_list(&self, paper: &mut Paper, area: Rect, chosen: usize) {
        let top = (chosen + 1).saturating_sub(usize::from(area.height));
        for (row, text) in self.proposals().iter().skip(top).take(usize::from(area.height)).enumerate() {
            paper.text(area, row as u16, text, Role::Plain);
            if top + row == chosen {
                paper.tint(Rect { y: area.y + row as u16, height: 1, ..area }, Role::Chosen);
            }
        }
    }

    /// Draws the proposals of the field with the focus into a place of their own; whether there are any.
    pub fn draw_open(&self, paper: &mut Paper, area: Rect) -> bool {
        let Some(chosen) = self.open.filter(|_| !self.proposals().is_empty()) else { return false };
        self.draw_list(paper, area, chosen);
        true
    }
}
