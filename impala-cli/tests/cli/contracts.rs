//! Contracts: made from a version, checked without a server, kept by uploads.

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

const SCHEMA: &str = r#"{
  "fields": [
    {"name": "id", "type": "integer", "constraints": {"required": true, "unique": true}},
    {"name": "day", "type": "date", "constraints": {"minimum": "2024-01-01"}},
    {"name": "shop", "constraints": {"enum": ["north", "south"]}}
  ]
}
"#;

#[test]
fn a_contract_from_a_version_to_a_refused_upload() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("sales.csv", "id,day,shop\n1,2024-01-01,north\n2,2024-01-02,\n");
    ann.write("bad.csv", "id,day,shop\n1,2023-12-31,north\nx,2024-01-02,west\n1\n1,2024-01-03,south\n");
    ann.write("drift.csv", "id,shop,more\n1,north,x\n");
    ann.must(&["upload", "sales.csv"]);
    ann.says(&["source", "schema", "sales", "--write", "-"]);
    ann.says(&["source", "schema", "sales", "--write", "made.json"]);
    ann.says(&["source", "schema", "sales", "--write", "made.json"]);
    ann.says(&["source", "check", "sales.csv", "--schema", "made.json"]);
    ann.write("sales.schema.json", SCHEMA);
    ann.says(&["source", "check", "bad.csv", "--schema", "sales.schema.json", "--rejects", "rejects.csv"]);
    ann.says(&["source", "check", "bad.csv", "--schema", "sales.schema.json", "--json", "row,column,value"]);
    ann.says(&[
        "source",
        "check",
        "bad.csv",
        "--schema",
        "sales.schema.json",
        "--report",
        "github,junit=check.xml",
        "-q",
    ]);
    ann.says(&["source", "check", "drift.csv", "--schema", "sales.schema.json"]);
    ann.says(&["source", "check", "drift.csv", "--schema", "sales.schema.json", "--on-drift", "widen"]);
    ann.says(&["source", "check", "sales.csv"]);
    ann.write("wrong.json", &SCHEMA.replace("minimum", "minium"));
    ann.says(&["source", "check", "sales.csv", "--schema", "wrong.json"]);
    ann.says(&["upload", "bad.csv", "--name", "sales", "--schema", "sales.schema.json"]);
    ann.says(&["upload", "sales.csv", "--schema", "sales.schema.json"]);
    ann.says(&["upload", "sales.csv", "--schema", "wrong.json"]);
    ann.says(&["source", "versions", "sales", "-q"]);
    let rejects = ann.read("rejects.csv");
    assert!(rejects.starts_with("row,reason,line\n1,\"day: \"\"2023-12-31\"\" is less"), "{rejects}");
    assert!(rejects.contains("\n3,\"column \"\"day\"\": the row has 1 field"), "{rejects}");
    assert!(ann.read("check.xml").contains("failures=\"4\""), "{}", ann.read("check.xml"));
    assert_transcript!(ann);
}

#[test]
fn rows_are_appended_and_other_formats_are_read() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("day1.tsv", "n\tm\n1\ta\n");
    ann.write("day2.jsonl", "{\"m\": \"b\", \"n\": 2}\n");
    ann.write("day3.csv", "n,m\nx,c\n");
    ann.write("other.csv", "n,mm\n1,c\n");
    ann.says(&["upload", "day1.tsv", "--name", "days"]);
    ann.says(&["upload", "day2.jsonl", "--name", "days", "--append"]);
    ann.says(&["upload", "day3.csv", "--name", "days", "--append"]);
    ann.says(&["upload", "other.csv", "--name", "days", "--append"]);
    ann.says_with(&["upload", "-", "--name", "days", "--append"], "n,m\n3,d\n");
    ann.says(&["source", "download", "days", "-o", "-"]);
    ann.says(&["source", "download", "days@1"]);
    ann.says(&["upload", "day1.tsv", "--input-format", "yaml"]);
    assert_transcript!(ann);
}

/// What a refused upload is told is in the reports of CI, too: by the contract here, by the types at the server.
#[test]
fn a_refused_upload_is_reported() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    ann.must(&["source", "schema", "weather", "-P", "weather", "--write", "s.json"]);
    ann.write("gap.csv", "date,precipitation,temp_max,temp_min,wind,weather\n2012-01-01,1.0,2.0,1.0,3.0,\n");
    ann.write("torn.csv", "a,b\n1,2\n3\n");
    let check = |arguments: &[&str], file: &str, line: &str| {
        let output = ann.run(&[arguments, &["--report", "github,junit=x.xml", "-P", "weather"]].concat());
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        assert!(stdout.contains(&format!("::error file={file},line={line},")), "{stdout}");
        assert!(ann.read("x.xml").contains("failures=\"1\""), "{}", ann.read("x.xml"));
    };
    check(&["upload", "gap.csv", "--name", "weather", "--schema", "s.json"], "gap.csv", "2");
    check(&["upload", "torn.csv"], "torn.csv", "3");
    ann.must(&["upload", "weather.csv", "-P", "weather", "--report", "junit=ok.xml"]);
    assert!(ann.read("ok.xml").contains("failures=\"0\""), "{}", ann.read("ok.xml"));
}

