//! Processes that are killed while working, many times over: what was acknowledged is there afterwards, and
//! nothing is half done. Counts go to stderr.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use http::Method;
use serde_json::{Value, json};

use crate::canvases::document;
use crate::process::{Process, Setup};
use crate::services::{Kind, Service};
use crate::support::{Person, Server, soon};
use crate::{faults, services};

/// What was acknowledged, and what has to be there because of it.
#[derive(Default)]
struct Acknowledged {
    /// Content by version.
    uploads: Mutex<BTreeMap<u64, String>>,
    /// Title by revision.
    saves: Mutex<BTreeMap<u64, String>>,
    /// Requests without an answer, or with a 503.
    unknown: AtomicU32,
    stop: AtomicBool,
}

impl Acknowledged {
    fn add(&self, to: &Mutex<BTreeMap<u64, String>>, number: &Value, content: String) {
        let before = to.lock().unwrap().insert(number.as_u64().unwrap(), content);
        assert_eq!(before, None, "{number} was acknowledged twice");
    }

    fn count(&self) -> usize {
        self.uploads.lock().unwrap().len() + self.saves.lock().unwrap().len()
    }

    fn unknown(&self) {
        self.unknown.fetch_add(1, Ordering::SeqCst);
    }
}

/// Uploads a new file again and again, until stopped or the server is gone.
async fn upload(who: Person, path: String, seed: String, acknowledged: Arc<Acknowledged>) {
    for number in 0.. {
        if acknowledged.stop.load(Ordering::SeqCst) {
            return;
        }
        let csv: String = std::iter::once("n,who\n".to_owned())
            .chain((0..200).map(|row| format!("{row},{seed}-{number}\n")))
            .collect();
        let request = who.request(Method::PUT, &path).header("content-type", "text/csv").body(csv.clone());
        match answer(request).await {
            Some((201, answer)) => {
                acknowledged.add(&acknowledged.uploads, &answer["version"]["version"], csv);
            }
            Some((503, _)) => acknowledged.unknown(),
            Some((status, answer)) => panic!("{status} {answer}"),
            None => return acknowledged.unknown(),
        }
    }
}

/// Saves over whatever there is, again and again.
async fn save(who: Person, path: String, seed: String, acknowledged: Arc<Acknowledged>) {
    for number in 0.. {
        if acknowledged.stop.load(Ordering::SeqCst) {
            return;
        }
        let mut next = document("c");
        next["metadata"]["title"] = json!(format!("{seed}-{number}"));
        let request = who.request(Method::PUT, &path).header("if-match", "*").json(&next);
        match answer(request).await {
            Some((200, answer)) => {
                let title = format!("{seed}-{number}");
                acknowledged.add(&acknowledged.saves, &answer["revision"]["revision"], title);
            }
            // Everyone saves over everyone; some come too late too often.
            Some((409, _)) => {}
            Some((503, _)) => acknowledged.unknown(),
            Some((status, answer)) => panic!("{status} {answer}"),
            None => return acknowledged.unknown(),
        }
    }
}

/// `None`: the server is gone.
async fn answer(request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, serde_json::from_slice(&response.bytes().await.ok()?).ok()?))
}

const UPLOADERS: usize = 2;
const SAVERS: usize = 3;

/// Begins the load, and returns its end.
fn load(
    who: &[Person],
    project: &str,
    round: usize,
    acknowledged: &Arc<Acknowledged>,
) -> impl Future<Output = ()> + use<> {
    let tasks: Vec<_> = (0..UPLOADERS + SAVERS)
        .map(|task| {
            let who = who[task % who.len()].clone();
            let (seed, acknowledged) = (format!("{round}-{task}"), Arc::clone(acknowledged));
            if task < UPLOADERS {
                tokio::spawn(upload(who, format!("{project}/sources/s"), seed, acknowledged))
            } else {
                tokio::spawn(save(who, format!("{project}/canvases/c"), seed, acknowledged))
            }
        })
        .collect();
    async {
        soon("the load ends", async {
            for task in tasks {
                task.await.unwrap();
            }
        })
        .await;
    }
}

fn chance() -> u64 {
    uuid::Uuid::now_v7().as_u64_pair().1
}

