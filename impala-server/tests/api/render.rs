//! Canvases and blocks as files.

use http::Method;
use http::header::{ACCEPT, IF_NONE_MATCH};
use serde_json::{Value, json};

use crate::support::{Answer, Person, Server};

const CSV: &str =
    "day,kind,rain\n2019-01-01,wet,3.5\n2019-01-02,dry,0\n2019-01-03,wet,12.5\n2019-02-01,wet,4\n";

fn canvas() -> Value {
    json!({
        "apiVersion": "impala/v1",
        "kind": "Canvas",
        "metadata": {"slug": "rain", "title": "Rain"},
        "spec": {"blocks": [
            {"id": "note", "type": "text", "at": {"x": 0, "y": 0, "w": 12, "h": 4}, "markdown": "At most **{{most}}**."},
            {"id": "most", "type": "metric", "at": {"x": 12, "y": 0, "w": 12, "h": 5}, "source": "rain",
                "value": {"aggregate": "max", "field": "rain"}, "format": "{:.1} mm"},
            {"id": "monthly", "type": "chart", "at": {"x": 0, "y": 5, "w": 24, "h": 12}, "source": "rain", "mark": "bar",
                "encoding": {"x": {"field": "day", "timeUnit": "yearmonth"}, "y": {"aggregate": "sum", "field": "rain"}}},
            {"id": "all", "type": "table", "at": {"x": 0, "y": 17, "w": 24, "h": 8}, "source": "rain"}
        ]}
    })
}

async fn ann_and_canvas(server: &Server) -> (Person, String) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("lab").await;
    ann.upload(&format!("{project}/sources/rain"), CSV).await.created();
    ann.post(&format!("{project}/canvases"), canvas()).await.created();
    (ann, format!("{project}/canvases/rain/render"))
}

#[tokio::test]
async fn every_format_has_its_type_and_a_tag() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    for (format, media_type, begin) in [
        ("text", "text/plain; charset=utf-8", "Rain"),
        ("ansi", "text/plain; charset=utf-8", "\x1b[1mRain"),
        ("svg", "image/svg+xml", "<svg xmlns="),
        ("html", "text/html; charset=utf-8", "<!doctype html>"),
        ("md", "text/markdown; charset=utf-8", "# Rain"),
        ("json", "application/json", "{"),
        ("vega-lite", "application/vnd.vegalite.v6+json", "{"),
        ("png", "image/png", ""),
    ] {
        let answer = ann.get(&format!("{path}?format={format}&width=90")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, media_type), "{format}");
        assert!(String::from_utf8_lossy(&answer.bytes).starts_with(begin), "{format}");
        assert!(format != "png" || answer.bytes.starts_with(b"\x89PNG"));
        let tag = answer.header("etag").to_owned();
        let again =
            ann.request(Method::GET, &format!("{path}?format={format}&width=90")).header(IF_NONE_MATCH, tag);
        assert_eq!(Answer::of(again).await.status.as_u16(), 304, "{format}");
    }
    let html = ann.get(&format!("{path}?format=html")).await;
    assert!(html.header("content-security-policy").contains("sandbox"));
    assert_eq!(html.header("content-disposition"), "inline; filename=\"rain.html\"");
}

#[tokio::test]
async fn accept_decides_where_nothing_is_said() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    for (accept, media_type) in [
        ("*/*", "text/plain; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("image/png", "image/png"),
        ("application/json", "application/json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
    ] {
        let answer = Answer::of(ann.request(Method::GET, &path).header(ACCEPT, accept)).await;
        assert_eq!(answer.header("content-type"), media_type, "{accept}");
    }
}

#[tokio::test]
async fn one_block_is_drawn_alone() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let block = async |id: &str, format: &str| ann.get(&format!("{path}?format={format}&block={id}")).await;
    assert!(block("monthly", "svg").await.text().contains("Feb 2019: 4</title>"));
    let spec = block("monthly", "vega-lite").await.ok();
    assert_eq!(spec["data"]["values"][0]["sum(rain)"], 16.0);
    let note = block("note", "html").await.text();
    assert!(note.contains("At most <strong>12.5 mm</strong>."), "{note}");
    assert!(block("all", "md").await.text().contains("| 2019-01-03 | wet | 12.5 |"));
    assert_eq!(block("all", "vega-lite").await.problem(422, "invalid")["errors"][0]["pointer"], "/format");
    block("al", "svg").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_cached_answer_gives_the_same_bytes() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    for format in ["text", "svg", "html", "md", "json", "png"] {
        let draw = async || ann.get(&format!("{path}?format={format}")).await.bytes;
        assert!(draw().await == draw().await, "{format}");
    }
}

#[tokio::test]
async fn markdown_begins_with_the_numbers_that_changed() {
    let server = Server::start().await;
    let (ann, path) = ann_and_canvas(&server).await;
    let project = path.strip_suffix("/canvases/rain/render").unwrap();
    let markdown = async || ann.get(&format!("{path}?format=md")).await.text();
    let first = markdown().await;
    assert!(first.starts_with("# Rain\n\nAt most **12.5 mm**."), "{first}");
    ann.upload(&format!("{project}/sources/rain"), CSV.replace("12.5", "15")).await.created();
    let table = "| Number | Before | Now | Change |\n| --- | --: | --: | --: |\n| Greatest rain | 12.5 mm | 15.0 mm | ▲ 20% |";
    let second = markdown().await;
    assert!(second.starts_with(&format!("# Rain\n\n## Changed since rain@1\n\n{table}\n\n")), "{second}");
    assert_eq!(second, markdown().await);
    ann.upload(&format!("{project}/sources/rain"), CSV.replace("12.5", "15").replace(",4", ",5"))
        .await
        .created();
    let third = markdown().await;
    assert!(third.starts_with("# Rain\n\nNo number has changed since rain@2.\n\n"), "{third}");
    let block = ann.get(&format!("{path}?format=md&block=most")).await.text();
    assert!(!block.contains("since"), "{block}");
}
