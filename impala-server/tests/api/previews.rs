//! Previews: what is uploaded to one, who sees it, and that it ends.

use impala_server::service::{previews, recovery};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Server};

const OLD: &str = "city,rain\nOslo,1\n";
const NEW: &str = "city,rain\nOslo,1\nRome,5\n";

/// Ann with the sources `rain` and `sun`, and a canvas over both.
async fn ann_and_canvas(server: &Server) -> (Person, String) {
    // A token that outlives the hours of these tests.
    let ann = server.sign_up("ann").await.api_token(json!({"name": "all", "scopes": ["admin"]})).await;
    let project = ann.project("p").await;
    ann.upload(&format!("{project}/sources/rain"), OLD).await.created();
    ann.upload(&format!("{project}/sources/sun"), "hours\n7\n").await.created();
    let sum = |id: &str, source: &str, field: &str| json!({"id": id, "type": "metric", "source": source, "value": {"aggregate": "sum", "field": field}});
    let canvas = json!({
        "apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": "c", "title": "Rain"},
        "spec": {"blocks": [
            sum("rain", "rain", "rain"), sum("pinned", "rain@1", "rain"), sum("sun", "sun", "hours"),
            {"id": "fresh", "type": "table", "source": "fresh"},
        ]},
    });
    ann.post(&format!("{project}/canvases"), canvas).await.created();
    (ann, project)
}

fn to_preview(project: &str, source: &str, rest: &str) -> String {
    format!("{project}/sources/{source}?preview=pr-1{rest}")
}

async fn data(who: &Person, project: &str, query: &str) -> Value {
    who.get(&format!("{project}/canvases/c/data{query}")).await.ok()["blocks"].clone()
}

fn value(blocks: &Value, id: &str) -> Value {
    blocks[id]["data"]["columns"][0]["values"][0].clone()
}

fn files(server: &Server) -> usize {
    let folders = |path: &std::path::Path| -> Vec<_> {
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let root = folders(server.app.uploads.root());
    let projects = root.iter().filter(|path| path.file_name().unwrap().len() == 36);
    projects.map(|project| folders(project).len()).sum()
}

#[tokio::test]
async fn only_who_asks_for_a_preview_sees_it() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    let made = ann.upload(&to_preview(&project, "rain", ""), NEW).await.created();
    assert_eq!(made["preview"], json!({"name": "pr-1", "expires_at": "2026-01-09T03:04:05.678901Z"}));
    ann.upload(&to_preview(&project, "fresh", ""), "a\n1\n").await.created();

    let plain = data(&ann, &project, "").await;
    assert_eq!((value(&plain, "rain"), value(&plain, "sun")), (json!(1), json!(7)));
    assert_eq!(plain["fresh"]["problem"]["errors"][0]["pointer"], "/source");
    let seen = data(&ann, &project, "?preview=pr-1").await;
    assert_eq!(
        ["rain", "pinned", "sun", "fresh"].map(|id| value(&seen, id)),
        [json!(6), json!(1), json!(7), json!(1)]
    );
    assert_eq!(seen["rain"]["data"]["sources"], json!(["rain@pr-1"]));
    assert_eq!(seen["sun"]["data"]["sources"], json!(["sun@1"]));
    let one = ann.get(&format!("{project}/canvases/c/blocks/rain/data?preview=pr-1")).await.ok();
    assert_eq!(one["columns"][0]["values"][0], 6);
    let text = ann.get(&format!("{project}/canvases/c/render?format=text&preview=pr-1")).await.text();
    assert!(text.contains("rain@pr-1"), "{text}");
    let asked = json!({"sql": "SELECT sum(rain) AS s FROM rain"});
    let answer = ann.post(&format!("{project}/query?preview=pr-1"), asked.clone()).await.ok();
    assert_eq!(answer["columns"][0]["values"][0], 6);
    assert_eq!(ann.post(&format!("{project}/query"), asked).await.ok()["columns"][0]["values"][0], 1);

    // The project is as it was.
    let versions = ann.get(&format!("{project}/sources/rain/versions")).await.ok();
    assert_eq!(versions["items"].as_array().map(Vec::len), Some(1), "{versions}");
    let sources = ann.get(&format!("{project}/sources")).await.ok();
    assert_eq!(sources["items"].as_array().map(Vec::len), Some(2), "{sources}");
    let wrong = json!({"sql": "SELECT * FROM missing_source"});
    let wrong = ann.post(&format!("{project}/query?preview=pr-1"), wrong).await.problem(422, "invalid");
    let known = wrong["errors"][0]["detail"].as_str().unwrap();
    assert!(known.ends_with("; known are fresh, rain, sun"), "each once, also one that both have: {known}");
    let unknown = ann.get(&format!("{project}/canvases/c/data?preview=pr-2")).await.problem(404, "not_found");
    assert!(unknown["detail"].as_str().unwrap().contains("did you mean \"pr-1\"?"), "{unknown}");
}

