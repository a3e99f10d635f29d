//! The ways out: up by one screen, and out of the program, once what would be lost has been asked about.

use super::App;
use crate::effect::Effect;
use crate::keymap::{Command, Context};
use crate::layers::Confirm;
use crate::look::Role;
use crate::screen::{Go, Purpose};

impl App {
    /// Whether leaving what is on top leaves the program.
    pub(super) fn is_last(&self) -> bool {
        let is_layer = self.stack.last().is_some_and(|top| top.is_layer());
        !is_layer && (self.stack.len() <= 1 || self.stack.len() == self.end)
    }

    /// Up by one, and never out of the program: its key is pressed once too often to get out of something.
    pub(super) fn back(&mut self) {
        if !self.is_last() {
            return self.leave();
        }
        let takes_text = self.stack.last().is_some_and(|top| top.takes_text(&self.shared));
        let way = if takes_text { Command::Quit } else { Command::Leave };
        let key = self.shared.key(Context::Global, way);
        self.shared.hint(Role::Muted, format!("There is nothing to go back to; {key} leaves the program."));
    }

    pub(super) fn leave(&mut self) {
        if !self.is_last() {
            if self.stack.last_mut().is_some_and(|top| top.may_leave(&mut self.shared)) {
                self.shared.go(Go::Pop);
            }
        } else {
            self.quit();
        }
    }

    /// Ends the program from wherever one is, once what is on its way is saved. It is asked once before something is lost.
    pub(super) fn quit(&mut self) {
        if self.goes_later(Command::Quit) {
            return;
        }
        let losses = self.losses();
        if losses.is_empty() || self.has_asked {
            return self.shared.effect(Effect::Quit);
        }
        self.has_asked = true;
        self.shared.push(Confirm::new(Purpose::Quit, "Quit and discard the changes?", losses.join("\n")));
    }

    /// Whether something is saved before, and the command is run by itself then.
    pub(super) fn goes_later(&mut self, command: Command) -> bool {
        let shared = &mut self.shared;
        self.stack.iter_mut().any(|screen| screen.goes_later(command, shared))
    }

    /// What ends with the program, from what is on top to what is gone with its folder.
    fn losses(&self) -> Vec<String> {
        let kept_by = self.shared.passing.as_ref().and_then(|passing| passing.kept_by.as_ref());
        let folder = kept_by.filter(|_| self.shared.has_work).map(|command| {
            format!(
                "Sources and canvases are in a temporary folder, deleted on exit. `{command}` keeps them."
            )
        });
        self.stack.iter().rev().filter_map(|screen| screen.loss()).chain(folder).collect()
    }
}
