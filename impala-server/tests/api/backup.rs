//! Whole instances: backed up while in use, checked, restored, and moved from store to store.

mod archives;
mod busy;
mod moves;
mod refusals;
mod schema;

use std::path::{Path, PathBuf};

use http::Method;
use impala_server::Config;
use impala_server::backup::{self, Output, Report, Watch};
use serde_json::json;

use crate::canvases::document;
use crate::support::Server;

/// Enough of an instance to recognise it.
struct Known {
    refresh_token: String,
    share: String,
}

const PROJECT: &str = "/api/v1/projects/ann/p";

/// Two users, a source of two versions one of which left rows out, a canvas with three revisions, a share and a token.
async fn seed(server: &Server) -> Known {
    let session = server.session("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    server.sign_up("bob").await;
    ann.project("p").await;
    ann.put(&format!("{PROJECT}/members/bob"), json!({"role": "viewer"})).await;
    ann.upload(&format!("{PROJECT}/sources/rain"), "day,mm\n2026-01-01,1.5\n2026-01-02,7\n").await.created();
    ann.upload(&format!("{PROJECT}/sources/rain?on_bad_rows=skip"), "day,mm\n2026-01-01,1.5\nx\n")
        .await
        .created();
    let mut canvas = document("c");
    canvas["spec"]["blocks"][0] =
        json!({"id": "a", "type": "table", "at": {"x": 0, "y": 0, "w": 12, "h": 9}, "source": "rain"});
    ann.post(&format!("{PROJECT}/canvases"), canvas.clone()).await.created();
    for revision in 1..=2 {
        canvas["metadata"]["title"] = json!(format!("Größe {revision} — \"quoted\"\n"));
        ann.change(Method::PUT, &format!("{PROJECT}/canvases/c"), revision, &canvas).await.ok();
    }
    let share = ann.post(&format!("{PROJECT}/canvases/c/shares"), json!({})).await.created();
    ann.post("/api/v1/tokens", json!({"name": "ci", "scopes": ["upload"]})).await.created();
    Known {
        refresh_token: session["refresh_token"].as_str().unwrap().to_owned(),
        share: share["secret"].as_str().unwrap().to_owned(),
    }
}

/// A server on these stores shows all that was [`seed`]ed.
async fn serves(config: &Config, known: &mut Known) {
    let server = Server::start_as(config.clone()).await;
    let body = json!({"refresh_token": known.refresh_token});
    // It is good for one use, and brings the next.
    let refreshed = server.anyone().post("/api/v1/auth/refresh", body).await.ok();
    refreshed["refresh_token"].as_str().unwrap().clone_into(&mut known.refresh_token);
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    let canvas = ann.get(&format!("{PROJECT}/canvases/c")).await.ok();
    assert_eq!(canvas["revision"]["revision"], 3);
    assert_eq!(canvas["canvas"]["metadata"]["title"], "Größe 2 — \"quoted\"\n");
    let first = ann.get(&format!("{PROJECT}/canvases/c/history/1")).await.ok();
    assert_eq!(first["canvas"]["metadata"]["title"], "A canvas");
    let text = ann.get(&format!("{PROJECT}/canvases/c/render?format=text")).await.text();
    assert!(text.contains("2026-01-01"), "{text}");
    let content = async |query: &str| ann.get(&format!("{PROJECT}/sources/rain/content{query}")).await.text();
    assert_eq!(content("?version=1").await, "day,mm\n2026-01-01,1.5\n2026-01-02,7\n");
    assert!(ann.get(&format!("{PROJECT}/sources/rain/rejects")).await.text().contains('x'));
    let again =
        ann.upload(&format!("{PROJECT}/sources/rain?on_bad_rows=skip"), "day,mm\n2026-01-01,1.5\nx\n").await;
    assert_eq!(again.ok()["unchanged"], true);
    server.anyone().get(&format!("/api/v1/shared/{}", known.share)).await.ok();
    server.stop().await;
}

/// A folder for a data directory and archives, removed on drop.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// An embedded instance in it.
    fn config(&self, name: &str) -> Config {
        let mut config = Config::new(self.path(name));
        config.listen.set_port(0);
        config.bcrypt_cost = 4;
        config
    }
}

/// A stopped embedded instance that was seeded.
async fn seeded(config: &Config) -> Known {
    let server = Server::start_as(config.clone()).await;
    let known = seed(&server).await;
    server.stop().await;
    known
}

async fn create(config: &Config, path: &Path) -> Result<Report, backup::Error> {
    let output = Output::File { path: path.to_owned(), replace: false };
    backup::create(config.clone(), output, Watch::silent()).await
}

async fn verify(path: &Path) -> Result<Report, backup::Error> {
    backup::verify(path.to_owned(), Watch::silent()).await
}

async fn restore(config: &Config, path: &Path) -> Result<Report, backup::Error> {
    backup::restore(config.clone(), path.to_owned(), false, Watch::silent()).await
}

async fn replace(config: &Config, path: &Path) -> Result<Report, backup::Error> {
    backup::restore(config.clone(), path.to_owned(), true, Watch::silent()).await
}

async fn copy(from: &Config, to: &Config) -> Result<Report, backup::Error> {
    backup::copy(from.clone(), to.clone(), false, Watch::silent()).await
}

fn count(report: &Report, name: &str) -> u64 {
    report.totals.iter().find(|total| total.name == name).unwrap().count
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_comes_back_from_its_archive_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    let mut known = seeded(&config).await;
    let made = create(&config, &archive).await.unwrap();
    let mode = std::fs::metadata(&archive).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds password hashes");
    let counts = [("users", 2), ("source_versions", 2), ("shares", 1), ("canvas revisions", 3), ("files", 5)];
    for (name, expected) in counts {
        assert_eq!(count(&made, name), expected, "{name}");
    }
    assert_eq!(verify(&archive).await.unwrap(), made);
    let other = folder.config("b");
    assert_eq!(restore(&other, &archive).await.unwrap().totals, made.totals);
    assert_eq!(create(&other, &folder.path("b.tar.zst")).await.unwrap().totals, made.totals);
    serves(&other, &mut known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_that_signs_tokens_is_in_no_archive() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    seeded(&config).await;
    create(&config, &archive).await.unwrap();
    let secret = std::fs::read(folder.path("a/jwt-secret")).unwrap();
    let bytes = archives::unpacked(&archive);
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_instance_can_be_backed_up_too() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    Server::start_as(config.clone()).await.stop().await;
    let made = create(&config, &archive).await.unwrap();
    assert!(made.totals.iter().all(|total| total.count == 0), "{made:?}");
    assert_eq!(restore(&folder.config("b"), &archive).await.unwrap().totals, made.totals);
    Server::start_as(folder.config("b")).await.stop().await;
}

/// Deleted rows are left out: what refers to a deleted project would refer to nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_marked_as_deleted_does_not_come_back() {
    let folder = Folder::new();
    let (config, archive) = (folder.config("a"), folder.path("a.tar.zst"));
    let server = Server::start_as(config.clone()).await;
    seed(&server).await;
    sqlx::query("update projects set deleted_us = 1").execute(&server.app.pool).await.unwrap();
    let made = create(&config, &archive).await.unwrap();
    for gone in ["projects", "members", "data_sources", "source_versions", "canvases", "shares", "files"] {
        assert_eq!(count(&made, gone), 0, "{gone}");
    }
    assert_eq!((count(&made, "users"), count(&made, "api_tokens")), (2, 1));
    verify(&archive).await.unwrap();
    server.stop().await;
}
