//! Requests that are sent twice.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Server};

async fn post(who: &Person, path: &str, key: &str, body: Value) -> Answer {
    Answer::of(who.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
}

#[tokio::test]
async fn the_same_request_is_done_once_and_answered_twice() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let body = json!({"slug": "first"});
    let made = post(&ann, "/api/v1/projects", "k", body.clone()).await;
    let again = post(&ann, "/api/v1/projects", "k", body.clone()).await;
    assert_eq!(made.created(), again.created());
    assert_eq!((made.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(again.header("content-type"), "application/json");

    // Another body, route or key is another request.
    post(&ann, "/api/v1/projects", "k", json!({"slug": "other"})).await.problem(422, "invalid");
    post(&ann, "/api/v1/tokens", "k", body.clone()).await.problem(422, "invalid");
    post(&ann, "/api/v1/projects", "l", body.clone()).await.problem(409, "conflict");
    post(&server.sign_up("bob").await, "/api/v1/projects", "k", json!({"slug": "bobs"})).await.created();
    server.clock.advance(SignedDuration::from_hours(25));
    let ann = server.with_token(server.login("ann").await["access_token"].as_str().unwrap());
    post(&ann, "/api/v1/projects", "k", body).await.problem(409, "conflict");
}

#[tokio::test]
async fn what_failed_may_be_tried_again() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    post(&ann, "/api/v1/projects", "k", json!({"slug": "Not Good"})).await.problem(422, "invalid");
    post(&ann, "/api/v1/projects", "k", json!({"slug": "good"})).await.created();
}

#[tokio::test]
async fn another_precondition_is_another_request() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let canvases = format!("{}/canvases", ann.project("p").await);
    ann.post(&canvases, crate::canvases::document("c")).await.created();
    let add = async |id: &str, revision: &str, key: &str| {
        let block = json!({"id": id, "type": "text", "markdown": "x"});
        let request = ann.request(Method::POST, &format!("{canvases}/c/blocks")).header("if-match", revision);
        Answer::of(request.header("idempotency-key", key).json(&block)).await
    };
    let canvas = format!("{canvases}/c");
    let (first, second) = (ann.tag(&canvas, 1).await, ann.tag(&canvas, 2).await);
    let made = add("new", &first, "k").await.created();
    assert_eq!(add("new", &first, "k").await.created(), made);
    add("new", &second, "k").await.problem(422, "invalid");
}

#[tokio::test]
async fn a_question_may_have_a_key_but_needs_none() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let made = ann.upload(&format!("{project}/sources/s"), "n\n1\n").await.created();
    let sha256 = &made["version"]["sha256"];
    for sql in ["SELECT n FROM s", "SELECT n + 1 AS m FROM s", "SELECT n FROM s"] {
        let answer = post(&ann, &format!("{project}/query"), "k", json!({"sql": sql})).await;
        answer.ok();
        assert_eq!(answer.header("idempotency-replayed"), "");
    }
    for is_there in [true, false] {
        let answer = post(&ann, &format!("{project}/sources/s/known"), "k", json!({"sha256": sha256})).await;
        assert_eq!(answer.ok()["upload"]["unchanged"].as_bool(), is_there.then_some(true));
        ann.upload(&format!("{project}/sources/s"), "n\n2\n").await;
    }
}

#[tokio::test]
async fn two_at_once_make_one() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let body = || json!({"slug": "first"});
    let (one, other) = tokio::join!(
        post(&ann, "/api/v1/projects", "k", body()),
        post(&ann, "/api/v1/projects", "k", body())
    );
    for answer in [one, other] {
        assert!([201, 429].contains(&answer.status.as_u16()), "{}", answer.text());
    }
    assert_eq!(post(&ann, "/api/v1/projects", "k", body()).await.created()["slug"], "first");
}

#[tokio::test]
async fn a_secret_is_not_kept_for_a_second_answer() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let body = json!({"name": "ci", "scopes": ["read"]});
    post(&ann, "/api/v1/tokens", "k", body.clone()).await.created();
    let problem = post(&ann, "/api/v1/tokens", "k", body).await.problem(409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains("shown once"), "{problem}");
    assert_eq!(ann.get("/api/v1/tokens").await.ok()["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    for key in ["", "two words", &"x".repeat(256)] {
        post(&ann, "/api/v1/projects", key, json!({"slug": "x"})).await.problem(422, "invalid");
    }
}
