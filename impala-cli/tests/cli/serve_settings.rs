//! Where a server's settings come from, and what is said of wrong ones.

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

#[test]
fn every_setting_says_where_it_comes_from() {
    let mut ann = Person::new("http://127.0.0.1:1");
    ann.write("server.toml", "# Production\nregistration = 'closed'\n\n[limits]\nupload_bytes = '2GiB'\n");
    ann.write("database-url", "postgres://impala:s3cret@db:5432/impala\n");
    ann.set("IMPALA_CONFIG", "server.toml");
    ann.set("IMPALA_DATABASE_URL_FILE", "database-url");
    ann.set("IMPALA_MONGODB_URL", "mongodb://impala:s3cret@mongo/impala");
    ann.says(&["serve", "--print-config", "--drain-timeout", "1m"]);
    let json = ann.must(&["serve", "--print-config", "--json", "all", "--uploads", "/srv/uploads"]);
    assert!(json.contains("\"value\": \"/srv/uploads\",\n    \"origin\": \"flag --uploads\""), "{json}");
    assert!(!ann.transcript().contains("s3cret"));
    assert_transcript!(ann);
}

#[test]
fn a_wrong_setting_stops_the_start_with_one_line() {
    let mut ann = Person::new("http://127.0.0.1:1");
    ann.says(&["serve", "--listen", "nowhere"]);
    ann.says(&["serve", "--database-url", "postgres://impala:s3cret@db/impala"]);
    ann.says(&["serve", "--json", "all"]);
    ann.says(&["serve", "--config", "missing.toml"]);
    ann.write("server.toml", "listn = '127.0.0.1:5001'\n");
    ann.says(&["serve", "--config", "server.toml"]);
    ann.write("server.toml", "listen = '127.0.0.1:5001\n");
    ann.says(&["serve", "--config", "server.toml"]);
    ann.set("IMPALA_LIMITS_COLUMNS", "many");
    ann.says(&["serve"]);
    assert_transcript!(ann);
}

#[test]
fn what_stops_the_start_stops_a_look_at_the_settings_too() {
    let ann = Person::new("http://127.0.0.1:1");
    let check = |flag: &str, value: &str, expected: &str| {
        let output = ann.run(&["serve", "--print-config", flag, value]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(expected) && !said.contains("s3cret"), "{said}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
    };
    check("--log", "nonsense=[", "log is wrong: \"nonsense=[\" is not a filter");
    check("--listen", "nowhere", "listen is wrong");
    check("--database-url", "postgres://db/impala?sslpassword=s3cret", "holds a password");
}

/// An address of no machine: the warnings come before it is found out.
#[test]
fn among_lines_of_json_warnings_are_events() {
    let ann = Person::new("http://127.0.0.1:1");
    let output = ann.run(&["serve", "--listen", "192.0.2.1:5001", "--log-format", "json"]);
    let said = String::from_utf8(output.stderr).unwrap();
    let events: Vec<serde_json::Value> =
        said.lines().map_while(|line| serde_json::from_str(line).ok()).collect();
    let warns = |word: &str| {
        events.iter().any(|event| {
            event["level"] == "WARN"
                && event["fields"]["message"].as_str().is_some_and(|text| text.contains(word))
        })
    };
    assert!(warns("TLS proxy") && warns("--registration closed"), "{said}");
    assert!(!said.contains("warning:"), "{said}");
}

#[test]
fn ping_tells_by_its_exit_code() {
    let server = Server::start();
    let mut ann = Person::new(&server.url);
    ann.says(&["ping"]);
    ann.says(&["ping", "--server", "http://127.0.0.1:1"]);
    assert_transcript!(ann);
}
