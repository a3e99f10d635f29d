//! Whose program it is: a session that has ended is begun again, and signing out ends one.

use super::App;
use crate::effect::{Effect, Request};
use crate::layers::Confirm;
use crate::screen::{Go, Purpose};
use crate::screens::SignIn;

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
        self.stack.pop();
        self.shared.is_signing_in = false;
        self.shared.offline = None;
        for screen in &mut self.stack {
            screen.signed_in_again(&mut self.shared);
        }
    }

    /// Asks first: the next time needs the password.
    pub(super) fn ask_to_sign_out(&mut self) {
        let question = format!("Sign out of {}?", self.shared.server);
        let lost = self.stack.iter().rev().filter_map(|screen| screen.loss());
        let detail: Vec<String> = lost.chain(["Signing in again needs the password.".to_owned()]).collect();
        self.shared.push(Confirm::new(Purpose::SignOut, question, detail.join("\n")));
    }

    pub(super) fn sign_out(&mut self) {
        self.shared.note("impala logout");
        self.shared.ask(Request::SignOut);
        self.shared.effect(Effect::Follow(None));
        self.shared.user = None;
        let screen = SignIn::new(&self.shared, "Signed out.");
        self.shared.go(Go::Start(Box::new(screen)));
    }
}
