//! The user's editor, on a file in a folder of its own: what an editor leaves beside the file is found there. What was typed is
//! kept there whenever it does not come back as it should.

mod kept;
mod private;
mod processes;

use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Child;

use crate::signals::{HANG_UP, INTERRUPT};
pub use kept::Kept;
use processes::Process;

/// How long an editor may take to put away what was typed, once it is told to end.
const FAREWELL: Duration = Duration::from_secs(3);

/// How long it may take for that when it was told by others. Told twice, some end without having put away all.
const BY_ITSELF: Duration = Duration::from_secs(1);

/// An editor that is open, or has ended.
pub struct Editing {
    folder: TempDir,
    file: PathBuf,
    /// What the file held first.
    given: String,
    editor: String,
    child: Child,
    /// How the terminal stood before, as `stty` writes it.
    modes: Option<String>,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text as it was saved.
    Text(String),
    /// There is none that counts.
    Failed(Failed),
}

/// Why there is no text, and what there is instead.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed {
    how: String,
    /// Whether Ctrl-C ended the editor, which is told to the program, too.
    pub is_interrupt: bool,
    /// Files with what was typed; none when nothing was.
    pub kept: Vec<PathBuf>,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.kept.is_empty() {
            return write!(f, "{}; nothing was changed", self.how);
        }
        // First, as a line may be cut at its end.
        let files: Vec<String> = self.kept.iter().map(|file| file.display().to_string()).collect();
        write!(f, "What was typed is kept in {}; {}", files.join(", "), self.how)
    }
}

impl From<io::Error> for Edited {
    fn from(error: io::Error) -> Self {
        Self::Failed(Failed {
            how: format!("no editor could be started: {error}"),
            is_interrupt: false,
            kept: Vec::new(),
        })
    }
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
        let folder = private::folder()?;
        let file = folder.path().join("edited.yaml");
        private::write(&file, text)?;
        let modes = stty("-g");
        // The variable may hold arguments (`code --wait`), so it is a shell's to read.
        let line = format!("{editor} \"$1\"");
        let child = tokio::process::Command::new("sh").arg("-c").arg(line).arg("sh").arg(&file).spawn()?;
        Ok(Self { folder, file, given: text.to_owned(), editor, child, modes })
    }

    /// Waits until the editor has ended. It may be given up, and asked again.
    ///
    /// # Errors
    /// When the system does not say.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends the editor and all that it has started, and has the terminal as it was before. Most editors save what was typed
    /// beside the file.
    ///
    /// * `signal`: what the program was told. Nobody asks meanwhile how the editor has ended, so its number stays its own.
    pub async fn end(&mut self, signal: u8) {
        let (shell, file) = (self.child.id(), self.file.clone());
        let _ = tokio::task::spawn_blocking(move || {
            let mut left = processes::of_editor(shell, &file);
            if signal == HANG_UP {
                // It is told to all that have the terminal.
                left = processes::wait_for(left, BY_ITSELF);
            }
            processes::tell(&left, "TERM");
            processes::tell(&processes::wait_for(left, FAREWELL), "KILL");
        })
        .await;
        if tokio::time::timeout(FAREWELL, self.child.wait()).await.is_err() {
            // Nobody could say which processes there are.
            let _ = self.child.start_kill();
        }
        let modes = self.modes.take();
        let _ = tokio::task::spawn_blocking(move || modes.and_then(|modes| stty(&modes))).await;
    }

    /// What came of an editor that has ended so.
    pub async fn result(self, status: io::Result<ExitStatus>) -> Edited {
        let how = match &status {
            Ok(status) if status.success() => match tokio::fs::read_to_string(&self.file).await {
                Ok(text) => return Edited::Text(text),
                Err(error) => format!("the file that `{}` left cannot be read: {error}", self.editor),
            },
            Ok(status) => format!("`{}` ended with {status}", self.editor),
            Err(error) => format!("could not learn how `{}` ended: {error}", self.editor),
        };
        let is_interrupt = status.is_ok_and(is_interrupt);
        Edited::Failed(Failed { how, is_interrupt, kept: self.keep().await })
    }

    /// Lets the files outlive the program that hold something else than what was given. Its shell may have ended before an editor
    /// that still puts away what was typed.
    pub async fn keep(self) -> Vec<PathBuf> {
        self.keep_after(|_| ()).await
    }

    /// The same. The processes that are waited for are told first.
    async fn keep_after(self, tell: impl FnOnce(&[Process]) + Send + 'static) -> Vec<PathBuf> {
        let keep = move || {
            let left = processes::of_editor(None, &self.file);
            tell(&left);
            processes::wait_for(left, FAREWELL);
            let files = self.files_with_more();
            if !files.is_empty() {
                let _ = self.folder.keep();
                // An editor writes files of its own, as anybody may read them.
                files.iter().for_each(|file| private::close(file));
            }
            files
        };
        tokio::task::spawn_blocking(keep).await.unwrap_or_default()
    }

    fn files_with_more(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.folder.path()) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|file| match std::fs::read(file) {
            Ok(bytes) => bytes != self.given.as_bytes(),
            // A link that stands for a lock leads nowhere.
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        });
        files.sort();
        files
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

