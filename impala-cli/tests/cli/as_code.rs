//! Canvases as code: pull, diff, apply, merge, fmt, lint, schema

use std::path::Path;
use std::process::Command;

use crate::assert_transcript;
use crate::pty::Terminal;
use crate::support::{Person, Server, regex_escape};

const RAIN: &str = "\
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

const WIND: &str = "\
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
fn ann_with_files(server: &Server) -> Person {
    let ann = Person::with_weather(server);
    folder(&ann, "canvases");
    ann.write("canvases/rain.yaml", RAIN);
    ann.write("canvases/wind.yaml", WIND);
    ann.must(&["canvas", "apply", "canvases"]);
    ann
}

fn folder(person: &Person, name: &str) {
    std::fs::create_dir_all(person.folder.path().join(name)).unwrap();
}

/// The same person in another, empty folder: a fresh clone.
fn elsewhere(ann: &Person, files: &[(&str, &str)]) -> tempfile::TempDir {
    let clone = tempfile::tempdir_in(ann.folder.path()).unwrap();
    for (name, text) in files {
        std::fs::write(clone.path().join(name), text).unwrap();
    }
    clone
}

#[track_caller]
fn exits(person: &Person, folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = person.command(arguments).current_dir(folder).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

fn edit_on_server(ann: &Person, title: &str) {
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
    // Settled, it is saved: whoever did it has seen the edit.
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
    // What was never applied belongs to whoever made it.
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
fn of_two_folders_the_later_one_does_not_undo_the_earlier() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    let clone = elsewhere(&ann, &[]);
    exits(&ann, clone.path(), &["canvas", "pull", "rain", "-o", "rain.yaml"], 0);
    ann.write("canvases/rain.yaml", &RAIN.replace("Wettest day", "First"));
    ann.must(&["canvas", "apply", "canvases"]);
    let path = clone.path().join("rain.yaml");
    std::fs::write(&path, RAIN.replace("Wettest day", "Second")).unwrap();
    exits(&ann, clone.path(), &["canvas", "apply", "rain.yaml"], 6);
    // When the first is a commit that the second has grown out of, it is no conflict.
    let git = |arguments: &[&str]| {
        let who =
            ["-c", "user.name=ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"];
        let status =
            Command::new("git").args(who).args(arguments).current_dir(clone.path()).output().unwrap();
        assert!(status.status.success(), "{status:?}");
    };
    git(&["init", "-q"]);
    std::fs::write(&path, RAIN.replace("Wettest day", "First")).unwrap();
    git(&["add", "rain.yaml"]);
    git(&["commit", "-qm", "first"]);
    std::fs::write(&path, RAIN.replace("Wettest day", "Second")).unwrap();
    exits(&ann, clone.path(), &["canvas", "apply", "rain.yaml"], 0);
}

#[test]
fn what_no_file_says_any_more_is_pruned() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    ann.must(&["canvas", "create", "made-there"]);
    std::fs::remove_file(ann.folder.path().join("canvases/wind.yaml")).unwrap();
    ann.write("canvases/notes.yaml", "todo: nothing\n");
    ann.says(&["canvas", "diff", "canvases", "--prune"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--dry-run"]);
    ann.says(&["canvas", "apply", "canvases", "--prune"]);
    ann.says(&["canvas", "apply", "canvases/rain.yaml", "--prune", "--yes"]);
    folder(&ann, "empty");
    ann.says(&["canvas", "apply", "empty", "--prune", "--yes"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--yes", "--json", "canvas,action"]);
    ann.says(&["canvas", "list", "-q"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--error-on-unchanged"]);
    assert!(!ann.read("canvases/.impala/canvases.json").contains("wind"), "what is deleted is forgotten");
    assert_transcript!(ann);
}

/// Nothing is saved before the answer, and nothing after a no.
#[test]
fn pruning_asks_at_a_terminal() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    std::fs::remove_file(ann.folder.path().join("canvases/rain.yaml")).unwrap();
    ann.write("canvases/wind.yaml", &WIND.replace("aggregate: mean", "aggregate: max"));
    for (answer, said, left) in
        [("⏎", "nothing was done", "rain\nwind\n"), ("y⏎", "Deleted canvas rain", "wind\n")]
    {
        let mut terminal = Terminal::start(&ann, &["canvas", "apply", "canvases", "--prune"], (100, 20));
        let asked = terminal.shows("[y/N]");
        assert!(
            asked.contains("canvas rain (1 revision, the last by ann, just now) will be deleted"),
            "{asked}"
        );
        assert!(!asked.contains("Changed"), "{asked}");
        terminal.types(answer);
        terminal.shows(said);
        assert_eq!(ann.must(&["canvas", "list", "-q"]), left);
    }
}

#[test]
fn what_was_edited_since_is_not_pruned_unseen() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    edit_on_server(&ann, "Edited");
    std::fs::remove_file(ann.folder.path().join("canvases/rain.yaml")).unwrap();
    ann.write("canvases/wind.yaml", &WIND.replace("aggregate: mean", "aggregate: max"));
    ann.says(&["canvas", "diff", "canvases", "--prune"]);
    ann.says(&["canvas", "apply", "canvases", "--prune", "--yes"]);
    assert!(ann.must(&["canvas", "pull", "wind"]).contains("mean"), "nothing was saved");
    ann.says(&["canvas", "apply", "canvases", "--prune", "--yes", "--force", "-q"]);
    ann.says(&["canvas", "list", "-q"]);
    assert_transcript!(ann);
}

/// A pipeline knows nothing of what was pulled: there the history says what came from files.
#[test]
fn a_fresh_clone_prunes_what_came_from_files() {
    let server = Server::start();
    let ann = ann_with_files(&server);
    ann.must(&["canvas", "create", "made-there"]);
    // Pulled in another folder only: here it was made on the server.
    ann.must(&["canvas", "pull", "made-there", "-o", "made-there.yaml"]);
    let clone = elsewhere(&ann, &[("wind.yaml", WIND)]);
    let apply = |arguments: &[&str], code| {
        exits(&ann, clone.path(), &[&["canvas", "apply", ".", "--prune"], arguments].concat(), code)
    };
    let said = apply(&["--dry-run"], 0);
    assert!(said.contains("Canvas rain would be deleted, with 1 revision."), "{said}");
    assert!(said.contains("Canvas made-there is kept"), "{said}");
    // An edit and its way back leave nothing that could get lost.
    edit_on_server(&ann, "Edited");
    apply(&["--yes"], 6);
    edit_on_server(&ann, "Wettest day");
    apply(&["--yes"], 0);
    assert_eq!(ann.must(&["canvas", "list", "-q"]), "made-there\nwind\n");
    // Made again under the same name, it is another canvas, which no folder knows.
    ann.must(&["canvas", "create", "rain"]);
    std::fs::remove_file(ann.folder.path().join("canvases/rain.yaml")).unwrap();
    let said = exits(&ann, ann.folder.path(), &["canvas", "apply", "canvases", "--prune", "--yes"], 0);
    assert!(said.contains("Canvas rain is kept"), "{said}");
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

#[test]
fn versions_of_a_file_are_merged_without_a_server() {
    let mut ann = Person::new("http://127.0.0.1:9");
    ann.write("base.yaml", RAIN);
    ann.write("ours.yaml", &RAIN.replace("Wettest day", "Ours"));
    ann.write(
        "theirs.yaml",
        &RAIN.replace("[value > 0]", "[value > 1]").replace("title: Rain\n", "title: Rainfall\n"),
    );
    ann.says(&["canvas", "merge", "base.yaml", "ours.yaml", "theirs.yaml", "-o", "-"]);
    ann.write("theirs.yaml", &RAIN.replace("count()]", "count(), max(wind)]"));
    ann.says(&["canvas", "merge", "base.yaml", "ours.yaml", "theirs.yaml"]);
    let expected = RAIN.replace("Wettest day", "Ours").replace("count()]", "count(), max(wind)]");
    assert_eq!(ann.read("ours.yaml"), expected);
    ann.write("theirs.yaml", &RAIN.replace("Wettest day", "Theirs"));
    ann.says(&["canvas", "merge", "base.yaml", "ours.yaml", "theirs.yaml", "-o", "out.yaml"]);
    ann.says(&["canvas", "lint", "out.yaml", "--offline"]);
    ann.says(&[
        "canvas",
        "merge",
        "base.yaml",
        "ours.yaml",
        "theirs.yaml",
        "--json",
        "all",
        "-o",
        "out.yaml",
    ]);
    ann.must(&[
        "canvas",
        "merge",
        "base.yaml",
        "ours.yaml",
        "theirs.yaml",
        "--favor",
        "theirs",
        "-o",
        "out.yaml",
    ]);
    assert!(ann.read("out.yaml").contains("Theirs"));
    ann.write("empty.yaml", "");
    ann.says(&["canvas", "merge", "empty.yaml", "base.yaml", "base.yaml"]);
    ann.says(&["canvas", "merge", "nothing.yaml", "base.yaml", "base.yaml"]);
    assert_transcript!(ann);
}

/// As `git merge` runs it.
#[test]
fn it_is_a_merge_driver_of_git() {
    let ann = Person::new("http://127.0.0.1:9");
    let driver = format!("'{}' canvas merge %O %A %B", env!("CARGO_BIN_EXE_impala"));
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args([
            "-c",
            "user.name=ann",
            "-c",
            "user.email=ann@example.org",
            "-c",
            "init.defaultBranch=main",
        ]);
        command.arg("-c").arg(format!("merge.impala.driver={driver}"));
        let output = command.args(arguments).current_dir(ann.folder.path()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let commit = |text: &str| {
        ann.write("rain.yaml", text);
        assert!(git(&["add", "."]).0 && git(&["commit", "-qm", "x"]).0);
    };
    assert!(git(&["init", "-q"]).0);
    ann.write(".gitattributes", "*.yaml merge=impala\n");
    commit(RAIN);
    assert!(git(&["checkout", "-qb", "theirs"]).0);
    commit(&RAIN.replace("Wettest day", "Theirs"));
    assert!(git(&["checkout", "-q", "main"]).0);
    // Lines beside each other: git alone would call it a conflict.
    commit(
        &RAIN
            .replace(
                "    source: weather\n    value",
                "    source: weather\n    format: \"{:.1} mm\"\n    value",
            )
            .replace("x: 0, y: 3", "x: 0, y: 4"),
    );
    let (is_merged, said) = git(&["merge", "theirs"]);
    assert!(!is_merged && said.contains("CONFLICT"), "{said}");
    let text = ann.read("rain.yaml");
    assert!(text.contains("<<<<<<< ours\n") && text.contains("    title: Theirs\n"), "{text}");
    assert!(git(&["merge", "--abort"]).0);
    // One side moves the block, the other changes it.
    assert!(git(&["reset", "-q", "--hard", "HEAD~1"]).0);
    commit(&RAIN.replace("x: 0, y: 3", "x: 0, y: 4"));
    assert!(git(&["merge", "-q", "theirs"]).0);
    assert_eq!(
        ann.read("rain.yaml"),
        by_place(&RAIN.replace("Wettest day", "Theirs").replace("x: 0, y: 3", "x: 0, y: 4"))
    );
}

/// Canonical, as `fmt` writes it.
fn by_place(text: &str) -> String {
    let ann = Person::new("http://127.0.0.1:9");
    let output = ann.run_with(&["canvas", "fmt", "-"], text);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn files_are_written_in_their_canonical_form() {
    let mut ann = Person::new("http://127.0.0.1:9");
    folder(&ann, "canvases/deep");
    ann.write("canvases/wind.yaml", WIND);
    let unordered =
        "# mine\nkind: Canvas\napiVersion: impala/v1\nspec: {}\nmetadata: {title: Deep, slug: deep}\n";
    ann.write("canvases/deep/deep.yml", unordered);
    ann.says(&["canvas", "fmt", "canvases", "--check"]);
    ann.says(&["canvas", "fmt", "canvases"]);
    ann.says(&["canvas", "fmt", "canvases"]);
    ann.says(&["canvas", "fmt", "canvases", "--check"]);
    assert_eq!(
        ann.read("canvases/deep/deep.yml"),
        "# mine\napiVersion: impala/v1\nkind: Canvas\nmetadata:\n  slug: deep\n  title: Deep\nspec: {}\n"
    );
    ann.write("canvases/wind.yaml", &WIND.replace("  blocks:", "  # the only one\n  blocks:"));
    ann.says(&["canvas", "fmt", "canvases"]);
    ann.must(&["canvas", "fmt", "canvases", "--force"]);
    assert_eq!(ann.read("canvases/wind.yaml"), WIND);
    ann.write("canvases/wind.yaml", &WIND.replace("kind: Canvas", "kind: Convas"));
    ann.says(&["canvas", "fmt", "canvases"]);
    ann.says(&["canvas", "fmt"]);
    assert_transcript!(ann);
}

#[test]
fn what_is_wrong_in_files_is_found_by_line_and_column() {
    let server = Server::start();
    let mut ann = ann_with_files(&server);
    ann.says(&["canvas", "lint", "canvases"]);
    ann.write(
        "canvases/rain.yaml",
        &RAIN
            .replace("source: weather\n    filter", "source: wether\n    filter")
            .replace("field: precipitation", "field: rain"),
    );
    ann.write("canvases/twin.yaml", WIND);
    ann.write("canvases/wind.yaml", &WIND.replace("    value:", "    valeu:"));
    ann.says(&["canvas", "lint", "canvases"]);
    ann.says(&["canvas", "lint", "canvases/rain.yaml", "--offline"]);
    ann.says(&["canvas", "lint", "canvases/wind.yaml", "--json", "line,column,rule"]);
    ann.says(&["canvas", "lint", "canvases/wind.yaml", "--report", "github,junit=lint.xml"]);
    assert!(ann.read("lint.xml").contains("unknown-field"), "{}", ann.read("lint.xml"));
    ann.write("unused.yaml", &RAIN.replace("$since", "$sinse").replace("Since {{since}}.", "Since."));
    ann.says(&["canvas", "lint", "unused.yaml", "--offline"]);
    ann.write(
        "unused.yaml",
        &RAIN.replace("    filter: date >= $since\n", "").replace("Since {{since}}.", "Since."),
    );
    ann.says(&["canvas", "lint", "unused.yaml", "--offline"]);
    ann.says(&["canvas", "lint", "unused.yaml", "--offline", "--strict"]);
    // One fault hides no other, in the file and on the server.
    let (head, blocks) = RAIN.split_once("  - id: most").unwrap();
    let several = format!("{head}  - {{id: new, type: chart, source: weather}}\n  - id: most{blocks}")
        .replace("date >= $since", "dat >= $since")
        .replace("[weather, count()]", "[wether, sum(rain)]");
    ann.write("several.yaml", &several);
    ann.says(&["canvas", "lint", "several.yaml"]);
    ann.says(&["canvas", "lint", "--rules"]);
    ann.set("IMPALA_SERVER", "http://127.0.0.1:9");
    ann.says(&["canvas", "lint", "unused.yaml", "--retries", "0"]);
    assert_transcript!(ann);
}

#[test]
fn the_schema_is_the_same_here_and_on_the_server() {
    let server = Server::start();
    let ann = Person::new(&server.url);
    let schema = ann.must(&["canvas", "schema"]);
    ann.must(&["canvas", "schema", "-o", "canvas.schema.json"]);
    assert_eq!(ann.read("canvas.schema.json"), schema);
    let parsed: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(parsed["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let host = server.url.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    std::io::Write::write_all(
        &mut stream,
        format!("GET /api/canvas.schema.json HTTP/1.0\r\nHost: {host}\r\n\r\n").as_bytes(),
    )
    .unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.ends_with(&schema) && answer.contains("application/schema+json"), "{answer}");
}
