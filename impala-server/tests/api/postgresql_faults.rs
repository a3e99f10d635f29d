//! PostgreSQL killed under load, again and again: what was acknowledged is there afterwards, and nothing is half done.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::services::{Kind, Service};
use crate::support::{PASSWORD, Person, Server, soon};

/// How often it is killed.
const FAULTS: u32 = 6;

/// Those who write at once, of each kind.
const WRITERS: usize = 2;

/// Acknowledged writes that each kill waits for, so that each one meets work.
const WRITES_A_FAULT: u32 = 25;

/// Everything that was acknowledged.
#[derive(Default)]
struct Acknowledged {
    users: Vec<String>,
    /// Content by path and version.
    versions: HashMap<(String, u64), String>,
    /// Title by path and revision.
    revisions: HashMap<(String, u64), String>,
}

struct Load {
    ann: Person,
    project: String,
    acknowledged: Mutex<Acknowledged>,
    count: AtomicU32,
    refused: AtomicU32,
    stop: AtomicBool,
}

impl Load {
    /// Sends a request; `None` when the database was down, and the result is unknown.
    async fn send(&self, request: reqwest::RequestBuilder) -> Option<(StatusCode, Value)> {
        let response = request.send().await.unwrap();
        let status = response.status();
        let body: Value = response.json().await.unwrap();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(body["code"], "unavailable", "{body}");
            self.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        assert!(status.is_success() || status == StatusCode::PRECONDITION_FAILED, "{status} {body}");
        Some((status, body)).filter(|(status, _)| status.is_success())
    }

    fn note(&self, what: impl FnOnce(&mut Acknowledged)) {
        what(&mut self.acknowledged.lock().unwrap());
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    async fn register(self: Arc<Self>, writer: usize) {
        for n in 0.. {
            if !self.goes_on() {
                return;
            }
            let name = format!("user-{writer}-{n}");
            let body = json!({"username": name, "password": PASSWORD});
            let request = self.ann.request(Method::POST, "/api/v1/auth/register").json(&body);
            if self.send(request).await.is_some() {
                self.note(|known| known.users.push(name));
            }
        }
    }

    async fn upload(self: Arc<Self>, writer: usize) {
        let path = format!("{}/sources/s-{writer}", self.project);
        for n in 0.. {
            if !self.goes_on() {
                return;
            }
            let content = format!("n\n{n}\n");
            let request =
                self.ann.request(Method::PUT, &path).header("content-type", "text/csv").body(content.clone());
            if let Some((_, body)) = self.send(request).await {
                let version = body["version"]["version"].as_u64().unwrap();
                self.note(|known| {
                    known.versions.insert((path.clone(), version), content);
                });
            }
        }
    }

    async fn save(self: Arc<Self>, writer: usize) {
        let slug = format!("c-{writer}");
        let path = format!("{}/canvases/{slug}", self.project);
        for n in 0.. {
            if !self.goes_on() {
                return;
            }
            let title = format!("title {n}");
            let mut document = crate::canvases::document(&slug);
            document["metadata"]["title"] = json!(title);
            // It applies to any revision: after a fault the current one is unknown.
            let (header, value) = if n == 0 { ("if-none-match", "*") } else { ("if-match", "*") };
            let request = self.ann.request(Method::PUT, &path).header(header, value).json(&document);
            if let Some((_, body)) = self.send(request).await {
                let revision = body["revision"]["revision"].as_u64().unwrap();
                self.note(|known| {
                    known.revisions.insert((path.clone(), revision), title);
                });
            }
        }
    }

    /// Looks for everything that was acknowledged, and says how much of it is missing.
    async fn lost(&self, server: &Server) -> u32 {
        let mut lost = 0;
        let (users, versions, revisions) = {
            let known = self.acknowledged.lock().unwrap();
            (known.users.clone(), known.versions.clone(), known.revisions.clone())
        };
        for user in users {
            let body = json!({"username": user, "password": PASSWORD});
            lost +=
                u32::from(server.anyone().post("/api/v1/auth/login", body).await.status != StatusCode::OK);
        }
        for ((path, version), content) in versions {
            let found = self.ann.get(&format!("{path}/content?version={version}")).await;
            lost += u32::from(found.bytes != content.as_bytes());
        }
        for ((path, revision), title) in revisions {
            let found = self.ann.get(&format!("{path}/history/{revision}")).await;
            let is_there =
                found.status == StatusCode::OK && found.json()["canvas"]["metadata"]["title"] == title;
            lost += u32::from(!is_there);
        }
        lost
    }
}

/// Nothing is half done: each version has its file, each canvas all revisions up to its newest, each document its row.
async fn check_whole(server: &Server, load: &Load) {
    let count = async |sql: &'static str| -> i64 {
        let (count,): (i64,) = sqlx::query_as(sql).fetch_one(&server.app.pool).await.unwrap();
        count
    };
    assert_eq!(
        count(
            "select count(*) from data_sources s where not exists (select 1 from source_versions v
        where v.source_id = s.id and v.version = s.current_version)"
        )
        .await,
        0,
        "sources without their version"
    );
    assert_eq!(
        count(
            "select count(*) from canvas_heads h where h.revision <>
        (select count(*) from canvas_documents d where d.canvas_id = h.canvas_id)"
        )
        .await,
        0,
        "gaps in revisions"
    );
    assert_eq!(
        count(
            "select count(*) from canvas_documents d where not exists
        (select 1 from canvas_heads h where h.canvas_id = d.canvas_id)"
        )
        .await,
        0,
        "documents without a head"
    );
    for writer in 0..WRITERS {
        let source = format!("{}/sources/s-{writer}", load.project);
        for version in
            load.ann.get(&format!("{source}/versions?limit=1000")).await.ok()["items"].as_array().unwrap()
        {
            let content = load.ann.get(&format!("{source}/content?version={}", version["version"])).await;
            assert_eq!(
                content.bytes.len(),
                usize::try_from(version["size_bytes"].as_u64().unwrap()).unwrap()
            );
        }
    }
}

