//! Members of a project.

use serde_json::json;

use crate::support::Server;

#[tokio::test]
async fn members_come_change_and_go() {
    let server = Server::start().await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let path = ann.project("first").await;
    let members = format!("{path}/members");
    let bob_as = |role: &str| json!({"username": "bob", "role": role});
    assert_eq!(ann.post(&members, bob_as("viewer")).await.created(), bob_as("viewer"));
    assert_eq!(bob.get(&path).await.ok()["role"], "viewer");
    assert_eq!(ann.post(&members, bob_as("editor")).await.ok(), bob_as("editor"));
    assert_eq!(bob.get(&path).await.ok()["role"], "editor");
    let listed = bob.get(&members).await.ok();
    assert_eq!(listed["items"], json!([{"username": "ann", "role": "owner"}, bob_as("editor")]));
    let shared = bob.get("/api/v1/projects").await.ok();
    assert_eq!(shared["items"][0]["owner"], "ann");

    ann.delete(&format!("{members}/bob")).await.no_content();
    bob.get(&path).await.problem(404, "not_found");
    ann.delete(&format!("{members}/bob")).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_member_may_leave_but_the_owner_stays() {
    let server = Server::start().await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let path = ann.project("first").await;
    let members = format!("{path}/members");
    ann.post(&members, json!({"username": "bob", "role": "viewer"})).await.created();
    bob.delete(&format!("{members}/ann")).await.problem(403, "forbidden");
    ann.delete(&format!("{members}/ann")).await.problem(409, "conflict");
    bob.delete(&format!("{members}/bob")).await.no_content();
    bob.get(&path).await.problem(404, "not_found");
    ann.get(&path).await.ok();
}

#[tokio::test]
async fn members_that_make_no_sense_are_refused() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    server.sign_up("bob").await;
    let members = format!("{}/members", ann.project("first").await);
    let check = async |username: &str, role: &str, pointer: &str| {
        let problem = ann.post(&members, json!({"username": username, "role": role})).await;
        assert_eq!(problem.problem(422, "invalid")["errors"][0]["pointer"], pointer);
    };
    check("nobody", "viewer", "/username").await;
    check("ann", "viewer", "/username").await;
    check("bob", "owner", "/role").await;
}
