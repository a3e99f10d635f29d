//! Texts with a NUL character, which PostgreSQL cannot store: refused whatever the stores are, with the place.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Server};

fn refused(answer: &Answer, pointer: &str) {
    let problem = answer.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("NUL character"), "{problem}");
}

#[tokio::test]
async fn texts_of_every_kind_are_refused_with_their_place() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let check = async |method: Method, path: &str, body: Value, pointer: &str| {
        refused(&Answer::of(ann.request(method, path).json(&body)).await, pointer);
    };
    let body = json!({"username": "a\0n", "password": "correct horse"});
    check(Method::POST, "/api/v1/auth/login", body.clone(), "/username").await;
    check(Method::POST, "/api/v1/auth/register", body, "/username").await;
    check(Method::POST, "/api/v1/projects", json!({"slug": "q", "title": "a\0"}), "/title").await;
    check(Method::PATCH, &project, json!({"description": "\0"}), "/description").await;
    check(Method::POST, "/api/v1/tokens", json!({"name": "\0", "scopes": ["read"]}), "/name").await;
    let members = format!("{project}/members");
    check(Method::POST, &members, json!({"username": "b\0b", "role": "viewer"}), "/username").await;
    let mut document = crate::canvases::document("c");
    document["metadata"]["title"] = json!("a\0b");
    check(Method::POST, &format!("{project}/canvases"), document, "/metadata/title").await;
}

#[tokio::test]
async fn documents_with_one_anywhere_are_refused() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let path = format!("{}/canvases", ann.project("p").await);
    let mut document = crate::canvases::document("c");
    document["spec"]["blocks"] = json!([{"id": "t", "type": "text", "markdown": "a\0b"}]);
    refused(&ann.post(&path, document).await, "/spec/blocks/0/markdown");
    let yaml = "apiVersion: impala/v1\nkind: Canvas\nmetadata: {slug: c}\nspec:\n  blocks:\n  - {id: t, type: text, \
        markdown: \"a\\0b\"}\n";
    let request = ann.request(Method::POST, &path).header("content-type", "application/yaml").body(yaml);
    refused(&Answer::of(request).await, "/spec/blocks/0/markdown");
}

#[tokio::test]
async fn addresses_with_one_are_refused() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    refused(&ann.get("/api/v1/projects/a%00n/p").await, "/owner");
    refused(&ann.get(&format!("{project}/canvases/a%00")).await, "/canvas");
    refused(&ann.upload(&format!("{project}/sources/s?note=a%00b"), "n\n1\n").await, "/note");
    // The cursor is "a", NUL in base64.
    let problem = ann.get(&format!("{project}/sources?cursor=YQA")).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/cursor", "{problem}");
}
