//! Help, manual pages, completions

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use crate::assert_transcript;
use crate::pty::Terminal;
use crate::support::{Person, Server, regex_escape, workspace};

#[test]
fn help_reads_well() {
    let mut ann = Person::new("");
    ann.says(&["--help"]);
    ann.says(&["upload", "--help"]);
    ann.says(&["canvas", "--help"]);
    ann.says(&["canvas", "aply"]);
    ann.says(&["canvas", "apply"]);
    ann.says(&["canvas", "list", "--jsn"]);
    ann.says(&["upload", "--json"]);
    ann.says(&["upload"]);
    assert_transcript!(ann);
}

#[test]
fn help_can_be_asked_for_first() {
    let ann = Person::new("");
    for command in [&[][..], &["upload"], &["canvas"], &["canvas", "apply"]] {
        let asked = ann.must(&[&["help"], command].concat());
        assert_eq!(asked, ann.must(&[command, &["--help"]].concat()));
    }
}

#[test]
fn the_version_is_said_without_any_file() {
    let ann = Person::new("");
    assert_eq!(ann.must(&["--version"]), format!("impala {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(std::fs::read_dir(ann.folder.path()).unwrap().count(), 0);
}

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let pages =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "1" || extension == "7"));
    pages
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// When this fails: `cargo run -- man --dir man`.
#[test]
fn the_manual_pages_are_current() {
    let ann = Person::new("");
    ann.must(&["man", "--dir", "pages"]);
    let made = pages(&ann.folder.path().join("pages"));
    let kept = pages(&workspace().join("man"));
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&made), names(&kept), "run `cargo run -- man --dir man`");
    for (name, page) in &made {
        assert_eq!(page, &kept[name], "{name} is stale: run `cargo run -- man --dir man`");
    }
    assert!(ann.must(&["man"]).contains("impala"));
}

#[test]
fn completions_know_the_commands() {
    let ann = Person::new("");
    for shell in ["bash", "zsh", "fish"] {
        let script = ann.must(&["completions", shell]);
        assert!(script.contains("IMPALA_COMPLETE"), "{shell}");
    }
}

