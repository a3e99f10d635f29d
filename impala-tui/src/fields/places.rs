//! Where the parts of a form stand: one answer for drawing and for the mouse.

use impala_render::format;
use ratatui::layout::{Position, Rect};

use super::popup::{self, SHOWN};
use super::{Field, Fields};

/// Columns of the labels: least and most.
const LABEL: (u16, u16) = (11, 24);

/// A field that is seen.
pub(super) struct Placed {
    /// Its number.
    pub index: usize,
    /// All of it: its label, what is in it, what is wrong with it.
    pub place: Rect,
    /// What is to the right of its label.
    pub room: Rect,
}

/// The list of choices, when it is seen.
#[derive(Clone, Copy)]
pub(super) struct Popup {
    /// Its box.
    pub panel: Rect,
    /// Where its lines stand.
    pub lines: Rect,
    /// The first line that is seen.
    pub top: usize,
    /// How many there are.
    pub count: usize,
}

impl Popup {
    /// The line at a place of the screen.
    pub fn line_at(&self, at: Position) -> Option<usize> {
        let index = self.top + usize::from(at.y.saturating_sub(self.lines.y));
        (self.lines.contains(at) && index < self.count).then_some(index)
    }
}

impl Fields {
    /// Where the fields have room in a form of that inside: above what is said of all of them.
    pub(super) fn room_in(&self, area: Rect) -> Rect {
        let rows = (self.note_lines(area.width).len() as u16 + self.foot_rows_in(area))
            .min(area.height.saturating_sub(2));
        Rect { height: area.height - rows, ..area }
    }

    /// The fields that are seen in `area`, scrolled so that the one with the focus is.
    pub(super) fn placed(&self, area: Rect) -> Vec<Placed> {
        let mut row = -i32::from(self.rows_above(area));
        let mut placed = Vec::new();
        for (index, field) in self.fields.iter().enumerate() {
            let (top, bottom) = (row, row + i32::from(self.field_rows(field, area.width)));
            row = bottom;
            if top < 0 || top >= i32::from(area.height) {
                continue;
            }
            let height = ((bottom - top) as u16).min(area.height - top as u16);
            let place = Rect { y: area.y + top as u16, height, ..area };
            placed.push(Placed { index, place, room: self.beside_label(place) });
        }
        placed
    }

    /// The last column is for the marks of what is scrolled away.
    fn beside_label(&self, place: Rect) -> Rect {
        let label = self.label_cols().min(place.width);
        Rect { x: place.x + label, width: place.width.saturating_sub(label + 1), ..place }
    }

    /// Rows that are scrolled away above: whole fields, as few as let the one with the focus be seen.
    pub(super) fn rows_above(&self, area: Rect) -> u16 {
        let rows = |field: &Field| self.field_rows(field, area.width);
        let needed: u16 = self.fields.iter().take(self.focus + 1).map(rows).sum();
        let mut above = 0;
        for field in self.fields.iter().take(self.focus) {
            if needed - above <= area.height {
                break;
            }
            above += rows(field);
        }
        above
    }

    pub(super) fn label_cols(&self) -> u16 {
        let width = |field: &Field| format::width(field.name()) + usize::from(field.is_required);
        let longest = self.fields.iter().map(width).max().unwrap_or(0) as u16;
        (longest + 2).clamp(LABEL.0, LABEL.1)
    }

    /// Where the choices are seen, below their field or above it where there is more room; never below `end`.
    pub(super) fn popup(&self, area: Rect, end: u16) -> Option<Popup> {
        let open = self.open?;
        let room = self.room_in(area);
        let field = self.placed(room).into_iter().find(|placed| placed.index == self.focus)?.room;
        // Never over what is wrong.
        let end = if self.has_alarm() { room.bottom() } else { end };
        let count = self.proposals().len();
        let rows = if self.no_match().is_some() { 1 } else { count.min(SHOWN) as u16 };
        let (above, below) = (field.y.saturating_sub(1), end.saturating_sub(field.bottom()));
        let is_above = below < rows + 2 && above > below;
        let height = (rows + 2).min(if is_above { above } else { below });
        if rows == 0 || height < 3 {
            return None;
        }
        let y = if is_above { field.y - height } else { field.bottom() };
        // Its texts begin where that of the field does.
        let x = field.x.saturating_sub(2);
        let width = self.popup_cols().min(field.right().saturating_sub(x));
        let panel = Rect { x, y, width, height };
        let lines = crate::paper::inside_box(panel);
        Some(Popup { panel, lines, top: open.top(usize::from(lines.height)), count })
    }

    /// The choices of the field with the focus in a place of their own.
    pub(super) fn list_in(&self, area: Rect) -> Option<Popup> {
        let open = self.open.filter(|_| self.is_open() && area.height > 0)?;
        let top = open.top(usize::from(area.height));
        Some(Popup { panel: area, lines: area, top, count: self.proposals().len() })
    }
}

/// Where the sign stands that opens the choices of a field, if it offers any here.
pub(super) fn sign_of(field: &Field, room: Rect) -> Option<Rect> {
    let is_seen = field.offers() && room.width > 2;
    is_seen.then(|| Rect { x: room.right() - popup::SIGN_COLS, width: popup::SIGN_COLS, height: 1, ..room })
}

/// Where the text of a field stands.
pub(super) fn text_of(field: &Field, room: Rect) -> Rect {
    let sign = sign_of(field, room).map_or(0, |sign| sign.width);
    Rect { width: room.width - sign, height: field.rows.min(room.height), ..room }
}
