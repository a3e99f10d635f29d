//! A MongoDB whose answers get lost, what a crash leaves there between two steps, and what others see there.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::TryStreamExt as _;
use impala_server::store::StoreError;
use impala_server::store::canvases::CanvasStore;
use impala_server::store::canvases::mongo::MongoCanvases;
use mongodb::IndexModel;
use mongodb::bson::{self, Document, doc};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::canvases::document;
use crate::services;
use crate::stores::{saved, saved_in};
use crate::support::{Answer, Server};

/// A proxy in front of MongoDB, which cuts connections after a request has been answered, before the answer passes.
struct Proxy {
    url: String,
    cuts: Arc<Cuts>,
}

/// What is lost.
#[derive(Default)]
struct Cuts {
    /// Answers to each of [`COMMANDS`] that are still to be lost.
    left: [AtomicU32; 3],
    /// What happens once, after the next lost answer was given and before the client notices.
    in_between: Mutex<Option<InBetween>>,
}

type InBetween = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The commands that write, as they begin in a message.
const COMMANDS: [&[u8]; 3] = [b"\x02update\0", b"\x02aggregate\0", b"\x02delete\0"];
const UPDATE: usize = 0;
const COPY: usize = 1;
const DELETE: usize = 2;

impl Proxy {
    async fn before(url: &str) -> Self {
        let mut url: reqwest::Url = url.parse().unwrap();
        let server = format!("127.0.0.1:{}", url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let cuts = Arc::<Cuts>::default();
        let shared = Arc::clone(&cuts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Self { url: url.into(), cuts }
    }

    /// Loses the next `answers` to that command.
    fn cut(&self, command: usize, answers: u32) {
        self.cuts.left[command].store(answers, Ordering::SeqCst);
    }

    /// As [`Proxy::cut`] of one answer; `in_between` is done before the connection breaks.
    fn cut_after(&self, command: usize, in_between: impl Future<Output = ()> + Send + 'static) {
        *self.cuts.in_between.lock().unwrap() = Some(Box::pin(in_between));
        self.cut(command, 1);
    }

    fn left(&self) -> u32 {
        self.cuts.left.iter().map(|cuts| cuts.load(Ordering::SeqCst)).sum()
    }
}

/// Passes requests and answers, which take turns, until an answer is to be lost.
async fn pass(mut client: TcpStream, mut server: TcpStream, cuts: Arc<Cuts>) {
    let (mut request, mut answer) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut doomed = false;
    loop {
        tokio::select! {
            read = client.read(&mut request) => {
                let Ok(length @ 1..) = read else { return };
                let request = &request[..length];
                for (command, cuts) in COMMANDS.iter().zip(&cuts.left) {
                    let is_it = request.windows(command.len()).any(|window| window == *command);
                    let take = |cuts: u32| cuts.checked_sub(1);
                    doomed |= is_it && cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok();
                }
                server.write_all(request).await.unwrap();
            }
            read = server.read(&mut answer) => {
                let Ok(length @ 1..) = read else { return };
                if doomed {
                    let in_between = cuts.in_between.lock().unwrap().take();
                    if let Some(in_between) = in_between {
                        in_between.await;
                    }
                    return;
                }
                if client.write_all(&answer[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_doubles_nothing() {
    let Some(url) = services::mongodb() else { return };
    let proxy = Proxy::before(&url).await;
    let (store, direct) =
        (MongoCanvases::open(&proxy.url).await.unwrap(), MongoCanvases::open(&url).await.unwrap());
    let mut lost = 0;
    for answers in 1..=2 {
        let id = Uuid::now_v7();
        for revision in 1..=3 {
            for command in [UPDATE, COPY].into_iter().take(if revision == 1 { 1 } else { 2 }) {
                proxy.cut(command, answers);
                lost += answers;
            }
            store.put(&saved(id, revision, "a")).await.unwrap();
            assert_eq!(
                (proxy.left(), direct.history(id, None, 9).await.unwrap().len() as u64),
                (0, revision)
            );
        }
        // The answer that gets lost would have been no.
        proxy.cut(UPDATE, answers);
        let refused = store.put(&saved(id, 3, "b")).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        proxy.cut(DELETE, answers);
        let refused = store.delete_at(id, 2).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert_eq!(direct.get(id).await.unwrap(), Some(saved(id, 3, "a")));
        proxy.cut(DELETE, answers);
        store.delete_at(id, 3).await.unwrap();
        assert_eq!(direct.get(id).await.unwrap(), None);
        lost += 3 * answers;
    }
    assert_eq!(proxy.left(), 0);
    // However often it is retried: the answer is that nothing is known, and the change is made once.
    let id = Uuid::now_v7();
    proxy.cut(UPDATE, 3);
    let unknown = store.put(&saved(id, 1, "a")).await;
    assert!(matches!(unknown, Err(StoreError::Unavailable(_))), "{unknown:?}");
    assert_eq!(direct.history(id, None, 9).await.unwrap().len(), 1);
    services::say(&format!("lost answers: {} injected, 0 writes doubled, 0 lost", lost + 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_another_one_stands_on_is_no_conflict() {
    let Some(url) = services::mongodb() else { return };
    let proxy = Proxy::before(&url).await;
    let store = MongoCanvases::open(&proxy.url).await.unwrap();
    let direct = Arc::new(MongoCanvases::open(&url).await.unwrap());
    let id = Uuid::now_v7();
    for revision in [1, 3, 5] {
        let other = Arc::clone(&direct);
        proxy.cut_after(UPDATE, async move { other.put(&saved(id, revision + 1, "other")).await.unwrap() });
        store.put(&saved(id, revision, "mine")).await.unwrap();
        assert_eq!(direct.get_revision(id, revision).await.unwrap(), Some(saved(id, revision, "mine")));
        assert_eq!(direct.get(id).await.unwrap(), Some(saved(id, revision + 1, "other")));
        // A caller who is too late still gets a conflict.
        let refused = store.put(&saved(id, revision, "mine")).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }
    assert_eq!((proxy.left(), direct.history(id, None, 9).await.unwrap().len()), (0, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_over_whatever_there_is_saves_once() {
    let Some(url) = services::mongodb() else { return };
    let proxy = Proxy::before(&url).await;
    let through = proxy.url.clone();
    let server = Server::start_with(|config| config.mongodb_url = Some(through)).await;
    let direct = MongoCanvases::open(&url).await.unwrap();
    let ann = server.sign_up("ann").await;
    let canvases = format!("{}/canvases", ann.project("p").await);
    ann.post(&canvases, document("c")).await.created();
    let id = direct.ids(None, 9).await.unwrap()[0];
    let mut other = direct.get(id).await.unwrap().unwrap();
    other.revision.revision = 3;
    other.canvas.metadata.title = "other".to_owned();
    proxy.cut_after(UPDATE, async move { direct.put(&other).await.unwrap() });
    let mut mine = document("c");
    mine["metadata"]["title"] = "mine".into();
    let path = format!("{canvases}/c");
    let request = ann.request(http::Method::PUT, &path).header("if-match", "*").json(&mine);
    assert_eq!(Answer::of(request).await.ok()["revision"]["revision"], 2);
    assert_eq!(proxy.left(), 0);
    let newest = ann.get(&path).await.ok();
    assert_eq!(
        (&newest["revision"]["revision"], &newest["canvas"]["metadata"]["title"]),
        (&3.into(), &"other".into())
    );
}

async fn raw(url: &str, name: &str) -> mongodb::Collection<Document> {
    let client = mongodb::Client::with_uri_str(url).await.unwrap();
    client.default_database().unwrap().collection(name)
}

fn bson_id(id: Uuid) -> bson::Uuid {
    bson::Uuid::from_bytes(id.into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_leaves_between_two_steps_shows_nowhere_and_heals() {
    let Some(url) = services::mongodb() else { return };
    let store = MongoCanvases::open(&url).await.unwrap();
    let (newest, earlier) = (raw(&url, "canvases").await, raw(&url, "revisions").await);
    let [saved_only, deleted] = [Uuid::now_v7(), Uuid::now_v7()];
    for id in [saved_only, deleted] {
        for revision in 1..=2 {
            store.put(&saved(id, revision, "a")).await.unwrap();
        }
    }
    // A save that died after its first step: the newest revision is copied, and is the newest still.
    let mut copy = newest.find_one(doc! {"_id": bson_id(saved_only)}).await.unwrap().unwrap();
    copy.insert("_id", doc! {"canvas": bson_id(saved_only), "revision": 2_i64});
    earlier.insert_one(&copy).await.unwrap();
    let history = async || -> Vec<u64> {
        let revisions = store.history(saved_only, None, 9).await.unwrap();
        revisions.iter().map(|revision| revision.revision).collect()
    };
    assert_eq!(history().await, [2, 1]);
    store.put(&saved(saved_only, 3, "b")).await.unwrap();
    assert_eq!(history().await, [3, 2, 1]);
    // A deletion that died after its first step.
    newest.delete_one(doc! {"_id": bson_id(deleted)}).await.unwrap();
    assert_eq!(store.get_revision(deleted, 1).await.unwrap(), None);
    assert_eq!(store.history(deleted, None, 9).await.unwrap(), []);
    assert_eq!(store.ids(None, 9).await.unwrap(), [saved_only]);
    assert_eq!((store.tidy().await.unwrap(), store.tidy().await.unwrap()), (1, 0));
    assert_eq!(earlier.count_documents(doc! {}).await.unwrap(), 2, "those of the other canvas");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_look_into_mongodb_find_dates_and_numbers() {
    let Some(url) = services::mongodb() else { return };
    let store = MongoCanvases::open(&url).await.unwrap();
    let put = saved(Uuid::now_v7(), 1, "Größe");
    store.put(&put).await.unwrap();
    let found = raw(&url, "canvases").await.find_one(doc! {"_id": bson_id(put.id)}).await.unwrap().unwrap();
    assert_eq!(
        found.get_datetime("saved_at").unwrap().try_to_rfc3339_string().unwrap(),
        "2026-01-02T03:04:05.678Z"
    );
    assert_eq!(found.get_str("slug").unwrap(), "c");
    assert_eq!(found.get("project").unwrap(), &bson::Bson::from(bson_id(put.project)));
    let number = |key: &str| found.get_i64(key).unwrap();
    assert_eq!((number("revision"), number("saved_us")), (1, 1_767_323_045_678_901));
    let document = found.get_document("document").unwrap();
    assert_eq!(document.get_document("metadata").unwrap(), &doc! {"slug": "c", "title": "Größe"});
    assert_eq!(document.keys().collect::<Vec<_>>(), ["apiVersion", "kind", "metadata", "spec"]);
}

/// The names of the keys of unique indexes.
async fn unique_keys(canvases: &mongodb::Collection<Document>) -> Vec<Vec<String>> {
    let indexes: Vec<_> = canvases.list_indexes().await.unwrap().try_collect().await.unwrap();
    let is_unique =
        |index: &IndexModel| index.options.as_ref().is_some_and(|options| options.unique == Some(true));
    let keys = |index: IndexModel| index.keys.keys().cloned().collect();
    indexes.into_iter().filter(is_unique).map(keys).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_write_first_at_once_make_the_index_over_slugs_before() {
    for _ in 0..5 {
        let Some(url) = services::mongodb() else { return };
        let project = Uuid::now_v7();
        let puts = (0..8).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let store = MongoCanvases::open(&url).await.unwrap();
                store.put(&saved_in(project, Uuid::now_v7(), 1, "a")).await
            })
        });
        let mut made = 0;
        for put in puts.collect::<Vec<_>>() {
            match put.await.unwrap() {
                Ok(()) => made += 1,
                Err(StoreError::Conflict(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(made, 1);
        let canvases = raw(&url, "canvases").await;
        assert_eq!(canvases.count_documents(doc! {}).await.unwrap(), 1);
        assert_eq!(unique_keys(&canvases).await, [["project", "slug"]]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_where_the_index_over_slugs_cannot_be_made() {
    let Some(url) = services::mongodb() else { return };
    let canvases = raw(&url, "canvases").await;
    let twice = doc! {"project": bson_id(Uuid::nil()), "slug": "c"};
    canvases.insert_many([&twice, &twice]).await.unwrap();
    let store = MongoCanvases::open(&url).await.unwrap();
    for refused in [store.put(&saved(Uuid::now_v7(), 1, "a")).await, store.tidy().await.map(drop)] {
        let Err(StoreError::Refused(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("have the same project and slug"), "{why}");
    }
    assert_eq!(canvases.count_documents(doc! {}).await.unwrap(), 2);
    canvases.delete_one(twice).await.unwrap();
    store.put(&saved(Uuid::now_v7(), 1, "a")).await.unwrap();
}
