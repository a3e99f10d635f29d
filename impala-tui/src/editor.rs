//! The user's editor, on a file in a folder of its own: what an editor leaves beside the file is found there.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::signals::INTERRUPT;

/// How long an editor may take to put away what was typed, once it is told to end.
pub const FAREWELL: Duration = Duration::from_secs(3);

/// An editor that is open.
pub struct Editing {
    folder: TempDir,
    file: PathBuf,
    /// What the file held first.
    text: String,
    editor: String,
    child: Child,
    ending: Ending,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text as it was saved.
    Text(String),
    /// Ctrl-C ended it; the terminal has told the program too. How it ended.
    Interrupted(String),
    /// The program was told to end, and the editor with it: files with what was typed. None when nothing was.
    Kept(Vec<PathBuf>),
}

/// The way to end an editor that somebody is typing in.
#[derive(Clone)]
pub struct Ending {
    pid: u32,
    /// The processes that were told to end.
    told: Arc<Mutex<Vec<u32>>>,
    /// How the terminal stood before, as `stty` writes it.
    modes: Option<String>,
}

impl Editing {
    /// Opens `$VISUAL`, `$EDITOR` or vi on a text.
    ///
    /// # Errors
    /// When the file cannot be written or no shell be started.
    pub fn start(text: &str) -> io::Result<Self> {
        let named = |name| std::env::var(name).ok().filter(|editor: &String| !editor.trim().is_empty());
        Self::start_with(named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned()), text)
    }

    fn start_with(editor: String, text: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("impala-").tempdir()?;
        let file = folder.path().join("edited.yaml");
        std::fs::File::create_new(&file)?.write_all(text.as_bytes())?;
        let modes = stty("-g");
        // The variable may hold arguments (`code --wait`), so it is a shell's to read.
        let line = format!("{editor} \"$1\"");
        let child = Command::new("sh").arg("-c").arg(line).arg("sh").arg(&file).spawn()?;
        let ending = Ending { pid: child.id(), told: Arc::default(), modes };
        Ok(Self { folder, file, text: text.to_owned(), editor, child, ending })
    }

    /// The way to end it.
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Waits until the editor has ended.
    ///
    /// # Errors
    /// When the editor cannot be started or says that it failed, or the file cannot be read.
    pub fn finish(mut self) -> io::Result<Edited> {
        let status = self.child.wait()?;
        if self.ending.is_told() {
            // The shell ends at once, the editor when it has put away what was typed.
            self.ending.wait();
            return self.keep().map(Edited::Kept);
        }
        if !status.success() {
            let how = format!("`{}` ended with {status}; nothing was changed", self.editor);
            return if is_interrupt(status) {
                Ok(Edited::Interrupted(how))
            } else {
                Err(io::Error::other(how))
            };
        }
        std::fs::read_to_string(&self.file).map(Edited::Text)
    }

    /// Lets the files outlive the program, if there is anything in them that was typed.
    fn keep(self) -> io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(self.folder.path())?.collect::<Result<Vec<_>, _>>()?;
        let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        files.sort();
        let is_changed = std::fs::read(&self.file)? != self.text.as_bytes();
        files.retain(|file| is_changed || *file != self.file);
        if !files.is_empty() {
            let _ = self.folder.keep();
        }
        Ok(files)
    }
}

impl Ending {
    /// Asks the editor to end, and all that it has started: most of them save what was typed beside the file.
    pub fn ask(&self) {
        let pids = with_descendants(self.pid, &processes());
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = pids;
        self.tell("TERM");
    }

    fn is_told(&self) -> bool {
        !self.told().is_empty()
    }

