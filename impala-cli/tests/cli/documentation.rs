//! What the README and `docs/` say to type, typed: each command has to work as it stands there.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::pipelines::repository;
use crate::pty::Terminal;
use crate::support::{PASSWORD, Person, Server, workspace};
use crate::surface;

/// A part of a document whose commands a test here runs: from the line that begins with `from` to the one that begins with `to`.
pub struct Part {
    document: &'static str,
    from: &'static str,
    to: &'static str,
    /// How those begin that are run; the others stand in [`ELSEWHERE`].
    prefix: &'static str,
}

const FIVE_MINUTES: Part =
    Part { document: "README.md", from: "## Five minutes", to: "## In production", prefix: "" };
const IN_PRODUCTION: Part =
    Part { document: "README.md", from: "## In production", to: "## What is where", prefix: "impala " };
const AS_CODE: &str = "docs/canvases-as-code.md";
const EVERYDAY: Part =
    Part { document: AS_CODE, from: "It is meant for git", to: "Files and folders can be named", prefix: "" };
const CHECKS: Part = Part { document: AS_CODE, from: "## Checks without", to: "`lint --preview", prefix: "" };
const MERGING: Part = Part { document: AS_CODE, from: "## Merging files", to: "## Checks", prefix: "" };
pub const FOR_CI: Part =
    Part { document: "docs/ci/README.md", from: "# Impala", to: "Choose the one", prefix: "" };

const PARTS: [&Part; 6] = [&FIVE_MINUTES, &IN_PRODUCTION, &EVERYDAY, &CHECKS, &MERGING, &FOR_CI];

/// What `scripts/check-deploy --commands` prints is what holds, as far as that can be told without an engine.
const CHECK_DEPLOY: &str = "scripts/check-deploy --commands";

/// Commands that `.ci/run` or a script of it runs, and the words by which it does; of [`CHECK_DEPLOY`], what it prints.
const ELSEWHERE: [(&str, &str, &str); 19] = [
    ("cargo run --release -- demo", ".ci/run", "cargo run --release -- demo --exit"),
    (
        "cargo run --release -- demo --exit     # builds; prints the example canvas",
        ".ci/run",
        "-- demo --exit",
    ),
    ("cargo test --workspace", ".ci/run", "cargo test --workspace"),
    ("deploy/make-secrets", "scripts/check-deploy", "run([\"deploy/make-secrets\"]"),
    (
        "install -m 444 fullchain.pem deploy/secrets/tls_certificate",
        "scripts/check-nginx",
        "(install .+ deploy/secrets/tls_",
    ),
    (
        "install -m 444 privkey.pem deploy/secrets/tls_key",
        "scripts/check-nginx",
        "(install .+ deploy/secrets/tls_",
    ),
    (
        "echo COMPOSE_FILE=docker-compose.yml >> .env",
        CHECK_DEPLOY,
        "echo COMPOSE_FILE=docker-compose.yml >> .env",
    ),
    ("docker compose up -d --build --wait", CHECK_DEPLOY, "docker compose up -d --build --wait"),
    ("docker compose up -d --wait", CHECK_DEPLOY, "docker compose up -d --wait"),
    ("docker compose up", CHECK_DEPLOY, "docker compose up"),
    ("docker compose stop nginx server", CHECK_DEPLOY, "docker compose stop nginx server"),
    ("docker build --target cli -t impala-cli .", CHECK_DEPLOY, "docker build --target cli -t impala-cli ."),
    (
        "docker tag impala-cli registry.example.org/impala-cli:latest",
        CHECK_DEPLOY,
        "docker tag impala-cli registry.example.org/impala-cli:latest",
    ),
    (
        "docker push registry.example.org/impala-cli:latest",
        CHECK_DEPLOY,
        "docker push registry.example.org/impala-cli:latest",
    ),
    // What stands behind `server` is run with the server's own environment.
    (
        "(umask 077; docker compose exec -T server impala backup create - > impala.tar.zst)",
        "scripts/check-backups",
        "backup(\"create\"",
    ),
    (
        "docker compose run --rm --no-deps -v \"$PWD/impala.tar.zst:/impala.tar.zst:ro\" server backup verify /impala.tar.zst",
        "scripts/check-backups",
        "backup(\"verify\"",
    ),
    (
        "docker compose run --rm -v \"$PWD/impala.tar.zst:/impala.tar.zst:ro\" server backup restore /impala.tar.zst --force",
        "scripts/check-backups",
        "backup(\"restore\"",
    ),
    (
        "docker compose run --rm -v /srv/impala:/data server backup copy --from /data --to env",
        "scripts/check-backups",
        "backup(\"copy\"",
    ),
    // The clone that is tested.
    ("git clone … && cd impala", ".ci/run", "cd \"$(dirname \"$0\")/..\""),
];

