//! Canvases as code: pull, diff, apply

use std::path::Path;

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

pub const RAIN: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata:
  slug: rain
  title: Rain
spec:
  parameters:
  - {name: since, type: date, default: 2013-01-01}
  blocks:
  - id: intro
    type: text
    at: {x: 0, y: 0, w: 24, h: 3}
    markdown: |
      ## Rain
      Since {{since}}.
  - id: most
    type: metric
    at: {x: 0, y: 3, w: 8, h: 5}
    title: Wettest day
    source: weather
    value: {aggregate: max, field: precipitation}
    expect: [value > 0]
  - id: kinds
    type: table
    at: {x: 8, y: 3, w: 16, h: 8}
    source: weather
    filter: date >= $since
    columns: [weather, count()]
";

pub const WIND: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata:
  slug: wind
spec:
  blocks:
  - id: mean
    type: metric
    at: {x: 0, y: 0, w: 6, h: 5}
    source: weather
    value: {aggregate: mean, field: wind}
";

/// Ann, who has applied `canvases/rain.yaml` and `canvases/wind.yaml`.
pub fn ann_with_files(server: &Server) -> Person {
    let ann = Person::with_weather(server);
    folder(&ann, "canvases");
    ann.write("canvases/rain.yaml", RAIN);
    ann.write("canvases/wind.yaml", WIND);
    ann.must(&["canvas", "apply", "canvases"]);
    ann
}

pub fn folder(person: &Person, name: &str) {
    std::fs::create_dir_all(person.folder.path().join(name)).unwrap();
}

/// The same person in another, empty folder: a fresh clone.
pub fn elsewhere(ann: &Person, files: &[(&str, &str)]) -> tempfile::TempDir {
    let clone = tempfile::tempdir_in(ann.folder.path()).unwrap();
    for (name, text) in files {
        std::fs::write(clone.path().join(name), text).unwrap();
    }
    clone
}

#[track_caller]
pub fn exits(person: &Person, folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = person.command(arguments).current_dir(folder).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

pub fn edit_on_server(ann: &Person, title: &str) {
    ann.must(&["block", "set", "rain", "most", "--title", title]);
}

#[test]
fn a_newcomer_pulls_edits_compares_and_applies() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    ann.write("impala.toml", "project = 'ann/weather'\ncanvases = 'work'\n");
    ann.says(&["config", "show", "--origin", "--json", "name,value"]);
    ann.says(&["canvas", "lint"]);
    ann.says(&["canvas", "pull"]);
    ann.says(&["canvas", "pull"]);
    assert_eq!(ann.read("work/rain.yaml"), RAIN);
    ann.says(&["canvas", "diff"]);
    let edited = RAIN.replace("Wettest day", "Most rain").replace("## Rain\n", "## Rain and snow\n");
    ann.write("work/rain.yaml", &edited.replace("x: 8, y: 3, w: 16", "x: 8, y: 4, w: 16"));
    ann.write("work/new.yaml", &WIND.replace("slug: wind", "slug: new\n  title: New"));
    ann.says(&["canvas", "diff"]);
    ann.says(&["canvas", "diff", "work/rain.yaml", "--json", "canvas,status,conflict,revision"]);
    ann.says(&["canvas", "diff", "-q"]);
    ann.says(&["canvas", "apply", "-n"]);
    ann.says(&["canvas", "apply", "--note", "commit 7"]);
    ann.says(&["canvas", "apply"]);
    ann.says(&["canvas", "apply", "--error-on-unchanged", "-q"]);
    ann.says(&["canvas", "history", "rain"]);
    // Also from a folder below.
    let below = ann.folder.path().join("work");
    let said = exits(&ann, &below, &["canvas", "fmt", "--check"], 0);
    assert_eq!(said, "Nothing to change in 3 files.\n");
    assert!(exits(&ann, &below, &["canvas", "diff"], 0).contains("All canvases are the same."));
    assert!(exits(&ann, &below, &["canvas", "pull", "rain"], 0).contains("../work/rain.yaml is unchanged"));
    let colored = ann.command(&["canvas", "diff", "--revision", "1", "work/rain.yaml", "--color", "always"]);
    let output = { colored }.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\u{1b}[32mMost rain"), "{output:?}");
    assert_transcript!(ann);
}

#[test]
fn an_edit_on_the_server_is_not_overwritten_unseen() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    edit_on_server(&ann, "Edited");
    ann.write("canvases/rain.yaml", &RAIN.replace("Wettest day", "Mine"));
    ann.says(&["canvas", "diff", "canvases/rain.yaml"]);
    ann.says(&["canvas", "apply", "canvases"]);
    ann.says(&["canvas", "apply", "canvases", "--dry-run"]);
    ann.says(&["canvas", "pull", "rain", "-o", "canvases"]);
    ann.says(&["canvas", "apply", "canvases/rain.yaml", "--merge"]);
    ann.says(&["canvas", "apply", "canvases/rain.yaml"]);
    let marked = ann.read("canvases/rain.yaml");
    assert!(
        marked.contains("<<<<<<< file\n    title: Mine\n=======\n    title: Edited\n>>>>>>> server\n"),
        "{marked}"
    );
    // Settled, it is saved: the user who did it has seen the edit.
    ann.write("canvases/rain.yaml", &RAIN.replace("Wettest day", "Both"));
    ann.says(&["canvas", "apply", "canvases/rain.yaml"]);
    edit_on_server(&ann, "Again");
    ann.write("canvases/rain.yaml", &RAIN.replace("Wettest day", "Mine"));
    ann.says(&["canvas", "apply", "canvases/rain.yaml", "--force"]);
    ann.says(&["canvas", "history", "rain"]);
    assert_transcript!(ann);
}

