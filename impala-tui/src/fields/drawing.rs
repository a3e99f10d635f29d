//! Fields on the screen: scrolled to the one with the focus, each with what is wrong with it below.

use impala_render::format;
use ratatui::layout::Rect;

use super::{Field, Fields, Token};
use crate::look::Role;
use crate::paper::Paper;

/// Columns of the labels: least and most.
const LABEL: (u16, u16) = (11, 24);

/// Rows that an error may take under its field.
const MOST_ERROR_ROWS: usize = 3;

/// Rows that what belongs to no field may take.
const MOST_NOTE_ROWS: usize = 3;

impl Fields {
    /// Draws the fields into `area`, what is said of all of them at its end, and the choices over what is below.
    pub fn draw(&self, paper: &mut Paper, area: Rect) {
        let notes = self.note_lines(area.width);
        let rows = (notes.len() as u16).min(area.height.saturating_sub(2));
        let room = Rect { height: area.height - rows, ..area };
        for (row, (role, line)) in notes.iter().take(usize::from(rows)).enumerate() {
            paper.text(area, room.height + row as u16, line, *role);
        }
        let focused = self.draw_fields(paper, room);
        if let (Some(open), Some(field)) = (self.open, focused) {
            // Never over what is wrong.
            let is_wrong = notes.iter().any(|(role, _)| *role == Role::Alarm);
            let end = if is_wrong { room.bottom() } else { paper.area().bottom().saturating_sub(1) };
            self.draw_popup(paper, field, open, end);
        }
    }

    /// Rows that all of it takes at that width: the fields, what is wrong with them, and what is said of all.
    pub fn rows(&self, width: u16) -> u16 {
        let fields: u16 = self.fields.iter().map(|field| self.field_rows(field, width)).sum();
        match self.note_lines(width).len() as u16 {
            0 => fields,
            notes => fields + 1 + notes,
        }
    }

    fn note_lines(&self, width: u16) -> Vec<(Role, String)> {
        let lines = self.notes.iter().flat_map(|(role, text)| {
            format::wrap(text, usize::from(width)).into_iter().map(|line| (*role, line))
        });
        lines.take(MOST_NOTE_ROWS).collect()
    }

    fn field_rows(&self, field: &Field, width: u16) -> u16 {
        field.rows + self.error_lines(field, width).len() as u16
    }

    /// What is wrong with a field, for the room below it.
    fn error_lines(&self, field: &Field, width: u16) -> Vec<String> {
        let Some(error) = &field.error else { return Vec::new() };
        let room = usize::from(width.saturating_sub(self.label_cols() + 1));
        let mut lines = format::wrap(&format!("! {error}"), room);
        if lines.len() > MOST_ERROR_ROWS {
            lines.truncate(MOST_ERROR_ROWS);
            if let Some(last) = lines.last_mut() {
                *last = shortened(last, room);
            }
        }
        lines
    }

    /// Draws the fields into `area`, scrolled so that the one with the focus is seen; returns where that one is, with what is wrong
    /// with it.
    pub fn draw_fields(&self, paper: &mut Paper, area: Rect) -> Option<Rect> {
        let above = self.rows_above(area);
        let mut row = -i32::from(above);
        let mut focused = None;
        for (index, field) in self.fields.iter().enumerate() {
            let (top, bottom) = (row, row + i32::from(self.field_rows(field, area.width)));
            row = bottom;
            if top < 0 || top >= i32::from(area.height) {
                continue;
            }
            let height = ((bottom - top) as u16).min(area.height - top as u16);
            let place = Rect { y: area.y + top as u16, height, ..area };
            let room = self.draw_field(paper, place, index);
            if index == self.focus {
                focused = Some(room);
            }
        }
        draw_scrolled(paper, area, above > 0, row > i32::from(area.height));
        focused
    }

    /// Rows that are scrolled away above: whole fields, as few as let the one with the focus be seen.
    fn rows_above(&self, area: Rect) -> u16 {
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

    fn label_cols(&self) -> u16 {
        let longest = self.fields.iter().map(|field| format::width(field.name())).max().unwrap_or(0) as u16;
        (longest + 2).clamp(LABEL.0, LABEL.1)
    }

    fn draw_field(&self, paper: &mut Paper, place: Rect, index: usize) -> Rect {
        let (field, has_focus) = (&self.fields[index], index == self.focus);
        let role = match has_focus {
            _ if field.error.is_some() => Role::Alarm,
            true => Role::Accent,
            false => Role::Muted,
        };
        let label = self.label_cols();
        paper.text(Rect { width: (label - 1).min(place.width), ..place }, 0, field.name(), role);
        // The last column is for the marks of what is scrolled away.
        let room = Rect { x: place.x + label, width: place.width.saturating_sub(label + 1), ..place };
        let height = field.rows.min(room.height);
        draw_content(paper, field, Rect { height, ..room }, has_focus);
        for (row, line) in self.error_lines(field, place.width).iter().enumerate() {
            paper.text(room, height + row as u16, line, Role::Alarm);
        }
        room
    }
}

/// Draws what is in a field; with the focus it has a ground of its own.
fn draw_content(paper: &mut Paper, field: &Field, room: Rect, has_focus: bool) {
    if field.token == Token::Switch {
        return draw_switch(paper, field, room, has_focus);
    }
    if has_focus {
        paper.tint(room, Role::Field);
    }
    let offers = field.offers() && room.width > 2;
    if offers {
        let role = if has_focus { Role::Key } else { Role::Muted };
        paper.text_ending(room, 0, paper.look.pick("▾", "v"), role);
    }
    let room = Rect { width: room.width - if offers { 2 } else { 0 }, ..room };
    field.input.draw(paper, room, has_focus);
    if field.input.text().is_empty() && !field.hint.is_empty() {
        // In brackets, so that it is told from a value where there are no colors.
        paper.text(room, 0, &format!("({})", field.hint), Role::Muted);
    }
}

/// Draws all options of a switch in a row, with a mark before the one that holds.
fn draw_switch(paper: &mut Paper, field: &Field, room: Rect, has_focus: bool) {
    let mut col = 0;
    for option in &field.candidates {
        let holds = option == field.input.text();
        let mark = match holds {
            true => paper.look.pick("●", "(*)"),
            false => paper.look.pick("○", "( )"),
        };
        let text = format!("{mark} {option}");
        let end = paper.text_at(room, col, 0, &text, if holds { Role::Plain } else { Role::Muted });
        if holds && has_focus {
            paper.tint(Rect { x: room.x + col, width: end - col, height: 1, ..room }, Role::Field);
        }
        col = end + 2;
    }
    paper.text_at(room, col, 0, &field.hint, Role::Muted);
}

/// Says at the right edge that there are fields above or below.
fn draw_scrolled(paper: &mut Paper, area: Rect, is_more_above: bool, is_more_below: bool) {
    if is_more_above {
        paper.text_ending(area, 0, paper.look.pick("↑", "^"), Role::Muted);
    }
    if is_more_below && area.height > 0 {
        paper.text_ending(area, area.height - 1, paper.look.pick("↓", "v"), Role::Muted);
    }
}

/// A line that goes on, cut behind a whole word.
fn shortened(line: &str, width_cols: usize) -> String {
    let mut words = line.trim_end();
    while format::width(words) + 2 > width_cols {
        let Some((head, _)) = words.rsplit_once(' ') else { break };
        words = head.trim_end();
    }
    format!("{words} …")
}