/// The first lines of indented blocks that nobody types.
const NO_COMMANDS: [&str; 2] = [
    "server = \"https://impala.example.org\"",
    "# yaml-language-server: $schema=https://impala.example.org/api/canvas.schema.json",
];

/// A shell in the person's folder, with `impala` on its path.
pub fn shell(person: &Person, program: &str) -> Command {
    let bin = person.folder.path().join(".bin");
    if !bin.exists() {
        std::fs::create_dir(&bin).unwrap();
        symlink(env!("CARGO_BIN_EXE_impala"), bin.join("impala")).unwrap();
    }
    let like = person.command(&[]);
    let mut command = Command::new(program);
    command.env_clear().current_dir(person.folder.path());
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    command.stdin(Stdio::null());
    command
}

/// A program with its flags, as CI systems start it.
pub const BASH: [&str; 3] = ["bash", "-euo", "pipefail"];

pub fn tries(
    person: &Person,
    [program, flags @ ..]: [&str; 3],
    lines: &str,
    variables: &[(&str, &str)],
) -> Output {
    let mut command = shell(person, program);
    command.args(flags).args(["-c", lines]).envs(variables.iter().copied()).output().unwrap()
}

/// Runs lines in a shell; all of them have to work.
#[track_caller]
pub fn runs(person: &Person, lines: &str, variables: &[(&str, &str)]) -> String {
    let output = tries(person, BASH, lines, variables);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{lines}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

pub fn document(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap()
}

impl Part {
    pub fn commands(&self) -> Vec<String> {
        let lines = commands(&document(self.document), self.from, self.to);
        let run: Vec<String> = lines.into_iter().filter(|line| line.starts_with(self.prefix)).collect();
        assert!(run.len() > 1, "{}: nothing from {} to {}", self.document, self.from, self.to);
        run
    }
}

/// The indented lines of a part of a text, from the line that begins with `from` to the one that begins with `to`.
pub fn commands(text: &str, from: &str, to: &str) -> Vec<String> {
    let part =
        text.lines().skip_while(|line| !line.starts_with(from)).take_while(|line| !line.starts_with(to));
    part.filter_map(|line| line.strip_prefix("    ")).map(str::to_owned).collect()
}

/// The documents that tell people what to type.
fn documents() -> Vec<String> {
    let mut found: Vec<String> = ["README.md", "CONTRIBUTING.md"].map(str::to_owned).to_vec();
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(workspace().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            match workspace().join(&path).is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|ending| ending == "md") => {
                    found.push(path.to_str().unwrap().to_owned());
                }
                false => {}
            }
        }
    }
    assert!(found.len() > 3, "{found:?}");
    found
}

/// Every line that stands indented or between fences, but between those of another language than a shell's, and but in blocks
/// that begin with one of [`NO_COMMANDS`].
fn lines_to_type(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut fence, mut is_skipped) = (None, false);
    for line in text.lines() {
        match (line.trim().strip_prefix("```"), fence) {
            (Some(language), None) => {
                fence = Some(["", "sh", "bash", "shell", "console"].contains(&language));
            }
            (Some(_), Some(_)) => fence = None,
            (None, Some(is_shell)) => found.extend(is_shell.then(|| line.to_owned())),
            (None, None) => {
                let indented = line.strip_prefix("    ").filter(|line| !line.trim().is_empty());
                is_skipped = indented.is_some_and(|line| is_skipped || NO_COMMANDS.contains(&line));
                found.extend(indented.filter(|_| !is_skipped).map(str::to_owned));
            }
        }
    }
    found
}

