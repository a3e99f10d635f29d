//! canvas

use crate::assert_transcript;
use crate::support::{Person, Server, regex_escape};

const CANVAS: &str = "\
apiVersion: impala/v1
kind: Canvas
metadata: {slug: rain, title: Rain}
spec:
  parameters:
    - {name: since, type: date, default: 2013-01-01}
  blocks:
    - {id: intro, type: text, at: {x: 0, y: 0, w: 24, h: 3}, markdown: \"## Rain since {{since}}\"}
    - {id: most, type: metric, at: {x: 0, y: 3, w: 8, h: 5}, title: Wettest day, source: weather, value: {aggregate: max, field: precipitation}, format: \"{:.1} mm\"}
    - {id: kinds, type: table, at: {x: 8, y: 3, w: 16, h: 8}, source: weather, filter: date >= $since, columns: [weather, count()]}
";

#[test]
fn a_canvas_from_a_file_and_back() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.write("rain.yaml", CANVAS);
    ann.says(&["canvas", "apply", "-f", "rain.yaml", "--dry-run"]);
    ann.says(&["canvas", "apply", "-f", "rain.yaml"]);
    ann.says(&["canvas", "apply", "-f", "rain.yaml"]);
    ann.says(&["canvas", "apply", "-f", "rain.yaml", "--error-on-unchanged"]);
    ann.says(&["canvas", "list"]);
    ann.says(&["canvas", "show", "rain"]);
    ann.says(&["canvas", "show", "rain", "--json", "revision"]);
    ann.says(&["canvas", "pull", "rain"]);
    ann.must(&["canvas", "pull", "rain", "-o", "pulled.yaml"]);
    ann.says(&["canvas", "apply", "-f", "pulled.yaml"]);
    ann.write(
        "rain.yaml",
        &CANVAS.replace("Wettest day", "Most rain").replace("title: Rain}", "title: Rainfall}"),
    );
    ann.says(&["canvas", "apply", "-f", "rain.yaml"]);
    let json = ann.must(&["canvas", "pull", "rain", "--format", "json"]);
    ann.says_with(&["canvas", "apply", "-f", "-"], &json.replace("Rainfall", "Rain again"));
    ann.says(&["canvas", "history", "rain"]);
    ann.says(&["canvas", "restore", "rain", "1", "--dry-run"]);
    ann.says(&["canvas", "restore", "rain", "1"]);
    ann.says(&["canvas", "restore", "rain", "9"]);
    ann.says(&["canvas", "pull", "rain", "--revision", "2", "-o", "second.yaml"]);
    ann.says(&["canvas", "delete", "rain"]);
    ann.says(&["canvas", "delete", "rain", "-y"]);
    ann.says(&["canvas", "show", "rain"]);
    assert_transcript!(ann);
}

#[test]
fn a_canvas_is_drawn() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.write("rain.yaml", CANVAS);
    ann.must(&["canvas", "apply", "-f", "rain.yaml"]);
    ann.says(&["canvas", "render", "rain", "--width", "80"]);
    ann.says(&["canvas", "render", "rain", "--width", "50", "--ascii", "--param", "since=2015-06-01"]);
    ann.says(&["canvas", "render", "rain", "--param", "sinse=2015-06-01"]);
    ann.says(&["canvas", "render", "rain", "--param", "since=soon"]);
    ann.write("rain.yaml", &CANVAS.replace("field: precipitation", "field: percipitation"));
    ann.says(&["canvas", "apply", "-f", "rain.yaml"]);
    ann.says(&["canvas", "render", "rain", "--width", "80"]);
    let data = ann.must(&["canvas", "render", "rain", "--format", "json"]);
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["blocks"]["kinds"]["data"]["rows_shown"], 5);
    let colored = ann.must(&["canvas", "render", "rain", "--format", "ansi"]);
    assert!(colored.contains('\u{1b}'));
    assert_transcript!(ann);
}

#[test]
fn a_file_holds_what_the_address_gives() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    ann.write("rain.yaml", CANVAS);
    ann.must(&["canvas", "apply", "-f", "rain.yaml"]);
    for (format, ending) in
        [("text", "txt"), ("svg", "svg"), ("html", "html"), ("md", "md"), ("json", "json"), ("png", "png")]
    {
        let file = format!("rain.{ending}");
        ann.must(&["canvas", "render", "rain", "--width", "80", "-o", &file]);
        let file = std::fs::read(ann.folder.path().join(&file)).unwrap();
        let got = ann.fetch(&format!("canvases/rain/render?width=80&format={format}"));
        assert!(file == got, "{format}");
    }
    let block = ann.must(&["canvas", "render", "rain", "--block", "kinds", "--format", "md"]);
    assert!(block.starts_with("### weather\n\n| weather | count() |\n"), "{block}");
    ann.says(&["canvas", "render", "rain", "--block", "kind", "-f", "svg"]);
    ann.says(&["canvas", "render", "rain", "-o", "rain.pdf"]);
    ann.says(&["canvas", "render", "rain", "-b", "kinds", "-f", "vega-lite"]);
    assert_transcript!(ann);
}

#[test]
fn bad_documents_are_refused_here() {
    let server = Server::start();
    let mut ann = Person::with_weather(&server);
    for (from, to) in [
        ("markdown:", "markdwon:"),
        ("w: 16", "w: 20"),
        ("kind: Canvas", "kind: Canvas: x"),
        ("type: metric", "type: metrik"),
    ] {
        ann.write("bad.yaml", &CANVAS.replace(from, to));
        ann.says(&["canvas", "apply", "-f", "bad.yaml"]);
    }
    ann.write(
        "bad.yaml",
        &CANVAS.replace("markdown:", "markdwon:").replace("title: Wettest day", "titel: Wettest day"),
    );
    ann.says(&["canvas", "apply", "-f", "bad.yaml"]);
    ann.says_with(&["canvas", "apply", "-f", "-"], "{\"apiVersion\": ");
    ann.says(&["canvas", "apply", "-f", "nothing.yaml"]);
    ann.says(&["canvas", "create", "No Slug"]);
    assert_transcript!(ann);
}