#[tokio::test]
async fn a_preview_ends_by_itself_with_its_files_also_across_a_restart() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    let token = ann.token.clone();
    ann.upload(&to_preview(&project, "rain", "&ttl_s=3600"), NEW).await.created();
    assert_eq!(files(&server), 3);
    server.clock.advance(SignedDuration::from_mins(59));
    recovery::sweep(&server.app).await.unwrap();
    data(&ann, &project, "?preview=pr-1").await;
    drop(ann);
    let server = server.restart().await;
    let ann = server.with_token(token.unwrap());
    assert_eq!(value(&data(&ann, &project, "?preview=pr-1").await, "rain"), 6);

    // From its last moment on it is not there, whether somebody has swept or not.
    server.clock.advance(SignedDuration::from_mins(1));
    ann.get(&format!("{project}/previews/pr-1")).await.problem(404, "not_found");
    ann.get(&format!("{project}/canvases/c/data?preview=pr-1")).await.problem(404, "not_found");
    assert_eq!(ann.get(&format!("{project}/previews")).await.ok()["items"], json!([]));
    assert_eq!(files(&server), 3);
    drop(ann);
    let server = server.restart().await;
    assert_eq!(files(&server), 2, "a start ends what has expired");
    server.stop().await;
}

#[tokio::test]
async fn another_upload_prolongs_and_never_shortens() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    let end = |answer: &Answer| answer.json()["preview"]["expires_at"].as_str().unwrap()[..16].to_owned();
    let upload =
        async |rest: &str, csv: &str| end(&ann.upload(&to_preview(&project, "rain", rest), csv).await);
    assert_eq!(upload("&ttl_s=7200", NEW).await, "2026-01-02T05:04");
    server.clock.advance(SignedDuration::from_mins(30));
    let same = ann.upload(&to_preview(&project, "rain", ""), NEW).await;
    assert_eq!((same.ok()["unchanged"].clone(), end(&same)), (json!(true), "2026-01-02T05:34".to_owned()));
    assert_eq!(upload("&ttl_s=60", OLD).await, "2026-01-02T05:34");
    let known =
        ann.post(&format!("{project}/sources/rain/known?preview=pr-1&ttl_s=86400"), known(OLD)).await.ok();
    assert_eq!(known["upload"]["preview"]["expires_at"], "2026-01-03T03:34:05.678901Z");
    let view = ann.patch(&format!("{project}/previews/pr-1"), json!({"ttl_s": 120})).await.ok();
    assert_eq!(view["preview"]["expires_at"], "2026-01-02T03:36:05.678901Z");
    assert_eq!(view["versions"][0]["version"]["version"], 2);
    ann.patch(&format!("{project}/previews/pr-1"), json!({"ttl_s": 1})).await.problem(422, "invalid");

    // An expired one starts over, empty.
    server.clock.advance(SignedDuration::from_mins(3));
    ann.upload(&to_preview(&project, "sun", ""), "hours\n8\n").await.created();
    let view = ann.get(&format!("{project}/previews/pr-1")).await.ok();
    assert_eq!(view["preview"]["sources"], json!(["sun"]), "{view}");
}

fn known(csv: &str) -> Value {
    use sha2::Digest as _;
    json!({"sha256": hex::encode(sha2::Sha256::digest(csv))})
}

#[tokio::test]
async fn what_was_replaced_goes_an_hour_later() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    for csv in [NEW, OLD, NEW] {
        ann.upload(&to_preview(&project, "rain", ""), csv).await.created();
    }
    previews::sweep(&server.app).await.unwrap();
    assert_eq!(files(&server), 5);
    server.clock.advance(SignedDuration::from_mins(61));
    recovery::sweep(&server.app).await.unwrap();
    assert_eq!(files(&server), 3);
    assert_eq!(value(&data(&ann, &project, "?preview=pr-1").await, "rain"), 6);
}

