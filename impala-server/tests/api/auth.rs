//! Registering, signing in, and tokens.

use jiff::SignedDuration;
use serde_json::{Value, json};

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

#[tokio::test]
async fn what_breaks_the_rules_is_refused_field_by_field() {
    let server = Server::start().await;
    let check = async |username: &str, password: &str, pointers: &[&str]| {
        let body = json!({"username": username, "password": password});
        let problem = server.anyone().post("/api/v1/auth/register", body).await.problem(422, "invalid");
        let errors = problem["errors"].as_array().unwrap();
        let at: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(at, pointers, "{username:?} {password:?}");
    };
    check("an", PASSWORD, &["/username"]).await;
    check("Ann", PASSWORD, &["/username"]).await;
    check("ann/../x", PASSWORD, &["/username"]).await;
    check("ann", "1234567", &["/password"]).await;
    check("ann", &"x".repeat(73), &["/password"]).await;
    check("ann", "nul\0 inside", &["/password"]).await;
    check("", "", &["/username", "/password"]).await;
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    let body = json!({"username": "ann", "password": PASSWORD});
    let problem = server.anyone().post("/api/v1/auth/register", body).await.problem(409, "conflict");
    assert_eq!(problem["detail"], "the username \"ann\" is taken");
}

#[tokio::test]
async fn a_server_may_take_no_new_users() {
    let server = Server::start_with(|config| config.allow_registration = false).await;
    let body = json!({"username": "ann", "password": PASSWORD});
    server.anyone().post("/api/v1/auth/register", body).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    let detail = async |username: &str| {
        let body = json!({"username": username, "password": "wrong password"});
        server.anyone().post("/api/v1/auth/login", body).await.problem(401, "unauthorized")["detail"].clone()
    };
    assert_eq!(detail("ann").await, detail("nobody").await);
}

#[tokio::test]
async fn guessing_passwords_soon_has_to_wait() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    server.sign_up("bob").await;
    let login = async |username: &str, password: &str| {
        server.anyone().post("/api/v1/auth/login", json!({"username": username, "password": password})).await
    };
    // Registering was the first try.
    for _ in 0..9 {
        login("ann", "wrong password").await.problem(401, "unauthorized");
    }
    let answer = login("ann", PASSWORD).await;
    answer.problem(429, "too_many_requests");
    assert_eq!(answer.header("retry-after"), "300");
    login("bob", PASSWORD).await.ok();
    server.clock.advance(SignedDuration::from_secs(300));
    login("ann", PASSWORD).await.ok();
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session() {
    let server = Server::start().await;
    let session = server.session("ann").await;
    let refresh = async |token: &Value| {
        server.anyone().post("/api/v1/auth/refresh", json!({"refresh_token": token})).await
    };
    let second = refresh(&session["refresh_token"]).await;
    assert_eq!(second.header("cache-control"), "no-store");
    let second = second.ok();
    assert_ne!(second["refresh_token"], session["refresh_token"]);
    let third = refresh(&second["refresh_token"]).await.ok();
    server.with_token(third["access_token"].as_str().unwrap()).get("/api/v1/me").await.ok();

    // Using it twice at once is not theft, but is refused too.
    refresh(&second["refresh_token"]).await.problem(409, "conflict");
    let third = refresh(&third["refresh_token"]).await.ok();
    server.clock.advance(SignedDuration::from_secs(10));
    let problem = refresh(&session["refresh_token"]).await.problem(401, "unauthorized");
    assert!(problem["detail"].as_str().unwrap().contains("used before"), "{problem}");
    refresh(&third["refresh_token"]).await.problem(401, "unauthorized");
    refresh(&json!("made up")).await.problem(401, "unauthorized");
    server.login("ann").await;
}

#[tokio::test]
async fn other_sessions_outlive_the_end_of_one() {
    let server = Server::start().await;
    let (one, other) = (server.session("ann").await, server.login("ann").await);
    let post = async |route: &str, session: &Value| {
        let body = json!({"refresh_token": session["refresh_token"]});
        server.anyone().post(&format!("/api/v1/auth/{route}"), body).await
    };
    post("logout", &one).await.no_content();
    post("logout", &one).await.no_content();
    post("refresh", &one).await.problem(401, "unauthorized");
    post("refresh", &other).await.ok();
}

#[tokio::test]
async fn a_refresh_token_ends_after_thirty_days() {
    let server = Server::start().await;
    let session = server.session("ann").await;
    server.clock.advance(SignedDuration::from_hours(30 * 24));
    let body = json!({"refresh_token": session["refresh_token"]});
    server.anyone().post("/api/v1/auth/refresh", body).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_new_password_ends_all_sessions() {
    let server = Server::start().await;
    let session = server.session("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let problem = ann.patch("/api/v1/me", change("wrong password", "another password")).await;
    assert_eq!(problem.problem(422, "invalid")["errors"][0]["pointer"], "/current_password");
    let problem = ann.patch("/api/v1/me", change(PASSWORD, "short")).await;
    assert_eq!(problem.problem(422, "invalid")["errors"][0]["pointer"], "/new_password");

    ann.patch("/api/v1/me", change(PASSWORD, "another password")).await.no_content();
    let body = json!({"refresh_token": session["refresh_token"]});
    server.anyone().post("/api/v1/auth/refresh", body).await.problem(401, "unauthorized");
    let login = async |password: &str| {
        server.anyone().post("/api/v1/auth/login", json!({"username": "ann", "password": password})).await
    };
    login(PASSWORD).await.problem(401, "unauthorized");
    login("another password").await.ok();
}
