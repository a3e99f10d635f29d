//! upload, source, query

use crate::assert_transcript;
use crate::pty::Terminal;
use crate::support::{Person, Server, regex_escape};

const SALES: &str = "day,shop,amount\n2024-01-01,north,10\n2024-01-02,south,12.5\n2024-01-03,north,\n";

#[test]
fn a_source_from_upload_to_deletion() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("sales.csv", SALES);
    ann.says(&["upload", "sales.csv", "--dry-run"]);
    ann.says(&["upload", "sales.csv", "--note", "first"]);
    ann.says(&["upload", "sales.csv", "--dry-run"]);
    ann.says(&["upload", "sales.csv"]);
    ann.says(&["upload", "sales.csv", "--error-on-unchanged"]);
    ann.says_with(&["upload", "-", "--name", "sales", "-q"], &SALES.replace("12.5", "14"));
    ann.says_with(&["upload", "-"], SALES);
    ann.says(&["upload", "nothing.csv"]);
    ann.says(&["upload", "."]);
    ann.says(&["source", "list"]);
    ann.says(&["source", "list", "--json", "name,version,rows"]);
    ann.says(&["source", "show", "sales"]);
    ann.says(&["source", "schema", "sales"]);
    ann.says(&["source", "schema", "sales@1", "--json", "name,type"]);
    ann.says(&["source", "preview", "sales"]);
    ann.says(&["source", "preview", "sales@1", "--offset", "1", "--limit", "1", "--format", "ndjson"]);
    ann.says(&["source", "preview", "sales", "--json", "shop,amount", "--limit", "1"]);
    ann.says(&["source", "stats", "sales"]);
    ann.says(&["source", "versions", "sales"]);
    ann.says(&["source", "rollback", "sales", "--dry-run"]);
    ann.says(&["source", "rollback", "sales"]);
    ann.says(&["source", "rollback", "sales", "7"]);
    ann.says(&["source", "download", "sales", "-o", "back.csv"]);
    ann.says(&["source", "download", "sales", "-o", "back.csv"]);
    ann.says(&["source", "download", "sales@2", "-o", "-"]);
    ann.says(&["source", "show", "sails"]);
    ann.says(&["source", "delete", "sales", "--dry-run"]);
    ann.must(&["canvas", "create", "shops", "--title", "Sales by shop"]);
    ann.must(&["block", "add", "shops", "--type", "table", "--sql", "SELECT shop FROM sales"]);
    ann.says(&["source", "delete", "sales", "--dry-run"]);
    ann.says(&["source", "delete", "sales"]);
    let mut terminal = Terminal::shell(&ann, "impala source delete sales; echo ended with $?");
    terminal.shows("1 canvas reads it: Sales by shop.");
    terminal.types("⏎");
    terminal.shows("ended with 1");
    ann.says(&["source", "delete", "sales", "--yes"]);
    ann.says(&["source", "list"]);
    assert_eq!(ann.read("back.csv"), SALES);
    assert_transcript!(ann);
}

#[test]
fn bad_files_are_refused_with_their_faults() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("ragged.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n");
    ann.write("one.csv", "a,b\n1\n");
    ann.write("empty.csv", "");
    ann.write("typed.csv", "a,b\n1,x\n2,3\n");
    ann.says(&["upload", "ragged.csv"]);
    ann.says(&["upload", "one.csv"]);
    ann.says(&["upload", "empty.csv"]);
    ann.says(&["upload", "typed.csv", "--type", "b=integer"]);
    ann.says(&["upload", "typed.csv", "--type", "c=integer"]);
    ann.says(&["upload", "typed.csv", "--type", "b=int"]);
    ann.says(&["upload", "typed.csv", "--encoding", "klingon"]);
    ann.says(&["upload", "typed.csv", "--delimiter", "ab"]);
    ann.write("same.csv", "a,a\n1,2\n");
    ann.write("quote.csv", "a,b\n1,\"x\n2,3\n");
    ann.says(&["upload", "same.csv"]);
    ann.says(&["upload", "quote.csv"]);
    ann.says(&["upload", "ragged.csv", "--on-bad-rows", "skip"]);
    ann.says(&["source", "download", "ragged", "--rejects", "-o", "-"]);
    ann.says_with(&["upload", "-", "--name", "ragged2"], "a,b\n1\n");
    ann.says(&["source", "list", "-q"]);
    assert_transcript!(ann);
}

