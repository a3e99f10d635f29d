//! Keys and mouse, read in a thread of their own.
//!
//! When a terminal is gone, crossterm's reader spins in a loop that it does not leave. Here that costs a thread until the
//! loop is told by a signal or a failed drawing; in the loop itself it would cost the loop.

use std::time::Duration;

use crossterm::event::{Event, EventStream, MouseEventKind};
use futures_util::StreamExt as _;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::action::Action;
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
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let is_told = runtime.map(|runtime| runtime.block_on(read(&sender, told)));
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
    loop {
        let event = tokio::select! {
            _ = &mut told => return true,
            event = events.next() => event,
        };
        let Some(Ok(event)) = event else { return false };
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