#[test]
fn edits_of_different_blocks_merge() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    edit_on_server(&ann, "Edited");
    let head = "# yaml-language-server: $schema=canvas.schema.json\n";
    let mine = RAIN.replace("columns: [weather, count()]", "columns: [weather, count()]\n    limit: 3");
    ann.write("canvases/rain.yaml", &format!("{head}{mine}"));
    ann.says(&["canvas", "apply", "canvases", "--merge", "-n"]);
    ann.says(&["canvas", "apply", "canvases", "--merge"]);
    ann.says(&["canvas", "apply", "canvases"]);
    let expected = format!("{head}{}", mine.replace("Wettest day", "Edited"));
    assert_eq!(ann.read("canvases/rain.yaml"), expected);
    // A file without anything new gets what was edited, and does not undo it afterwards.
    edit_on_server(&ann, "Edited again");
    ann.says(&["canvas", "apply", "canvases", "--merge"]);
    assert_eq!(ann.read("canvases/rain.yaml"), expected.replace("Edited", "Edited again"));
    ann.says(&["canvas", "apply", "canvases"]);
    assert_transcript!(ann);
}

#[test]
fn a_fresh_clone_applies_unless_someone_has_edited() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    let apply = |text: &str, arguments: &[&str], code| {
        let clone = elsewhere(&ann, &[("rain.yaml", text)]);
        exits(&ann, clone.path(), &[&["canvas", "apply", "rain.yaml"], arguments].concat(), code)
    };
    let titled = |title: &str| RAIN.replace("Wettest day", title);
    // Commit after commit, each from a clone of its own.
    apply(&titled("Two"), &[], 0);
    apply(&titled("Three"), &[], 0);
    // An edit, then a commit that does not know of it.
    edit_on_server(&ann, "Edited");
    let said = apply(&titled("Four"), &[], 6);
    assert!(said.contains("was edited since revision 3") && said.contains("~ metric most: title"), "{said}");
    assert!(ann.must(&["canvas", "pull", "rain"]).contains("Edited"));
    // One that has taken the edit over, and changes something else.
    let holds = titled("Edited").replace("## Rain\n", "## Snow\n");
    apply(&holds, &[], 0);
    // What was never applied belongs to its author.
    ann.must(&["canvas", "create", "mine"]);
    let clone = elsewhere(&ann, &[("mine.yaml", &WIND.replace("slug: wind", "slug: mine"))]);
    let said = exits(&ann, clone.path(), &["canvas", "apply", "mine.yaml"], 6);
    assert!(said.contains("has a canvas mine already"), "{said}");
    exits(&ann, clone.path(), &["canvas", "apply", "mine.yaml", "--merge"], 6);
    exits(&ann, clone.path(), &["canvas", "apply", "mine.yaml", "--force"], 0);
}

/// `impala canvas pull mine > mine.yaml`, as a shell does it.
#[test]
fn a_canvas_pulled_by_redirection_is_known_to_come_from_there() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    edit_on_server(&ann, "Edited");
    let file = std::fs::File::create(ann.folder.path().join("rain.yaml")).unwrap();
    assert!(ann.command(&["canvas", "pull", "rain"]).stdout(file).status().unwrap().success());
    let pulled = ann.read("rain.yaml");
    ann.write("rain.yaml", &pulled.replace("Edited", "Edited by file"));
    ann.must(&["canvas", "apply", "rain.yaml"]);
    edit_on_server(&ann, "Edited again");
    let output = ann.run_with(&["canvas", "apply", "-"], RAIN);
    assert_eq!(output.status.code(), Some(6), "{output:?}");
}

#[test]
fn a_file_with_what_is_not_on_the_server_is_not_pulled_over() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    ann.write("canvases/rain.yaml", &RAIN.replace("Wettest day", "Unsaved"));
    ann.write("canvases/wind.yaml", &WIND.replace("  blocks:", "  # the only one\n  blocks:"));
    ann.says(&["canvas", "pull", "-o", "canvases"]);
    edit_on_server(&ann, "Edited");
    // What some revision has is safe.
    ann.write("canvases/rain.yaml", RAIN);
    ann.must(&["block", "set", "wind", "mean", "--title", "Edited"]);
    ann.says(&["canvas", "pull", "-o", "canvases"]);
    ann.write("canvases/rain.yaml", "no canvas, but impala/v1\n");
    ann.says(&["canvas", "pull", "rain", "-o", "canvases/rain.yaml"]);
    ann.says(&["canvas", "pull", "rain", "-o", "canvases/rain.yaml", "--force"]);
    ann.says(&["canvas", "pull"]);
    ann.says(&["canvas", "pull", "rain", "wind", "-o", "-"]);
    assert_transcript!(ann);
}
