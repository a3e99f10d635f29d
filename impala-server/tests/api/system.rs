//! What holds for every request: ids, headers, problems; health, limits and the documents.

use http::Method;
use serde_json::json;

use crate::routes;
use crate::support::{Answer, Person, Server};

#[tokio::test]
async fn every_answer_carries_an_id_and_careful_headers() {
    let server = Server::start().await;
    for path in ["/healthz", "/nowhere", "/docs", "/api/v1/limits", "/api/v1/me"] {
        let answer = server.anyone().get(path).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_sane_id_of_the_client_is_kept() {
    let server = Server::start().await;
    let check = async |id: &str, is_kept: bool| {
        let request = server.anyone().request(Method::GET, "/nowhere").header("x-request-id", id);
        let answer = Answer::of(request).await;
        assert_eq!(answer.header("x-request-id") == id, is_kept, "{id}");
        assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
    };
    check("ci-run-17.a_b", true).await;
    check("a b", false).await;
    check("<script>", false).await;
    check("", false).await;
    check(&"x".repeat(65), false).await;
}

#[tokio::test]
async fn unknown_routes_and_wrong_methods_are_problems() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    for who in [&server.anyone(), &ann] {
        let problem = who.get("/api/v1/nonsense").await.problem(404, "unknown_route");
        assert!(problem["detail"].as_str().unwrap().contains("/api/v1/nonsense"));
        who.get("/api/v1").await.problem(404, "unknown_route");
        who.get("/api/v1/me/").await.problem(404, "unknown_route");
        let answer = who.delete("/api/v1/auth/login").await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "POST");
    }
    let answer = ann.put("/api/v1/projects", json!({})).await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_problems() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let send = async |media_type: &str, body: Vec<u8>| {
        let request =
            ann.request(Method::POST, "/api/v1/projects").header("content-type", media_type).body(body);
        Answer::of(request).await
    };
    let problem = send("application/json", b"{\"slug\": \"x\",}".to_vec()).await.problem(400, "malformed");
    assert!(problem["detail"].as_str().unwrap().contains("line 1 column 14"), "{problem}");
    let problem = send("application/json", b"{\"slug\": 3}".to_vec()).await.problem(400, "malformed");
    assert_eq!(problem["errors"][0]["pointer"], "/slug");
    send("application/json", Vec::new()).await.problem(400, "malformed");
    send("application/json", vec![0xff, 0xfe]).await.problem(400, "malformed");
    send("application/json", b"[".repeat(100_000)).await.problem(400, "malformed");
    send("text/plain", b"{\"slug\": \"x\"}".to_vec()).await.problem(415, "unsupported_media_type");
    ann.post("/api/v1/projects", json!({"slug": "x"})).await.created();
}

#[tokio::test]
async fn large_bodies_are_refused_with_the_limit() {
    let server = Server::start_with(|config| config.limits.document_bytes = 1_000).await;
    let ann = server.sign_up("ann").await;
    let body = json!({"slug": "x", "description": "x".repeat(1_000)});
    let problem = ann.post("/api/v1/projects", body.clone()).await.problem(413, "too_large");
    assert!(problem["detail"].as_str().unwrap().contains("1000 bytes"), "{problem}");
    let keyed = ann.request(Method::POST, "/api/v1/projects").header("idempotency-key", "k").json(&body);
    Answer::of(keyed).await.problem(413, "too_large");
}

/// The answer comes while the client is still sending; it must see it all the same.
#[tokio::test]
async fn a_client_that_sends_much_in_vain_learns_why() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let send = async |who: &Person, path: &str| {
        let request = who.request(Method::POST, path).header("content-type", "application/json");
        Answer::of(request.body(vec![b' '; 32 << 20])).await
    };
    send(&server.anyone(), "/api/v1/projects").await.problem(401, "unauthorized");
    send(&ann, "/api/v1/projects").await.problem(413, "too_large");
    send(&ann, "/api/v1/nowhere").await.problem(404, "unknown_route");
    send(&ann, "/api/v1/me").await.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn limits_are_told() {
    let server = Server::start_with(|config| config.limits.query_rows = 7).await;
    let limits = server.anyone().get("/api/v1/limits").await.ok();
    assert_eq!((&limits["query_rows"], &limits["blocks"]), (&json!(7), &json!(500)));
}

#[tokio::test]
async fn it_is_ready_while_it_can_work() {
    let server = Server::start().await;
    assert_eq!(server.anyone().get("/healthz").await.text(), "ok\n");
    assert_eq!(server.anyone().get("/readyz").await.text(), "ready\n");
    std::fs::remove_dir_all(server.dir.path()).unwrap();
    server.anyone().get("/readyz").await.problem(503, "unavailable");
    assert_eq!(server.anyone().get("/healthz").await.text(), "ok\n");
}

#[tokio::test]
async fn the_api_describes_itself() {
    let server = Server::start().await;
    let document = server.anyone().get("/api/openapi.json").await.ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let text = document.to_string();
    let docs = server.anyone().get("/docs").await.text();
    assert!(!docs.contains("{{") && !docs.contains("<script"));
    for route in routes::all(&server).await {
        assert!(docs.contains(&route.path), "{route} is not in /docs");
    }
    assert!(docs.contains("scope admin") && docs.contains("any token") && docs.contains("no sign-in"));
    let mut ids: Vec<&str> = text_after(&text, "\"operationId\":\"").collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "operation ids are unique: {ids:?}");
    // Every reference leads somewhere.
    for pointer in text_after(&text, "\"$ref\":\"#") {
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

/// The texts that stand between each `start` and the next quote.
fn text_after<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split('"').next())
}
