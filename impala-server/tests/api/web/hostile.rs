//! What people write is text on every page, whatever they write.

use http::Method;
use serde_json::json;

use super::{Browser, ann_with_canvas};
use crate::support::Server;

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

#[track_caller]
fn is_harmless(page: &str, path: &str) {
    for part in ["<script>alert", "<img", "onerror=alert(1)>\""] {
        assert!(!page.contains(part), "{path} holds {part}: {page}");
    }
}

#[tokio::test]
async fn titles_values_and_markdown_stay_text() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let api = ann.api(&server, "ann").await;
    Browser::leads(&ann.post("/ann/p/edit", &[("title", EVIL), ("description", EVIL)]).await);
    let csv = format!("\"{}\",n\n\"{0}\",1\n\"{0}\",2\n", EVIL.replace('"', "\"\""));
    let path = "/api/v1/projects/ann/p/sources/evil?note=%3Cscript%3Ealert(1)";
    api.upload(path, csv).await.created();
    let canvas = json!({
        "apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": "evil", "title": EVIL, "description": EVIL},
        "spec": {
            "parameters": [{"name": "p", "title": EVIL, "type": "select", "options": [EVIL, "x"], "multiple": true},
                {"name": "q", "type": "text", "default": EVIL}],
            "blocks": [
                {"id": "a", "type": "text", "title": EVIL, "markdown": format!("{EVIL} {{{{q}}}} [x](javascript:alert(1))")},
                {"id": "b", "type": "table", "title": EVIL, "source": "evil"},
                {"id": "c", "type": "chart", "title": EVIL, "source": "evil", "mark": "bar",
                    "encoding": {"x": {"field": EVIL}, "y": {"aggregate": "sum", "field": "n", "title": EVIL}}},
                {"id": "d", "type": "metric", "title": EVIL, "source": "evil", "value": {"aggregate": "max", "field": EVIL}},
                {"id": "e", "type": "table", "sql": format!("SELECT '{}' FROM evil WHERE", EVIL.replace('\'', "''"))},
            ],
        },
    });
    api.post("/api/v1/projects/ann/p/canvases", canvas).await.created();
    let share =
        api.post("/api/v1/projects/ann/p/canvases/evil/shares", json!({"name": EVIL})).await.created();
    let share = share["path"].as_str().unwrap().to_owned();
    let canvas = "/ann/p/canvases/evil";
    let mut paths: Vec<String> = ["/", "/ann/p", "/ann/p/sources/evil", canvas].map(str::to_owned).to_vec();
    for rest in [
        "?all=1",
        "?param.p=%3Cscript%3Ealert(1)",
        "/history",
        "/shares",
        "/edit",
        "/add",
        "/add?type=%3Cscript%3E",
        "/blocks/x%3Cscript%3Ealert(1)",
    ] {
        paths.push(format!("{canvas}{rest}"));
    }
    for block in ["a", "b", "c", "d", "e"] {
        for rest in ["", "?format=about", "/edit"] {
            paths.push(format!("{canvas}/blocks/{block}{rest}"));
        }
        paths.push(format!("{share}/blocks/{block}"));
    }
    paths.extend([
        share.clone(),
        format!("{share}?all=1"),
        "/login?next=%22%3E%3Cscript%3Ealert(1)".to_owned(),
    ]);
    let mut seen = 0;
    for path in &paths {
        let page = ann.get(path).await.text();
        is_harmless(&page, path);
        seen += usize::from(page.contains("&lt;script&gt;alert(1)"));
    }
    assert!(seen > 15, "the text itself is shown, on {seen} pages");
}

#[tokio::test]
async fn what_a_form_refuses_comes_back_as_text() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    for (path, fields) in [
        ("/new", vec![("slug", EVIL), ("title", EVIL)]),
        ("/login", vec![("username", EVIL), ("password", "x"), ("next", EVIL)]),
        ("/account/tokens", vec![("name", "n"), ("scope", EVIL), ("days", EVIL)]),
        ("/ann/p/canvases/rain/add", vec![("type", "chart"), ("x", EVIL), ("at_x", EVIL), ("title", EVIL)]),
        ("/ann/p/canvases/rain/edit", vec![("document", EVIL)]),
        ("/ann/p/members", vec![("username", EVIL), ("role", EVIL)]),
    ] {
        let answer = ann.post(path, &fields).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        is_harmless(&answer.text(), path);
    }
    let missing = ann.request(Method::GET, "/ann/p/%3Cscript%3Ealert(1)%3C/script%3E");
    is_harmless(&crate::support::Answer::of(missing).await.text(), "a path");
}

/// A title with a mark that turns text around would look like another one.
#[tokio::test]
async fn nothing_is_read_the_wrong_way_round() {
    const TURNED: &str = "invoice \u{202e}fdp.exe";
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let api = ann.api(&server, "ann").await;
    Browser::leads(&ann.post("/ann/p/edit", &[("title", TURNED), ("description", TURNED)]).await);
    api.upload("/api/v1/projects/ann/p/sources/odd", format!("{TURNED},n\n{TURNED},1\n")).await.created();
    let canvas = json!({
        "apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": "odd", "title": TURNED, "description": TURNED},
        "spec": {
            "parameters": [{"name": "p", "title": TURNED, "type": "date"}, {"name": "q", "type": "text"}],
            "blocks": [
                {"id": "a", "type": "table", "title": TURNED, "source": "odd"},
                {"id": "t", "type": "text", "title": TURNED, "markdown": format!("{TURNED} &#x202e;x {{{{q}}}}")},
                {"id": "e", "type": "table", "title": TURNED, "sql": format!("SELECT '{TURNED}' FROM odd WHERE")},
            ],
        },
    });
    api.post("/api/v1/projects/ann/p/canvases", canvas).await.created();
    api.post("/api/v1/projects/ann/p/canvases/odd/shares", json!({"name": TURNED})).await.created();
    let canvas = "/ann/p/canvases/odd";
    for path in [
        "/",
        "/ann/p/sources/odd",
        canvas,
        &format!("{canvas}?all=1"),
        &format!("{canvas}?param.q=invoice%20%E2%80%AEfdp.exe"),
        &format!("{canvas}/history"),
        &format!("{canvas}/shares"),
    ] {
        let page = ann.get(path).await.text();
        assert!(page.contains("invoice fdp.exe") && !page.contains('\u{202e}'), "{path}: {page}");
    }
    let turned = "param.q=invoice%20%E2%80%AEfdp.exe";
    for block in ["a", "t", "e"] {
        for query in [turned.to_owned(), format!("{turned}&format=about")] {
            let page = ann.get(&format!("{canvas}/blocks/{block}?{query}")).await.text();
            assert!(page.contains("invoice fdp.exe") || block == "e", "{block} {query}: {page}");
            assert!(!page.contains('\u{202e}'), "{block} {query}: {page}");
        }
    }
    // Only where it can be changed it is what it is.
    let page = ann.get("/ann/p").await.text();
    assert!(
        page.contains("<h1>invoice fdp.exe</h1>") && page.contains("value=\"invoice \u{202e}fdp.exe\""),
        "{page}"
    );
}
