//! Output that nobody reads, or that cannot be written: what a command does is done all the same, and its exit code is its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Output, Stdio};

use crate::support::{Person, Server};

/// Runs a command whose stdout is this.
fn into(person: &Person, arguments: &[&str], stdout: impl Into<Stdio>) -> Output {
    person
        .command(arguments)
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap()
}

/// Runs a command whose stdout is a pipe that nobody reads any more.
fn unheard(person: &Person, arguments: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    into(person, arguments, writer)
}

/// Runs a command whose stdout is full.
fn to_full_disk(person: &Person, arguments: &[&str]) -> Output {
    into(person, arguments, File::options().write(true).open("/dev/full").unwrap())
}

const FULL: &str = "error: could not write the output: No space left on device (os error 28)\n";

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Ann with a project, and so many canvas files in a folder `canvases`.
fn with_canvases(server: &Server, count: usize) -> Person {
    let mut ann = Person::with_weather(server);
    ann.set("IMPALA_PROJECT", "ann/weather");
    std::fs::create_dir(ann.folder.path().join("canvases")).unwrap();
    for n in 0..count {
        let text = format!(
            "apiVersion: impala/v1\nkind: Canvas\nmetadata: {{slug: c{n}}}\nspec:\n  blocks:\n    - {{id: days, type: metric, source: weather, value: {{aggregate: count}}, expect: [value < 5]}}\n"
        );
        ann.write(&format!("canvases/c{n}.yaml"), &text);
    }
    ann
}

#[test]
fn all_canvases_are_applied_when_nobody_reads() {
    let server = Server::start();
    let ann = with_canvases(&server, 20);
    let output = unheard(&ann, &["canvas", "apply", "canvases/"]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    assert_eq!(ann.must(&["canvas", "list", "-q"]).lines().count(), 20);
}

#[test]
fn all_files_are_uploaded_when_nobody_reads() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "p"]);
    ann.set("IMPALA_PROJECT", "ann/p");
    let files: Vec<String> = (0..12).map(|n| format!("s{n}.csv")).collect();
    files.iter().for_each(|file| ann.write(file, "n\n1\n"));
    let arguments: Vec<&str> = ["upload"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let output = unheard(&ann, &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("12 files: 12 new versions"), "{output:?}");
    assert_eq!(ann.must(&["source", "list", "-q"]).lines().count(), 12);
}

#[test]
fn checks_end_with_their_own_code_and_write_their_reports() {
    let server = Server::start();
    let ann = with_canvases(&server, 2);
    ann.write(
        "broken.yaml",
        "apiVersion: impala/v1\nkind: Canvas\nmetadata: {slug: x, titel: X}\nspec: {}\n",
    );
    ann.write(
        "schema.json",
        r#"{"fields": [{"name": "n", "type": "integer", "constraints": {"maximum": 1}}]}"#,
    );
    ann.write("n.csv", "n\n2\n3\n");
    let check = |arguments: &[&str], expected: i32| {
        let output = unheard(&ann, arguments);
        assert_eq!(output.status.code(), Some(expected), "{arguments:?}: {output:?}");
    };
    check(&["canvas", "diff", "canvases/"], 8);
    ann.must(&["canvas", "apply", "canvases/"]);
    check(&["canvas", "check", "--all", "--report", "junit=check.xml"], 7);
    check(&["canvas", "check", "--all", "--report", "github,junit=after.xml"], 7);
    check(&["canvas", "lint", "broken.yaml", "--report", "junit=lint.xml"], 7);
    let contract = ["source", "check", "n.csv", "--schema", "schema.json"];
    check(&[&contract[..], &["--report", "junit=rows.xml", "--rejects", "bad.csv"]].concat(), 7);
    for report in ["check.xml", "after.xml", "lint.xml", "rows.xml"] {
        assert!(ann.read(report).contains("<failure"), "{report}");
    }
    assert_eq!(ann.read("bad.csv").lines().count(), 3);
}

#[test]
fn output_that_cannot_be_written_fails_when_the_work_is_done() {
    let server = Server::start();
    let ann = with_canvases(&server, 3);
    let applied = to_full_disk(&ann, &["canvas", "apply", "canvases/"]);
    assert_eq!((applied.status.code(), stderr(&applied).as_str()), (Some(1), FULL));
    assert_eq!(ann.must(&["canvas", "list", "-q"]).lines().count(), 3);
    // Its own code says more.
    let checked = to_full_disk(&ann, &["canvas", "check", "--all"]);
    assert_eq!(checked.status.code(), Some(7));
    assert!(stderr(&checked).starts_with("error: 3 of 3 canvases failed\n"), "{checked:?}");
    assert!(stderr(&checked).ends_with(FULL), "{checked:?}");
    for arguments in
        [&["--help"][..], &["help", "exit-codes"], &["query", "SELECT 1"], &["completions", "bash"]]
    {
        let output = to_full_disk(&ann, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(FULL), "{arguments:?}: {output:?}");
    }
}

/// What only prints is over when nobody reads: here the server never sends the rest.
#[test]
fn a_download_ends_with_its_reader() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut ann = Person::new(&format!("http://{}", listener.local_addr().unwrap()));
    ann.set("IMPALA_TOKEN", "impala_test");
    ann.set("IMPALA_PROJECT", "ann/p");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while reader.read_line(&mut String::new()).unwrap() > 2 {}
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\na\n1\n").unwrap();
        // Until the other end goes.
        let _ = reader.read_to_end(&mut Vec::new());
    });
    let output = unheard(&ann, &["source", "download", "s", "-o", "-"]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    server.join().unwrap();
}
