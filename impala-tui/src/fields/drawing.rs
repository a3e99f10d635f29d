//! Fields on the screen: scrolled to the one with the focus, each with what is wrong with it below.

use impala_render::format;
use ratatui::layout::Rect;

use super::places::{Placed, sign_of, text_of};
use super::{Field, Fields, Token};
use crate::look::{Look, Role};
use crate::paper::Paper;

/// Rows that an error may take under its field.
const MOST_ERROR_ROWS: usize = 3;

/// Rows that what belongs to no field may take.
const MOST_NOTE_ROWS: usize = 3;

impl Fields {
    /// Draws the fields into `area`, what is said of all of them and of the one with the focus at its end, and the choices
    /// over what is below.
    pub fn draw(&self, paper: &mut Paper, area: Rect) {
        let room = self.room_in(area);
        let notes = self.note_lines(area.width);
        let below = Rect { y: room.bottom(), height: area.height - room.height, ..area };
        for (row, (role, line)) in notes.iter().enumerate() {
            paper.text(below, row as u16, line, *role);
        }
        self.draw_foot(paper, area);
        self.draw_fields(paper, room);
        if let Some(popup) = self.popup(area, paper.area().bottom().saturating_sub(1)) {
            self.draw_popup(paper, popup);
        }
    }

    /// Rows that all of it takes at that width: the fields, what is wrong with them, and what is said of all.
    pub fn rows(&self, width: u16) -> u16 {
        let fields: u16 = self.fields.iter().map(|field| self.field_rows(field, width)).sum();
        let foot = self.foot_rows(width);
        match self.note_lines(width).len() as u16 {
            0 => fields + foot,
            notes => fields + 1 + notes + foot,
        }
    }

    /// Whether it is said of all that something is wrong.
    pub(super) fn has_alarm(&self) -> bool {
        self.notes.iter().any(|(role, _)| *role == Role::Alarm)
    }

    pub(super) fn note_lines(&self, width: u16) -> Vec<(Role, String)> {
        let lines = self.notes.iter().flat_map(|(role, text)| {
            format::wrap(text, usize::from(width)).into_iter().map(|line| (*role, line))
        });
        lines.take(MOST_NOTE_ROWS).collect()
    }

    pub(super) fn field_rows(&self, field: &Field, width: u16) -> u16 {
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

    /// Draws the fields into `area`, scrolled so that the one with the focus is seen.
    pub fn draw_fields(&self, paper: &mut Paper, area: Rect) {
        let placed = self.placed(area);
        for one in &placed {
            self.draw_field(paper, one);
        }
        let rows: u16 = self.fields.iter().map(|field| self.field_rows(field, area.width)).sum();
        let above = self.rows_above(area);
        draw_scrolled(paper, area, above > 0, rows.saturating_sub(above) > area.height);
    }

    fn draw_field(&self, paper: &mut Paper, Placed { index, place, room }: &Placed) {
        let (field, has_focus) = (&self.fields[*index], *index == self.focus);
        let role = match has_focus {
            _ if field.error.is_some() => Role::Alarm,
            true => Role::Accent,
            false => Role::Muted,
        };
        let label = Rect { width: (self.label_cols() - 1).min(place.width), ..*place };
        let col = paper.text(label, 0, field.name(), role);
        if field.is_required {
            paper.text_at(label, col, 0, "*", role);
        }
        draw_content(paper, field, *room, has_focus);
        for (row, line) in self.error_lines(field, place.width).iter().enumerate() {
            paper.text(*room, field.rows.min(room.height) + row as u16, line, Role::Alarm);
        }
    }
}

/// Draws what is in a field; with the focus it has a ground of its own.
fn draw_content(paper: &mut Paper, field: &Field, room: Rect, has_focus: bool) {
    if field.token == Token::Switch {
        return draw_switch(paper, field, room, has_focus);
    }
    let text = text_of(field, room);
    if has_focus {
        paper.tint(Rect { width: room.width, ..text }, Role::Field);
    }
    if let Some(sign) = sign_of(field, room) {
        let role = if has_focus { Role::Key } else { Role::Muted };
        paper.text_ending(sign, 0, paper.look.pick("▾", "v"), role);
    }
    field.input.draw(paper, text, has_focus);
    if field.input.text().is_empty() && !field.hint.is_empty() {
        // In brackets, so that it is told from a value where there are no colors.
        paper.text(text, 0, &format!("({})", field.hint), Role::Muted);
    }
}

/// The options of a switch, each with where it stands.
pub(super) fn options_of(field: &Field, room: Rect, look: &Look) -> Vec<(Rect, String)> {
    let mut col = 0;
    let option = |option: &String| {
        let text = option_text(option, option == field.input.text(), look);
        let width = (format::width(&text) as u16).min(room.width.saturating_sub(col));
        let place = Rect { x: room.x + col, width, height: 1, ..room };
        col = (col + width + 2).min(room.width);
        (place, option.clone())
    };
    field.candidates.iter().map(option).collect()
}

/// An option with a mark before it that says whether it holds.
fn option_text(option: &str, holds: bool, look: &Look) -> String {
    let mark = if holds { look.pick("●", "(*)") } else { look.pick("○", "( )") };
    format!("{mark} {option}")
}

/// Draws all options of a switch in a row.
fn draw_switch(paper: &mut Paper, field: &Field, room: Rect, has_focus: bool) {
    let mut end = 0;
    for (place, option) in options_of(field, room, &paper.look) {
        let holds = option == field.input.text();
        let text = option_text(&option, holds, &paper.look);
        paper.text(place, 0, &text, if holds { Role::Plain } else { Role::Muted });
        if holds && has_focus {
            paper.tint(place, Role::Field);
        }
        end = place.right() - room.x + 2;
    }
    if usize::from(end) + format::width(&field.hint) <= usize::from(room.width) {
        paper.text_at(room, end, 0, &field.hint, Role::Muted);
    }
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
