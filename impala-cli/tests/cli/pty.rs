//! A program at a terminal of its own: what is typed goes through a real pseudo-terminal, and what it draws is read from an
//! emulated screen.

use std::io::{Read as _, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::support::Person;

/// How long something may take to be drawn: for ever, on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is shown, and all that was ever written.
type Shown = Arc<(Mutex<(vt100::Parser, Vec<u8>)>, Condvar)>;

/// A terminal with a program in it.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shown: Shown,
}

impl Terminal {
    /// Starts `impala` with these arguments as `person`.
    pub fn start(person: &Person, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::start_with(person, arguments, size, &[])
    }

    /// Starts a line of a shell as `person`, for whom `impala` is on the path.
    pub fn shell(person: &Person, line: &str) -> Self {
        Self::spawn(&person.shell(line), person, (100, 30), &[])
    }

    /// As [`Terminal::start`], with more in its environment.
    pub fn start_with(
        person: &Person,
        arguments: &[&str],
        size: (u16, u16),
        environment: &[(&str, &str)],
    ) -> Self {
        Self::spawn(&person.command(arguments), person, size, environment)
    }

    fn spawn(
        like: &std::process::Command,
        person: &Person,
        (cols, rows): (u16, u16),
        environment: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows, cols, pixel_width: cols * 10, pixel_height: rows * 20 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(like.get_program());
        command.args(like.get_args());
        command.cwd(person.folder.path());
        command.env_clear();
        for (name, value) in like.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.env("TERM", "xterm-256color");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let shown: Shown =
            Arc::new((Mutex::new((vt100::Parser::new(rows, cols, 0), Vec::new())), Condvar::new()));
        let (mut reader, told) = (pair.master.try_clone_reader().unwrap(), shown.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                // A test that has failed holds it no more.
                let mut shown = told.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                shown.0.process(&bytes[..count]);
                shown.1.extend_from_slice(&bytes[..count]);
                drop(shown);
                told.1.notify_all();
            }
        });
        Self { writer: pair.master.take_writer().unwrap(), master: pair.master, child, shown }
    }

    /// Types; `⏎`, `⎋`, `↑`, `↓` and `⇥` are keys.
    pub fn types(&mut self, text: &str) {
        let keys = [("⏎", "\r"), ("⎋", "\x1b"), ("↑", "\x1b[A"), ("↓", "\x1b[B"), ("⇥", "\t")];
        let bytes = keys.iter().fold(text.to_owned(), |text, (key, bytes)| text.replace(key, bytes));
        self.writer.write_all(bytes.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until the screen holds a text, and returns it.
    #[track_caller]
    pub fn shows(&self, text: &str) -> String {
        self.until(text, |screen| screen.contents().contains(text))
    }

    /// Waits until the screen does not hold a text.
    #[track_caller]
    pub fn hides(&self, text: &str) -> String {
        self.until(&format!("not {text}"), |screen| !screen.contents().contains(text))
    }

    /// Waits until bytes were written that no screen shows.
    #[track_caller]
    pub fn writes(&self, bytes: &str) {
        let has = |written: &[u8]| written.windows(bytes.len()).any(|part| part == bytes.as_bytes());
        self.wait(bytes, |_, written| has(written));
    }

    /// The text that was put on the clipboard last.
    pub fn clipboard(&self) -> String {
        use base64::Engine as _;
        let shown = self.shown.0.lock().unwrap();
        let written = String::from_utf8_lossy(&shown.1);
        let (_, last) = written.rsplit_once("\x1b]52;c;").unwrap();
        let encoded = last.split('\x07').next().unwrap_or_default();
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap()
    }

    #[track_caller]
    fn until(&self, what: &str, test: impl Fn(&vt100::Screen) -> bool) -> String {
        self.wait(what, |screen, _| test(screen))
    }

    #[track_caller]
    fn wait(&self, what: &str, test: impl Fn(&vt100::Screen, &[u8]) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        while !test(shown.0.screen(), &shown.1) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited for {what:?}, and saw:\n{}", shown.0.screen().contents());
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
        shown.0.screen().contents()
    }

    /// Tells the program to end, as `kill` does.
    pub fn terminate(&self) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for the end, and returns the exit code.
    pub fn ends(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }

    /// Waits until the screen that the shell knows is shown again, with a cursor.
    #[track_caller]
    pub fn gives_the_screen_back(&self) {
        self.until("the shell's screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    }

    /// Whether lines are edited and echoed by the system, as a shell expects it.
    pub fn is_cooked(&self) -> bool {
        let flags = self.master.get_termios().unwrap().local_flags;
        let wanted = ["ICANON", "ECHO", "ISIG"];
        wanted.iter().all(|flag| format!("{flags:?}").split(['|', ' ', '(', ')']).any(|word| word == *flag))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
