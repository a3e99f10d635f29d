//! Canvases as tests, their reports, and versions of sources against each other.

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

const SALES: &str = "id,shop,price\n1,north,10\n2,south,20\n3,north,30\n";
const LATER: &str = "id,shop,price\n1,north,10.5\n3,north,30\n4,west,45\n5,,50\n";

const CANVAS: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata: {slug: sales, title: Sales}
spec:
  parameters:
  - {name: shop, type: select, source: sales, field: shop}
  blocks:
  - id: total
    type: metric
    title: Total
    source: sales
    filter: shop = $shop
    value: {aggregate: sum, field: price}
    expect: [value between 30 and 50, rows > 0, fresh within 26h]
  - id: all
    type: table
    source: sales
    expect: [column id unique, column shop not null, not truncated, rows within 50% of previous]
";

const PLAIN: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata: {slug: plain}
spec:
  blocks:
  - {id: all, type: table, source: sales}
";

fn ann(server: &Server) -> Person {
    let ann = Person::registered(server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("sales.csv", SALES);
    ann.must(&["upload", "sales.csv"]);
    ann.write("sales.yaml", CANVAS);
    ann.write("plain.yaml", PLAIN);
    ann.must(&["canvas", "apply", "-f", "sales.yaml"]);
    ann.must(&["canvas", "apply", "-f", "plain.yaml"]);
    ann
}

#[test]
fn canvases_are_held_against_their_rules() {
    let server = Server::start();
    let mut ann = ann(&server);
    // Ages are of this moment, and seconds differ.
    let fresh = |person: &Person| person.write("sales.yaml", &CANVAS.replace(", fresh within 26h", ""));
    ann.must(&["canvas", "check", "sales", "--param", "shop=north"]);
    fresh(&ann);
    ann.must(&["canvas", "apply", "-f", "sales.yaml"]);
    ann.says(&["canvas", "check", "sales", "--param", "shop=north"]);
    ann.says(&["canvas", "check", "plain"]);
    ann.says(&["canvas", "check", "--all"]);
    ann.write("sales.csv", LATER);
    ann.must(&["upload", "sales.csv"]);
    ann.says(&["canvas", "check", "sales"]);
    ann.says(&["canvas", "check", "sales", "--json", "passed,revision"]);
    ann.says(&["canvas", "check", "sales", "plain", "-q"]);
    ann.says(&["canvas", "check", "--file", "plain.yaml"]);
    ann.write("broken.yaml", &PLAIN.replace("source: sales", "source: sale, expect: [rows > 0]"));
    ann.says(&["canvas", "check", "-f", "broken.yaml"]);
    ann.write("wrong.yaml", &PLAIN.replace("source: sales", "source: sales, expect: [rwos > 0]"));
    ann.says(&["canvas", "check", "-f", "wrong.yaml"]);
    ann.says(&["canvas", "apply", "-f", "wrong.yaml"]);
    ann.says(&["canvas", "check"]);
    ann.says(&["canvas", "check", "sale"]);
    ann.says(&["canvas", "check", "sales", "--param", "shp=north"]);
    ann.says(&["canvas", "check", "sales", "--report", "junit"]);
    assert_transcript!(ann);
}

#[test]
fn what_was_found_is_reported() {
    let server = Server::start();
    let mut ann = ann(&server);
    ann.write("sales.yaml", &CANVAS.replace(", fresh within 26h", ""));
    ann.must(&["canvas", "apply", "-f", "sales.yaml"]);
    ann.write("sales.csv", LATER);
    ann.must(&["upload", "sales.csv"]);
    ann.says(&[
        "canvas",
        "check",
        "--all",
        "--report",
        "github,junit=out/checks.xml",
        "--report",
        "markdown=checks.md",
    ]);
    ann.says(&["canvas", "check", "sales", "--report", "markdown", "--param", "shop=north"]);
    assert_transcript!(ann);
    let xml = ann.read("out/checks.xml");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let named = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
    assert_eq!(
        (named("testsuite"), named("testcase"), named("failure"), named("skipped")),
        (2, 9, 2, 0),
        "{xml}"
    );
    insta::assert_snapshot!(xml);
    insta::assert_snapshot!(ann.read("checks.md"));
}

/// A pull request shows each failure beside the line that says it.
#[test]
fn annotations_of_files_stand_at_block_and_rule() {
    let server = Server::start();
    let mut ann = ann(&server);
    std::fs::create_dir(ann.folder.path().join("canvases")).unwrap();
    let rules = "\
apiVersion: impala/v1
kind: Canvas
metadata: {slug: rules}
spec:
  blocks:
  - id: low
    type: table
    at: {x: 0, y: 9, w: 24, h: 4}
    source: sales
    expect:
    - rows > 0
    - rows > 9
  - id: lost
    type: table
    at: {x: 0, y: 0, w: 24, h: 4}
    source: sale
";
    ann.write("canvases/rules.yaml", rules);
    ann.write("canvases/wrong.yaml", &PLAIN.replace("source: sales", "sorce: sales"));
    ann.says(&["canvas", "lint", "canvases", "--report", "github"]);
    std::fs::remove_file(ann.folder.path().join("canvases/wrong.yaml")).unwrap();
    ann.says(&["canvas", "check", "-f", "canvases", "--report", "github"]);
    ann.says_with(&["canvas", "check", "-f", "-", "--report", "github"], rules);
    ann.says_with(&["canvas", "lint", "-", "--report", "github"], rules);
    assert_transcript!(ann);
}

#[test]
fn versions_are_compared() {
    let server = Server::start();
    let mut ann = ann(&server);
    ann.says(&["source", "diff", "sales"]);
    ann.write("sales.csv", LATER);
    ann.must(&["upload", "sales.csv"]);
    ann.says(&["source", "diff", "sales"]);
    ann.says(&["source", "diff", "sales", "1", "2", "--key", "id", "--sample", "1", "--exit-code"]);
    ann.says(&["source", "diff", "sales", "2", "2", "--exit-code"]);
    ann.write("sales.csv", "id,shop,n\n1,north,1\n");
    ann.must(&["upload", "sales.csv"]);
    ann.says(&["source", "diff", "sales", "--key", "id,shop"]);
    ann.says(&["source", "diff", "sales", "--key", "idd"]);
    ann.says(&["source", "diff", "sales", "1", "9"]);
    ann.says(&["source", "diff", "sale"]);
    ann.says(&["source", "diff", "sales", "1", "2", "--exit-code", "-q"]);
    ann.says(&["source", "diff", "sales", "1", "2", "--sample", "1", "--json", "rows"]);
    assert_transcript!(ann);
}
