//! `impala doctor`: what is well, what is not, and the exit code that says so

use std::os::unix::fs::PermissionsExt as _;

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

#[test]
fn the_doctor_finds_what_is_wrong() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "weather"]);
    ann.says(&["doctor"]);
    ann.write("impala.toml", "project = 'ann/weather'\n");
    ann.says(&["doctor"]);
    ann.says(&["doctor", "--project", "ann/wether"]);
    ann.says(&["doctor", "--json", "check,state", "-q"]);

    let credentials = ann.config_dir().join("credentials.json");
    std::fs::set_permissions(&credentials, std::fs::Permissions::from_mode(0o644)).unwrap();
    ann.says(&["doctor", "-q"]);
    ann.says(&["doctor"]);
    assert_transcript!(ann);
}

#[test]
fn the_doctor_without_a_server_or_an_account() {
    let server = Server::start();
    let mut ben = Person::new(&server.url);
    ben.says(&["doctor"]);
    ben.set("IMPALA_TOKEN", "impala_none");
    ben.says(&["doctor"]);
    ben.says(&["doctor", "--server", "http://127.0.0.1:1"]);
    ben.says(&["doctor", "--server", "nonsense"]);
    assert_transcript!(ben);
}

/// Three variables are all that a pipeline needs: no home, no file, no question.
#[test]
fn three_variables_are_enough() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    let token = ann.must(&["token", "create", "ci", "--scope", "upload", "--project", "ann/weather", "-q"]);
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_impala"));
        command.args(arguments).current_dir(ann.folder.path()).env_clear();
        command.env("IMPALA_SERVER", &server.url).env("IMPALA_TOKEN", token.trim());
        command.env("IMPALA_PROJECT", "ann/weather").stdin(std::process::Stdio::null()).output().unwrap()
    };
    let uploaded = run(&["upload", "weather.csv", "-q"]);
    assert_eq!(
        (uploaded.status.code(), &uploaded.stdout[..]),
        (Some(0), &b"weather@1\n"[..]),
        "{uploaded:?}"
    );
    let unchanged = run(&["upload", "weather.csv", "--error-on-unchanged"]);
    assert_eq!(unchanged.status.code(), Some(9), "{unchanged:?}");
    let forbidden = run(&["source", "list"]);
    assert_eq!(forbidden.status.code(), Some(4), "{forbidden:?}");
}