/// Asks `stty` about the terminal, or has it set; `None` where there is no terminal or no `stty`.
fn stty(argument: &str) -> Option<String> {
    let terminal = std::fs::File::open("/dev/tty").ok()?;
    let output = Command::new("stty").arg(argument).stdin(terminal).stderr(Stdio::null()).output().ok()?;
    let modes = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| modes.trim().to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

    use super::*;

    const TERMINATE: u8 = 15;

    fn start(editor: &str) -> Editing {
        Editing::start_with(editor.to_owned(), "first\n").expect("a shell")
    }

    async fn edited(editor: &str) -> Edited {
        let mut editing = start(editor);
        let status = editing.ended().await;
        editing.result(status).await
    }

    async fn failed(editor: &str) -> Failed {
        match edited(editor).await {
            Edited::Failed(failed) => failed,
            Edited::Text(text) => panic!("{editor}: {text}"),
        }
    }

    fn remove(kept: &[PathBuf]) {
        std::fs::remove_dir_all(kept[0].parent().expect("its folder")).expect("removed");
    }

    /// Waits until a file holds that text.
    async fn holds(file: &std::path::Path, text: &str) {
        let holds = async {
            while std::fs::read_to_string(file).expect("the file") != text {
                tokio::task::yield_now().await;
            }
        };
        let held = tokio::time::timeout(Duration::from_secs(20), holds).await;
        assert!(held.is_ok(), "{} never holds {text:?}", file.display());
    }

    #[tokio::test]
    async fn an_editor_gives_back_what_was_saved() {
        assert_eq!(edited("sed -i s/first/second/").await, Edited::Text("second\n".to_owned()));
    }

    #[tokio::test]
    async fn an_interrupt_is_told_from_other_failures() {
        // Raw, as tests may be run where the signal is ignored.
        assert!(is_interrupt(std::os::unix::process::ExitStatusExt::from_raw(INTERRUPT.into())));
        for (end, is_interrupt) in [("(exit 130); exit $?;", true), ("exit 1;", false)] {
            let failed = failed(end).await;
            assert_eq!(failed.is_interrupt, is_interrupt, "{end}: {failed}");
            assert!(failed.to_string().contains("nothing was changed"), "{failed}");
        }
    }

    #[tokio::test]
    async fn what_was_typed_is_kept_when_the_editor_fails_or_leaves_what_is_no_text() {
        let typed = "typed() { echo mine > \"$1\"; exit 1; }; typed";
        let swapped = "typed() { echo mine > \"$(dirname \"$1\")/.edited.yaml.swp\"; kill -KILL $$; }; typed";
        let garbled = "typed() { printf '\\377\\n' > \"$1\"; }; typed";
        let copied = "typed() { cp \"$1\" \"$1~\"; echo mine > \"$1\"; exit 1; }; typed";
        for (editor, name) in [
            (typed, "edited.yaml"),
            (swapped, ".edited.yaml.swp"),
            (garbled, "edited.yaml"),
            (copied, "edited.yaml"),
        ] {
            let failed = failed(editor).await;
            let names: Vec<_> = failed.kept.iter().map(|file| file.file_name().expect("a name")).collect();
            assert_eq!(names, [name], "{editor}");
            let said = failed.to_string();
            assert!(
                said.starts_with(&format!("What was typed is kept in {}; ", failed.kept[0].display())),
                "{said}"
            );
            assert!(failed.kept[0].exists());
            remove(&failed.kept);
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_for_nobody_else() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| path.metadata().expect("its mode").permissions().mode() & 0o777;
        let open = "typed() { echo mine > \"$1~\"; chmod 644 \"$1~\"; chmod 755 \"$(dirname \"$1\")\"; exit 1; }; typed";
        let failed = failed(open).await;
        let mut kept = Kept::default();
        let file = kept.files.write("rain.yaml", "mine\n").expect("kept");
        assert_eq!(std::fs::read_to_string(file).expect("a file"), "mine\n");
        for file in failed.kept.iter().chain(&kept.files.all()) {
            assert_eq!(
                (mode(file), mode(file.parent().expect("a folder"))),
                (0o600, 0o700),
                "{}",
                file.display()
            );
        }
        remove(&failed.kept);
        remove(&std::mem::take(&mut kept.files).all());
    }

    #[tokio::test]
    async fn an_editor_whose_shell_ends_first_is_waited_for() {
        // As on a hang-up: the shell ends at once, and the editor puts away what was typed. It begins with that when it is seen
        // to be waited for.
        let editor = "until [ -e \"$0.go\" ]; do sleep 0.02; done; rm \"$0.go\"; echo mine > \"$0.save\"";
        let mut editing = start(&format!("typed() {{ (sh -c '{editor}' \"$1\") & exit 1; }}; typed"));
        assert!(!editing.ended().await.expect("how it ended").success());
        let go = editing.file.with_file_name("edited.yaml.go");
        let begin = move |left: &[Process]| {
            assert!(!left.is_empty(), "the editor lives");
            std::fs::write(go, "").expect("it may begin");
        };
        let kept = editing.keep_after(begin).await;
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!(std::fs::read_to_string(&kept[0]).expect("kept"), "mine\n");
        remove(&kept);
    }

    #[tokio::test]
    async fn an_editor_is_ended_with_all_it_has_started_and_what_was_typed_is_kept() {
        // It lets its child wait, as an editor in a wrapper does.
        let mut editing = start("typed() { echo mine > \"$1\"; sleep 600; echo too late > \"$1\"; }; typed");
        holds(&editing.file.clone(), "mine\n").await;
        editing.end(TERMINATE).await;
        let kept = editing.keep().await;
        assert_eq!(std::fs::read_to_string(&kept[0]).expect("kept"), "mine\n");
        remove(&kept);
    }

    #[tokio::test]
    async fn an_editor_that_ends_well_while_it_is_told_to_loses_nothing() {
        let mut editing = start("typed() { echo mine > \"$1\"; }; typed");
        holds(&editing.file.clone(), "mine\n").await;
        editing.end(TERMINATE).await;
        let kept = editing.keep().await;
        assert_eq!(kept.len(), 1);
        remove(&kept);
    }

    #[tokio::test]
    async fn nothing_is_kept_where_nothing_was_typed() {
        let mut editing = start("sleep 600; :");
        let folder = editing.folder.path().to_owned();
        editing.end(TERMINATE).await;
        assert_eq!(editing.keep().await, Vec::<PathBuf>::new());
        assert!(!folder.exists());
    }
}
