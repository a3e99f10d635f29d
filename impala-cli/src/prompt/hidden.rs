//! A line that the terminal does not show while it is typed. Whatever ends or stops the program meanwhile, the terminal
//! shows again what is typed: a shell that reads a script does not see to that.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::LONGEST;

/// Asks at the terminal, wherever stdin and stdout go.
///
/// # Errors
/// When there is no terminal, or nothing is typed before the end of the input.
pub fn line(question: &str) -> io::Result<String> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    guard()?;
    asked().begin(terminal.try_clone()?, question)?;
    let mut answer = String::new();
    let read = BufReader::new(terminal.take(LONGEST)).read_line(&mut answer);
    asked().end();
    match read? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(answer.trim_end_matches(['\n', '\r']).to_owned()),
    }
}

/// What is being asked, and whether someone watches over it.
struct Asked {
    question: Option<Question>,
    is_guarded: bool,
}

struct Question {
    text: String,
    terminal: File,
    /// The terminal's settings as they were, which show what is typed.
    shown: Termios,
}

static ASKED: Mutex<Asked> = Mutex::new(Asked { question: None, is_guarded: false });

fn asked() -> MutexGuard<'static, Asked> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sees to it, from the first question on, that the terminal is given back before a signal does what it always does. The
/// lock is held until then, so that nothing is hidden between the two.
fn guard() -> io::Result<()> {
    if std::mem::replace(&mut asked().is_guarded, true) {
        return Ok(());
    }
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP])?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let asked = asked();
            asked.show();
            // Returns after SIGTSTP, when the shell lets the program go on.
            let _ = emulate_default_handler(signal);
            asked.hide();
        }
    });
    Ok(())
}

impl Asked {
    fn begin(&mut self, terminal: File, text: &str) -> io::Result<()> {
        let shown = tcgetattr(&terminal)?;
        self.question = Some(Question { text: text.to_owned(), terminal, shown });
        self.hide();
        Ok(())
    }

    fn end(&mut self) {
        if let Some(Question { terminal, shown, .. }) = self.question.take() {
            let _ = tcsetattr(terminal, OptionalActions::Now, &shown);
        }
    }

    /// Asks, and shows nothing but the end of the line. A terminal that is gone is told by the reading.
    fn hide(&self) {
        let Some(Question { text, terminal, shown }) = &self.question else { return };
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        let _ = tcsetattr(terminal, OptionalActions::Now, &hidden);
        let _ = (&*terminal).write_all(text.as_bytes());
    }

    /// As it was, and what the shell says begins a line of its own.
    fn show(&self) {
        let Some(Question { terminal, shown, .. }) = &self.question else { return };
        let _ = tcsetattr(terminal, OptionalActions::Now, shown);
        let _ = (&*terminal).write_all(b"\n");
    }
}
