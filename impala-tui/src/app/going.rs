//! From screen to screen, as the screens and layers decide: none of them changes the stack by itself.

use super::App;
use crate::effect::Effect;
use crate::keymap::Command;
use crate::screen::{Go, Message, Purpose, Screen, Shared};

impl App {
    /// Goes where the screens have decided to go.
    pub(super) fn follow(&mut self) {
        // What is told may decide to go on; nothing goes on for ever, but a fault in a screen should not hang the program.
        for _ in 0..32 {
            let steps = self.shared.take_go();
            if steps.is_empty() {
                return;
            }
            for step in steps {
                self.step(step);
                // Below it, one goes from screen to screen.
                self.end = if self.stack.len() < self.end { 0 } else { self.end };
            }
        }
    }

    fn step(&mut self, step: Go) {
        match step {
            Go::Push(screen) => self.stack.push(screen),
            Go::Start(screen) => {
                self.leave_down_to(0);
                self.stack.push(screen);
            }
            Go::End => self.end = self.stack.len(),
            Go::Run(command) => self.run(command),
            Go::RunAt(depth, command) => self.run_at(depth, command),
            Go::SignedInAgain => self.signed_in_again(),
            Go::Tell(Message::Confirmed(Purpose::Quit)) => self.shared.effect(Effect::Quit),
            Go::Tell(Message::Confirmed(Purpose::SignOut)) => self.sign_out(),
            Go::Tell(Message::Confirmed(Purpose::Switch)) => {
                self.stack.pop();
                self.switch();
            }
            Go::Pop | Go::Over | Go::Tell(_) if self.stack.len() == 1 => self.shared.effect(Effect::Quit),
            Go::Pop => {
                self.leave_down_to(self.stack.len() - 1);
                self.returned();
            }
            Go::Over => {
                let is_top = self.stack.last().is_some_and(|top| top.is_over());
                self.leave_over();
                if is_top {
                    self.returned();
                }
            }
            Go::Tell(message) => self.tell(message),
        }
    }

    /// What was below is on top again.
    fn returned(&mut self) {
        if let Some(top) = self.stack.last_mut() {
            top.returned(&mut self.shared);
        }
    }

    /// The top one tells the one below, and goes unless it is to stay for an answer.
    fn tell(&mut self, message: Message) {
        let Some(mut layer) = self.stack.pop() else { return };
        self.shared.take_awaited();
        if let Some(top) = self.stack.last_mut() {
            top.told(message, &mut self.shared);
        }
        if self.shared.take_awaited().is_some_and(|number| layer.wait(number)) {
            self.stack.push(layer);
        } else {
            self.shared.forget(layer.asks());
        }
    }

    /// Leaves the screens above one further down, if they may be left, and runs a command there.
    fn run_at(&mut self, depth: usize, command: Command) {
        let shared = &mut self.shared;
        if depth >= self.stack.len()
            || !self.stack[depth + 1..].iter_mut().rev().all(|screen| screen.may_leave(shared))
        {
            return;
        }
        let is_back = self.stack.len() > depth + 1;
        self.leave_down_to(depth + 1);
        if let Some(top) = self.stack.last_mut() {
            top.uncover();
        }
        if is_back {
            self.returned();
        }
        self.run(command);
    }

    /// Leaves what is above that many screens, and gives up what was asked there.
    pub(super) fn leave_down_to(&mut self, count: usize) {
        let subject = self.stack.get(count).and_then(|lowest| lowest.subject());
        part(self.stack.drain(count..), &mut self.shared);
        if let (Some(subject), Some(top)) = (subject, self.stack.last_mut()) {
            top.choose_left(&subject, &mut self.shared);
        }
    }

    /// Leaves those that have come to their end: someone may have been asked something in front of them meanwhile.
    pub(super) fn leave_over(&mut self) {
        part(self.stack.extract_if(.., |screen| screen.is_over()), &mut self.shared);
    }
}

/// These are left, and what was asked there is given up.
fn part(gone: impl Iterator<Item = Box<dyn Screen>>, shared: &mut Shared) {
    for mut screen in gone {
        shared.forget(screen.asks());
        screen.left(shared);
    }
}