/// Waits until so many more were acknowledged, and a moment of chance longer.
async fn until(count: impl Fn() -> usize, more: usize) {
    let goal = count() + more;
    soon("so many writes are acknowledged", async {
        while count() < goal {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for _ in 0..chance() % 3_000 {
        tokio::task::yield_now().await;
    }
}

/// Every acknowledged write is there, and everything that is there is whole.
async fn check(who: &Person, project: &str, acknowledged: &Acknowledged, uploads: &Path) {
    let source = format!("{project}/sources/s");
    let versions = who.get(&source).await.ok()["versions"].as_u64().unwrap();
    for version in 1..=versions {
        let content = who.get(&format!("{source}/content?version={version}")).await.text();
        assert_eq!(content.lines().count(), 201, "version {version} is half");
        if let Some(expected) = acknowledged.uploads.lock().unwrap().get(&version) {
            assert_eq!(content, *expected, "version {version}");
        }
    }
    let last = acknowledged.uploads.lock().unwrap().last_key_value().map(|(version, _)| *version);
    assert!(last.is_none_or(|last| last <= versions), "{last:?} of {versions}");
    assert_eq!(faults::uploads_in(uploads), (0, usize::try_from(versions).unwrap()));
    let canvas = format!("{project}/canvases/c");
    let newest = who.get(&canvas).await.ok()["revision"]["revision"].as_u64().unwrap();
    let mut titles = BTreeMap::new();
    for revision in 1..=newest {
        let kept = who.get(&format!("{canvas}/history/{revision}")).await.ok();
        // Each save has a title of its own.
        let title = kept["canvas"]["metadata"]["title"].to_string();
        if let Some(before) = titles.insert(title, revision) {
            panic!("what was saved as revision {before} was saved again as revision {revision}");
        }
        if let Some(expected) = acknowledged.saves.lock().unwrap().get(&revision) {
            assert_eq!(kept["canvas"]["metadata"]["title"], **expected, "revision {revision}");
        }
    }
    let last = acknowledged.saves.lock().unwrap().last_key_value().map(|(revision, _)| *revision);
    assert!(last.is_none_or(|last| last <= newest), "{last:?} of {newest}");
}

async fn prepare(who: &Person) -> String {
    let project = who.project("p").await;
    who.upload(&format!("{project}/sources/s"), "n,who\n".to_owned() + &"1,x\n".repeat(200)).await.created();
    who.post(&format!("{project}/canvases"), document("c")).await.created();
    project
}

fn report(what: &str, faults: usize, acknowledged: &Acknowledged) {
    services::say(&format!(
        "{what}: {faults} times ended; {} uploads and {} saves acknowledged, {} without an answer or refused; 0 lost, 0 half",
        acknowledged.uploads.lock().unwrap().len(),
        acknowledged.saves.lock().unwrap().len(),
        acknowledged.unknown.load(Ordering::SeqCst),
    ));
}

async fn kill_servers(what: &str, setup: &Setup, rounds: usize) {
    let acknowledged = Arc::new(Acknowledged::default());
    let mut project = String::new();
    for round in 0..rounds {
        let process = Process::start(setup);
        let ann = process.sign_in("ann").await;
        if round == 0 {
            project = prepare(&ann).await;
        }
        check(&ann, &project, &acknowledged, &setup.uploads()).await;
        let load = load(&[ann], &project, round, &acknowledged);
        until(|| acknowledged.count(), 8).await;
        process.kill();
        load.await;
    }
    let process = Process::start(setup);
    check(&process.sign_in("ann").await, &project, &acknowledged, &setup.uploads()).await;
    process.kill();
    report(what, rounds, &acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_sqlite_is_killed_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    kill_servers("server on SQLite", &Setup::embedded(dir.path()), 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_postgresql_and_mongodb_is_killed_again_and_again() {
    let (Some(database_url), Some(mongodb_url)) = (services::postgres().await, services::mongodb()) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let setup = Setup {
        data_dir: dir.path().join("data"),
        database_url: Some(database_url),
        mongodb_url: Some(mongodb_url),
        uploads_dir: Some(dir.path().join("uploads")),
        drain_ms: None,
    };
    kill_servers("server on PostgreSQL and MongoDB", &setup, 6).await;
}

/// Ends one store again and again under the load of two servers: two kills, one orderly stop, two kills, ...
async fn end_store(kind: Kind, rounds: usize) {
    let (Some(mut postgres), Some(mut mongodb)) =
        (Service::durable(Kind::Postgres), Service::durable(Kind::MongoDb))
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "s".repeat(64)).unwrap();
    let (database_url, mongodb_url) = (services::new_database(&postgres.url).await, mongodb.url.clone());
    let start = || {
        Server::start_with(|config| {
            config.database_url = Some(database_url.clone());
            config.mongodb_url = Some(mongodb_url.clone());
            config.uploads_dir = Some(dir.path().join("uploads"));
            config.jwt_secret_file = Some(secret.clone());
        })
    };
    let servers = [start().await, start().await];
    let ann = servers[0].sign_up("ann").await;
    let people = [ann.clone(), servers[1].with_token(ann.token.clone().unwrap())];
    let project = prepare(&ann).await;
    let acknowledged = Arc::new(Acknowledged::default());
    let load = load(&people, &project, 0, &acknowledged);
    // Of the kind of writes that this store takes.
    let count = || match kind {
        Kind::Postgres => acknowledged.uploads.lock().unwrap().len(),
        Kind::MongoDb => acknowledged.saves.lock().unwrap().len(),
    };
    for round in 0..rounds {
        until(count, 8).await;
        let store = if matches!(kind, Kind::Postgres) { &mut postgres } else { &mut mongodb };
        tokio::task::block_in_place(|| {
            if round % 3 == 2 {
                store.stop();
            } else {
                store.kill();
            }
            store.start();
        });
    }
    until(count, 8).await;
    acknowledged.stop.store(true, Ordering::SeqCst);
    load.await;
    // An upload whose commit got no answer keeps its files until the next start, which checks whether it is a version.
    let [one, other] = servers;
    drop((ann, people));
    one.stop().await;
    other.stop().await;
    let server = start().await;
    let session = server.login("ann").await;
    let ann = server.with_token(session["access_token"].as_str().unwrap());
    check(&ann, &project, &acknowledged, &dir.path().join("uploads")).await;
    report(&format!("{kind:?} under two servers"), rounds, &acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn mongodb_is_killed_and_stopped_again_and_again_under_load() {
    end_store(Kind::MongoDb, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_killed_and_stopped_again_and_again_under_load() {
    end_store(Kind::Postgres, 6).await;
}
