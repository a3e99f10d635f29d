//! Backups of an instance in use: what is restored is a state that existed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use http::Method;
use impala_server::Config;
use serde_json::json;

use super::{Folder, create, restore, verify};
use crate::canvases::document;
use crate::support::{Person, Server, soon};

/// Stops the writers.
#[derive(Default)]
struct Work {
    stop: AtomicBool,
    rounds: AtomicU64,
}

impl Work {
    fn goes_on(&self) -> bool {
        self.rounds.fetch_add(1, Ordering::Relaxed);
        !self.stop.load(Ordering::Relaxed)
    }
}

/// Uploads a file that says n, and then saves a canvas that says n: no canvas may know more than its source.
async fn uploads_and_saves(ann: Person, project: String, work: Arc<Work>) {
    ann.upload(&format!("{project}/sources/s"), "n\n0\n").await.created();
    ann.post(&format!("{project}/canvases"), document("c")).await.created();
    let mut n = 1;
    while work.goes_on() {
        ann.upload(&format!("{project}/sources/s"), format!("n\n{n}\n")).await.created();
        let mut canvas = document("c");
        canvas["metadata"]["title"] = json!(format!("{}", n + 1));
        ann.change(Method::PUT, &format!("{project}/canvases/c"), n, &canvas).await.ok();
        n += 1;
    }
}

/// Makes things, and deletes them.
async fn makes_and_deletes(ann: Person, project: String, work: Arc<Work>) {
    let mut n = 0;
    while work.goes_on() {
        n += 1;
        ann.upload(&format!("{project}/sources/d{n}"), format!("n\n{n}\n")).await.created();
        ann.post(&format!("{project}/canvases"), document(&format!("d{n}"))).await.created();
        if n > 3 {
            let old = n - 3;
            ann.delete(&format!("{project}/sources/d{old}")).await.no_content();
            let canvas = format!("{project}/canvases/d{old}");
            ann.change(Method::DELETE, &canvas, 1, &json!(null)).await.no_content();
        }
    }
}

/// Makes whole projects, and deletes them.
async fn makes_projects(ann: Person, work: Arc<Work>) {
    let mut n = 0;
    while work.goes_on() {
        n += 1;
        let project = ann.project(&format!("q{n}")).await;
        for source in ["one", "two"] {
            ann.upload(&format!("{project}/sources/{source}"), format!("n\n{n}\n")).await.created();
        }
        ann.post(&format!("{project}/canvases"), document("c")).await.created();
        if n > 2 {
            ann.delete(&format!("/api/v1/projects/ann/q{}", n - 2)).await.no_content();
        }
    }
}

async fn backups_while_busy(config: Config, folder: &Folder, backups: u64) {
    let server = Server::start_as(config.clone()).await;
    let ann = server.sign_up("ann").await;
    let (first, second) = (ann.project("p").await, ann.project("d").await);
    let work = Arc::new(Work::default());
    let writers = [
        tokio::spawn(uploads_and_saves(ann.clone(), first, Arc::clone(&work))),
        tokio::spawn(makes_and_deletes(ann.clone(), second, Arc::clone(&work))),
        tokio::spawn(makes_projects(ann.clone(), Arc::clone(&work))),
    ];
    let mut archives = Vec::new();
    for n in 0..backups {
        // Something has happened since the last one.
        let busy = async {
            while work.rounds.load(Ordering::Relaxed) < 12 * (n + 1) {
                assert!(writers.iter().all(|writer| !writer.is_finished()), "a writer ended early");
                tokio::task::yield_now().await;
            }
        };
        soon("something happens", busy).await;
        let archive = folder.path(&format!("{n}.tar.zst"));
        let made = create(&config, &archive).await.unwrap();
        archives.push((archive, made));
    }
    work.stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    server.stop().await;
    for (n, (archive, made)) in archives.iter().enumerate() {
        assert_eq!(verify(archive).await.unwrap().totals, made.totals);
        let restored = folder.config(&format!("restored-{n}"));
        assert_eq!(restore(&restored, archive).await.unwrap().totals, made.totals);
        is_whole(restored, config.mongodb_url.is_none()).await;
    }
}

/// Every row has its document and its files, the canvas knows no more than its source, and nothing else is there.
async fn is_whole(config: Config, is_one_moment: bool) {
    let server = Server::start_as(config).await;
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    let mut versions = 0;
    for project in ann.get("/api/v1/projects?limit=100").await.ok()["items"].as_array().unwrap() {
        let path = format!("/api/v1/projects/ann/{}", project["slug"].as_str().unwrap());
        for source in ann.get(&format!("{path}/sources?limit=100")).await.ok()["items"].as_array().unwrap() {
            let source = format!("{path}/sources/{}", source["name"].as_str().unwrap());
            let count = ann.get(&source).await.ok()["versions"].as_u64().unwrap();
            for version in 1..=count {
                let preview = ann.get(&format!("{source}/preview?version={version}")).await.ok();
                assert_eq!(preview["rows_total"], 1);
            }
            versions += count;
        }
        let rows: i64 = sqlx::query_scalar(
            "select count(*) from canvases c join projects p on p.id = c.project_id where p.slug = $1",
        )
        .bind(project["slug"].as_str().unwrap())
        .fetch_one(&server.app.pool)
        .await
        .unwrap();
        let canvases = ann.get(&format!("{path}/canvases?limit=100")).await.ok();
        assert_eq!(canvases["items"].as_array().unwrap().len() as i64, rows, "a row has no document");
    }
    let (unfinished, folders) = crate::faults::uploads_in(&server.app.config.data_dir.join("uploads"));
    assert_eq!((unfinished, folders as u64), (0, versions));
    let known = ann.get("/api/v1/projects/ann/p/canvases/c").await.ok();
    let source = ann.get("/api/v1/projects/ann/p/sources/s").await.ok()["versions"].as_u64().unwrap();
    let title = known["canvas"]["metadata"]["title"].as_str().unwrap();
    let saved: u64 = title.parse().unwrap_or(1);
    assert!(saved <= source, "the canvas says {saved}, the source has {source}");
    // In one database both are of one moment; otherwise documents are of just before.
    assert!(!is_one_moment || saved + 1 >= source, "the canvas says {saved}, the source has {source}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_of_a_busy_instance_are_instances_that_there_were() {
    let folder = Folder::new();
    backups_while_busy(folder.config("a"), &folder, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_of_a_busy_instance_with_other_stores_are_too() {
    let (Some(database), Some(documents)) = (crate::services::postgres().await, crate::services::mongodb())
    else {
        return;
    };
    let folder = Folder::new();
    let config = Config { database_url: Some(database), mongodb_url: Some(documents), ..folder.config("a") };
    backups_while_busy(config, &folder, 4).await;
}
