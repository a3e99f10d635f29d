//! Whose program it is, and where: a session that has ended is begun again, signing out ends one, and another server is gone to.

use super::App;
use crate::action::Answer;
use crate::effect::Request;
use crate::keymap::Command;
use crate::layers::{Confirm, Servers};
use crate::screen::{Go, Purpose};
use crate::screens::{SignIn, parting};

impl App {
    /// Asks to sign in once more: what is open stays open below, with all that is not saved.
    pub(super) fn sign_in_again(&mut self) {
        let shared = &mut self.shared;
        if shared.is_signing_in || shared.user.is_none() {
            return;
        }
        shared.is_signing_in = true;
        let screen = SignIn::again(shared);
        shared.push(screen);
    }

    pub(super) fn signed_in_again(&mut self) {
        self.leave_over();
        self.shared.is_signing_in = false;
        self.shared.offline = None;
        let top = self.stack.len().saturating_sub(1);
        for (index, screen) in self.stack.iter_mut().enumerate() {
            self.shared.is_top = index == top;
            screen.signed_in_again(&mut self.shared);
        }
        self.shared.is_top = true;
    }

    /// Asks first: the next time needs the password.
    pub(super) fn ask_to_sign_out(&mut self) {
        if self.goes_later(Command::SignOut) {
            return;
        }
        let question = format!("Sign out of {}?", self.shared.server);
        let lost = self.stack.iter().rev().filter_map(|screen| screen.loss());
        let detail: Vec<String> = lost.chain(["Signing in again needs the password.".to_owned()]).collect();
        self.shared.push(Confirm::new(Purpose::SignOut, question, detail.join("\n")));
    }

    /// Says what failed of signing out, once its form is left: another server is spoken to by then.
    pub(super) fn tell_parting(&mut self, answer: &Answer) {
        if let Answer::SignedOut(server, outcome @ (Err(_) | Ok(Some(_)))) = answer {
            let (role, words) = parting(server, outcome, &self.shared);
            self.shared.say(role, words);
            self.is_dirty = true;
        }
    }

    /// Asks first where something would be lost: all that is open is left.
    pub(super) fn ask_to_switch(&mut self) {
        if self.goes_later(Command::SwitchServer) {
            return;
        }
        let losses: Vec<String> = self.stack.iter().rev().filter_map(|screen| screen.loss()).collect();
        if losses.is_empty() {
            return self.switch();
        }
        let question = "Switch the server and discard the changes?";
        self.shared.push(Confirm::new(Purpose::Switch, question, losses.join("\n")));
    }

    pub(super) fn switch(&mut self) {
        let layer = Servers::new(&self.shared);
        self.shared.push(layer);
    }

    pub(super) fn sign_out(&mut self) {
        self.shared.note("impala logout");
        let number = self.shared.ask(Request::SignOut);
        self.shared.leave_project();
        self.shared.user = None;
        let screen = SignIn::after(number, &self.shared);
        self.shared.go(Go::Start(Box::new(screen)));
    }
}
