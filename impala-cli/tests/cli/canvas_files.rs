//! What is done with canvases as files: merge, fmt, lint, schema

use std::process::Command;

use crate::as_code::*;
use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

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
