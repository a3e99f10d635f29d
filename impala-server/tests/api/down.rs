//! A MongoDB that is down: what needs no canvas works, and nothing is half done when it is back.

use std::time::{Duration, Instant};

use impala_server::service::recovery;

use crate::canvases::document;
use crate::services::{Kind, Service};
use crate::support::{Answer, Server};

/// How long the driver waits for a MongoDB by default: clients are answered before that.
const DRIVERS_PATIENCE: Duration = Duration::from_secs(30);

fn refused(answer: &Answer) {
    answer.problem(503, "unavailable");
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_mongodb_all_works_that_needs_no_canvas() {
    let Some(mut mongodb) = Service::durable(Kind::MongoDb) else { return };
    let url = mongodb.url.clone();
    let server = Server::start_with(|config| config.mongodb_url = Some(url)).await;
    let ann = server.sign_up("ann").await;
    let (kept, gone) = (ann.project("kept").await, ann.project("gone").await);
    for project in [&kept, &gone] {
        ann.post(&format!("{project}/canvases"), document("c")).await.created();
    }
    let canvas = format!("{kept}/canvases/c");
    let tag = ann.tag(&canvas, 1).await;
    assert_eq!(server.anyone().get("/readyz").await.text(), "ready\n");

    mongodb.kill();
    let began = Instant::now();
    let canvases = format!("{kept}/canvases");
    let delete = ann.request(http::Method::DELETE, &canvas).header("if-match", &tag);
    let (ready, read, list, made, deleted) = tokio::join!(
        ann.get("/readyz"),
        ann.get(&canvas),
        ann.get(&canvases),
        ann.post(&canvases, document("d")),
        Answer::of(delete),
    );
    assert!(began.elapsed() < DRIVERS_PATIENCE, "{:?}", began.elapsed());
    for answer in [&ready, &read, &list, &made, &deleted] {
        refused(answer);
    }
    assert!(ready.json()["detail"].as_str().unwrap().contains("MongoDB"), "{}", ready.text());
    assert_eq!(ann.get("/healthz").await.text(), "ok\n");
    let session = server.login("ann").await;
    assert!(session["access_token"].is_string());
    let new = ann.project("new").await;
    ann.upload(&format!("{new}/sources/s"), "n\n1\n").await.created();
    assert_eq!(ann.get(&format!("{new}/sources/s/content")).await.text(), "n\n1\n");
    // Gone at once for everyone; its documents go once they can be reached.
    ann.delete(&gone).await.no_content();
    ann.get(&gone).await.problem(404, "not_found");

    mongodb.start();
    assert_eq!(ann.get(&canvas).await.ok()["revision"]["revision"], 1);
    assert_eq!(ann.get("/readyz").await.text(), "ready\n");
    ann.get(&format!("{kept}/canvases/d")).await.problem(404, "not_found");
    assert_eq!(server.app.canvases.ids(None, 9).await.unwrap().len(), 2);
    recovery::sweep(&server.app).await.unwrap();
    assert_eq!(server.app.canvases.ids(None, 9).await.unwrap().len(), 1);
    ann.post(&format!("{kept}/canvases"), document("d")).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_starts_without_mongodb_and_works_with_it_later() {
    let Some(mut mongodb) = Service::durable(Kind::MongoDb) else { return };
    mongodb.stop();
    let url = mongodb.url.clone();
    let server = Server::start_with(|config| config.mongodb_url = Some(url)).await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    refused(&ann.get("/readyz").await);
    refused(&ann.post(&format!("{project}/canvases"), document("c")).await);
    mongodb.start();
    ann.post(&format!("{project}/canvases"), document("c")).await.created();
    assert_eq!(ann.get("/readyz").await.text(), "ready\n");
}

#[tokio::test]
async fn a_mongodb_url_that_is_none_stops_the_start_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = impala_server::Config::new(dir.path());
    config.mongodb_url = Some("mongodb://ann:geheim@host:port/impala".to_owned());
    let error = impala_server::connect(config).await.err().unwrap();
    let message = format!("{error}: {}", std::error::Error::source(&error).unwrap());
    assert!(message.contains("the MongoDB URL") && !message.contains("geheim"), "{message}");
    assert!(!format!("{error:?}").contains("geheim"), "{error:?}");
}
