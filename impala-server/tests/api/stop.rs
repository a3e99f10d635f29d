//! Stopping: running requests end, new ones are refused.

use std::process::ExitStatus;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::faults;
use crate::process::{Process, Setup};
use crate::support::{PASSWORD, Server, soon};

#[tokio::test]
async fn a_request_at_work_is_answered_before_the_server_ends() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    let addr = server.anyone().url.trim_start_matches("http://").to_owned();
    let body = format!("{{\"username\": \"ann\", \"password\": \"{PASSWORD}\"}}");
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut connection = TcpStream::connect(&addr).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut buffer = [0; 25];
    connection.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"HTTP/1.1 100 Continue\r\n\r\n", "the handler waits for the body");

    let stopping = tokio::spawn(server.stop());
    soon("the server takes no new connections", async {
        while TcpStream::connect(&addr).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    stopping.await.unwrap();
}

/// A file of so many bytes, made as it is sent: one long text a line.
fn rows(bytes: usize) -> impl Iterator<Item = Bytes> {
    let line = Bytes::from(format!("{}\n", "x".repeat(1 << 20)));
    std::iter::once(Bytes::from_static(b"text\n")).chain(std::iter::repeat_n(line, bytes >> 20))
}

/// Sends 300 MB to a server that is stopped after the first 20 of them; `None`: it ended without an answer.
async fn upload_while_it_ends(setup: &Setup) -> (Option<StatusCode>, ExitStatus) {
    let process = Process::start(setup);
    let ann = process.sign_in("ann").await;
    let path = format!("{}/sources/s", ann.project("p").await);
    ann.upload(&path, "text\nold\n").await.created();
    let (sent, is_sent) = tokio::sync::oneshot::channel();
    let mut sent = Some(sent);
    let pieces = rows(300 << 20).enumerate().map(move |(index, piece)| {
        if index == 20 {
            let _ = sent.take().unwrap().send(());
        }
        Ok::<_, std::io::Error>(piece)
    });
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let upload = ann.request(Method::PUT, &path).header("content-type", "text/csv").body(body).send();
    let upload = tokio::spawn(upload);
    is_sent.await.unwrap();
    process.terminate();
    let status = upload.await.unwrap().ok().map(|answer| answer.status());
    let ended = tokio::task::spawn_blocking(move || process.wait()).await.unwrap();
    (status, ended)
}

/// What is there when it starts again.
async fn versions(dir: &Arc<tempfile::TempDir>) -> u64 {
    let server = Server::start_on(Arc::clone(dir)).await;
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    let source = ann.get("/api/v1/projects/ann/p/sources/s").await.ok();
    let versions = source["versions"].as_u64().unwrap();
    assert_eq!(faults::uploads(&server), (0, usize::try_from(versions).unwrap()), "nothing is left over");
    versions
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_under_way_at_the_end_goes_through() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let setup = Setup { drain_ms: Some(120_000), ..Setup::embedded(dir.path()) };
    let (status, ended) = upload_while_it_ends(&setup).await;
    assert_eq!(status, Some(StatusCode::CREATED));
    assert!(ended.success(), "{ended}");
    assert_eq!(versions(&dir).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_does_not_end_in_time_leaves_what_was_there() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let setup = Setup { drain_ms: Some(1), ..Setup::embedded(dir.path()) };
    let (status, ended) = upload_while_it_ends(&setup).await;
    assert_eq!(status, None, "the connection breaks, which clients take as a reason to try again");
    assert!(ended.success(), "{ended}");
    assert_eq!(versions(&dir).await, 1);
}
