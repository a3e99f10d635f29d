//! A program at a terminal of its own: what is typed goes through a real pseudo-terminal, and what it draws is read from an
//! emulated screen.

use std::io::{Read as _, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::support::Person;

/// How long something may take to be drawn: for ever, on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a frame ends with.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// What is shown, and what was ever written.
struct Screen {
    parser: vt100::Parser,
    written: Vec<u8>,
    /// Frames, and those of them after which the screen was as before.
    frames: usize,
    idle_frames: usize,
    last: Vec<u8>,
    /// What was to be read at the end of the last frame. At any other moment half of one may be there.
    picture: Vec<String>,
}

impl Screen {
    /// Takes what was written, frame by frame.
    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let before = self.written.len().saturating_sub(FRAME_END.len() - 1);
            let known = self.written.len();
            self.written.extend_from_slice(bytes);
            let end = self.written[before..].windows(FRAME_END.len()).position(|part| part == FRAME_END);
            let count = end.map_or(bytes.len(), |end| before + end + FRAME_END.len() - known);
            self.written.truncate(known + count);
            self.parser.process(&bytes[..count]);
            bytes = &bytes[count..];
            if end.is_some() {
                self.count();
            }
        }
    }

    fn count(&mut self) {
        let now = self.parser.screen().state_formatted();
        self.frames += 1;
        self.idle_frames += usize::from(now == self.last);
        self.last = now;
        let screen = self.parser.screen();
        self.picture = screen.rows(0, screen.size().1).map(|row| row.trim_end().to_owned()).collect();
    }
}

type Shown = Arc<(Mutex<Screen>, Condvar)>;

/// What a terminal says of itself when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Its kind only, as those do that know nothing of colors.
    Kind,
    /// Its colors too, which are those of a light one, the size of a cell and that it is well.
    Light,
    /// All that: it shows pictures as kitty does.
    Kitty,
    /// Nothing.
    Nothing,
}

/// Questions, and what a light terminal answers that shows pictures.
const QUESTIONS: [(&[u8], &[u8]); 6] = [
    (b"\x1b[c", b"\x1b[?62c"),
    (b"\x1b]10;?", b"\x1b]10;rgb:1d1d/1d1d/1d1d\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\"),
    (b"\x1b[16t", b"\x1b[6;20;10t"),
    (b"\x1b[5n", b"\x1b[0n"),
    (b"\x1b_Gi=31", b"\x1b_Gi=31;OK\x1b\\"),
];

impl Answers {
    fn known(self) -> &'static [(&'static [u8], &'static [u8])] {
        match self {
            Self::Nothing => &[],
            Self::Kind => &QUESTIONS[..1],
            Self::Light => &QUESTIONS[..5],
            Self::Kitty => &QUESTIONS,
        }
    }

    /// Answers what is asked in `written`, and takes out all but what may be the beginning of a question.
    fn to(self, written: &mut Vec<u8>) -> Vec<u8> {
        let find = |written: &[u8], (question, answer): &(&[u8], &'static [u8])| {
            let at = written.windows(question.len()).position(|part| part == *question)?;
            Some((at + question.len(), *answer))
        };
        let mut answers = Vec::new();
        while let Some((end, answer)) =
            self.known().iter().filter_map(|known| find(written, known)).min_by_key(|(end, _)| *end)
        {
            answers.extend(answer);
            written.drain(..end);
        }
        let longest = QUESTIONS.iter().map(|(question, _)| question.len()).max().unwrap_or(0);
        written.drain(..written.len().saturating_sub(longest - 1));
        answers
    }
}

#[test]
fn a_question_that_comes_in_pieces_is_answered_once() {
    let mut written = b"text\x1b]1".to_vec();
    assert_eq!(Answers::Light.to(&mut written), b"");
    written.extend(b"1;?\x1b\\\x1b[");
    assert_eq!(Answers::Light.to(&mut written), QUESTIONS[2].1);
    written.extend(b"c");
    assert_eq!(Answers::Kind.to(&mut written), QUESTIONS[0].1);
    assert_eq!(Answers::Light.to(&mut written), b"");
}

/// A terminal with a program in it.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    child: Box<dyn Child + Send + Sync>,
    shown: Shown,
    /// The terminal's settings before anything was started in it.
    settings: String,
}

impl Terminal {
    /// Starts `impala` with these arguments as `person`.
    pub fn start(person: &Person, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::start_with(person, arguments, size, &[])
    }

