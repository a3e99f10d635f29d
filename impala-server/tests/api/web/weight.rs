//! How much goes over the wire: pages are small, and what is text is compressed.

use std::io::Read as _;

use http::Method;
use serde_json::{Value, json};

use super::{Browser, ann_with_canvas, between};
use crate::services::say;
use crate::support::{Answer, Server};

/// What the canvas page may have before its blocks.
const MOST_BYTES: usize = 60_000;

const RAIN: &str = "/ann/p/canvases/rain";

/// All that a page loads before its blocks, in bytes: as it is, and as it comes compressed.
async fn weight(browser: &Browser, path: &str) -> (usize, usize) {
    let page = browser.get(path).await.text();
    let starts = ["rel=\"stylesheet\" href=\"", "id=\"places\" href=\"", "<script src=\""];
    let after = starts.iter().flat_map(|start| page.split(start).skip(1));
    let files: Vec<String> = after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert!(files.len() >= 4, "{files:?}");
    let (mut plain, mut packed) = (0, 0);
    for path in std::iter::once(path).chain(files.iter().map(String::as_str)) {
        plain += browser.get(path).await.bytes.len();
        let request = browser.request(Method::GET, path).header("accept-encoding", "gzip");
        packed += Answer::of(request).await.bytes.len();
    }
    (plain, packed)
}

/// A canvas of as many blocks as people make and more, with names of the length that they give.
fn canvas_of(blocks: usize) -> Value {
    let block = |number: usize| {
        json!({"id": format!("rain-by-kind-{number}"), "type": "chart", "title": format!("Rain by kind of day, part {number}"),
            "at": {"x": number % 2 * 12, "y": number / 2 * 12, "w": 12, "h": 12}, "source": "rain", "mark": "bar",
            "encoding": {"x": {"field": "kind"}, "y": {"aggregate": "sum", "field": "mm"}}})
    };
    json!({"apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": format!("of-{blocks}"), "title": "Rain"},
        "spec": {"blocks": (0..blocks).map(block).collect::<Vec<_>>()}})
}

#[tokio::test]
async fn a_canvas_page_is_light_however_many_blocks_it_has() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let api = ann.api(&server, "ann").await;
    for blocks in [5, 30, 100] {
        api.post("/api/v1/projects/ann/p/canvases", canvas_of(blocks)).await.created();
        let (plain, packed) = weight(&ann, &format!("/ann/p/canvases/of-{blocks}")).await;
        say(&format!("a canvas page of {blocks} blocks has {plain} bytes before them, {packed} as sent"));
        assert!(plain < MOST_BYTES, "{plain} bytes before {blocks} blocks");
    }
    let page = ann.get(RAIN).await.text();
    assert!(!page.contains("<script>") && !page.contains(" style=") && !page.contains(" onclick="));
}

async fn asked(browser: &Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = browser.request(Method::GET, path).header("accept-encoding", "br, gzip");
    Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn text_is_compressed_and_what_is_small_or_has_ranges_is_not() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let json = "/ann/p/canvases/rain?format=json";
    for path in [RAIN, "/ann/p", &format!("{RAIN}?format=svg"), json, &format!("{RAIN}?format=text"), "/docs"]
    {
        let (plain, packed) = (ann.get(path).await, asked(&ann, path, &[]).await);
        assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
        let varies = packed
            .headers
            .get_all("vary")
            .iter()
            .any(|vary| vary.to_str().unwrap().contains("accept-encoding"));
        assert!(varies, "{path}: {:?}", packed.headers);
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*packed.bytes).read_to_string(&mut text).unwrap();
        // Answers tell how long they took, or that they were kept.
        let is_same = text == plain.text() || path == json;
        assert!(is_same && packed.bytes.len() * 2 < plain.bytes.len(), "{path}");
    }
    let csv = format!("day,kind,mm\n{}", "2026-01-01,rain,1.5\n".repeat(500));
    Browser::leads(&ann.upload("/ann/p/sources", "long.csv", &csv).await);
    for path in ["/api/v1/projects/ann/p/sources/long/content", "/healthz", &format!("{RAIN}?format=png")] {
        let answer = asked(&ann, path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.headers.get("content-encoding")), (200, None), "{path}");
    }
}

/// A page holds the token of its forms beside what its address says, and its compressed length would reveal one through the other
/// (BREACH): what another site makes a browser ask for is not compressed.
#[tokio::test]
async fn what_another_site_asks_for_is_not_compressed() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    for (site, coding) in
        [("cross-site", None), ("same-site", None), ("same-origin", Some("gzip")), ("none", Some("gzip"))]
    {
        let answer = asked(&ann, "/docs", &[("sec-fetch-site", site)]).await;
        let found = answer.headers.get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(found.as_deref(), coding, "{site}");
    }
}

/// The tag of a canvas names its state in whatever coding it comes.
#[tokio::test]
async fn a_change_is_made_on_what_was_read_compressed() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let path = "/api/v1/projects/ann/p/canvases/rain";
    let read = asked(&ann, path, &[]).await;
    assert_eq!(read.header("content-encoding"), "gzip");
    let tag = read.header("etag").to_owned();
    let known = asked(&ann, path, &[("if-none-match", &tag)]).await;
    assert_eq!(known.status.as_u16(), 304);
    let etag = between(&ann.get(RAIN).await.text(), "data-etag=\"", "\" ").unwrap();
    assert!(tag.starts_with(etag.replace("&quot;", "\"").trim_end_matches('"')), "{tag} {etag}");
    let body = json!({"title": "All days"}).to_string();
    let request = ann.request(Method::PATCH, &format!("{path}/blocks/rows")).header("if-match", &tag);
    let request = request.header("content-type", "application/merge-patch+json");
    let changed = Answer::of(request.header("x-form-token", &ann.form_token).body(body)).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.text());
}
