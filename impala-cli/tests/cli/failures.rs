//! Every way to fail has its exit code; what may pass is tried again, what may not is not.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc;

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

/// A server that gives these answers, one a request, and tells which requests came.
fn scripted(answers: Vec<String>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let body = read_body(&head, &mut reader);
            sender.send(head + &body).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, requests)
}

/// Reads the whole body: a connection that is closed before would be reset, with the answer lost.
fn read_body(head: &str, reader: &mut impl BufRead) -> String {
    let head = head.to_lowercase();
    let mut body = String::new();
    if head.contains("transfer-encoding: chunked") {
        while !body.ends_with("0\r\n\r\n") && reader.read_line(&mut body).unwrap() > 0 {}
    } else if let Some(length) =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
    {
        reader.take(length).read_to_string(&mut body).unwrap();
    }
    body
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn problem(status: u16, code: &str, detail: &str) -> String {
    let body = serde_json::json!({"type": "about:blank", "title": "", "status": status, "code": code, "detail": detail});
    answer(&format!("{status} X"), "content-type: application/problem+json\r\n", &body.to_string())
}

const NO_PROJECTS: &str = "{\"items\": [], \"next_cursor\": null}";

/// Someone with a token, whose server gives these answers.
fn person(answers: Vec<String>) -> (Person, mpsc::Receiver<String>) {
    let (url, requests) = scripted(answers);
    let mut person = Person::new(&url);
    person.set("IMPALA_TOKEN", "impala_test");
    (person, requests)
}

#[test]
fn each_status_has_its_exit_code() {
    let check = |status: u16, expected: i32| {
        let (ann, _requests) = person(vec![problem(status, "some_code", "it is so")]);
        let output = ann.run(&["project", "list", "--retries", "0"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "{status}: {stderr}");
        assert!(stderr.starts_with("error: it is so\n"), "{stderr}");
        assert!(output.stdout.is_empty());
    };
    check(400, 7);
    check(401, 4);
    check(403, 4);
    check(404, 1);
    check(408, 5);
    check(409, 6);
    check(412, 6);
    check(413, 7);
    check(422, 7);
    check(425, 5);
    check(428, 6);
    check(429, 5);
    check(500, 5);
    check(503, 5);
}

/// The same classes from a real server.
#[test]
fn each_class_of_failure_has_its_exit_code() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    let check = |person: &Person, arguments: &[&str], expected: i32| {
        let output = person.run(&[arguments, &["--retries", "0"]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: ") && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    };
    check(&ann, &["source", "show", "nothing"], 1);
    check(&ann, &["source", "shw"], 2);
    check(&ann, &["source", "list", "--server", "http://127.0.0.1:1"], 3);
    check(&Person::new(&server.url), &["project", "list"], 4);
    check(&ann, &["project", "create", "weather"], 6);
    check(&ann, &["query", "SELECT nothing FROM weather"], 7);
    let reader = ann.must(&["token", "create", "reader", "-q"]);
    let guess = || ann.run_with(&["login", "-u", "ann", "--password-stdin"], "wrong password").status.code();
    let codes: Vec<Option<i32>> = (0..30).map(|_| guess()).collect();
    assert!(codes[0] == Some(4) && codes.contains(&Some(5)), "nobody may guess for ever: {codes:?}");
    ann.set("IMPALA_TOKEN", reader.trim());
    check(&ann, &["upload", "weather.csv", "--append"], 4);
}

#[test]
fn what_may_pass_is_tried_again() {
    let busy = answer("429 Too Many Requests", "retry-after: 0\r\n", "");
    let (ann, requests) =
        person(vec![busy.clone(), problem(503, "unavailable", "busy"), answer("200 OK", "", NO_PROJECTS)]);
    let output = ann.run(&["project", "list"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(requests.iter().count(), 3);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("trying again in 0.0 s") && stderr.contains("busy; trying again in"), "{stderr}");

    // 408 and 425 say so, too: the server had no patience, or would not be asked so early.
    let script = vec![
        answer("408 Request Timeout", "", ""),
        answer("425 Too Early", "retry-after: 0\r\n", ""),
        answer("200 OK", "", NO_PROJECTS),
    ];
    let (ann, requests) = person(script);
    assert_eq!(ann.run(&["project", "list"]).status.code(), Some(0));
    assert_eq!(requests.iter().count(), 3);

    // Waiting for an hour is no service to anyone.
    let (ann, requests) = person(vec![answer("429 Too Many Requests", "retry-after: 3600\r\n", "")]);
    assert_eq!(ann.run(&["project", "list"]).status.code(), Some(5));
    assert_eq!(requests.iter().count(), 1);

    let (ann, requests) = person(vec![problem(404, "not_found", "no such thing")]);
    assert_eq!(ann.run(&["project", "list"]).status.code(), Some(1));
    assert_eq!(requests.iter().count(), 1);
}

/// A creating POST carries a key, the same on each try, so that it is done once.
#[test]
fn creating_is_tried_again_under_one_key() {
    let (ann, requests) =
        person(vec![problem(503, "unavailable", "busy"), problem(409, "conflict", "taken")]);
    assert_eq!(ann.run(&["project", "create", "x"]).status.code(), Some(6));
    let keys: Vec<String> = requests
        .iter()
        .filter_map(|request| {
            request.lines().find(|line| line.starts_with("idempotency-key: ")).map(str::to_owned)
        })
        .collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

const UNKNOWN: &str = "{\"upload\": null}";

/// A file goes out whole again, with its hash; what came from stdin is gone, and is not tried again.
#[test]
fn uploads_are_tried_again_when_they_can_be() {
    let version = r#"{"version": 1, "sha256": "", "size_bytes": 4, "rows": 1, "rejected_rows": 0, "columns": [], "delimiter": ",", "encoding": "UTF-8", "created_by": "ann", "created_at": "2026-01-01T00:00:00Z"}"#;
    let stored =
        answer("201 Created", "", &format!(r#"{{"source": "s", "unchanged": false, "version": {version}}}"#));
    let (mut ann, requests) =
        person(vec![answer("200 OK", "", UNKNOWN), problem(503, "unavailable", "busy"), stored]);
    ann.set("IMPALA_PROJECT", "ann/p");
    ann.write("s.csv", "n\n1\n");
    assert_eq!(ann.run(&["upload", "s.csv", "-q"]).stdout, b"s@1\n");
    let requests: Vec<String> = requests.iter().skip(1).collect();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(request.starts_with("PUT /api/v1/projects/ann/p/sources/s HTTP/1.1"), "{request}");
        assert!(request.contains("content-digest: sha-256=:") && request.ends_with("n\n1\n"), "{request}");
    }

    let (mut ann, requests) = person(vec![problem(503, "unavailable", "busy")]);
    ann.set("IMPALA_PROJECT", "ann/p");
    assert_eq!(ann.run_with(&["upload", "-", "--name", "s"], "n\n1\n").status.code(), Some(5));
    assert_eq!(requests.iter().count(), 1);
}

/// A password sent twice would count as two tries.
#[test]
fn signing_in_is_not_tried_again() {
    let (url, requests) = scripted(vec![problem(503, "unavailable", "busy")]);
    let ann = Person::new(&url);
    let output = ann.run_with(&["login", "-u", "ann", "--password-stdin"], "correct horse");
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(requests.iter().count(), 1);
}

#[test]
fn what_is_no_impala_server_is_said_to_be_so() {
    let html = answer("200 OK", "content-type: text/html\r\n", "<html>hello</html>");
    let gateway = answer("500 Internal Server Error", "content-type: text/html\r\n", "<html>oops</html>");
    let moved = answer("301 Moved Permanently", "location: https://elsewhere.example.org/\r\n", "");
    let (mut ann, _requests) = person(vec![html, gateway, moved]);
    for _ in 0..3 {
        ann.says(&["project", "list", "--retries", "0"]);
    }
    assert_transcript!(ann);
}

/// Proxies say so without a word more, and nobody is to doubt the address then.
#[test]
fn what_is_busy_is_said_to_be_so() {
    for status in
        ["408 Request Timeout", "429 Too Many Requests", "502 Bad Gateway", "503 Service Unavailable"]
    {
        let (ann, _requests) = person(vec![answer(status, "content-type: text/html\r\n", "<html>")]);
        let output = ann.run(&["project", "list", "--retries", "0"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{stderr}");
        let number = &status[..3];
        assert!(
            stderr.contains(&format!(" is busy or not up for now (status {number})\nhint: try again")),
            "{stderr}"
        );
    }
}

#[test]
fn a_server_that_is_not_there() {
    // No program listens there, and none gets that port for the asking.
    let mut ann = Person::new("http://127.0.0.1:1");
    ann.set("IMPALA_TOKEN", "impala_test");
    ann.says(&["project", "list", "--retries", "1"]);
    ann.says(&["project", "list", "--retries", "1", "-q"]);
    ann.says(&["project", "list", "--server", "nonsense"]);
    assert_transcript!(ann);
}

#[test]
fn a_server_without_tls_is_said_to_have_none() {
    let server = Server::start();
    let ann = Person::new(&server.url.replace("http:", "https:"));
    let output = ann.run_with(&["login", "-u", "ann", "--password-stdin"], "correct horse");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3));
    let hint = format!("hint: it seems to speak plain HTTP: try --server {}\n", server.url);
    assert!(stderr.ends_with(&hint), "{stderr}");
}

#[test]
fn a_closed_pipe_is_success() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    for arguments in [["project", "list", "-q"], ["completions", "bash", "-q"], ["config", "show", "-q"]] {
        let mut child =
            ann.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

/// Someone saves while another applies a file: theirs is not overwritten.
#[test]
fn a_stale_revision_is_a_conflict() {
    let canvas = "apiVersion: impala/v1\nkind: Canvas\nmetadata: {slug: w, title: T}\n";
    let revision = r#"{"revision": 3, "saved_by": "ben", "saved_at": "2026-01-01T00:00:00Z"}"#;
    let view = format!(
        r#"{{"etag": "\"some-id-3\"", "revision": {revision}, "warnings": [], "canvas": {{"apiVersion": "impala/v1", "kind": "Canvas", "metadata": {{"slug": "w"}}, "spec": {{}}}}}}"#
    );
    let applied = revision.replace('}', r#", "note": "applied"}"#);
    let stale = format!(
        r#"{{"type": "about:blank", "title": "", "status": 412, "code": "stale_revision", "detail": "revision 4 is newer", "current": {}}}"#,
        revision.replace('3', "4")
    );
    let (mut ann, requests) = person(vec![
        answer("200 OK", "", &view),
        answer("200 OK", "", &format!(r#"{{"items": [{applied}], "next_cursor": null}}"#)),
        answer("200 OK", "", &view),
        answer("412 Precondition Failed", "content-type: application/problem+json\r\n", &stale),
    ]);
    ann.set("IMPALA_PROJECT", "ann/p");
    ann.write("w.yaml", canvas);
    ann.says(&["canvas", "apply", "-f", "w.yaml"]);
    let saving = requests.iter().nth(3).unwrap();
    assert!(saving.starts_with("PUT ") && saving.contains("if-match: \"some-id-3\""), "{saving}");
    assert_transcript!(ann);
}

#[test]
fn ctrl_c_ends_with_130() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut ann = Person::new(&format!("http://{}", listener.local_addr().unwrap()));
    ann.set("IMPALA_TOKEN", "impala_test");
    let mut child = ann.command(&["project", "list"]).stderr(Stdio::piped()).spawn().unwrap();
    // Connected: from here on it waits for an answer that does not come.
    let _connection = listener.accept().unwrap();
    let told = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

/// Expiries are told by the server's clock: one that goes wrong is named, with how much.
#[test]
fn the_doctor_looks_at_the_clocks() {
    let check = |headers: &str, expected: &str| {
        let ready = answer("200 OK", headers, "");
        let (ann, _requests) = person(vec![ready, problem(401, "unauthorized", "the token is not known")]);
        let output = ann.run(&["doctor"]);
        let told = String::from_utf8_lossy(&output.stdout);
        let clock = told.lines().find(|line| line.starts_with("clock")).unwrap_or_default().to_owned();
        assert!(clock.contains(expected), "{told}");
        let hints = String::from_utf8_lossy(&output.stderr);
        assert_eq!(hints.contains("hint: clock: set it by NTP"), clock.contains("warning"), "{hints}");
        clock
    };
    let then = "date: Mon, 06 Jan 2020 00:00:00 GMT\r\n";
    let clock = check(then, " s ahead of the server's");
    let seconds = jiff::Timestamp::now().duration_since("2020-01-06T00:00:00Z".parse().unwrap()).as_secs();
    let told: i64 = clock.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
    assert!((0..60).contains(&(seconds - told)), "{told} and {seconds}");
    check("date: Wed, 06 Jan 2100 00:00:00 GMT\r\n", " s behind the server's");
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    check(&format!("date: {now}\r\n"), "agrees with the server's");
}