/// A device may have no end, and a pipe comes once: `impala upload <(zcat sales.csv.gz) --name sales`.
#[cfg(unix)]
#[test]
fn a_pipe_is_sent_as_it_comes_and_a_device_is_refused() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.says(&["upload", "/dev/zero"]);
    ann.says(&["source", "check", "/dev/zero", "--schema", "none.json"]);
    let piped = ann.shell("printf 'a\\n1\\n' | impala upload /dev/stdin --name piped").output().unwrap();
    assert!(piped.status.success(), "{}", String::from_utf8_lossy(&piped.stderr));
    ann.says(&["source", "list"]);
    assert_transcript!(ann);
}

#[test]
fn of_several_files_it_is_said_which_were_sent() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("good.csv", "a\n1\n");
    ann.write("bad.csv", "a,b\n1\n");
    ann.write("last.csv", "a\n2\n");
    ann.says(&["upload", "good.csv", "bad.csv", "last.csv", "--jobs", "1"]);
    ann.says(&["upload", "good.csv", "bad.csv", "last.csv", "--jobs", "1", "--json", "file,unchanged,error"]);
    ann.says(&["upload", "good.csv", "bad.csv", "last.csv", "--on-error", "continue"]);
    ann.says(&["upload", "good.csv", "last.csv"]);
    ann.says(&["upload", "good.csv", "last.csv", "--error-on-unchanged", "-q"]);
    assert_transcript!(ann);
}

/// Who knows better can say so; who said it is not told.
#[test]
fn a_guess_at_the_encoding_is_said_to_be_one() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    std::fs::write(ann.folder.path().join("cafe.csv"), b"place\ncaf\xe9\n").unwrap();
    ann.says(&["upload", "cafe.csv"]);
    ann.says(&["upload", "cafe.csv", "--encoding", "latin1"]);
    let notes = String::from_utf8(ann.run(&["open", "cafe.csv", "--exit"]).stderr).unwrap();
    assert!(notes.contains("note: cafe.csv was read as windows-1252, which is a guess"), "{notes}");
    let drawn = ann.run_with(&["open", "-", "--exit"], "a\n1\n");
    assert!(String::from_utf8_lossy(&drawn.stdout).contains("stdin@1"), "{drawn:?}");
    assert_transcript!(ann);
}

#[test]
fn queries_in_every_format() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    let sql = "SELECT weather, count(*) AS days FROM weather GROUP BY weather ORDER BY days DESC";
    ann.says(&["query", sql]);
    ann.says(&["query", sql, "--limit", "2"]);
    ann.says(&["query", sql, "--format", "csv", "-q"]);
    ann.says(&["query", sql, "--format", "json", "-q"]);
    ann.says(&["query", sql, "--format", "markdown", "-q"]);
    ann.says_with(
        &["query", "-", "--param", "least=9", "-f", "ndjson"],
        "SELECT date, wind FROM weather WHERE wind > $least",
    );
    ann.says(&["query", sql, "--json", "days", "--limit", "1"]);
    ann.says(&["query", sql, "--json"]);
    ann.says(&["query", sql, "--limit", "0"]);
    ann.says(&["query", "SELECT winds FROM weather"]);
    ann.says(&["query", "SELECT * FROM wether"]);
    ann.says(&["query", "DROP TABLE weather"]);
    ann.says(&["query", "SELECT * FROM read_csv('/etc/passwd')"]);
    ann.says(&["query", sql, "--param", "least"]);
    assert_transcript!(ann);
}
