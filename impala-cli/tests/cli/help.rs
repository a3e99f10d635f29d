//! Help, manual pages, completions

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use crate::assert_transcript;
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
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: {name} is not installed; scripts/test-services install gets it"
            );
            assert!(std::env::var_os("CI").is_none(), "{name} is not installed");
            return None;
        }
        output => output.unwrap(),
    };
    command.env_clear();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}: {line}");
    let offered = String::from_utf8(output.stdout).unwrap();
    let names = offered.lines().map(|name| name.trim_end().to_owned());
    // Flags may stand there, too.
    Some(names.filter(|name| !name.is_empty() && !name.starts_with('-')).collect())
}

#[test]
fn completions_have_the_names_that_are_there() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.copy_example("seattle-weather.yaml", "canvas.yaml");
    ann.must(&["canvas", "apply", "-f", "canvas.yaml", "--project", "weather"]);
    let check = |ann: &Person, line: &str, expected: &[&str]| {
        for (shell, (name, ..)) in SHELLS.iter().enumerate() {
            if let Some(offered) = completed(ann, shell, line) {
                assert_eq!(offered, expected, "{name}: {line}");
            }
        }
    };
    check(&ann, "impala --project an", &["ann/weather"]);
    check(&ann, "impala project show ", &["ann/weather"]);
    check(&ann, "impala source show -P ann/weather w", &["weather"]);
    check(&ann, "impala canvas render -P weather seat", &["seattle-weather"]);
    check(&ann, "impala block add -P weather x", &[]);
    check(&ann, "impala canvas rend", &["render"]);
    // A server that is not there offers nothing, and says nothing.
    ann.set("IMPALA_SERVER", "http://127.0.0.1:1");
    check(&ann, "impala canvas render -P ann/weather seat", &[]);
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

/// Every variable that the sources read is explained, and no other is.
#[test]
fn the_environment_is_explained() {
    let text = Person::new("").must(&["help", "environment"]);
    let is_read = |name: &str| {
        ["impala-cli/src", "impala-tui/src"].iter().any(|folder| reads(&workspace().join(folder), name))
    };
    let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    for name in words.filter(|word| word.starts_with("IMPALA_")) {
        assert!(is_read(name), "{name} is explained, and not read");
    }
    for name in [
        "IMPALA_SERVER",
        "IMPALA_TOKEN",
        "IMPALA_PROJECT",
        "IMPALA_PROFILE",
        "IMPALA_CONFIG_DIR",
        "IMPALA_MOUSE",
    ] {
        assert!(text.contains(name), "{name}");
    }
}

fn reads(folder: &Path, name: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).any(|path| match path.is_dir() {
        true => reads(&path, name),
        false => {
            path.extension().is_some_and(|extension| extension == "rs")
                && std::fs::read_to_string(&path).unwrap().contains(&format!("\"{name}\""))
        }
    })
}
