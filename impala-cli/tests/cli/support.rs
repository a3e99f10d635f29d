//! A server, a person with a home folder, and what their commands say.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use impala_server::{Config, Running};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The password of everyone in the tests.
pub const PASSWORD: &str = "correct horse battery";

/// A server of its own.
pub struct Server {
    runtime: Runtime,
    running: Option<Running>,
    pub url: String,
    _folder: TempDir,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path());
        config.listen.set_port(0);
        config.bcrypt_cost = 4;
        change(&mut config);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let running = runtime.block_on(impala_server::start(config)).unwrap();
        Self { url: running.url(), running: Some(running), runtime, _folder: folder }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let _ = self.runtime.block_on(running.stop());
        }
    }
}

/// Someone at a shell: a folder to work in, settings of their own, and what was said so far.
pub struct Person {
    pub folder: TempDir,
    variables: Vec<(String, String)>,
    transcript: String,
    /// What they have typed into the transcript, without `impala`.
    pub typed: Vec<Vec<String>>,
}

impl Person {
    /// Someone who has not signed in.
    pub fn new(server: &str) -> Self {
        let variables = vec![("IMPALA_SERVER".to_owned(), server.to_owned())];
        Self { folder: tempfile::tempdir().unwrap(), variables, transcript: String::new(), typed: Vec::new() }
    }

    /// Someone who has just registered.
    pub fn registered(server: &Server, username: &str) -> Self {
        let person = Self::new(&server.url);
        let output = person.run_with(&["register", "--username", username, "--password-stdin"], PASSWORD);
        assert!(output.status.success(), "{output:?}");
        person
    }

    /// Someone with a project `weather`, and the file `weather.csv` of examples in it.
    pub fn with_weather(server: &Server) -> Self {
        let person = Self::registered(server, "ann");
        person.must(&["project", "create", "weather"]);
        person.copy_example("seattle-weather.csv", "weather.csv");
        person.must(&["upload", "weather.csv"]);
        person
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Where their settings are.
    pub fn config_dir(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    pub fn copy_example(&self, example: &str, name: &str) {
        let path = workspace().join("examples").join(example);
        std::fs::copy(path, self.folder.path().join(name)).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impala"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("USER", "ann")
            .env("IMPALA_CONFIG_DIR", self.config_dir())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// A line of a shell, for which `impala` is on the path.
    pub fn shell(&self, line: &str) -> Command {
        let like = self.command(&[]);
        let folder = Path::new(env!("CARGO_BIN_EXE_impala")).parent().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line]).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that reads this from stdin.
    pub fn run_with(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that does not read its stdin to the end is fine.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Asks until the answer is success.
    pub fn waits_for(&self, arguments: &[&str]) {
        let begun = std::time::Instant::now();
        while !self.run(arguments).status.success() {
            assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{arguments:?}");
        }
    }

    /// Runs a command that has to work, and returns its stdout.
    #[track_caller]
    pub fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the server answers to a plain GET below their project, in their name.
    #[track_caller]
    pub fn fetch(&self, path: &str) -> Vec<u8> {
        let token = self.must(&["token", "create", "fetch", "--scope", "read"]);
        let server = self.variables.iter().find(|(name, _)| name == "IMPALA_SERVER").unwrap().1.clone();
        let host = server.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        let token = token.trim();
        let path = format!("/api/v1/projects/ann/weather/{path}");
        // HTTP 1.0 has no chunks: what follows the blank line is the body.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n")
            .unwrap();
        let mut answer = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut answer).unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..end]);
        assert!(head.contains(" 200 "), "{head}");
        answer[end + 4..].to_vec()
    }

    /// Runs a command, and notes what it says.
    pub fn says(&mut self, arguments: &[&str]) {
        let output = self.run(arguments);
        self.note(arguments, "", &output);
    }

    /// Runs a command that reads stdin, and notes what it says.
    pub fn says_with(&mut self, arguments: &[&str], stdin: &str) {
        let output = self.run_with(arguments, stdin);
        self.note(arguments, " < ...", &output);
    }

    /// Notes a command and what it said.
    pub fn note(&mut self, arguments: &[&str], redirection: &str, output: &Output) {
        let quoted: Vec<String> = arguments.iter().map(|argument| quote(argument)).collect();
        self.typed.push(arguments.iter().map(|&argument| argument.to_owned()).collect());
        let code = output.status.code().unwrap_or(-1);
        self.transcript += &format!("$ impala {}{redirection}\n", quoted.join(" "));
        for (mark, bytes) in [("", &output.stdout), ("2> ", &output.stderr)] {
            for line in String::from_utf8_lossy(bytes).lines() {
                self.transcript += format!("{mark}{line}").trim_end();
                self.transcript.push('\n');
            }
        }
        if code != 0 {
            self.transcript += &format!("[exit {code}]\n");
        }
        self.transcript.push('\n');
    }

    /// All that was noted, without what differs from run to run.
    pub fn transcript(&self) -> String {
        self.transcript.clone()
    }
}

fn quote(argument: &str) -> String {
    let is_plain = argument.chars().all(|c| c.is_alphanumeric() || "-_./=,@:".contains(c));
    if is_plain && !argument.is_empty() { argument.to_owned() } else { format!("'{argument}'") }
}

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Compares a transcript with its snapshot, without what differs from run to run.
#[macro_export]
macro_rules! assert_transcript {
    ($person:expr) => {{
        let person = &$person;
        let mut settings = insta::Settings::clone_current();
        let folder = regex_escape(&person.folder.path().to_string_lossy());
        settings.add_filter(&folder, "[home]");
        settings.add_filter(r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:[port]");
        settings.add_filter(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]");
        settings.add_filter(r"impala_[A-Za-z0-9_-]{16,}", "impala_[secret]");
        settings.add_filter(r"/s/[A-Za-z0-9_-]{43}", "/s/[secret]");
        settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "[time]");
        settings.add_filter(r"\bversion=\d+", "version=[n]");
        settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]");
        // The line below a block: the time that it took decides its length.
        settings.add_filter(
            r"[─-]+( \d+ of [\d,]+ rows [─-]+)?( [a-z-]+@\d+)( [·-] [\d,]+ rows read)?( [·-] ([\d.]+ m?s|cached))? [─-]",
            "[provenance]",
        );
        // A machine that has much else to do takes longer over a test than it takes to be no longer now.
        settings.add_filter(r"\b\d+ minutes? ago\b", "just now");
        settings.add_filter(r"just now {3,}", "just now  ");
        settings.add_filter(r"\bWHEN {3,}", "WHEN      ");
        settings.add_filter(r"\b\d+ ms\b", "[n] ms");
        settings.add_filter(r"impala-(demo|open)-[A-Za-z0-9]{6}", "impala-$1-[x]");
        settings.add_filter(r"trying again in \d\.\d s", "trying again in [n] s");
        settings.set_omit_expression(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.bind(|| insta::assert_snapshot!(person.transcript()));
    }};
}

/// A text as a regular expression that matches it alone.
pub fn regex_escape(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_alphanumeric() { vec![c] } else { vec!['\\', c] }).collect()
}
