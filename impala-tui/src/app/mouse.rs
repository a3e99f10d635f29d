//! What the mouse does before a screen or layer gets it: clicks are counted, and words of the footer are as good as their keys.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::App;

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) {
        self.count_clicks(mouse);
        let is_press = mouse.kind == MouseEventKind::Down(MouseButton::Left);
        if is_press && std::mem::take(&mut self.is_spent) && self.shared.is_double_click {
            return;
        }
        let pressed = self.footer_command(mouse).filter(|_| is_press);
        if matches!(
            mouse.kind,
            MouseEventKind::Down(_) | MouseEventKind::ScrollDown | MouseEventKind::ScrollUp
        ) {
            self.shared.message = None;
        }
        let is_layer = self.stack.last().is_some_and(|top| top.is_layer());
        match (pressed, self.stack.last_mut()) {
            (Some(command), _) => self.run(command),
            (None, Some(top)) => top.mouse(mouse, &mut self.shared),
            (None, None) => {}
        }
        if is_press {
            self.is_spent = (is_layer || pressed.is_some()) && self.shared.has_gone();
        }
    }

    /// A second click on one cell, with nothing in between, is a double one.
    fn count_clicks(&mut self, mouse: MouseEvent) {
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let at = Some((mouse.column, mouse.row));
                self.shared.is_double_click = self.last_click == at;
                self.last_click = if self.shared.is_double_click { None } else { at };
            }
            MouseEventKind::Up(_) => {}
            _ => self.last_click = None,
        }
    }
}
