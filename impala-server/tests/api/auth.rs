//! Registering, signing in, and tokens.

use serde_json::json;

use crate::support::{PASSWORD, Server};

#[tokio::test]
async fn one_registers_signs_in_and_is_known() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    let credentials = json!({"username": "ann", "password": PASSWORD});
    let answer = server.anyone().post("/api/v1/auth/login", credentials).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let session = answer.ok();
    assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(900)));
    let me = server.with_token(session["access_token"].as_str().unwrap()).get("/api/v1/me").await.ok();
    assert_eq!((&me["user"]["username"], &me["token"]), (&json!("ann"), &json!(null)));
    assert_eq!(me["user"]["created_at"], "2026-01-02T03:04:05.678901Z");
}