/// Annotations stand behind what people read; Markdown has stdout for itself, as that becomes the summary of a job.
#[test]
fn reports_come_beside_what_people_read() {
    let server = Server::start();
    let ann = Person::with_weather(&server);
    let said = |arguments: &[&str], report: &str| {
        let output = ann.run(&[arguments, &["--report", report, "-P", "weather"]].concat());
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(
        said(&["upload", "weather.csv"], "github").0,
        "weather@1: 1,461 rows, 6 columns, 48.2 kB (unchanged)\n"
    );
    let (stdout, stderr) = said(&["upload", "weather.csv"], "markdown");
    assert!(stdout.starts_with("### ✅ weather.csv\n") && !stdout.contains("weather@1"), "{stdout}");
    assert_eq!(stderr, "weather@1: 1,461 rows, 6 columns, 48.2 kB (unchanged)\n");
    // The name of a column is of two lines, and the second would be a command to GitHub.
    ann.write("odd.csv", "\"n\n::error::x\"\nx\n");
    ann.write("s.json", r#"{"fields": [{"name": "n\n::error::x", "type": "integer"}]}"#);
    let check = ["source", "check", "odd.csv", "--schema", "s.json"];
    let (stdout, _) = said(&check, "github");
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("row 1, line 3, column \"n"), "{stdout}");
    assert!(lines[1].starts_with("::error file=odd.csv,line=3,"), "{stdout}");
    let (stdout, stderr) = said(&check, "markdown");
    assert!(stdout.starts_with("### ❌ odd.csv\n"), "{stdout}");
    assert!(
        stderr.starts_with("row 1, line 3, column \"n") && stderr.contains("error: odd.csv breaks"),
        "{stderr}"
    );
}

/// The server holds what it gets against the contract, so that nothing else is stored: also what is packed, appended or piped.
#[test]
fn a_contract_goes_along_with_an_upload() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("s.json", SCHEMA);
    ann.write("good.csv", "id,day,shop\n1,2024-01-01,north\n");
    ann.write("bad.csv", "id,day,shop\n1,2023-12-31,north\nx,2024-01-02,west\n1\n1,2024-01-03,south\n");
    ann.write("drift.csv", "id,shop,more\n2,north,x\n");
    let upload = |file: &'static str, more: &[&'static str]| {
        [&["upload", file, "--name", "sales", "--schema", "s.json"], more].concat()
    };
    ann.says(&upload("bad.csv", &["--rejects", "rejects.csv"]));
    let rejects = ann.read("rejects.csv");
    assert!(rejects.starts_with("row,reason,line\n1,\"day: \"\"2023-12-31\"\" is less"), "{rejects}");
    assert!(rejects.contains(",\"x,2024-01-02,west\"\n"), "{rejects}");
    ann.says(&upload("bad.csv", &["--json", "file,violations_total,violations"]));
    ann.says(&upload("bad.csv", &["--report", "github,junit=out/check.xml"]));
    assert!(ann.read("out/check.xml").contains("failures=\"4\""), "{}", ann.read("out/check.xml"));
    ann.says_with(&upload("-", &["-q"]), "id,day,shop\n1,2024-01-01,west\n");
    ann.says(&upload("good.csv", &["--rejects", "rejects.csv"]));
    assert_eq!(ann.read("rejects.csv"), "row,reason,line\n");
    ann.says(&upload("good.csv", &["--append", "--allow-duplicate"]));
    ann.says(&upload("drift.csv", &[]));
    ann.says(&upload("drift.csv", &["--on-drift", "widen"]));
    ann.says(&["upload", "good.csv", "bad.csv", "--schema", "s.json", "--rejects", "r.csv"]);
    ann.says(&["upload", "good.csv", "bad.csv", "drift.csv", "--schema", "s.json", "--on-error", "continue"]);
    ann.says(&["source", "list", "-q"]);
    assert_transcript!(ann);
}

/// All that is wrong is told, however much it is.
#[test]
fn every_violation_of_a_refused_upload_can_be_had() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("s.json", SCHEMA);
    let rows: String = (0..3_000).map(|id| format!("{id},2020-01-01,west\n")).collect();
    ann.write("bad.csv", &format!("id,day,shop\n{rows}"));
    let more = ["--rejects", "r.csv", "--report", "junit=x.xml", "--json", "violations"];
    let output = ann.run(&[&["upload", "bad.csv", "--schema", "s.json"][..], &more].concat());
    assert_eq!(output.status.code(), Some(7));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told[0]["violations"].as_array().unwrap().len(), 6_000);
    assert_eq!(ann.read("r.csv").lines().count(), 6_001);
    assert!(ann.read("x.xml").contains("row 3000, line 3001, column &quot;shop&quot;"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("6000 violations in 3000 rows"), "{stderr}");
    assert!(stderr.contains("and 5,980 more violations\n"), "{stderr}");
}

