//! Projects.

use impala_server::store::sql::projects;
use serde_json::json;

use crate::support::{Person, Server};

#[tokio::test]
async fn a_project_is_made_shown_changed_and_deleted() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let body = json!({"slug": "weather", "title": "Weather", "description": "Rain, mostly."});
    let made = ann.post("/api/v1/projects", body).await.created();
    assert_eq!((&made["owner"], &made["role"]), (&json!("ann"), &json!("owner")));
    let path = "/api/v1/projects/ann/weather";
    assert_eq!(ann.get(path).await.ok(), made);
    let changed = ann.patch(path, json!({"title": "Weather, daily"})).await.ok();
    assert_eq!(
        (&changed["title"], &changed["description"]),
        (&json!("Weather, daily"), &json!("Rain, mostly."))
    );
    ann.delete(path).await.no_content();
    ann.get(path).await.problem(404, "not_found");
    ann.delete(path).await.problem(404, "not_found");
    ann.project("weather").await;
}

#[tokio::test]
async fn projects_that_make_no_sense_are_refused() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let check = async |body, pointer: &str, detail: &str| {
        let problem = ann.post("/api/v1/projects", body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
    };
    check(json!({"slug": "My Project"}), "/slug", "\"my-project\" would do").await;
    check(json!({"slug": ""}), "/slug", "not a valid name").await;
    check(json!({"slug": "x", "title": "x".repeat(201)}), "/title", "200").await;
    check(json!({"slug": "x", "description": "x".repeat(2_001)}), "/description", "2000").await;
    ann.project("taken").await;
    ann.post("/api/v1/projects", json!({"slug": "taken"})).await.problem(409, "conflict");
    server.sign_up("bob").await.project("taken").await;
}

#[tokio::test]
async fn lists_come_in_parts() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    for slug in ["c", "a", "e", "b", "d"] {
        ann.project(slug).await;
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/projects?limit=2".to_owned();
    loop {
        let page = ann.get(&path).await.ok();
        let items = page["items"].as_array().unwrap().clone();
        seen.push(
            items.iter().map(|item| item["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>().concat(),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/projects?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, ["ab", "cd", "e"]);
    ann.get("/api/v1/projects?limit=0").await.problem(422, "invalid");
    ann.get("/api/v1/projects?limit=many").await.problem(400, "malformed");
    ann.get("/api/v1/projects?cursor=!").await.problem(422, "invalid");
    ann.get("/api/v1/projects?page=2").await.problem(400, "malformed");
    assert_eq!(server.sign_up("bob").await.get("/api/v1/projects").await.ok()["items"], json!([]));
}

/// A server that dies after the mark and before the rest has deleted the project all the same.
#[tokio::test]
async fn a_deletion_that_was_cut_short_is_finished_at_the_next_start() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let path = ann.project("first").await;
    ann.project("second").await;
    let id = ann.get(&path).await.ok()["id"].as_str().unwrap().parse().unwrap();
    assert!(projects::mark_deleted(&server.app.pool, id, server.app.now()).await.unwrap());
    ann.get(&path).await.problem(404, "not_found");
    assert_eq!(ann.get("/api/v1/projects").await.ok()["items"].as_array().map(Vec::len), Some(1));

    let token = ann.token.unwrap();
    let server = server.restart().await;
    let left: Vec<(String,)> =
        sqlx::query_as("select slug from projects").fetch_all(&server.app.pool).await.unwrap();
    assert_eq!(left, [("second".to_owned(),)]);
    let members: (i64,) =
        sqlx::query_as("select count(*) from members").fetch_one(&server.app.pool).await.unwrap();
    assert_eq!(members.0, 1);
    server.with_token(token).get("/api/v1/projects/ann/second").await.ok();
}

#[tokio::test]
async fn a_mistyped_project_is_told_the_nearest_that_one_may_see() {
    let server = Server::start().await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    ann.project("weather").await;
    ann.project("sales").await;
    let detail = async |who: &Person, path: &str| {
        let problem = who.get(&format!("/api/v1/projects/{path}/sources")).await.problem(404, "not_found");
        problem["detail"].as_str().unwrap().to_owned()
    };
    let right = "did you mean \"ann/weather\"?";
    for wrong in ["ann/wether", "an/weather"] {
        let expected = format!("there is no project \"{wrong}\"; {right}");
        assert_eq!(detail(&ann, wrong).await, expected);
        assert_eq!(detail(&bob, wrong).await, format!("there is no project \"{wrong}\""));
    }
    let token = ann.api_token(json!({"name": "ci", "scopes": ["read"], "project": "sales"})).await;
    assert_eq!(detail(&token, "ann/wether").await, "there is no project \"ann/wether\"");
}