/// Each prints what it offers behind `$1`, a line each, as it does when someone presses Tab.
const SHELLS: [(&str, &[&str], &str); 3] = [
    (
        "bash",
        &["-c"],
        r#"
        source <(impala completions bash)
        read -ra COMP_WORDS <<< "$1"
        [[ $1 == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
        "$(complete -p impala | grep -o -- '-F [^ ]*' | cut -c4-)" impala "${COMP_WORDS[COMP_CWORD]}"
        printf '%s\n' "${COMPREPLY[@]}"
        "#,
    ),
    // What draws the menu needs a terminal: its two functions are given here.
    (
        "zsh",
        &["-f", "-c"],
        r#"
        compdef() { completer=$1 }
        _describe() { for offered in "${(@P)3}"; do case $offered in ($PREFIX*) print -r -- "${offered%%:*}";; esac; done }
        source <(impala completions zsh)
        words=("${(@s: :)1}") CURRENT=${#words} PREFIX=$words[-1]
        $completer
        "#,
    ),
    (
        "fish",
        &["--no-config", "-c"],
        "impala completions fish | source; complete --do-complete $argv[-1] | string replace --regex '\\t.*' ''",
    ),
];

fn says_that_it_is_missing(program: &str) {
    let text = format!("{program} is not installed; scripts/test-services install gets it");
    let _ = writeln!(std::io::stderr(), "SKIPPED: {text}");
    assert!(std::env::var_os("CI").is_none(), "{text}");
}

fn is_installed(shell: &str) -> bool {
    let is_there = std::process::Command::new(shell).args(["-c", "true"]).status().is_ok();
    if !is_there {
        says_that_it_is_missing(shell);
    }
    is_there
}

/// What a real shell offers; `None` where it is not installed.
fn completed(person: &Person, shell: usize, line: &str) -> Option<Vec<String>> {
    let (name, flags, script) = SHELLS[shell];
    let program = Path::new(env!("CARGO_BIN_EXE_impala"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = person.command(&[]);
    let environment: Vec<_> =
        command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    let mut asked = std::process::Command::new(name);
    asked.args(flags).arg(script);
    // fish hands over all that is behind the script, the others take a name first.
    asked.args(Some(name).filter(|name| *name != "fish")).arg(line);
    asked.env_clear().envs(environment).env("PATH", path).current_dir(person.folder.path());
    let output = match asked.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            says_that_it_is_missing(name);
            return None;
        }
        output => output.unwrap(),
    };
    command.env_clear();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}: {line}");
    let offered = String::from_utf8(output.stdout).unwrap();
    let names = offered.lines().map(|name| name.trim_end().to_owned());
    Some(names.filter(|name| !name.is_empty()).collect())
}

#[test]
fn completions_have_the_names_that_are_there() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.copy_example("seattle-weather.yaml", "canvas.yaml");
    ann.must(&["canvas", "apply", "-f", "canvas.yaml", "--project", "weather"]);
    ann.set("IMPALA_COMPLETE_TIMEOUT_MS", "60000");
    let check = |ann: &Person, line: &str, expected: &[&str]| {
        for (shell, (name, ..)) in SHELLS.iter().enumerate() {
            if let Some(offered) = completed(ann, shell, line) {
                assert_eq!(offered, expected, "{name}: {line}");
            }
        }
    };
    check(&ann, "impala --project an", &["ann/weather"]);
    check(&ann, "impala project show ", &["ann/weather"]);
    check(&ann, "impala project use ", &["ann/weather"]);
    check(&ann, "impala source show -P ann/weather w", &["weather"]);
    check(&ann, "impala canvas render -P weather seat", &["seattle-weather"]);
    check(&ann, "impala canvas check -P weather ", &["seattle-weather"]);
    check(&ann, "impala block add -P weather x", &[]);
    check(&ann, "impala canvas rend", &["render"]);
    // A server that is not there offers nothing, and says nothing.
    ann.set("IMPALA_SERVER", "http://127.0.0.1:1");
    check(&ann, "impala canvas render -P ann/weather seat", &[]);
    check(&ann, "impala canvas render -P ann/weather ", &[]);
    // What a command takes, and what is known without a server.
    check(&ann, "impala canvas render --fo", &["--format"]);
    check(&ann, "impala query x --format ", &["table", "csv", "json", "ndjson", "markdown"]);
    check(&ann, "impala canvas check w --report ", &["github", "github=", "junit=", "markdown", "markdown="]);
    check(&ann, "impala canvas check w --report github,m", &["github,markdown", "github,markdown="]);
    check(&ann, "impala canvas list --json ", &["slug", "title", "blocks", "revision", "all"]);
    check(&ann, "impala canvas list --json slug,", &["slug,title", "slug,blocks", "slug,revision"]);
    check(&ann, "impala block add w --mark b", &["bar", "boxplot"]);
    check(&ann, "impala help e", &["exit-codes", "environment"]);
    check(&ann, "impala help canvas re", &["render", "restore"]);
    check(&ann, "impala he", &["help"]);
    // Where nothing else could stand, flags come without a dash.
    for shell in 0..SHELLS.len() {
        let offered = completed(&ann, shell, "impala canvas list ").unwrap_or_default();
        assert!(offered.iter().all(|one| one.starts_with('-')), "{offered:?}");
    }
}

/// What a shell at a terminal makes of what it is offered. zsh has its script where `impala completions --help` puts it, and
/// loads it at the first Tab.
#[test]
fn tab_puts_the_only_name_in() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.copy_example("seattle-weather.yaml", "canvas.yaml");
    ann.must(&["canvas", "apply", "-f", "canvas.yaml", "--project", "weather"]);
    ann.set("IMPALA_COMPLETE_TIMEOUT_MS", "60000");
    ann.set("IMPALA_PROJECT", "ann/weather");
    ann.set("PS1", "> ");
    std::fs::create_dir(ann.folder.path().join(".zfunc")).unwrap();
    ann.write(".zfunc/_impala", &ann.must(&["completions", "zsh"]));
    ann.write("rc.zsh", "fpath+=~/.zfunc; autoload -Uz compinit; compinit -u -D");
    ann.write("rc.bash", "source <(impala completions bash)");
    for (shell, start, setup) in
        [("zsh", "exec zsh -f -i", ". ./rc.zsh"), ("bash", "exec bash --norc --noprofile -i", ". ./rc.bash")]
    {
        if !is_installed(shell) {
            continue;
        }
        for (typed, expected) in
            [("impala project use ", "ann/weather "), ("impala canvas render ", "seattle-weather ")]
        {
            let mut terminal = Terminal::shell(&ann, start);
            terminal.types(&format!("{setup} && echo rea''dy⏎"));
            terminal.shows("ready");
            // A comma behind it shows that the space is there, and that nothing else was put in.
            terminal.types(&format!("{typed}⇥,"));
            terminal.shows(&format!("> {typed}{expected},"));
        }
    }
}