    fn told(&self) -> Vec<u32> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until all that were told are gone; what does not go is ended.
    fn wait(&self) {
        let (told, begun) = (self.told(), Instant::now());
        while processes().iter().any(|(pid, _)| told.contains(pid)) {
            if begun.elapsed() > FAREWELL {
                return self.tell("KILL");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends what did not end by itself.
    pub fn force(&self) {
        self.tell("KILL");
    }

    /// Gives the terminal the modes that it had before the editor.
    pub fn mend(&self) {
        if let Some(modes) = &self.modes {
            stty(modes);
        }
    }

    fn tell(&self, signal: &str) {
        let pids = self.told();
        // Every shell has it built in; the system may have no program of that name.
        let mut kill = Command::new("sh");
        kill.arg("-c").arg("kill -s \"$0\" \"$@\"").arg(signal).args(pids.iter().map(u32::to_string));
        let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// Whether a program was ended by Ctrl-C, itself or below a shell that says so.
fn is_interrupt(status: ExitStatus) -> bool {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None::<i32>;
    signal == Some(INTERRUPT.into()) || status.code() == Some(128 + i32::from(INTERRUPT))
}

/// Every living process with its parent; none where that cannot be asked.
fn processes() -> Vec<(u32, u32)> {
    let told = Command::new("ps").args(["-A", "-o", "pid=,ppid=,stat="]).stderr(Stdio::null()).output();
    let text = told.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let pair = |line: &str| {
        let mut words = line.split_whitespace();
        let (pid, parent, state) = (words.next()?, words.next()?, words.next()?);
        // A zombie has ended; nobody has asked how.
        if state.starts_with('Z') { None } else { Some((pid.parse().ok()?, parent.parse().ok()?)) }
    };
    text.lines().filter_map(pair).collect()
}

/// A process and all that came of it, itself first.
fn with_descendants(pid: u32, processes: &[(u32, u32)]) -> Vec<u32> {
    let mut pids = vec![pid];
    let mut next = 0;
    while let Some(parent) = pids.get(next).copied() {
        let of = |(child, of): &(u32, u32)| (*of == parent && !pids.contains(child)).then_some(*child);
        let children: Vec<u32> = processes.iter().filter_map(of).collect();
        pids.extend(children);
        next += 1;
    }
    pids
}

/// Asks `stty` about the terminal, or has it set; `None` where there is no terminal or no `stty`.
fn stty(argument: &str) -> Option<String> {
    let terminal = std::fs::File::open("/dev/tty").ok()?;
    let output = Command::new("stty").arg(argument).stdin(terminal).stderr(Stdio::null()).output().ok()?;
    let modes = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| modes.trim().to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn an_editor_gives_back_what_was_saved() {
        let editing = Editing::start_with("sed -i s/a/b/".to_owned(), "a\n").expect("a shell");
        assert_eq!(editing.finish().expect("sed"), Edited::Text("b\n".to_owned()));
    }

    #[test]
    fn an_interrupt_is_told_from_other_failures() {
        for end in ["kill -INT $$; :", "(exit 130); exit $?;"] {
            let edited = Editing::start_with(end.to_owned(), "a\n").expect("a shell").finish();
            assert!(matches!(edited, Ok(Edited::Interrupted(_))), "{end}: {edited:?}");
        }
        let failed = Editing::start_with("exit 1;".to_owned(), "a\n").expect("a shell").finish();
        assert!(failed.expect_err("failed").to_string().contains("nothing was changed"));
    }

    #[test]
    fn an_editor_is_ended_with_all_it_has_started_and_what_was_typed_is_kept() {
        // It lets its child wait, as an editor in a wrapper does.
        let editor = "typed() { echo mine > \"$1\"; sleep 600; echo too late > \"$1\"; }; typed".to_owned();
        let editing = Editing::start_with(editor, "first\n").expect("a shell");
        let (file, ending) = (editing.file.clone(), editing.ending());
        while std::fs::read_to_string(&file).expect("the file") != "mine\n" {
            std::thread::yield_now();
        }
        ending.ask();
        assert_eq!(editing.finish().expect("ended"), Edited::Kept(vec![file.clone()]));
        assert_eq!(std::fs::read_to_string(&file).expect("kept"), "mine\n");
        std::fs::remove_dir_all(file.parent().expect("its folder")).expect("removed");
    }

    #[test]
    fn nothing_is_kept_where_nothing_was_typed() {
        let editing = Editing::start_with("sleep 600; :".to_owned(), "first\n").expect("a shell");
        let (folder, ending) = (editing.folder.path().to_owned(), editing.ending());
        ending.ask();
        assert_eq!(editing.finish().expect("ended"), Edited::Kept(Vec::new()));
        assert!(!folder.exists());
    }

    #[test]
    fn descendants_are_found_however_deep() {
        let processes = [(1, 0), (10, 1), (11, 10), (12, 11), (13, 1), (14, 12)];
        assert_eq!(with_descendants(10, &processes), [10, 11, 12, 14]);
    }
}
