//! The mouse in a form: a click focuses a field, opens its choices or takes one of them; the wheel scrolls them.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::drawing::options_of;
use super::places::{Popup, sign_of, text_of};
use super::{Fields, Reaction, Token};
use crate::keymap::Command;
use crate::screen::Shared;

impl Fields {
    /// Takes what the mouse did in a form whose inside is `area`.
    pub fn mouse(&mut self, mouse: MouseEvent, area: Rect, shared: &Shared) -> Reaction {
        let popup = self.popup(area, shared.body().bottom());
        self.take_mouse(mouse, self.room_in(area), popup, shared)
    }

    /// The same, where the choices stand in a place of their own.
    pub fn mouse_beside(&mut self, mouse: MouseEvent, fields: Rect, list: Rect, shared: &Shared) -> Reaction {
        let list = self.list_in(list);
        self.take_mouse(mouse, fields, list, shared)
    }

    fn take_mouse(
        &mut self,
        mouse: MouseEvent,
        area: Rect,
        popup: Option<Popup>,
        shared: &Shared,
    ) -> Reaction {
        let by = match mouse.kind {
            MouseEventKind::ScrollDown => 1,
            MouseEventKind::ScrollUp => -1,
            MouseEventKind::Down(MouseButton::Left) => {
                // The second click on a choice would hit what lay below the list.
                let is_spent = std::mem::take(&mut self.has_taken) && shared.is_double_click;
                let at = (mouse.column, mouse.row).into();
                return if is_spent { Reaction::Done } else { self.click(at, area, popup, shared) };
            }
            _ => return Reaction::None,
        };
        match popup {
            Some(popup) => {
                self.scroll(by, usize::from(popup.lines.height));
                Reaction::Done
            }
            None => self.command(if by > 0 { Command::Down } else { Command::Up }),
        }
    }

    fn click(&mut self, at: Position, area: Rect, popup: Option<Popup>, shared: &Shared) -> Reaction {
        self.has_closed = false;
        if let Some(popup) = popup.filter(|popup| popup.panel.contains(at)) {
            let Some(line) = popup.line_at(at) else { return Reaction::Done };
            let reaction = self.take_line(line, popup.top);
            self.has_taken = !self.is_open();
            return reaction;
        }
        let asked = self.open.take().filter(|open| open.is_asked).map(|_| self.focus);
        let placed = self.placed(area).into_iter().find(|placed| placed.place.contains(at));
        let Some(placed) = placed.filter(|placed| !self.fields[placed.index].is_fixed) else {
            return Reaction::Done;
        };
        let had_focus = std::mem::replace(&mut self.focus, placed.index) == placed.index;
        let field = &mut self.fields[placed.index];
        if field.token == Token::Switch {
            let options = options_of(field, placed.room, &shared.look);
            let option = options.into_iter().find(|(place, _)| place.contains(at)).map(|(_, option)| option);
            let is_other = option.as_ref().is_some_and(|option| option != field.input.text());
            option.into_iter().for_each(|option| field.input.set(option));
            return if is_other { Reaction::Changed } else { Reaction::Done };
        }
        // It is small: what is right of it counts, too.
        let is_on = |sign: Rect| at.y == sign.y && at.x >= sign.x;
        let is_on_sign = |field: &_| sign_of(field, placed.room).is_some_and(is_on);
        if is_on_sign(field) {
            // On the sign of the list that is open, a click closes it.
            if asked != Some(placed.index) {
                self.ask();
            }
        } else if placed.room.contains(at) {
            let text = text_of(field, placed.room);
            field.input.click(text, at, had_focus);
        }
        Reaction::Done
    }
}