/// At a terminal a page is read, by `man` where there is one; elsewhere it is the page itself.
#[test]
fn the_manual_is_read_at_a_terminal() {
    let ann = Person::new("");
    for (words, title, begins) in [
        (&["man", "canvas", "apply"][..], "IMPALA-CANVAS-APPLY", "Make canvases what files say"),
        (&["man", "exit-codes"], "impala-exit-codes", "Exit codes of impala."),
        (&["man"], "IMPALA(1)", "The analysis canvas"),
    ] {
        if is_installed("man") {
            let environment = [("PATH", "/usr/bin:/bin"), ("MANPAGER", "cat"), ("LC_ALL", "C.UTF-8")];
            let terminal = Terminal::start_with(&ann, words, (100, 2_000), &environment);
            let shown = terminal.shows("DESCRIPTION");
            assert!(shown.contains(title) && shown.contains("NAME") && !shown.contains(".SH"), "{shown}");
        }
        let terminal = Terminal::start_with(&ann, words, (100, 2_000), &[("PATH", "/nowhere")]);
        assert!(!terminal.shows(begins).contains(".SH"));
        assert!(ann.must(words).contains(".SH NAME\n"), "{words:?}");
    }
    let unknown = ann.run(&["man", "canvas", "aply"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert_eq!(said, "error: there is no page on \"canvas aply\"; did you mean \"apply\"?\n");
}

/// What is typed first by those who know another tool.
#[test]
fn words_of_other_tools_are_understood() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.set("IMPALA_PROJECT", "ann/weather");
    ann.must(&["canvas", "create", "plan"]);
    let same = |theirs: &[&str], ours: &[&str]| assert_eq!(ann.must(theirs), ann.must(ours), "{theirs:?}");
    same(&["version"], &["--version"]);
    same(&["auth", "status", "-q"], &["whoami", "-q"]);
    same(&["canvas", "view", "plan", "--json", "canvas"], &["canvas", "show", "plan", "--json", "canvas"]);
    same(&["project", "view", "-q"], &["project", "show", "-q"]);
    same(&["canvas", "ls", "-q"], &["canvas", "list", "-q"]);
    ann.must(&["canvas", "rm", "plan", "--yes"]);
    ann.must(&["source", "rm", "weather", "--yes"]);
    let token = ann.must(&["token", "create", "hub", "-q"]);
    for line in [&["login", "--with-token"][..], &["auth", "login", "--with-token"]] {
        assert!(ann.run_with(line, &token).status.success(), "{line:?}");
    }
    for line in [
        "auth",
        "status",
        "api projects",
        "canvas edit week",
        "source get weather",
        "apply week.yaml",
        "rm week",
    ] {
        ann.says(&line.split(' ').collect::<Vec<_>>());
    }
    assert_transcript!(ann);
}

/// A list ends where it is told to, and asks for no more than that.
#[test]
fn lists_have_a_limit() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    for name in ["a", "b", "c"] {
        ann.must(&["project", "create", name]);
    }
    assert_eq!(ann.must(&["project", "list", "-q", "--limit", "2"]), "ann/a\nann/b\n");
    assert_eq!(ann.must(&["project", "list", "-q", "-L", "9"]), "ann/a\nann/b\nann/c\n");
    assert_eq!(ann.run(&["project", "list", "--limit", "0"]).status.code(), Some(2));
    // People are told that there is more; what programs read is the list alone.
    let told = |arguments: &[&str]| {
        let output = ann.run(&[&["project", "list"], arguments].concat());
        String::from_utf8(output.stderr).unwrap()
    };
    let more = "(the first 2; there are more: without --limit all are shown)\n";
    assert_eq!(told(&["--limit", "2"]), more);
    assert_eq!(told(&["--limit", "3"]), "");
    assert_eq!(told(&["--limit", "2", "-q"]), "");
    assert_eq!(told(&["--limit", "2", "--json", "slug"]), "");
    let json: Vec<serde_json::Value> =
        serde_json::from_str(&ann.must(&["project", "list", "-l", "2", "--json", "slug"])).unwrap();
    assert_eq!(json.len(), 2);
    let tree = impala_cli::command_tree();
    let lists = tree.get_subcommands().filter_map(|group| group.find_subcommand("list"));
    let limited = lists.filter(|list| list.get_arguments().any(|one| one.get_id() == "limit"));
    assert!(limited.count() >= 7);
}

