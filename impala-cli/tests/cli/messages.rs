//! What is said where something is missing, empty or in the way: it names what was meant and what to do next.

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

/// Ann with the example's canvas, and its file.
fn with_canvas(server: &Server) -> Person {
    let mut ann = Person::with_weather(server);
    ann.set("IMPALA_PROJECT", "ann/weather");
    ann.copy_example("seattle-weather.yaml", "canvas.yaml");
    ann.must(&["canvas", "apply", "canvas.yaml", "-q"]);
    ann
}

#[test]
fn files_that_are_not_there() {
    let server = Server::start();
    let mut ann = with_canvas(&server);
    ann.says(&["canvas", "apply", "seattle-weather"]);
    ann.says(&["canvas", "diff", "canvas"]);
    ann.says(&["canvas", "merge", "canvas.yaml", "canvas.yml", "theirs"]);
    ann.says(&["upload", "wether.csv"]);
    ann.says(&["upload", "nothing-like-it.parquet"]);
    ann.says(&["open", "sub/weather.csv", "--exit"]);
    assert_transcript!(ann);
}

#[test]
fn what_is_empty_is_said_to_be_so() {
    let server = Server::start();
    let mut ann = with_canvas(&server);
    ann.write("empty.yaml", "# nothing yet\n");
    ann.says(&["canvas", "apply", "empty.yaml"]);
    ann.says(&["canvas", "apply", "-"]);
    ann.says(&["canvas", "lint", "empty.yaml", "--offline"]);
    ann.says(&["query", "-"]);
    ann.says(&["query", " "]);
    ann.says(&["upload", "-", "--name", "s"]);
    assert_transcript!(ann);
}

#[test]
fn edits_on_both_sides() {
    let server = Server::start();
    let mut ann = with_canvas(&server);
    ann.says(&["canvas", "pull", "seattle-weather", "-o", "canvas.yaml"]);
    ann.says(&["canvas", "pull", "seattle-weather", "-o", "canvas.yaml"]);
    ann.must(&["block", "set", "seattle-weather", "wettest", "--title", "Theirs"]);
    let mine = ann.read("canvas.yaml").replace("title: Rain by month, mm", "title: Mine");
    ann.write("canvas.yaml", &mine);
    ann.says(&["canvas", "pull", "seattle-weather", "-o", "canvas.yaml"]);
    ann.says_with(&["canvas", "apply", "-"], &mine);
    ann.says(&["canvas", "apply", "canvas.yaml", "--merge", "-q"]);
    ann.says(&["canvas", "diff", "canvas.yaml", "--exit-code"]);
    assert_transcript!(ann);
}

#[test]
fn versions_that_are_not_there() {
    let server = Server::start();
    let mut ann = with_canvas(&server);
    ann.says(&["source", "diff", "weather", "--key", "date"]);
    ann.says(&["source", "schema", "weather@9"]);
    ann.says(&["source", "schema", "wether"]);
    assert_transcript!(ann);
}

#[test]
fn someone_who_is_not_signed_in() {
    let server = Server::start();
    let mut ben = Person::new(&server.url);
    ben.says(&["project", "list"]);
    let terminal = crate::pty::Terminal::start(&ben, &["project", "list"], (120, 24));
    terminal.shows("or make an account with `impala register`");
    assert_transcript!(ben);
}

/// A token that may only upload is as it should be.
#[test]
fn the_doctor_of_a_pipeline_finds_no_fault() {
    let server = Server::start();
    let mut ann = with_canvas(&server);
    let token = ann.must(&["token", "create", "ci", "--scope", "upload", "-q"]);
    ann.set("IMPALA_TOKEN", token.trim());
    ann.says(&["doctor"]);
    assert_transcript!(ann);
}
