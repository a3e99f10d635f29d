//! preview

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

#[test]
fn a_preview_from_a_pull_request_to_its_end() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("sales.csv", "shop,sum\nnorth,1\n");
    ann.write("new.csv", "shop,sum\nnorth,1\nsouth,5\n");
    ann.must(&["upload", "sales.csv"]);
    ann.must(&["canvas", "create", "week"]);
    let block = ["block", "add", "week", "--type", "metric", "--source", "sales", "--value", "sum(sum)"];
    ann.must(&block);
    ann.says(&["preview", "list"]);
    ann.says(&["upload", "new.csv", "--name", "sales", "--preview", "pr-7", "--ttl", "2d"]);
    ann.says(&["upload", "new.csv", "--name", "sales", "--preview", "pr-7"]);
    ann.says(&["upload", "new.csv", "--name", "sales", "--preview", "7"]);
    ann.says(&["upload", "new.csv", "--name", "sales", "--ttl", "2d"]);
    ann.says(&["preview", "list", "--json", "name,sources,created_by"]);
    ann.says(&["preview", "show", "pr-7", "-q"]);
    ann.says(&["query", "SELECT sum(sum) AS total FROM sales", "--preview", "pr-7", "-f", "csv"]);
    ann.says(&["query", "SELECT sum(sum) AS total FROM sales", "-f", "csv"]);
    ann.says(&["source", "versions", "sales", "-q"]);
    let drawn = ann.must(&["canvas", "render", "week", "--preview", "pr-7", "--width", "60"]);
    assert!(drawn.contains(" 6 "), "{drawn}");
    let shown = ann.must(&["preview", "show", "pr-7"]);
    assert!(
        shown.starts_with("pr-7 by ann, until 20") && shown.contains("sales      2        2  25 B  ann"),
        "{shown}"
    );
    let extended = ann.run(&["preview", "extend", "pr-7", "--ttl", "30d"]);
    assert!(String::from_utf8_lossy(&extended.stderr).starts_with("The preview pr-7 lives until 20"));
    // A canvas about data that only the preview has.
    ann.write("extra.csv", "n\n1\n");
    ann.must(&["upload", "extra.csv", "--preview", "pr-7"]);
    let canvas = "apiVersion: impala/v1\nkind: Canvas\nmetadata: {slug: extra}\nspec:\n  blocks:\n  - {id: n, type: table, source: extra}\n";
    ann.write("extra.yaml", canvas);
    ann.says(&["canvas", "lint", "extra.yaml"]);
    ann.says(&["canvas", "lint", "extra.yaml", "--preview", "pr-7"]);
    ann.says(&["canvas", "lint", "extra.yaml", "--preview", "pr-8"]);
    ann.says(&["canvas", "render", "week", "--preview", "pr-8"]);
    ann.says(&["canvas", "render", "weke"]);
    ann.says(&["query", "SELECT * FROM salse", "--preview", "pr-7"]);
    ann.says(&["preview", "delete", "pr-7"]);
    ann.says(&["preview", "show", "pr-7"]);
    assert_transcript!(ann);
}

/// What a pull request brings, its canvas and its data, is looked at before anything of it is saved.
#[test]
fn a_canvas_that_is_not_saved_is_drawn_over_a_preview() {
    let server = Server::start();
    let mut ann = Person::registered(&server, "ann");
    ann.must(&["project", "create", "shop"]);
    ann.write("sales.csv", "shop,sum\nnorth,1\nsouth,5\n");
    ann.must(&["upload", "sales.csv", "--preview", "pr-7"]);
    ann.write("week.yaml", WEEK);
    ann.write("wrong.yaml", &WEEK.replace("column sum not null", "column summ not null"));
    ann.says(&["canvas", "lint", "week.yaml", "--strict"]);
    ann.says(&["canvas", "lint", "week.yaml", "--strict", "--preview", "pr-7"]);
    ann.says(&["canvas", "lint", "wrong.yaml", "--preview", "pr-7"]);
    ann.says(&["canvas", "render", "--file", "week.yaml", "--preview", "pr-7", "--width", "40", "--ascii"]);
    ann.says(&["canvas", "render", "--file", "week.yaml", "--block", "totl"]);
    ann.says(&["canvas", "render", "--file", "week.yaml", "week"]);
    ann.says(&["canvas", "render", "--file", "missing.yaml"]);
    for format in ["md", "svg", "html", "png", "json", "vega-lite"] {
        let block: &[&str] = if format == "vega-lite" { &["--block", "by-shop"] } else { &[] };
        let file = format!("out.{format}");
        let arguments =
            ["canvas", "render", "--file", "week.yaml", "--preview", "pr-7", "-f", format, "-o", &file];
        ann.must(&[&arguments[..], block].concat());
    }
    assert!(ann.read("out.md").contains('6'), "{}", ann.read("out.md"));
    ann.says(&["canvas", "list", "-q"]);
    assert_transcript!(ann);
}

const WEEK: &str = "apiVersion: impala/v1
kind: Canvas
metadata: {slug: week, title: Week}
spec:
  blocks:
    - id: total
      type: metric
      at: {x: 0, y: 0, w: 8, h: 5}
      source: sales
      value: {aggregate: sum, field: sum}
      expect: [column sum not null, value > 2]
    - id: by-shop
      type: chart
      at: {x: 8, y: 0, w: 16, h: 9}
      source: sales
      mark: bar
      encoding: {x: {field: shop}, y: {aggregate: sum, field: sum}}
";