/// A file that is refused for its rows is told in JSON as one that breaks a contract, alone and beside others.
#[test]
fn a_file_that_cannot_be_read_is_told_as_json() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("s.json", SCHEMA);
    ann.write("good.csv", "id,day,shop\n1,2024-01-01,north\n");
    ann.write("torn.csv", "id,day,shop\n1,2024-01-01\n");
    ann.write("twice.csv", "id,id\n1,2\n");
    let fields = ["--json", "file,error,violations,violations_total"];
    ann.says(&[&["upload", "torn.csv"], &fields[..]].concat());
    ann.says(&[&["upload", "twice.csv"], &fields[..]].concat());
    ann.says(&[&["upload", "missing.csv", "--json", "file,violations_total"][..]].concat());
    ann.says(&["source", "check", "twice.csv", "--schema", "s.json", "--json", "line,column,rule,detail"]);
    ann.says(&["source", "check", "good.csv", "--schema", "s.json", "--json", "line"]);
    assert_transcript!(ann);
    ann.write("many.csv", &format!("a,b\n{}", "1\n".repeat(1_042)));
    let output = ann.run(&["upload", "many.csv", "good.csv", "--on-error", "continue", "--json", "all"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&told[0]["violations_total"], &told[0]["violations"][0]["rule"]),
        (&1_042.into(), &"row".into())
    );
    assert_eq!(told[1]["violations_total"], 0);
}

/// Values that come twice are known at the end only; where they stand is told all the same, by row, line and text.
#[test]
fn rows_that_come_twice_have_their_lines() {
    let server = Server::start();
    let ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write(
        "s.json",
        r#"{"fields": [{"name": "a", "constraints": {"unique": true}}, {"name": "b"}], "primaryKey": ["a"]}"#,
    );
    ann.write("a.csv", "a,b\n1,\"x\ny\"\n1,\"y, z\"\n2,z\n1,z\n");
    let reason =
        |what: &str| format!("{what} is that of row 1 already; expected a different one in every row");
    let (value, key) = (reason("a: the value"), reason("the key"));
    let rejects = format!(
        "row,reason,line\n2,\"{value}\",\"1,\"\"y, z\"\"\"\n2,\"{key}\",\"1,\"\"y, z\"\"\"\n4,\"{value}\",\"1,z\"\n4,\"{key}\",\"1,z\"\n"
    );
    for command in [["source", "check", "a.csv"].as_slice(), &["upload", "a.csv"]] {
        let more = ["--schema", "s.json", "--rejects", "r.csv", "--report", "github"];
        let output = ann.run(&[command, &more].concat());
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        assert_eq!(ann.read("r.csv"), rejects);
        let notes = String::from_utf8(output.stdout).unwrap();
        for line in [4, 6] {
            assert_eq!(notes.matches(&format!("::error file=a.csv,line={line},")).count(), 2, "{notes}");
        }
    }
}

/// However many there are, JSON has all of them, and reports count those that they do not tell.
#[test]
fn nothing_that_a_check_finds_is_passed_over() {
    let ann = Person::new("http://127.0.0.1:9");
    ann.write(
        "s.json",
        r#"{"fields": [{"name": "n", "type": "integer"}, {"name": "m", "type": "integer"}]}"#,
    );
    ann.write("bad.csv", &format!("n,m\n{}1,y\n", "x,1\n".repeat(100_001)));
    let check = ["source", "check", "bad.csv", "--schema", "s.json"];
    let output = ann.run(&[&check[..], &["--json", "row,column", "--report", "junit=x.xml"]].concat());
    let told: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told.len(), 100_002);
    assert_eq!(told[100_001], serde_json::json!({"row": 100_002, "column": "m"}));
    let report = ann.read("x.xml");
    assert!(report.contains("&#10;and 1 more like these</failure>"), "{}", &report[report.len() - 400..]);
    assert!(report.contains("row 100002, line 100003, column &quot;m&quot;"));
    let output = ann.run(&[&check[..], &["--report", "github"]].concat());
    let notes = String::from_utf8(output.stdout).unwrap();
    assert!(notes.contains("::column n: and 99,991 more like these\n"), "{notes}");
}

/// A schema that others have made may say more than is asked here, and what it asks for is kept or refused.
#[test]
fn schemas_say_more_than_rules() {
    let mut ann = Person::new("http://127.0.0.1:9");
    ann.write("a.csv", "day,n\n2024-01-31,1\n");
    let schema = r#"{"name": "days", "version": "1.0", "fields": [
        {"name": "day", "type": "date", "rdfType": "https://schema.org/Date"},
        {"name": "n", "type": "integer", "unit": "kg"}
    ], "foreignKeys": [{"fields": "n", "reference": {"resource": "other", "fields": "n"}}]}"#;
    ann.write("s.json", schema);
    ann.write(
        "format.json",
        &schema.replace("\"rdfType\": \"https://schema.org/Date\"", "\"format\": \"%d/%m/%Y\""),
    );
    ann.write(
        "typo.json",
        &schema.replace("\"unit\": \"kg\"", "\"constraint\": {\"minimum\": 2}, \"unique\": true"),
    );
    for file in ["s.json", "format.json", "typo.json"] {
        ann.says(&["source", "check", "a.csv", "--schema", file]);
    }
    assert_transcript!(ann);
}