/// The same for every group: its help, on stderr, as nothing was done.
#[test]
fn a_group_alone_shows_its_help() {
    fn check(ann: &Person, group: &clap::Command, words: &[&str]) {
        let output = ann.run(words);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("Usage: impala"), "{words:?}: {told}");
        for below in group.get_subcommands() {
            assert!(told.contains(&format!("\n  {}", below.get_name())), "{words:?}: {told}");
            if below.has_subcommands() {
                check(ann, below, &[words, &[below.get_name()]].concat());
            }
        }
    }
    check(&Person::new(""), &impala_cli::command_tree(), &[]);
}

#[test]
fn topics_are_no_commands() {
    let mut ann = Person::new("");
    ann.says(&["help", "exit-codes"]);
    ann.says(&["help", "environment"]);
    ann.says(&["help", "formats"]);
    ann.says(&["help", "exit-code"]);
    assert_transcript!(ann);
}

/// Every variable that the sources of the programs name is explained, and no other is. Settings of the server are explained by
/// `impala serve --help`; of those, the topic names examples.
#[test]
fn the_environment_is_explained() {
    let text = Person::new("").must(&["help", "environment"]);
    let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let explained: BTreeSet<String> =
        words.filter(|word| word.starts_with("IMPALA_")).map(str::to_owned).collect();
    let mut named = BTreeSet::new();
    for folder in ["impala-cli/src", "impala-tui/src"] {
        add_variables(&workspace().join(folder), &mut named);
    }
    let settings = Person::new("").must(&["serve", "--help"]);
    let is_setting = |name: &String| settings.contains(&format!("[env: {name}]")) && name != "IMPALA_CONFIG";
    let missing: Vec<&String> =
        named.iter().filter(|name| !explained.contains(*name) && !is_setting(name)).collect();
    assert!(missing.is_empty(), "not explained: {missing:?}");
    let unread: Vec<&String> =
        explained.iter().filter(|name| !named.contains(*name) && !is_setting(name)).collect();
    assert!(unread.is_empty(), "explained, and not read: {unread:?}");
    assert!(named.len() > 8, "{named:?}");
}

/// Adds what stands in quotation marks and begins with `IMPALA_`.
fn add_variables(folder: &Path, found: &mut BTreeSet<String>) {
    for path in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        if path.is_dir() {
            add_variables(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.split("\"IMPALA_").skip(1).filter_map(|rest| rest.split_once('"'));
            let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            found.extend(names.map(|(name, _)| name).filter(is_name).map(|name| format!("IMPALA_{name}")));
        }
    }
}
