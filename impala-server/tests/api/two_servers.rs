//! Two servers on the same PostgreSQL, MongoDB and uploads folder behave as one.

use std::path::PathBuf;

use http::{Method, StatusCode};
use impala_server::store::uploads::UploadId;
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::canvases::document;
use crate::support::{Answer, PASSWORD, Person, Server};
use crate::{faults, services, stores};

/// What servers share.
struct Stores {
    dir: tempfile::TempDir,
    database_url: String,
    mongodb_url: String,
}

impl Stores {
    async fn new() -> Option<Self> {
        let (database_url, mongodb_url) = (services::postgres().await?, services::mongodb()?);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("jwt-secret"), "s".repeat(64)).unwrap();
        Some(Self { dir, database_url, mongodb_url })
    }

    fn uploads(&self) -> PathBuf {
        self.dir.path().join("uploads")
    }

    async fn server(&self) -> Server {
        Server::start_with(|config| {
            config.database_url = Some(self.database_url.clone());
            config.mongodb_url = Some(self.mongodb_url.clone());
            config.uploads_dir = Some(self.uploads());
            config.jwt_secret_file = Some(self.dir.path().join("jwt-secret"));
        })
        .await
    }
}

/// The same person, at another server.
fn at(server: &Server, who: &Person) -> Person {
    server.with_token(who.token.clone().unwrap())
}

