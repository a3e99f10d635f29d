//! Share links: what they open, what ends them, and that they open nothing else.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::canvases::document;
use crate::routes;
use crate::support::{Answer, Person, Server};

/// A canvas `c` with a table of the source `rain`, in a project that has the source `salaries` too.
async fn ann_and_canvas(server: &Server) -> (Person, String) {
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.upload(&format!("{project}/sources/rain"), "day,mm\n2026-01-01,1.5\n2026-01-02,7\n").await.created();
    ann.upload(&format!("{project}/sources/salaries"), "name,pay\nben,4711\n").await.created();
    let mut canvas = document("c");
    canvas["spec"]["parameters"] = json!([{"name": "least", "type": "number", "default": 0}]);
    canvas["spec"]["blocks"] = json!([
        {"id": "days", "type": "table", "at": {"x": 0, "y": 0, "w": 12, "h": 9}, "source": "rain",
            "filter": "mm >= $least"},
        {"id": "wrong", "type": "table", "at": {"x": 12, "y": 0, "w": 12, "h": 5}, "source": "salarys"},
    ]);
    ann.post(&format!("{project}/canvases"), canvas).await.created();
    (ann, format!("{project}/canvases/c"))
}

async fn share(ann: &Person, canvas: &str) -> (String, Value) {
    let made = ann.post(&format!("{canvas}/shares"), json!({})).await.created();
    (made["secret"].as_str().unwrap().to_owned(), made["share"].clone())
}

fn shared(secret: &str, rest: &str) -> String {
    format!("/api/v1/shared/{secret}{rest}")
}

#[tokio::test]
async fn a_link_shows_the_canvas_and_answers_its_blocks() {
    let server = Server::start().await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let made = ann.post(&format!("{canvas}/shares"), json!({"name": "Board"})).await;
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.created();
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(made["path"], format!("/s/{secret}"));
    assert_eq!((&made["share"]["name"], &made["share"]["created_by"]), (&json!("Board"), &json!("ann")));

    let anyone = server.anyone();
    let seen = anyone.get(&shared(secret, "")).await.ok();
    assert_eq!(seen["canvas"]["spec"]["blocks"][0]["id"], "days");
    assert!(!seen.to_string().contains("ann"), "{seen}");
    let data = anyone.get(&shared(secret, "/data?param.least=5")).await.ok();
    assert_eq!(data["blocks"]["days"]["data"]["rows_total"], 1);
    let block = anyone.get(&shared(secret, "/blocks/days/data")).await.ok();
    assert_eq!((&block["rows_total"], &block["sources"]), (&json!(2), &json!(["rain@1"])));
    anyone.get(&shared(secret, "/blocks/nothing/data")).await.problem(404, "not_found");
    let text = anyone.get(&shared(secret, "/render?format=text")).await.text();
    assert!(text.contains("2026-01-02"), "{text}");
    // Its use is visible to those who share it, the secret is not.
    let list = ann.get(&format!("{canvas}/shares")).await.ok();
    assert_eq!(list["items"][0]["last_used_at"], "2026-01-02T03:04:00Z");
    assert!(!list.to_string().contains(secret));
}

#[tokio::test]
async fn nothing_else_of_the_project_is_told() {
    let server = Server::start().await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let (secret, _) = share(&ann, &canvas).await;
    // Its editors are helped with the names of what there is.
    let answer = ann.get(&format!("{canvas}/data")).await.text();
    assert!(answer.contains("did you mean \\\"salaries\\\"?"), "{answer}");
    for rest in ["", "/data", "/blocks/wrong/data", "/render", "/render?format=json"] {
        let answer = server.anyone().get(&shared(&secret, rest)).await.text();
        assert!(!answer.contains("salaries") && !answer.contains("4711"), "{rest}: {answer}");
    }
    let problem = server.anyone().get(&shared(&secret, "/blocks/wrong/data")).await.problem(422, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("members of the project see why"), "{problem}");
}

