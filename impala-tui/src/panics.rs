//! Panics: the user gets the terminal back, and reads the message on the screen that the shell shows.
//!
//! `impala demo` and `impala open` run a server in the same process, and that goes on after a panic of a request. Such a panic
//! must neither take the terminal from the loop nor write over what it draws: it is told when the terminal is given back.

use std::sync::{Mutex, Once, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use crate::runtime::Incoming;
use crate::terminal;

tokio::task_local! { static OURS: () }

/// What others had to say while the terminal was taken.
static LATER: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Runs what the program is made of: its panics end it.
pub async fn ours<F: Future>(work: F) -> F::Output {
    OURS.scope((), work).await
}

/// As [`ours`], for what waits.
pub fn ours_waiting<T>(work: impl FnOnce() -> T) -> T {
    OURS.sync_scope((), work)
}

/// A panic's message belongs on the screen that the shell shows.
pub fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if terminal::is_taken() && OURS.try_with(|()| ()).is_err() {
                return LATER.lock().unwrap_or_else(PoisonError::into_inner).push(info.to_string());
            }
            terminal::give_back();
            before(info);
        }));
    });
}

/// What was held back.
pub fn take_later() -> Vec<String> {
    std::mem::take(&mut LATER.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Tells the loop when the task that holds it panics: what waits for its answer would wait for ever.
pub struct Alarm(pub UnboundedSender<Incoming>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.0.send(Incoming::Panicked);
        }
    }
}
