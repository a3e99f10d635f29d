//! What is left when an upload is cut off, a server killed, or a disk full: the state before, and nothing else.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::{Process, Setup};
use crate::support::{Person, Server};

/// How many unfinished and finished uploads the server has on disk.
pub fn uploads(server: &Server) -> (usize, usize) {
    uploads_in(&server.dir.path().join("uploads"))
}

/// As [`uploads`], in that folder of uploads.
pub fn uploads_in(uploads: &Path) -> (usize, usize) {
    let entries = |dir: &Path| -> Vec<_> {
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let (tmp, projects): (Vec<_>, Vec<_>) =
        entries(uploads).into_iter().partition(|path| path.ends_with("tmp"));
    // Every server has a folder of its own there, with a lock.
    let benches = tmp.iter().flat_map(|dir| entries(dir)).filter(|path| path.is_dir());
    let unfinished = benches.flat_map(|dir| entries(&dir)).filter(|path| !path.ends_with("lock")).count();
    (unfinished, projects.iter().filter(|path| path.is_dir()).flat_map(|dir| entries(dir)).count())
}

/// Begins an upload of `length` bytes; it is at work when this returns, and has sent nothing yet.
pub async fn begin(who: &Person, path: &str, length: usize) -> TcpStream {
    let mut connection = TcpStream::connect(who.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n",
        who.token.as_deref().unwrap_or_default()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut buffer = [0; 25];
    connection.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"HTTP/1.1 100 Continue\r\n\r\n", "the upload waits for its bytes");
    connection
}

/// Sends the rest of what [`begin`] began, and returns the answer.
pub async fn finish(connection: &mut TcpStream, rest: &[u8]) -> String {
    connection.write_all(rest).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn until(is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_half_way_leaves_nothing() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let path = format!("{}/sources/s", ann.project("p").await);
    ann.upload(&path, "n\n1\n").await.created();
    let mut connection = begin(&ann, &path, 1_000_000).await;
    connection.write_all(b"n\n1\n2\n").await.unwrap();
    assert_eq!(uploads(&server), (1, 1));
    drop(connection);
    until(|| uploads(&server) == (0, 1)).await;
    assert_eq!(ann.get(&path).await.ok()["versions"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_shorter_than_promised_is_no_file() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let path = format!("{}/sources/s", ann.project("p").await);
    let mut connection = begin(&ann, &path, 100).await;
    connection.write_all(b"n\n1\n").await.unwrap();
    connection.shutdown().await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    until(|| uploads(&server) == (0, 0)).await;
    ann.get(&path).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_uploads_of_one_user_stop_nobody_else() {
    let server = Server::start().await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let (anns, bobs) = (ann.project("p").await, bob.project("p").await);
    let path = format!("{anns}/sources/s");
    let made = ann.upload(&path, "n\n0\n").await.created();
    let sha256 = &made["version"]["sha256"];
    let contract = json!({"schema": {"fields": [{"name": "n"}]}, "on_drift": "fail"});
    let contract = ann.post(&format!("{anns}/contracts"), contract).await.ok();
    let contract = format!("contract={}", contract["id"].as_str().unwrap());
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(begin(&ann, &path, 100).await);
    }
    let refused = ann.upload(&path, "n\n1\n").await;
    refused.problem(429, "too_many_requests");
    assert_eq!(refused.header("retry-after"), "5");
    // When asked whether a file need be sent, the server reads the one that it has: that is an upload, too.
    ann.post(&format!("{path}/known?{contract}"), json!({"sha256": sha256}))
        .await
        .problem(429, "too_many_requests");
    bob.upload(&format!("{bobs}/sources/s"), "n\n1\n").await.created();
    drop(idle);
    until(|| uploads(&server) == (0, 2)).await;
    let known = ann.post(&format!("{path}/known?{contract}"), json!({"sha256": sha256})).await.ok();
    assert_eq!(known["upload"]["unchanged"], true);
    ann.upload(&path, "n\n1\n").await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_whose_header_does_not_end_is_refused_while_it_is_sent() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let path = format!("{}/sources", ann.project("p").await);
    let mut connection = TcpStream::connect(ann.url.trim_start_matches("http://")).await.unwrap();
    let start = "--B\r\nX: ";
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: multipart/form-data; boundary=B\r\n\r\n{:x}\r\n{start}\r\n",
        ann.token.as_deref().unwrap(),
        start.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // 80 KB, and the form is not over.
    for _ in 0..10 {
        let piece = format!("2000\r\n{}\r\n", "x".repeat(0x2000));
        connection.write_all(piece.as_bytes()).await.unwrap();
    }
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}

#[tokio::test]
async fn a_form_that_says_it_is_too_large_is_refused_at_once() {
    let server = Server::start_with(|config| config.limits.upload_bytes = 1_000).await;
    let ann = server.sign_up("ann").await;
    let path = format!("{}/sources", ann.project("p").await);
    let request =
        ann.request(http::Method::POST, &path).header("content-type", "multipart/form-data; boundary=B");
    let body = "x".repeat(100_000);
    crate::support::Answer::of(request.body(body)).await.problem(413, "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_during_an_upload_starts_with_the_old_version_and_no_leftovers() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let setup = Setup::embedded(dir.path());
    let process = Process::start(&setup);
    let ann = process.sign_in("ann").await;
    let path = format!("{}/sources/s", ann.project("p").await);
    ann.upload(&path, "n\n1\n").await.created();
    let mut connection = begin(&ann, &path, 1_000_000).await;
    connection.write_all("2\n".repeat(100_000).as_bytes()).await.unwrap();
    assert_eq!(uploads_in(&setup.uploads()), (1, 1));
    process.kill();
    assert_eq!(uploads_in(&setup.uploads()), (1, 1), "no server was left to clean up");

    let server = Server::start_on(Arc::clone(&dir)).await;
    assert_eq!(uploads(&server), (0, 1));
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    assert_eq!(ann.get(&path).await.ok()["versions"], 1);
    assert_eq!(ann.get(&format!("{path}/content")).await.text(), "n\n1\n");
    assert_eq!(ann.upload(&path, "n\n2\n").await.created()["version"]["version"], 2);
}

#[tokio::test]
async fn files_and_documents_that_no_row_names_go_at_the_next_start() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.upload(&format!("{project}/sources/s"), "n\n1\n").await.created();
    let canvas = crate::canvases::document("c");
    ann.post(&format!("{project}/canvases"), canvas).await.created();
    // What a crash leaves between the rename and the commit, and between a canvas's document and its row.
    let id =
        impala_server::store::uploads::UploadId { project: server.app.new_id(), upload: server.app.new_id() };
    let draft = server.app.uploads.begin(id).unwrap();
    std::fs::write(draft.csv(), "n\n2\n").unwrap();
    std::fs::write(draft.parquet(), "").unwrap();
    server.app.uploads.publish(draft, "ff").unwrap();
    let stray = crate::stores::saved(server.app.new_id(), 1, "stray");
    server.app.canvases.put(&stray).await.unwrap();
    assert_eq!(uploads(&server), (0, 2));

    let token = ann.token.clone().unwrap();
    let server = server.restart().await;
    assert_eq!(uploads(&server), (0, 1));
    assert_eq!(server.app.canvases.get(stray.id).await.unwrap(), None);
    let ann = server.with_token(token);
    assert_eq!(ann.get(&format!("{project}/sources/s/content")).await.text(), "n\n1\n");
    ann.get(&format!("{project}/canvases/c")).await.ok();
}

/// A small file system, where one may be mounted; it is unmounted on drop.
pub struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    pub fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={size}");
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).output().ok()?;
        done.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_nothing() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let Some(_disk) = SmallDisk::mount(&dir.path().join("uploads"), "1m") else {
        crate::services::say("LEFT OUT: no small file system may be mounted here");
        return;
    };
    let server = Server::start_on(Arc::clone(&dir)).await;
    let ann = server.sign_up("ann").await;
    let path = format!("{}/sources/s", ann.project("p").await);
    ann.upload(&path, "n\n1\n").await.created();
    let large: String =
        std::iter::once("n\n".to_owned()).chain((0..300_000).map(|n| format!("{n}\n"))).collect();
    ann.upload(&path, large).await.problem(507, "storage_full");
    // The bytes fit, their Parquet does not.
    let tight: String = std::iter::once("n\n".to_owned())
        .chain((0..115_000_u64).map(|n| format!("{}\n", n * 829_338_451 % 9_999_991)))
        .collect();
    ann.upload(&path, tight).await.problem(507, "storage_full");
    assert_eq!(uploads(&server).0, 0);
    assert_eq!(ann.get(&format!("{path}/content?version=1")).await.text(), "n\n1\n");
    ann.upload(&path, "n\n2\n").await.created();
}
