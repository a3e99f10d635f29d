//! The program `impala-tui` by itself: what it takes, and what it says where there is no terminal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_impala-tui")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn check(arguments: &[&str], code: i32, expected: &[&str]) {
    let output = run(arguments);
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{said}");
    for text in expected {
        assert!(said.contains(text), "{text} is not in:\n{said}");
    }
}

#[test]
fn it_takes_what_impala_tui_takes() {
    let flags = ["--theme", "--graphics", "--ascii", "--no-mouse", "--read-only", "--keymap", "--keys"];
    check(&["--help"], 0, &flags);
    check(&["--keys"], 0, &["[canvas]\n"]);
    check(&["--theme", "blue"], 2, &["possible values: auto, dark, light"]);
    check(&["weather", "weather"], 2, &["unexpected argument"]);
}

#[test]
fn without_a_terminal_it_names_the_command_that_prints() {
    check(&[], 2, &["stdout is not one", "impala canvas render"]);
    check(&["weather/rain", "--theme", "light"], 2, &["stdout is not one", "impala canvas render"]);
}