    /// Starts a line of a shell as `person`, for whom `impala` is on the path.
    pub fn shell(person: &Person, line: &str) -> Self {
        Self::spawn(&person.shell(line), person, (100, 30), &[], Answers::Kind)
    }

    /// As [`Terminal::start`], with more in its environment.
    pub fn start_with(
        person: &Person,
        arguments: &[&str],
        size: (u16, u16),
        environment: &[(&str, &str)],
    ) -> Self {
        Self::spawn(&person.command(arguments), person, size, environment, Answers::Kind)
    }

    /// Starts any program as `person`, in a terminal that answers so.
    pub fn run(
        person: &Person,
        words: &[&str],
        size: (u16, u16),
        environment: &[(&str, &str)],
        answers: Answers,
    ) -> Self {
        let mut command = std::process::Command::new(words[0]);
        command.args(&words[1..]);
        for (name, value) in person.command(&[]).get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        Self::spawn(&command, person, size, environment, answers)
    }

    fn spawn(
        like: &std::process::Command,
        person: &Person,
        (cols, rows): (u16, u16),
        environment: &[(&str, &str)],
        answers: Answers,
    ) -> Self {
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
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
        let settings = format!("{:?}", pair.master.get_termios().unwrap());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Screen {
            parser: vt100::Parser::new(rows, cols, 0),
            written: Vec::new(),
            frames: 0,
            idle_frames: 0,
            last: Vec::new(),
            picture: Vec::new(),
        };
        let shown: Shown = Arc::new((Mutex::new(screen), Condvar::new()));
        let writer = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let (mut reader, told) = (pair.master.try_clone_reader().unwrap(), shown.clone());
        let answering = writer.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            let mut unanswered = Vec::new();
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                unanswered.extend_from_slice(&bytes[..count]);
                let _ = answering.lock().unwrap().write_all(&answers.to(&mut unanswered));
                // A test that has failed holds it no more.
                told.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take(&bytes[..count]);
                told.1.notify_all();
            }
        });
        Self { writer, master: pair.master, child, shown, settings }
    }

    /// Types; `⏎`, `⎋`, `↑`, `↓` and `⇥` are keys.
    pub fn types(&mut self, text: &str) {
        let keys = [("⏎", "\r"), ("⎋", "\x1b"), ("↑", "\x1b[A"), ("↓", "\x1b[B"), ("⇥", "\t")];
        let bytes = keys.iter().fold(text.to_owned(), |text, (key, bytes)| text.replace(key, bytes));
        let mut writer = self.writer.lock().unwrap();
        writer.write_all(bytes.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Pastes, as terminals say it where that is asked for.
    pub fn pastes(&mut self, text: &str) {
        self.types(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Gives the terminal another size.
    pub fn resizes(&self, cols: u16, rows: u16) {
        self.shown.0.lock().unwrap().parser.screen_mut().set_size(rows, cols);
        self.master.resize(size(cols, rows)).unwrap();
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
        self.wait(bytes, |screen| contains(&screen.written, bytes));
    }

    /// Waits until bytes were written that often.
    #[track_caller]
    pub fn writes_times(&self, bytes: &str, times: usize) {
        let count =
            |written: &[u8]| written.windows(bytes.len()).filter(|part| part == &bytes.as_bytes()).count();
        self.wait(bytes, |screen| count(&screen.written) >= times);
    }

    /// Whether bytes were written so far.
    pub fn has_written(&self, bytes: &str) -> bool {
        contains(&self.shown.0.lock().unwrap().written, bytes)
    }

    /// Waits for a frame beyond that many whose end shows what it has to, and returns its lines.
    #[track_caller]
    pub fn draws(&self, what: &str, beyond: usize, test: impl Fn(&[String]) -> bool) -> Vec<String> {
        self.wait(what, |screen| screen.frames > beyond && test(&screen.picture));
        self.shown.0.lock().unwrap().picture.clone()
    }

    /// How many frames were drawn, and how many of them showed what the one before had shown.
    pub fn frames(&self) -> (usize, usize) {
        let screen = self.shown.0.lock().unwrap();
        (screen.frames, screen.idle_frames)
    }

    /// The background of a cell.
    pub fn background(&self, row: u16, col: u16) -> vt100::Color {
        self.shown.0.lock().unwrap().parser.screen().cell(row, col).unwrap().bgcolor()
    }

    /// Waits until the emulated screen is as it has to be.
    #[track_caller]
    pub fn until(&self, what: &str, test: impl Fn(&vt100::Screen) -> bool) -> String {
        self.wait(what, |screen| test(screen.parser.screen()))
    }

    /// The text that was put on the clipboard last.
    pub fn clipboard(&self) -> String {
        use base64::Engine as _;
        let shown = self.shown.0.lock().unwrap();
        let written = String::from_utf8_lossy(&shown.written);
        let (_, last) = written.rsplit_once("\x1b]52;c;").unwrap();
        let encoded = last.split('\x07').next().unwrap_or_default();
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap()
    }

    #[track_caller]
    fn wait(&self, what: &str, test: impl Fn(&Screen) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        while !test(&shown) {
            let left = deadline.saturating_duration_since(Instant::now());
            let contents = shown.parser.screen().contents();
            assert!(!left.is_zero(), "waited for {what:?}, and saw:\n{contents}");
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
        shown.parser.screen().contents()
    }

    /// Sends the program a signal, as `kill` does.
    pub fn is_told(&self, signal: &str) {
        let id = self.child.process_id().unwrap().to_string();
        let kill = std::process::Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(kill.unwrap().success());
    }

    /// Sends a signal to the program and to all that it has started in this terminal, as the system does when a window is closed.
    pub fn is_told_with_all(&self, signal: &str) {
        let line = format!("kill -s {signal} -- -{}", self.child.process_id().unwrap());
        assert!(std::process::Command::new("sh").args(["-c", &line]).status().unwrap().success());
    }

    /// Sends a signal to what the program, a shell, runs.
    pub fn tells_what_it_runs(&self, signal: &str) {
        let id = self.child.process_id().unwrap().to_string();
        let kill = std::process::Command::new("pkill").args([&format!("-{signal}"), "-P", &id]).status();
        assert!(kill.unwrap().success());
    }

    /// Sends the program a signal again and again until it has ended, as one that comes close behind another may be told as one
    /// with it; returns the exit code.
    #[track_caller]
    pub fn ends_when_told(&mut self, signal: &str) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            self.is_told(signal);
            let shown = self.shown.0.lock().unwrap();
            drop(self.shown.1.wait_timeout(shown, Duration::from_millis(50)).unwrap());
        }
        panic!("{signal} does not end it");
    }

    /// Waits for the end, and returns the exit code.
    #[track_caller]
    pub fn ends(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            let contents = shown.parser.screen().contents();
            assert!(Instant::now() < deadline, "waited for the end, and saw:\n{contents}");
            // It may end without a word.
            shown = self.shown.1.wait_timeout(shown, Duration::from_millis(10)).unwrap().0;
        }
    }

    /// Has the system edit and echo lines, as a shell does when what it runs has stopped.
    pub fn is_set_by_a_shell(&self) {
        let terminal = std::fs::File::open(self.master.tty_name().unwrap()).unwrap();
        let modes = ["icanon", "echo", "isig", "iexten", "icrnl", "ixon", "opost"];
        assert!(std::process::Command::new("stty").args(modes).stdin(terminal).status().unwrap().success());
    }

    /// Waits until the whole terminal is the program's: another screen, no cursor, mouse and pasted text told apart.
    #[track_caller]
    pub fn is_taken(&self) {
        self.until("a terminal that is taken", |screen| {
            screen.alternate_screen()
                && screen.hide_cursor()
                && screen.bracketed_paste()
                && screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
        });
        assert!(!self.is_cooked());
    }

    /// Waits until the screen that the shell knows is shown again, with a cursor, and nothing is told but keys.
    #[track_caller]
    pub fn gives_the_screen_back(&self) {
        let fresh = vt100::Parser::new(1, 1, 0).screen().input_mode_formatted();
        self.until("the shell's screen", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && screen.input_mode_formatted() == fresh
        });
    }

    /// Whether the system does with what is typed what it did before the program came: it edits and echoes lines.
    pub fn is_cooked(&self) -> bool {
        format!("{:?}", self.master.get_termios().unwrap()) == self.settings
    }
}

fn contains(written: &[u8], bytes: &str) -> bool {
    written.windows(bytes.len()).any(|part| part == bytes.as_bytes())
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: cols * 10, pixel_height: rows * 20 }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