async fn until_ready(server: &Server) {
    let ready = async { while server.anyone().get("/readyz").await.status != StatusCode::OK {} };
    tokio::time::timeout(Duration::from_secs(60), ready).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_it_loses_nothing_that_was_acknowledged() {
    let Some(mut postgres) = Service::durable(Kind::Postgres) else { return };
    let url = postgres.url.clone();
    let server = Server::start_with(|config| {
        config.database_url = Some(url);
        config.database.acquire_timeout = Duration::from_secs(2);
    })
    .await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let load = Arc::new(Load {
        ann,
        project,
        acknowledged: Mutex::default(),
        count: AtomicU32::new(0),
        refused: AtomicU32::new(0),
        stop: AtomicBool::new(false),
    });
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        writers.push(tokio::spawn(Arc::clone(&load).register(writer)));
        writers.push(tokio::spawn(Arc::clone(&load).upload(writer)));
        writers.push(tokio::spawn(Arc::clone(&load).save(writer)));
    }
    for fault in 1..=FAULTS {
        let written = async {
            while load.count.load(Ordering::Relaxed) < fault * WRITES_A_FAULT {
                assert!(writers.iter().all(|writer| !writer.is_finished()), "a writer ended early");
                tokio::task::yield_now().await;
            }
        };
        soon("enough is written", written).await;
        postgres.kill();
        postgres.start();
        until_ready(&server).await;
    }
    load.stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let lost = load.lost(&server).await;
    check_whole(&server, &load).await;
    let (acknowledged, refused) = (load.count.load(Ordering::Relaxed), load.refused.load(Ordering::Relaxed));
    writeln!(
        std::io::stderr(),
        "PostgreSQL killed under load: {FAULTS} faults, {acknowledged} writes acknowledged, {refused} refused, {lost} lost"
    )
    .unwrap();
    assert_eq!(lost, 0);
}
