//! API tokens.

use jiff::SignedDuration;
use serde_json::json;

use crate::support::Server;

#[tokio::test]
async fn a_token_is_shown_once_and_kept_as_its_hash() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let answer =
        ann.post("/api/v1/tokens", json!({"name": "ci", "scopes": ["upload", "read", "read"]})).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let made = answer.created();
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("impala_") && secret.len() == 50, "{secret}");
    assert_eq!(made["token"]["scopes"], json!(["read", "upload"]));

    let listed = ann.get("/api/v1/tokens").await;
    assert!(!listed.text().contains(secret));
    assert_eq!(listed.ok()["items"], json!([made["token"]]));
    let kept: (i64,) = sqlx::query_as("select count(*) from api_tokens where hash = $1")
        .bind(secret)
        .fetch_one(&server.app.pool)
        .await
        .unwrap();
    assert_eq!(kept.0, 0);
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let token = ann.api_token(json!({"name": "ci", "scopes": ["read"]})).await;
    let me = token.get("/api/v1/me").await.ok();
    assert_eq!((&me["user"]["username"], &me["token"]["name"]), (&json!("ann"), &json!("ci")));
    let path = format!("/api/v1/tokens/{}", me["token"]["id"].as_str().unwrap());
    server.sign_up("bob").await.delete(&path).await.problem(404, "not_found");
    ann.delete(&path).await.no_content();
    token.get("/api/v1/me").await.problem(401, "unauthorized");
    ann.delete(&path).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_token_ends_when_it_says() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let body = json!({"name": "ci", "scopes": ["read"], "expires_at": "2026-01-02T03:05:00Z"});
    let token = ann.api_token(body).await;
    token.get("/api/v1/me").await.ok();
    server.clock.advance(SignedDuration::from_mins(1));
    let problem = token.get("/api/v1/me").await.problem(401, "unauthorized");
    assert!(problem["detail"].as_str().unwrap().contains("expired"), "{problem}");
}

#[tokio::test]
async fn a_token_makes_none_that_outlives_it() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let end = "2026-01-02T04:00:00Z";
    let admin = ann.api_token(json!({"name": "ops", "scopes": ["admin"], "expires_at": end})).await;
    for later in [json!(null), json!("2026-01-02T04:00:01Z")] {
        let body = json!({"name": "ci", "scopes": ["read"], "expires_at": later});
        let problem = admin.post("/api/v1/tokens", body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/expires_at", "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(end), "{problem}");
    }
    admin
        .post("/api/v1/tokens", json!({"name": "ci", "scopes": ["read"], "expires_at": end}))
        .await
        .created();
    let endless = ann.api_token(json!({"name": "ops", "scopes": ["admin"]})).await;
    endless.post("/api/v1/tokens", json!({"name": "ci", "scopes": ["read"]})).await.created();
    ann.project("first").await;
    let bound = ann.api_token(json!({"name": "ops", "scopes": ["admin"], "project": "first"})).await;
    bound.post("/api/v1/tokens", json!({"name": "ci", "scopes": ["read"]})).await.problem(403, "forbidden");
}

#[tokio::test]
async fn its_last_use_is_known_to_the_minute() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let token = ann.api_token(json!({"name": "ci", "scopes": ["admin"]})).await;
    let last_used = async || ann.get("/api/v1/tokens").await.ok()["items"][0]["last_used_at"].clone();
    assert_eq!(last_used().await, json!(null));
    token.get("/api/v1/me").await.ok();
    assert_eq!(last_used().await, "2026-01-02T03:04:00Z");
    server.clock.advance(SignedDuration::from_mins(2));
    token.get("/api/v1/me").await.ok();
    assert_eq!(last_used().await, "2026-01-02T03:06:00Z");
}

#[tokio::test]
async fn tokens_that_make_no_sense_are_refused() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let check = async |body, pointer: &str| {
        let problem = ann.post("/api/v1/tokens", body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    };
    check(json!({"name": "", "scopes": ["read"]}), "/name").await;
    check(json!({"name": "x".repeat(101), "scopes": ["read"]}), "/name").await;
    check(json!({"name": "ci", "scopes": []}), "/scopes").await;
    let past = json!({"name": "ci", "scopes": ["read"], "expires_at": "2026-01-02T03:04:05Z"});
    check(past, "/expires_at").await;
    let unknown = json!({"name": "ci", "scopes": ["read"], "project": "ann/missing"});
    ann.post("/api/v1/tokens", unknown).await.problem(404, "not_found");
    let problem = ann.post("/api/v1/tokens", json!({"name": "ci", "scopes": ["root"]})).await;
    assert_eq!(problem.problem(400, "malformed")["errors"][0]["pointer"], "/scopes/0");
    let typo = json!({"name": "ci", "scopes": ["read"], "expire_at": "2026-01-02T03:05:05Z"});
    let problem = ann.post("/api/v1/tokens", typo).await.problem(400, "malformed");
    assert!(problem["detail"].as_str().unwrap().contains("unknown field `expire_at`"), "{problem}");
}

#[tokio::test]
async fn a_token_goes_with_its_project() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("first").await;
    let token = ann.api_token(json!({"name": "ci", "scopes": ["read"], "project": "first"})).await;
    assert_eq!(token.get("/api/v1/me").await.ok()["token"]["project"], "ann/first");
    token.get(&project).await.ok();
    ann.delete(&project).await.no_content();
    token.get("/api/v1/me").await.problem(401, "unauthorized");
}