#[test]
fn every_command_of_the_documents_is_run() {
    let run: BTreeSet<String> = PARTS.iter().flat_map(|part| part.commands()).collect();
    let all: BTreeSet<String> = documents().iter().flat_map(|path| lines_to_type(&document(path))).collect();
    let is_elsewhere = |line: &String| ELSEWHERE.iter().any(|(known, ..)| known == line);
    let untested: Vec<&String> =
        all.iter().filter(|line| !run.contains(*line) && !is_elsewhere(line)).collect();
    assert_eq!(
        untested,
        Vec::<&String>::new(),
        "run them in a test here, or say in ELSEWHERE what runs them"
    );
    let ci = document(".ci/run");
    let holds = checked_by_check_deploy();
    for (line, script, words) in ELSEWHERE {
        assert!(all.contains(line), "{line} stands in no document any more");
        if script == CHECK_DEPLOY {
            let is_checked = holds.as_ref().is_none_or(|lines| lines.contains(words));
            assert!(is_checked, "{script} does not check {line}");
            continue;
        }
        assert!(document(script).contains(words), "{script} does not run {line}: it has no {words}");
        assert!(script == ".ci/run" || ci.contains(script), ".ci/run does not run {script}");
    }
}

/// The commands that hold; `None` where docker-compose is not installed.
fn checked_by_check_deploy() -> Option<BTreeSet<String>> {
    let mut words = CHECK_DEPLOY.split(' ');
    let output = Command::new(workspace().join(words.next().unwrap())).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    if said.contains("LEFT OUT") {
        let _ = write!(std::io::stderr(), "{said}");
        return None;
    }
    Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// What stands within a sentence is not run; it names commands and flags that there are.
#[test]
fn commands_within_sentences_are_there() {
    let tree = impala_cli::command_tree();
    let mut seen = 0;
    for path in documents() {
        let text = document(&path);
        for code in text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("impala ")) {
            let words: Vec<String> = code.split_whitespace().skip(1).map(str::to_owned).collect();
            if words[0] == "help" || words[0] == "COMMAND" || words[0].starts_with("--") {
                continue;
            }
            let of = surface::command_of(&tree, &words);
            let command = surface::at(&tree, &of);
            assert!(
                !(of.is_empty() || command.has_subcommands() && words.len() > of.len()),
                "{path}: `{code}`"
            );
            for flag in words.iter().filter_map(|word| word.strip_prefix("--")) {
                let flag = flag.split('=').next();
                let is_known =
                    |command: &clap::Command| command.get_arguments().any(|one| one.get_long() == flag);
                assert!(
                    is_known(command) || is_known(&tree),
                    "{path}: `{code}` has a flag that is not there"
                );
            }
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

/// The commands of "Five minutes", in one shell beside the server that they start, and at a terminal.
#[test]
fn the_five_minutes_of_the_readme() {
    let mut ann = Person::new("http://127.0.0.1:9");
    symlink(workspace().join("examples"), ann.folder.path().join("examples")).unwrap();
    std::fs::create_dir(ann.folder.path().join("data")).unwrap();
    ann.copy_example("seattle-weather.csv", "data/weather.csv");
    let (served, lines): (Vec<String>, Vec<String>) =
        FIVE_MINUTES.commands().into_iter().partition(|line| line.starts_with("impala serve"));
    let (seen, lines): (Vec<String>, Vec<String>) =
        lines.into_iter().partition(|line| line.starts_with("impala tui"));
    assert_eq!((served.len(), seen.len()), (1, 1));
    let (mut server, url) = started(&ann, &served[0]);
    let lines: Vec<String> = lines
        .into_iter()
        .map(|line| line.replace("http://127.0.0.1:5001", &url))
        // It would serve until Ctrl-C.
        .map(|line| line.replace("open examples/penguins.csv ", "open examples/penguins.csv --exit "))
        .collect();
    assert!(lines.len() > 15, "{lines:?}");
    runs(&ann, &lines.join("\n"), &[]);
    ann.set("IMPALA_SERVER", &url);
    let words: Vec<&str> = seen[0].split_whitespace().skip(1).collect();
    let mut terminal = Terminal::start(&ann, &words, (120, 40));
    terminal.shows("Wettest day");
    terminal.types("q");
    drop(terminal);
    server.kill().unwrap();
    server.wait().unwrap();
}

/// Starts the server that a document starts, on a free port.
fn started(person: &Person, line: &str) -> (std::process::Child, String) {
    let mut bash = shell(person, "bash");
    bash.args(["-c", &format!("exec {line} --listen 127.0.0.1:0")]).stderr(Stdio::piped());
    let mut child = bash.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(|line| line.unwrap());
    let said = lines.find(|line| line.starts_with("Serving ")).unwrap();
    // What it says from now on is read too, lest it waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    let url = said.split(" at ").nth(1).unwrap().split(". ").next().unwrap().to_owned();
    (child, url)
}

/// Those for running a server without containers, with a folder of the test as `/srv/impala`.
#[test]
fn in_production() {
    let server = Server::start();
    let ann = Person::new(&server.url);
    let root = ann.folder.path().to_str().unwrap().to_owned();
    let (mut served, _) = started(&ann, &format!("impala serve --data-dir {root}/srv"));
    served.kill().unwrap();
    served.wait().unwrap();
    ann.write("database-url", &format!("sqlite://{root}/other.db?mode=rwc\n"));
    ann.write(
        "server.toml",
        &format!(
            "data_dir = '{root}/other'\nuploads = '{root}/files'\ndatabase_url_file = '{root}/database-url'\n"
        ),
    );
    let lines = IN_PRODUCTION.commands().join("\n");
    assert!(lines.contains("impala ping --server http://127.0.0.1:8080\n") && lines.contains("/srv/impala"));
    let lines =
        lines.replace("http://127.0.0.1:8080", &server.url).replace("/srv/impala", &format!("{root}/srv"));
    runs(&ann, &lines, &[]);
    assert!(ann.folder.path().join("restored/impala.db").exists());
    assert!(ann.folder.path().join("other.db").exists());
}

/// The commands about canvases as code, in a folder of git with a canvas that differs from the server's.
#[test]
fn canvases_as_code_as_told() {
    let server = Server::start();
    let (ann, token) = repository(&server);
    let text = document(AS_CODE);
    let settings: Vec<String> = commands(&text, "## A project", "It is meant for git")
        .iter()
        .map(|line| line.replace("https://impala.example.org", &server.url))
        .collect();
    ann.write("impala.toml", &settings.join("\n"));
    let variables = [("IMPALA_TOKEN", token.as_str()), ("EDITOR", "true")];
    runs(
        &ann,
        "git init -q . && impala canvas apply && cp canvases/seattle-weather.yaml canvases/rain.yaml && sed -i 's/slug: seattle-weather/slug: rain/' canvases/rain.yaml",
        &variables,
    );
    for line in EVERYDAY.commands().into_iter().chain(CHECKS.commands()) {
        // A difference is what this one tells by its exit code.
        let line = match line.starts_with("impala canvas diff") {
            true => format!("if {line}\nthen exit 1; else [ $? = 8 ]; fi"),
            false => line,
        };
        runs(&ann, &line, &variables);
    }
    for name in ["base", "ours", "theirs"] {
        ann.copy_example("seattle-weather.yaml", &format!("{name}.yaml"));
    }
    runs(&ann, &MERGING.commands().join("\n"), &variables);
}

/// A password that a reader is shown is the one that the tests use, so that the two are not mistaken for secrets.
#[test]
fn the_documents_have_one_password() {
    for path in ["README.md", "docs/ci/pipeline.sh"] {
        assert!(document(path).contains(&format!("echo '{PASSWORD}' |")), "{path}");
    }
}
