//! Who may call what: every route of the OpenAPI document, by everyone who may not.

use serde_json::json;

use crate::routes::{self, Route};
use crate::support::{Answer, Person, Server};

/// Makes `ann/secret` if it is not there, and looks at nothing else.
async fn make_project(ann: &Person) {
    ann.post("/api/v1/projects", json!({"slug": "secret"})).await;
}

async fn in_projects(server: &Server) -> Vec<Route> {
    routes::all(server).await.into_iter().filter(Route::is_of_a_project).collect()
}

#[track_caller]
fn is_hidden(route: &Route, answer: &Answer, project: &str) {
    assert_eq!(answer.status.as_u16(), 404, "{route}: {}", answer.text());
    let problem = answer.problem(404, "not_found");
    assert_eq!(problem["detail"], format!("there is no project \"{project}\""), "{route}");
}

#[tokio::test]
async fn anyone_gets_in_nowhere_but_on_public_routes() {
    let server = Server::start().await;
    make_project(&server.sign_up("ann").await).await;
    for route in routes::all(&server).await {
        let answer = route.send(&server.anyone(), "ann/secret").await;
        if route.is_public {
            assert_ne!(answer.header("www-authenticate"), "Bearer", "{route}");
        } else {
            assert_eq!(answer.status.as_u16(), 401, "{route}: {}", answer.text());
            if route.method != http::Method::HEAD {
                answer.problem(401, "unauthorized");
            }
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"impala\"", "{route}");
        }
    }
}

#[tokio::test]
async fn only_these_routes_are_public() {
    let server = Server::start().await;
    let public = routes::all(&server).await.into_iter().filter(|route| route.is_public);
    let mut public: Vec<String> = public.map(|route| route.to_string()).collect();
    public.sort();
    let expected = [
        "GET /api/v1/limits",
        "GET /api/v1/shared/{secret}",
        "GET /api/v1/shared/{secret}/blocks/{block}/data",
        "GET /api/v1/shared/{secret}/data",
        "GET /api/v1/shared/{secret}/render",
        "GET /healthz",
        "GET /readyz",
        "OPTIONS /api/v1/uploads",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/logout",
        "POST /api/v1/auth/refresh",
        "POST /api/v1/auth/register",
    ];
    assert_eq!(public, expected);
}

#[tokio::test]
async fn a_project_of_others_looks_like_none_on_every_route() {
    let server = Server::start().await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    make_project(&ann).await;
    for route in in_projects(&server).await {
        is_hidden(&route, &route.send(&bob, "ann/secret").await, "ann/secret");
        is_hidden(&route, &route.send(&bob, "ann/missing").await, "ann/missing");
    }
    ann.get("/api/v1/projects/ann/secret").await.ok();
}

#[tokio::test]
async fn a_token_for_one_project_sees_no_other_on_any_route() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    make_project(&ann).await;
    ann.project("open").await;
    let bound = json!({"name": "ci", "scopes": ["admin"], "project": "open"});
    let token = ann.api_token(bound).await;
    for route in in_projects(&server).await {
        is_hidden(&route, &route.send(&token, "ann/secret").await, "ann/secret");
    }
    let projects = token.get("/api/v1/projects").await.ok();
    assert_eq!(projects["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(projects["items"][0]["slug"], "open");
    token.post("/api/v1/projects", json!({"slug": "more"})).await.problem(403, "forbidden");
    token.get("/api/v1/tokens").await.problem(403, "forbidden");
}

/// Each route says in the document which scope it needs: it refuses all others, and accepts that one.
#[tokio::test]
async fn tokens_do_what_their_scopes_say_on_every_route() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    for route in routes::all(&server).await {
        let Some(scope) = route.scope.clone() else {
            assert!(route.is_public || route.to_string() == "GET /api/v1/me", "{route} names no scope");
            continue;
        };
        make_project(&ann).await;
        let others: Vec<&str> =
            ["read", "upload", "write"].into_iter().filter(|other| *other != scope).collect();
        let token = ann.api_token(json!({"name": "others", "scopes": others})).await;
        let answer = route.send(&token, "ann/secret").await;
        assert_eq!(answer.status.as_u16(), 403, "{route} with {others:?}: {}", answer.text());
        if route.method != http::Method::HEAD {
            let problem = answer.problem(403, "forbidden");
            let expected = format!("lacks the scope \"{scope}\"");
            assert!(problem["detail"].as_str().unwrap().contains(&expected), "{route}: {problem}");
        }

        let token = ann.api_token(json!({"name": "enough", "scopes": [scope]})).await;
        let status = route.send(&token, "ann/secret").await.status.as_u16();
        assert!(![401, 403, 500].contains(&status), "{route} with {scope}: {status}");
    }
}

/// The token of a pipeline that only uploads: it may ask who it is, upload, and nothing else.
#[tokio::test]
async fn a_token_to_upload_does_nothing_else() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    make_project(&ann).await;
    let token = json!({"name": "ci", "scopes": ["upload"], "project": "ann/secret"});
    let token = ann.api_token(token).await;
    let mut allowed = Vec::new();
    for route in routes::all(&server).await.into_iter().filter(|route| !route.is_public) {
        let status = route.send(&token, "ann/secret").await.status.as_u16();
        if status != 403 {
            allowed.push(route.to_string());
        }
    }
    allowed.sort();
    let expected = [
        "DELETE /api/v1/uploads/{id}",
        "GET /api/v1/me",
        "GET /api/v1/projects/{owner}/{slug}/violations/{id}",
        "GET /api/v1/uploads/{id}",
        "HEAD /api/v1/uploads/{id}",
        "PATCH /api/v1/uploads/{id}",
        "POST /api/v1/projects/{owner}/{slug}/contracts",
        "POST /api/v1/projects/{owner}/{slug}/sources",
        "POST /api/v1/projects/{owner}/{slug}/sources/{source}/known",
        "POST /api/v1/uploads",
        "POST /api/v1/uploads/{id}",
        "PUT /api/v1/projects/{owner}/{slug}/sources/{source}",
    ];
    assert_eq!(allowed, expected);
}

/// Reading needs a viewer, changing an editor, the rest the owner.
#[tokio::test]
async fn members_do_what_their_role_says_on_every_route() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let (ed, vic) = (server.sign_up("edd").await, server.sign_up("vic").await);
    make_project(&ann).await;
    for (username, role) in [("edd", "editor"), ("vic", "viewer")] {
        let member = json!({"username": username, "role": role});
        ann.post("/api/v1/projects/ann/secret/members", member).await.created();
    }
    for route in in_projects(&server).await {
        let scope = route.scope.clone().unwrap();
        let check = async |who: &Person, name: &str, may: bool| {
            let answer = route.send(who, "ann/secret").await;
            assert_eq!(answer.status.as_u16() != 403, may, "{route} by {name}: {}", answer.text());
        };
        check(&vic, "vic", scope == "read").await;
        check(&ed, "ed", scope != "admin").await;
    }
    ann.get("/api/v1/projects/ann/secret").await.ok();
}
