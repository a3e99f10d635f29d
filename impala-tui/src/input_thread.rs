//! Keys and mouse, read in a thread of their own.
//!
//! When a terminal is gone, crossterm's reader spins in a loop that it does not leave. Here that costs a thread until the
//! loop is told by a signal or a failed drawing; in the loop itself it would cost the loop.

use std::time::Duration;

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyModifiers, MouseEventKind};
use futures_util::StreamExt as _;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::action::Action;
use crate::panics::{Alarm, ours_waiting};
use crate::runtime::Incoming;

/// How long a reader may take to stop. One that reads from a terminal that is gone never does.
const PATIENCE: Duration = Duration::from_millis(500);

/// A thread that reads until it is stopped.
pub struct InputThread {
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl InputThread {
    /// Begins to read.
    pub fn start(sender: UnboundedSender<Incoming>) -> Self {
        let (stop, told) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        std::thread::spawn(move || {
            let _alarm = Alarm(sender.clone());
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let is_told = runtime.map(|runtime| ours_waiting(|| runtime.block_on(read(&sender, told))));
            if !matches!(is_told, Ok(true)) {
                let _ = sender.send(Incoming::Gone);
            }
            let _ = done.send(());
        });
        Self { stop, stopped }
    }

    /// Waits until nothing is read any more.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = tokio::time::timeout(PATIENCE, self.stopped).await;
    }
}

/// Reads until told to stop, then returns true; false when there is nothing more to read.
async fn read(sender: &UnboundedSender<Incoming>, mut told: oneshot::Receiver<()>) -> bool {
    let mut events = EventStream::new();
    let mut late = LateAnswer::default();
    loop {
        let event = tokio::select! {
            _ = &mut told => return true,
            event = events.next() => event,
        };
        let Some(Ok(event)) = event else { return false };
        if matches!(&event, Event::Key(key) if late.takes(key)) {
            continue;
        }
        if let Some(action) = action_of(event) {
            let _ = sender.send(Incoming::Action(action));
        }
    }
}

fn action_of(event: Event) -> Option<Action> {
    match event {
        Event::Key(key) => Some(Action::Key(key)),
        // That the pointer moves means nothing here, and should draw nothing.
        Event::Mouse(mouse) if mouse.kind == MouseEventKind::Moved => None,
        Event::Mouse(mouse) => Some(Action::Mouse(mouse)),
        Event::Paste(text) => Some(Action::Paste(text)),
        Event::Resize(width, height) => Some(Action::Resize(width, height)),
        Event::FocusGained | Event::FocusLost => None,
    }
}

/// An answer of the terminal that comes when nobody waits for it any more, over a slow line. It looks like keys: Alt-], then
/// `11;rgb:1d1d/1f1f/2121`, then Alt-\ or Ctrl-g. A `d` in it would delete a block.
#[derive(Default)]
struct LateAnswer {
    /// How many of its keys have come; 0 outside of one.
    seen: usize,
}

impl LateAnswer {
    /// Whether a key is a piece of such an answer.
    fn takes(&mut self, key: &KeyEvent) -> bool {
        let KeyCode::Char(c) = key.code else {
            self.seen = 0;
            return false;
        };
        let has = |modifier| key.modifiers.contains(modifier);
        let (is_alt, is_ctrl) = (has(KeyModifiers::ALT), has(KeyModifiers::CONTROL));
        let goes_on = match self.seen {
            0 => is_alt && c == ']',
            1 => !is_alt && c == '1',
            _ => !is_alt && !is_ctrl && (c.is_ascii_hexdigit() || "rgb:;/".contains(c)),
        };
        let ends = self.seen > 1 && (is_alt && c == '\\' || is_ctrl && c == 'g');
        self.seen = if goes_on { self.seen + 1 } else { 0 };
        goes_on || ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_come_late_are_no_keys() {
        let check = |keys: &[(char, KeyModifiers)], expected: &str| {
            let mut late = LateAnswer::default();
            let passed: String = keys
                .iter()
                .filter(|(c, with)| !late.takes(&KeyEvent::new(KeyCode::Char(*c), *with)))
                .map(|(c, _)| *c)
                .collect();
            assert_eq!(passed, expected);
        };
        let plain = |text: &str| text.chars().map(|c| (c, KeyModifiers::NONE)).collect::<Vec<_>>();
        let (begin, alt_end, bell) =
            ((']', KeyModifiers::ALT), ('\\', KeyModifiers::ALT), ('g', KeyModifiers::CONTROL));
        let color = plain("11;rgb:1d1d/1f1f/dddd");
        check(&[&[begin], &color[..], &[alt_end], &plain("dq")].concat(), "dq");
        check(&[&[begin], &color[..], &[bell], &plain("g")].concat(), "g");
        check(&[&[begin], &plain("dq")[..]].concat(), "dq");
        check(&[&plain("1d")[..], &[bell]].concat(), "1dg");
        check(&[&[begin], &color[..], &plain("jd")].concat(), "jd");
    }
}
