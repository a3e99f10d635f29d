//! config, and which of several settings wins

use crate::assert_transcript;
use crate::pty::Terminal;
use crate::support::{Person, Server, regex_escape};

#[test]
fn settings_and_where_they_come_from() {
    let mut ann = Person::new("");
    ann.says(&["config", "show", "--origin"]);
    ann.says(&["config", "set", "server", "http://impala.example.org"]);
    ann.says(&["config", "set", "project", "ann/weather"]);
    ann.says(&["config", "set", "color", "pink"]);
    ann.says(&["config", "set", "server", "example.org"]);
    ann.says(&["config", "set", "sever", "x"]);
    ann.says(&["config", "set", "server", "http://work.example.org", "--profile", "work"]);
    ann.says(&["config", "show", "--origin"]);
    ann.says(&["config", "show", "--origin", "--profile", "work"]);
    ann.write("impala.toml", "project = 'team/here'\n");
    ann.set("IMPALA_SERVER", "http://127.0.0.1:7777");
    ann.says(&["config", "show", "--origin", "--color", "never"]);
    ann.says(&["config", "show", "--json", "name,value", "--server", "http://flag"]);
    ann.write("impala.toml", "projct = 'x'\n");
    ann.says(&["config", "show"]);
    ann.write("impala.toml", "");
    ann.says(&["config", "set", "project", "--unset"]);
    ann.says(&["config", "show", "-q"]);
    assert_transcript!(ann);
}

#[test]
fn wrong_settings_are_told_found_and_set_right() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    let wrong = "project = 3\ncolor = \"blau\"\nservr = 'x'\n[profiles.work]\nserver = ['a']\n";
    std::fs::write(ann.config_dir().join("config.toml"), wrong).unwrap();
    ann.says(&["project", "list"]);
    ann.says(&["doctor"]);
    ann.says(&["config", "set", "color", "auto"]);
    ann.says(&["config", "set", "project", "--unset"]);
    ann.says(&["config", "set", "server", "--unset", "--profile", "work"]);
    ann.says(&["project", "list"]);
    ann.must(&["completions", "bash"]);
    std::fs::write(ann.config_dir().join("config.toml"), "color = \n").unwrap();
    ann.says(&["config", "set", "color", "auto"]);
    ann.says(&["whoami"]);
    assert_transcript!(ann);
}

#[test]
fn color_of_a_wrong_command_line_follows_the_settings() {
    let ann = Person::new("");
    let written = |words: &[&str], variables: &[(&str, &str)]| {
        let mut terminal = Terminal::start_with(&ann, words, (100, 200), variables);
        terminal.shows("Usage");
        terminal.ends();
        terminal.has_written("\u{1b}[")
    };
    assert!(written(&["nonsense"], &[]));
    assert!(written(&["--help"], &[]));
    for words in [
        &["nonsense", "--color", "never"][..],
        &["--color=never", "nonsense"],
        &["--help", "--color", "never"],
    ] {
        assert!(!written(words, &[]), "{words:?}");
    }
    assert!(!written(&["nonsense"], &[("NO_COLOR", "1")]));
}

#[test]
fn a_project_can_be_chosen_for_a_folder() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "one"]);
    ann.must(&["project", "create", "two"]);
    ann.says(&["project", "use", "two", "--here"]);
    ann.says(&["project", "use", "one", "--here"]);
    ann.says(&["project", "show", "-q"]);
    ann.says(&["project", "show", "-q", "--project", "one"]);
    assert_transcript!(ann);
}

#[test]
fn color_goes_where_it_is_wanted() {
    let ann = Person::new("http://127.0.0.1:9");
    let has_color = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = ann.command(arguments).envs(variables.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!has_color(&["config", "show"], &[]));
    assert!(has_color(&["config", "show", "--color", "always"], &[]));
    assert!(has_color(&["config", "show"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_color(&["config", "show"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!has_color(&["config", "show", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_file_that_is_not_toml_is_set_right_and_kept_as_it_was() {
    let ann = Person::new("");
    let text = "server = http://127.0.0.1:1\ncolor = 'never'\n";
    std::fs::create_dir_all(ann.config_dir()).unwrap();
    ann.write("config/config.toml", text);
    let told = |arguments: &[&str]| {
        let output = ann.run(arguments);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = told(&["config", "show"]);
    assert!(code == Some(2) && said.contains("`impala config set` makes a comment of it"), "{said}");
    let (code, said) = told(&["config", "set", "server", "http://127.0.0.1:2"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("line 1 of ") && said.contains(" was not TOML and is a comment now"), "{said}");
    assert_eq!(ann.read("config/config.toml.before-1"), text);
    let shown = ann.must(&["config", "show"]);
    assert!(shown.contains("http://127.0.0.1:2") && shown.contains("never"), "{shown}");
}