macro_rules! two_servers {
    ($stores:ident, $one:ident, $other:ident) => {
        let Some($stores) = Stores::new().await else { return };
        let ($one, $other) = tokio::join!($stores.server(), $stores.server());
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_at_one_is_known_at_the_other() {
    two_servers!(stores, one, other);
    let session = one.session("ann").await;
    let ann = one.with_token(session["access_token"].as_str().unwrap());
    assert_eq!(at(&other, &ann).get("/api/v1/me").await.ok()["user"]["username"], "ann");
    other.login("ann").await;
    // A refresh token is good once, wherever; its reuse ends the family everywhere.
    let refresh = async |server: &Server, session: &Value| {
        let body = json!({"refresh_token": session["refresh_token"]});
        server.anyone().post("/api/v1/auth/refresh", body).await
    };
    let next = refresh(&other, &session).await.ok();
    // Later than two tabs that refresh at once would come.
    one.clock.advance(SignedDuration::from_mins(5));
    refresh(&one, &session).await.problem(401, "unauthorized");
    refresh(&other, &next).await.problem(401, "unauthorized");
    // An API token that is revoked at one is revoked at the other.
    let made = ann.post("/api/v1/tokens", json!({"name": "ci", "scopes": ["read"]})).await.created();
    let ci = other.with_token(made["secret"].as_str().unwrap());
    ci.get("/api/v1/projects").await.ok();
    ann.delete(&format!("/api/v1/tokens/{}", made["token"]["id"].as_str().unwrap())).await.no_content();
    ci.get("/api/v1/projects").await.problem(401, "unauthorized");
    let twice = json!({"username": "ann", "password": PASSWORD});
    other.anyone().post("/api/v1/auth/register", twice).await.problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_at_one_is_there_at_the_other() {
    two_servers!(stores, one, other);
    let ann = one.sign_up("ann").await;
    let project = ann.project("p").await;
    let there = at(&other, &ann);
    there.post(&format!("{project}/canvases"), document("c")).await.created();
    let path = format!("{project}/canvases/c");
    let mut changed = document("c");
    changed["metadata"]["title"] = json!("New");
    assert_eq!(ann.change(Method::PUT, &path, 1, &changed).await.ok()["revision"]["revision"], 2);
    there.change(Method::PUT, &path, 1, &document("c")).await.problem(412, "stale_revision");
    assert_eq!(there.get(&path).await.ok()["canvas"]["metadata"]["title"], "New");
    // A POST that comes twice is done once.
    let create = async |who: &Person| {
        let request = who.request(Method::POST, "/api/v1/projects").header("idempotency-key", "k");
        Answer::of(request.json(&json!({"slug": "once"}))).await
    };
    let (first, second) = (create(&ann).await, create(&there).await);
    assert_eq!((first.created(), second.header("idempotency-replayed")), (second.created(), "true"));
    // Of two who make the same at once, one does.
    let make = async |who: &Person| who.post(&format!("{project}/canvases"), document("d")).await.status;
    let mut made = [(); 2].map(|()| StatusCode::OK);
    (made[0], made[1]) = tokio::join!(make(&ann), make(&there));
    made.sort();
    assert_eq!(made, [StatusCode::CREATED, StatusCode::CONFLICT]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_come_to_both_are_one_source() {
    two_servers!(stores, one, other);
    let ann = one.sign_up("ann").await;
    let project = ann.project("p").await;
    let (there, path) = (at(&other, &ann), format!("{project}/sources/s"));
    ann.upload(&path, "n\n1\n").await.created();
    let again = there.upload(&path, "n\n1\n").await.ok();
    assert_eq!((&again["unchanged"], &again["version"]["version"]), (&json!(true), &json!(1)));
    assert_eq!(there.get(&format!("{path}/content")).await.text(), "n\n1\n");
    let files: Vec<String> = (2..10).map(|n| format!("n\n{n}\n")).collect();
    let uploads = files.iter().enumerate().map(|(index, file)| {
        let who = if index % 2 == 0 { &ann } else { &there };
        who.upload(&path, file.clone())
    });
    let mut versions = Vec::new();
    for (answer, file) in futures_util::future::join_all(uploads).await.iter().zip(&files) {
        let version = answer.created()["version"]["version"].as_u64().unwrap();
        assert_eq!(there.get(&format!("{path}/content?version={version}")).await.text(), *file);
        versions.push(version);
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..10).collect::<Vec<_>>());
    assert_eq!(faults::uploads_in(&stores.uploads()), (0, 9));
    // What one has in its cache is gone with the source that the other deletes.
    let query =
        async |who: &Person| who.post(&format!("{project}/query"), json!({"sql": "SELECT n FROM s"})).await;
    query(&ann).await.ok();
    query(&ann).await.ok();
    there.delete(&path).await.no_content();
    assert!(query(&ann).await.status.is_client_error());
    ann.get(&path).await.problem(404, "not_found");
    ann.upload(&path, "n\n7\n").await.created();
    assert_eq!(query(&there).await.ok()["columns"][0]["values"], json!([7]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_takes_nothing_from_those_at_work() {
    two_servers!(stores, one, other);
    let ann = one.sign_up("ann").await;
    let project = ann.project("p").await;
    let path = format!("{project}/sources/s");
    let mut upload = faults::begin(&ann, &path, 8).await;
    // Between the rename and the commit, and between the document and its row.
    let id = UploadId { project: Uuid::now_v7(), upload: Uuid::now_v7() };
    let draft = other.app.uploads.begin(id).unwrap();
    std::fs::write(draft.csv(), "n\n2\n").unwrap();
    std::fs::write(draft.parquet(), "").unwrap();
    other.app.uploads.publish(draft, "ff").unwrap();
    let canvas = stores::saved(other.app.new_id(), 1, "its row is to come");
    other.app.canvases.put(&canvas).await.unwrap();

    let third = stores.server().await;
    assert_eq!(faults::uploads_in(&stores.uploads()), (1, 1));
    assert_eq!(third.app.canvases.get(canvas.id).await.unwrap(), Some(canvas));
    assert!(faults::finish(&mut upload, b"n\n1\n2\n3\n").await.starts_with("HTTP/1.1 201"));
    assert_eq!(at(&third, &ann).get(&format!("{path}/content")).await.text(), "n\n1\n2\n3\n");

    // Alone, a start does tidy up.
    for server in [one, other, third] {
        server.stop().await;
    }
    let last = stores.server().await;
    assert_eq!(faults::uploads_in(&stores.uploads()), (0, 1));
    assert!(last.app.canvases.ids(None, 9).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_writers_at_both_exactly_one_wins_each_revision() {
    const WRITERS: usize = 8;
    const SAVES: usize = 5;
    two_servers!(stores, one, other);
    let ann = one.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.post(&format!("{project}/canvases"), document("c")).await.created();
    let path = format!("{project}/canvases/c");
    let writers = (0..WRITERS).map(|writer| {
        let who = at(if writer % 2 == 0 { &one } else { &other }, &ann);
        let path = path.clone();
        tokio::spawn(async move {
            let mut wins = Vec::new();
            let mut refused = 0;
            while wins.len() < SAVES {
                let answer = who.get(&path).await;
                let mut next = answer.ok()["canvas"].clone();
                next["metadata"]["title"] = json!(format!("writer {writer}, save {}", wins.len()));
                let request = who.request(Method::PUT, &path).header("if-match", answer.header("etag"));
                let saved = Answer::of(request.json(&next)).await;
                match saved.status.as_u16() {
                    200 => wins.push((saved.json()["revision"]["revision"].as_u64().unwrap(), next)),
                    412 => refused += 1,
                    _ => panic!("{}", saved.text()),
                }
            }
            (wins, refused)
        })
    });
    let mut wins = Vec::new();
    let mut refused = 0;
    for writer in writers.collect::<Vec<_>>() {
        let (won, lost): (Vec<(u64, Value)>, u32) = writer.await.unwrap();
        wins.extend(won);
        refused += lost;
    }
    wins.sort_unstable_by_key(|(revision, _)| *revision);
    let numbers: Vec<u64> = wins.iter().map(|(revision, _)| *revision).collect();
    assert_eq!(numbers, (2..2 + (WRITERS * SAVES) as u64).collect::<Vec<_>>());
    for (revision, canvas) in &wins {
        let kept = ann.get(&format!("{path}/history/{revision}")).await.ok();
        assert_eq!(kept["canvas"]["metadata"], canvas["metadata"], "revision {revision}");
    }
    services::say(&format!(
        "two servers, {WRITERS} writers: {} saves acknowledged, {refused} refused as stale, 0 lost",
        wins.len()
    ));
}
