//! Uploads in pieces that are cut: connections, servers and requests end at any time.

use std::sync::Arc;
use std::time::Duration;

use impala_server::service::resumable;
use jiff::SignedDuration;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::services;
use crate::support::{Answer, Person, Server, soon};
use crate::tus::*;

/// Begins a PATCH of `length` bytes by hand; the server waits for them when this returns.
async fn open_patch(who: &Person, path: &str, at: usize, length: usize) -> TcpStream {
    let mut connection = TcpStream::connect(who.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n\
         Tus-Resumable: 1.0.0\r\nUpload-Offset: {at}\r\nContent-Type: application/offset+octet-stream\r\n\
         Expect: 100-continue\r\n\r\n",
        who.token.as_deref().unwrap_or_default()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut buffer = [0; 25];
    connection.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection
}

async fn until_offset(who: &Person, path: &str, expected: &str) {
    let wait = async { while offset(who, path).await != expected {} };
    tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_before_a_cut_counts_and_a_waiting_request_holds_nobody_up() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let path = begin(&ann, CSV.len()).await;
    let mut connection = open_patch(&ann, &path, 0, CSV.len()).await;
    connection.write_all(&CSV.as_bytes()[..15]).await.unwrap();
    drop(connection);
    until_offset(&ann, &path, "15").await;

    // One that hangs does not know that it is cut off; the next goes on all the same, and what the first then sends is ignored.
    let mut hanging = open_patch(&ann, &path, 15, CSV.len() - 15).await;
    hanging.write_all(b"??").await.unwrap();
    let rest = Answer::of(patch(&ann, &path, 15, &CSV[15..])).await;
    assert_eq!(rest.header("impala-source"), "s@1", "{}", rest.text());
    hanging.write_all("?".repeat(CSV.len() - 17).as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    hanging.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 409");
    assert_eq!(ann.get("/api/v1/projects/ann/p/sources/s/content").await.text(), CSV);
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let path = begin(&ann, CSV.len()).await;
    assert_eq!(Answer::of(patch(&ann, &path, 0, &CSV[..15])).await.status, 204);
    let token = ann.token.clone().unwrap();
    drop(ann);
    let server = server.restart().await;
    let ann = server.with_token(token);
    assert_eq!(offset(&ann, &path).await, "15");
    let last = Answer::of(patch(&ann, &path, 15, &CSV[15..])).await;
    assert_eq!(last.header("impala-source"), "s@1");
}

/// All bytes are there, but the server that read them died: the next request makes the version.
#[tokio::test]
async fn a_version_is_made_once_whoever_dies() {
    let server = Server::start().await;
    let ann = ann(&server).await;
    let path = begin(&ann, CSV.len()).await;
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(Answer::of(patch(&ann, &path, 0, &CSV[..15])).await.status, 204);
    // What a server does before it dies: the last bytes are counted, and it has taken on to make the version.
    let mut part = server.app.uploads.parts().begin(id).unwrap();
    std::io::Write::write_all(&mut part.file, &CSV.as_bytes()[15..]).unwrap();
    use impala_server::store::sql::resumable::{Claim, PartRow, add_part, claim};
    let row = PartRow { at: 15, length: CSV.len() as u64 - 15, name: part.name.clone() };
    let now = server.app.now();
    assert!(add_part(&server.app.pool, id, &row, now + SignedDuration::from_hours(24)).await.unwrap());
    part.keep();
    let dead = server.app.new_id();
    let lease = now + SignedDuration::from_secs(60);
    assert_eq!(claim(&server.app.pool, id, dead, now, lease).await.unwrap(), Claim::Yours(None));

    // No other server claims it as long as that one may be alive; requests wait.
    let mut waiting = Box::pin(resumable::outcome(&server.app, id, Duration::from_secs(3_600)));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    let (other, lease) = (server.app.new_id(), lease + SignedDuration::from_secs(60));
    assert_eq!(claim(&server.app.pool, id, other, server.app.now(), lease).await.unwrap(), Claim::Taken);
    server.clock.advance(SignedDuration::from_secs(61));
    let asked = futures_util::future::join_all((0..4).map(|_| ann.get(&path))).await;
    for answer in asked {
        let upload = &answer.ok()["upload"];
        assert_eq!((&upload["version"]["version"], &upload["unchanged"]), (&json!(1), &json!(false)));
    }
    let waited = soon("the waiting request is answered", waiting).await.unwrap();
    assert!(matches!(waited, Some(resumable::Outcome::Done(_))), "{waited:?}");
    assert_eq!(ann.get("/api/v1/projects/ann/p/sources/s").await.ok()["versions"], 1);
}

/// Two servers over one database and one folder take turns with the pieces of one upload.
#[tokio::test]
async fn several_servers_share_an_upload() {
    let Some(url) = services::postgres().await else { return };
    let shared = Arc::new(tempfile::tempdir().unwrap());
    let key = shared.path().join("key");
    std::fs::write(&key, "k".repeat(32)).unwrap();
    let start = async || {
        let (url, uploads, key) = (url.clone(), shared.path().join("uploads"), key.clone());
        Server::start_with(move |config| {
            config.database_url = Some(url);
            config.uploads_dir = Some(uploads);
            config.jwt_secret_file = Some(key);
        })
        .await
    };
    let (one, two) = (start().await, start().await);
    let ann = ann(&one).await;
    let there = two.with_token(ann.token.clone().unwrap());
    let path = begin(&ann, CSV.len()).await;
    let mut at = 0;
    for (number, piece) in CSV.as_bytes().chunks(7).enumerate() {
        let who = if number % 2 == 0 { &ann } else { &there };
        let answer = Answer::of(patch(who, &path, at, piece)).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        at += piece.len();
    }
    for who in [&ann, &there] {
        assert_eq!(who.get(&path).await.ok()["upload"]["version"]["version"], 1);
        assert_eq!(who.get("/api/v1/projects/ann/p/sources/s/content").await.text(), CSV);
    }
}