#[tokio::test]
async fn who_may_do_what_with_a_preview() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    let token = ann.api_token(json!({"name": "ci", "scopes": ["upload"], "project": "p"})).await;
    token.upload(&to_preview(&project, "rain", ""), NEW).await.created();
    let path = format!("{project}/previews/pr-1");
    for answer in [
        token.get(&path).await,
        token.get(&format!("{project}/previews")).await,
        token.patch(&path, json!({"ttl_s": 600})).await,
        token.delete(&path).await,
        token.get(&format!("{project}/canvases/c/data?preview=pr-1")).await,
    ] {
        answer.problem(403, "forbidden");
    }
    let bob = server.sign_up("bob").await;
    let member = json!({"username": "bob", "role": "viewer"});
    ann.post(&format!("{project}/members"), member).await.created();
    bob.get(&path).await.ok();
    assert_eq!(value(&data(&bob, &project, "?preview=pr-1").await, "rain"), 6);
    bob.upload(&to_preview(&project, "rain", ""), OLD).await.problem(403, "forbidden");
    bob.delete(&path).await.problem(403, "forbidden");
    bob.patch(&path, json!({"ttl_s": 600})).await.problem(403, "forbidden");
    ann.delete(&path).await.no_content();
    ann.delete(&path).await.problem(404, "not_found");
    assert_eq!(files(&server), 2);
}

#[tokio::test]
async fn a_share_link_never_reaches_a_preview() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    ann.upload(&to_preview(&project, "rain", ""), NEW).await.created();
    let made = ann.post(&format!("{project}/canvases/c/shares"), json!({})).await.created();
    let (secret, page) = (made["secret"].as_str().unwrap(), made["path"].as_str().unwrap());
    let anyone = server.anyone();
    let shared = format!("/api/v1/shared/{secret}");
    assert_eq!(value(&anyone.get(&format!("{shared}/data")).await.ok()["blocks"], "rain"), 1);
    for path in ["data", "blocks/rain/data", "render"] {
        anyone.get(&format!("{shared}/{path}?preview=pr-1")).await.problem(400, "malformed");
    }
    for path in ["", "/blocks/rain", "/grid.css"] {
        let answer = anyone.get(&format!("{page}{path}?preview=pr-1")).await;
        assert_eq!(answer.status.as_u16(), 400, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn rows_appended_to_a_preview_come_behind_those_of_the_project() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    let append = to_preview(&project, "rain", "&append=true");
    assert_eq!(ann.upload(&append, "city,rain\nRome,5\n").await.created()["version"]["rows"], 2);
    assert_eq!(ann.upload(&append, "city,rain\nBern,3\n").await.created()["version"]["rows"], 3);
    let again = ann.upload(&append, "city,rain\nBern,3\n").await.ok();
    assert_eq!((&again["unchanged"], &again["version"]["rows"]), (&json!(true), &json!(3)));
    assert_eq!(value(&data(&ann, &project, "?preview=pr-1").await, "rain"), 9);
    assert_eq!(value(&data(&ann, &project, "").await, "rain"), 1);
}

#[tokio::test]
async fn names_and_lives_that_cannot_be_are_refused() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    for (query, part) in [
        ("preview=123", "call the preview pr-123"),
        ("preview=PR 1", "a-z"),
        ("preview=pr-1&ttl_s=9000000", "90 days"),
        ("ttl_s=600", "for previews only"),
    ] {
        let problem =
            ann.upload(&format!("{project}/sources/rain?{query}"), NEW).await.problem(422, "invalid");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(part), "{problem}");
    }
    assert_eq!(files(&server), 2);
}

#[tokio::test]
async fn the_page_says_what_it_is_seen_through() {
    let server = Server::start().await;
    let (ann, project) = ann_and_canvas(&server).await;
    ann.upload(&to_preview(&project, "rain", ""), NEW).await.created();
    let get = |path: &str| ann.request(http::Method::GET, path).header("accept", "text/html").send();
    let page = get("/ann/p/canvases/c?preview=pr-1&all=1").await.unwrap().text().await.unwrap();
    assert!(page.contains("This is the preview <strong>pr-1</strong>"), "{page}");
    let page = get("/ann/p/canvases/c?preview=pr-1").await.unwrap().text().await.unwrap();
    assert!(page.contains("href=\"/ann/p/canvases/c?preview=pr-1&amp;format=svg\""), "{page}");
    let block = ann.get("/ann/p/canvases/c/blocks/rain?preview=pr-1&format=json").await.ok();
    assert_eq!(block["sources"], json!(["rain@pr-1"]));
}
