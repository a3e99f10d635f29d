//! What the system tells the program: to end, to stop, that it goes on.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{self, SignalKind};

/// The number of SIGHUP.
pub const HANG_UP: u8 = 1;
/// The number of SIGINT.
pub const INTERRUPT: u8 = 2;
/// The number of SIGTERM.
#[cfg(unix)]
const TERMINATE: u8 = 15;

/// What was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// End now; the number of the signal.
    End(u8),
    /// Stop until told to go on.
    Suspend,
    /// Going on, after something else has had the terminal.
    Continued,
}

/// The signals listened for.
#[cfg(unix)]
pub struct Signals {
    terminate: unix::Signal,
    hang_up: unix::Signal,
    interrupt: unix::Signal,
    stop: unix::Signal,
    go_on: unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn listen() -> io::Result<Self> {
        let of = |number| unix::signal(SignalKind::from_raw(number));
        Ok(Self {
            terminate: unix::signal(SignalKind::terminate())?,
            hang_up: unix::signal(SignalKind::hangup())?,
            interrupt: unix::signal(SignalKind::interrupt())?,
            stop: of(signal_hook::consts::SIGTSTP)?,
            go_on: of(signal_hook::consts::SIGCONT)?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::End(TERMINATE),
            _ = self.hang_up.recv() => Signal::End(HANG_UP),
            _ = self.interrupt.recv() => Signal::End(INTERRUPT),
            _ = self.stop.recv() => Signal::Suspend,
            _ = self.go_on.recv() => Signal::Continued,
        }
    }
}

/// Stops the process until the shell lets it go on. SIGTSTP is listened for, so it would not stop us.
#[cfg(unix)]
pub fn stop() {
    let _ = signal_hook::low_level::raise(signal_hook::consts::SIGSTOP);
}

/// Elsewhere only Ctrl-C is told.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Listens.
    ///
    /// # Errors
    /// None.
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::End(INTERRUPT),
            Err(_) => std::future::pending().await,
        }
    }
}

/// There is no shell to go back to.
#[cfg(not(unix))]
pub fn stop() {}