/// The secret is good for the routes under `shared`, and is not a token.
#[tokio::test]
async fn a_link_opens_no_other_route() {
    let server = Server::start().await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let (secret, _) = share(&ann, &canvas).await;
    let reader = server.with_token(&secret);
    for route in routes::all(&server).await.iter().filter(|route| !route.is_public) {
        let status = route.send(&reader, "ann/p").await.status.as_u16();
        assert_eq!(status, 401, "{route}");
    }
    for path in ["/api/v1/projects/ann/p", &canvas] {
        server.anyone().get(&format!("{path}?share={secret}")).await.problem(401, "unauthorized");
        let request = server.anyone().request(Method::GET, path).header("cookie", format!("impala={secret}"));
        Answer::of(request).await.problem(401, "unauthorized");
    }
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let request = server.anyone().request(method.clone(), &shared(&secret, "")).json(&json!({}));
        Answer::of(request).await.problem(405, "method_not_allowed");
    }
    let body = json!({"refresh_token": secret});
    server.anyone().post("/api/v1/auth/refresh", body).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_link_is_paused_resumed_and_revoked() {
    let server = Server::start().await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let (secret, share) = share(&ann, &canvas).await;
    let path = format!("{canvas}/shares/{}", share["id"].as_str().unwrap());
    let is_open = async |expected: bool| {
        let answer = server.anyone().get(&shared(&secret, "")).await;
        if expected {
            answer.ok();
        } else {
            let problem = answer.problem(404, "not_found");
            assert!(!problem.to_string().contains(&secret), "{problem}");
        }
    };
    is_open(true).await;
    assert_eq!(ann.patch(&path, json!({"paused": true})).await.ok()["paused"], true);
    is_open(false).await;
    ann.patch(&path, json!({})).await.ok();
    is_open(false).await;
    assert_eq!(ann.patch(&path, json!({"paused": false})).await.ok()["paused"], false);
    is_open(true).await;
    ann.delete(&path).await.no_content();
    is_open(false).await;
    ann.delete(&path).await.problem(404, "not_found");
    ann.patch(&path, json!({"paused": false})).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_link_ends_when_it_says() {
    let server = Server::start().await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let path = format!("{canvas}/shares");
    let late = json!({"expires_at": "2026-01-02T03:04:05Z"});
    let problem = ann.post(&path, late).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/expires_at");
    ann.post(&path, json!({"name": "x".repeat(101)})).await.problem(422, "invalid");
    let made = ann.post(&path, json!({"expires_at": "2026-01-02T04:00:00Z"})).await.created();
    let open = shared(made["secret"].as_str().unwrap(), "");
    server.anyone().get(&open).await.ok();
    server.clock.advance(SignedDuration::from_mins(56));
    server.anyone().get(&open).await.problem(404, "not_found");
    let ann = server.with_token(server.login("ann").await["access_token"].as_str().unwrap());
    let change = json!({"expires_at": "2026-01-03T00:00:00Z"});
    ann.patch(&format!("{path}/{}", made["share"]["id"].as_str().unwrap()), change).await.ok();
    server.anyone().get(&open).await.ok();
}

#[tokio::test]
async fn a_link_ends_with_its_canvas_and_is_not_of_the_next_one() {
    let server = Server::start().await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let (secret, _) = share(&ann, &canvas).await;
    ann.change(Method::DELETE, &canvas, 1, &json!({})).await.no_content();
    server.anyone().get(&shared(&secret, "")).await.problem(404, "not_found");
    ann.post(canvas.trim_end_matches("/c"), document("c")).await.created();
    server.anyone().get(&shared(&secret, "")).await.problem(404, "not_found");
    assert_eq!(ann.get(&format!("{canvas}/shares")).await.ok()["items"], json!([]));
    let (secret, _) = share(&ann, &canvas).await;
    ann.delete("/api/v1/projects/ann/p").await.no_content();
    server.anyone().get(&shared(&secret, "/data")).await.problem(404, "not_found");
}

#[tokio::test]
async fn links_are_for_editors_to_make_and_of_one_canvas() {
    let server = Server::start().await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let vic = server.sign_up("vic").await;
    ann.post("/api/v1/projects/ann/p/members", json!({"username": "vic", "role": "viewer"})).await.created();
    for answer in
        [vic.get(&format!("{canvas}/shares")).await, vic.post(&format!("{canvas}/shares"), json!({})).await]
    {
        answer.problem(403, "forbidden");
    }
    ann.post(canvas.trim_end_matches("/c"), document("other")).await.created();
    let (secret, share) = share(&ann, &canvas).await;
    let other = format!("{}other/shares/{}", canvas.trim_end_matches('c'), share["id"].as_str().unwrap());
    ann.delete(&other).await.problem(404, "not_found");
    ann.patch(&other, json!({"paused": true})).await.problem(404, "not_found");
    server.anyone().get(&shared(&secret, "")).await.ok();
}

/// A shared canvas costs what any other costs, and no more.
#[tokio::test]
async fn deadlines_hold_for_readers_too() {
    let server = Server::start_with(|config| config.limits.query_timeout_ms = 0).await;
    let (ann, canvas) = ann_and_canvas(&server).await;
    let (secret, _) = share(&ann, &canvas).await;
    let answer = server.anyone().get(&shared(&secret, "/blocks/days/data")).await;
    answer.problem(422, "query_timed_out");
}
