//! Server-sent events: changes arrive at the listeners, through any server on the same stores.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::OptionFuture;
use http::Method;
use impala_core::api::events::ProjectEvent;
use impala_core::client::{BearerToken, Client, ClientOptions, EventStream, Follow, Followed};
use impala_server::Config;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::support::{Person, Server, soon};

/// Far beyond what anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// So long that nothing comes by chance.
const NEVER: Duration = Duration::from_secs(3_600);

/// So short that it is soon.
const SOON: Duration = Duration::from_millis(20);

fn client(person: &Person) -> Client {
    let credentials = Arc::new(BearerToken(person.token.clone().unwrap()));
    Client::new(&person.url, ClientOptions { credentials, ..ClientOptions::default() }).unwrap()
}

async fn next(stream: &mut EventStream) -> Option<ProjectEvent> {
    timeout(PATIENCE, stream.next()).await.unwrap().unwrap()
}

/// Begins to listen to `ann/news`, and takes the snapshot.
async fn listen(person: &Person) -> EventStream {
    let mut stream = client(person).events("ann", "news").await.unwrap();
    let first = next(&mut stream).await;
    assert!(matches!(first, Some(ProjectEvent::Snapshot { .. })), "{first:?}");
    stream
}

fn canvas(slug: &str, title: &str) -> Value {
    json!({"apiVersion": "impala/v1", "kind": "Canvas", "metadata": {"slug": slug, "title": title}, "spec": {}})
}

/// `canvas_saved weather#2 by bob`: what an event says, in short.
fn short(event: Option<ProjectEvent>) -> String {
    let event = event.unwrap();
    let what = match &event {
        ProjectEvent::CanvasSaved(state) => {
            format!(" {}#{} by {}", state.canvas, state.revision.revision, state.revision.saved_by)
        }
        ProjectEvent::CanvasDeleted { canvas } => format!(" {canvas}"),
        ProjectEvent::SourceVersion(state) => {
            format!(" {}@{} by {}", state.source, state.version, state.created_by)
        }
        ProjectEvent::SourceDeleted { source } => format!(" {source}"),
        ProjectEvent::RoleChanged { role } => format!(" {}", role.as_str()),
        _ => String::new(),
    };
    format!("{}{what}", event.name())
}

#[tokio::test]
async fn what_one_changes_arrives_at_another_at_once() {
    let server = Server::start_with(|config| config.events.poll = NEVER).await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let project = ann.project("news").await;
    ann.post(&format!("{project}/members"), json!({"username": "bob", "role": "editor"})).await.created();
    let mut stream = listen(&ann).await;
    let mut expect = async |text: &str| assert_eq!(short(next(&mut stream).await), text);

    let (canvases, weather) = (format!("{project}/canvases"), format!("{project}/canvases/weather"));
    bob.post(&canvases, canvas("weather", "Weather")).await.created();
    expect("canvas_saved weather#1 by bob").await;
    bob.change(Method::PUT, &weather, 1, &canvas("weather", "Better weather")).await.ok();
    expect("canvas_saved weather#2 by bob").await;
    let source = format!("{project}/sources/days");
    bob.upload(&source, "a\n1\n").await.created();
    expect("source_version days@1 by bob").await;
    bob.upload(&source, "a\n2\n").await.created();
    expect("source_version days@2 by bob").await;
    bob.post(&format!("{source}/rollback"), json!({"version": 1})).await.ok();
    expect("source_version days@1 by bob").await;
    bob.delete(&source).await.no_content();
    expect("source_deleted days").await;
    bob.change(Method::DELETE, &weather, 2, &json!(null)).await.no_content();
    expect("canvas_deleted weather").await;
    ann.delete(&project).await.no_content();
    expect("project_deleted").await;
    assert_eq!(next(&mut stream).await, None);
}

#[tokio::test]
async fn another_role_arrives_at_once_at_whom_it_is_given_to() {
    let server = Server::start_with(|config| config.events.poll = NEVER).await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let project = ann.project("news").await;
    let make = async |role: &str| {
        ann.post(&format!("{project}/members"), json!({"username": "bob", "role": role})).await
    };
    make("viewer").await.created();
    let (mut of_ann, mut of_bob) = (listen(&ann).await, listen(&bob).await);
    for role in ["editor", "viewer"] {
        make(role).await.ok();
        assert_eq!(short(next(&mut of_bob).await), format!("role_changed {role}"));
    }
    // It is no news for others.
    bob.delete(&format!("{project}/members/bob")).await.no_content();
    assert_eq!(short(next(&mut of_bob).await), "access_lost");
    ann.delete(&project).await.no_content();
    assert_eq!(short(next(&mut of_ann).await), "project_deleted");
}

#[tokio::test]
async fn the_snapshot_tells_all_that_there_is() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("news").await;
    ann.upload(&format!("{project}/sources/days"), "a\n1\n").await.created();
    let view = ann.post(&format!("{project}/canvases"), canvas("weather", "")).await.created();
    let mut stream = client(&ann).events("ann", "news").await.unwrap();
    let Some(ProjectEvent::Snapshot { canvases, sources }) = next(&mut stream).await else {
        panic!("no snapshot");
    };
    assert_eq!((canvases.len(), sources.len()), (1, 1));
    assert_eq!(json!(canvases[0].etag), view["etag"], "it is the tag that a change takes");
    assert_eq!(json!(canvases[0].revision), view["revision"]);
    let source = ann.get(&format!("{project}/sources/days")).await.ok();
    assert_eq!(json!(sources[0].sha256), source["current"]["sha256"]);
    assert_eq!(json!(sources[0].created_at), source["current"]["created_at"]);
}

/// Two servers that share what production servers share: the database, the uploads and the secret.
fn shared(config: &mut Config, dir: &Path) {
    config.database_url = Some(format!("sqlite://{}?mode=rwc", dir.join("shared.db").display()));
    config.mongodb_url = None;
    config.uploads_dir = Some(dir.join("uploads"));
    config.jwt_secret_file = Some(dir.join("secret"));
    config.events.poll = SOON;
}

#[tokio::test]
async fn what_is_saved_at_one_server_arrives_through_the_other() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("secret"), "x".repeat(64)).unwrap();
    let one = Server::start_with(|config| shared(config, dir.path())).await;
    let other = Server::start_with(|config| shared(config, dir.path())).await;
    let ann = one.sign_up("ann").await;
    let project = ann.project("news").await;
    let elsewhere = other.with_token(ann.token.clone().unwrap());
    let mut streams = [listen(&elsewhere).await, listen(&elsewhere).await];
    assert_eq!(other.app.events.watched(), 1, "all listeners share one watcher");
    ann.post(&format!("{project}/canvases"), canvas("weather", "")).await.created();
    for stream in &mut streams {
        assert_eq!(short(next(stream).await), "canvas_saved weather#1 by ann");
    }
    ann.upload(&format!("{project}/sources/days"), "a\n1\n").await.created();
    for stream in &mut streams {
        assert_eq!(short(next(stream).await), "source_version days@1 by ann");
    }
    drop(streams);
    timeout(PATIENCE, async {
        while other.app.events.watched() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the watcher ends with its last listener");
}

#[tokio::test]
async fn a_stop_ends_the_streams_at_once() {
    let server = Server::start_with(|config| config.drain_timeout = NEVER).await;
    let ann = server.sign_up("ann").await;
    ann.project("news").await;
    let mut stream = listen(&ann).await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!(next(&mut stream).await, None);
    drop((ann, stream));
    timeout(PATIENCE, stopping).await.expect("the stop does not wait for streams").unwrap();
}

#[tokio::test]
async fn who_is_put_out_hears_no_more() {
    let server = Server::start_with(|config| config.events.poll = NEVER).await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let project = ann.project("news").await;
    let refused = client(&bob).events("ann", "news").await.err().and_then(|error| error.status());
    assert_eq!(refused, Some(404));
    ann.post(&format!("{project}/members"), json!({"username": "bob", "role": "viewer"})).await.created();
    let (mut anns, mut bobs) = (listen(&ann).await, listen(&bob).await);
    ann.delete(&format!("{project}/members/bob")).await.no_content();
    assert_eq!(short(next(&mut bobs).await), "access_lost");
    assert_eq!(next(&mut bobs).await, None);
    ann.post(&format!("{project}/canvases"), canvas("weather", "")).await.created();
    assert_eq!(short(next(&mut anns).await), "canvas_saved weather#1 by ann");
}

#[tokio::test]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let server = Server::start_with(|config| config.events.recheck = SOON).await;
    let ann = server.sign_up("ann").await;
    ann.project("news").await;
    let made = ann.post("/api/v1/tokens", json!({"name": "tui", "scopes": ["read"]})).await.created();
    let mut by_token = listen(&server.with_token(made["secret"].as_str().unwrap())).await;
    let mut by_session = listen(&ann).await;
    let token = made["token"]["id"].as_str().unwrap();
    ann.delete(&format!("/api/v1/tokens/{token}")).await.no_content();
    assert_eq!(next(&mut by_token).await, None);
    server.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(next(&mut by_session).await, None);
}

#[tokio::test]
async fn one_user_has_so_many_streams() {
    let server = Server::start_with(|config| config.events.streams_per_user = 2).await;
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let project = ann.project("news").await;
    ann.post(&format!("{project}/members"), json!({"username": "bob", "role": "viewer"})).await.created();
    let streams = [listen(&ann).await, listen(&ann).await];
    let path = format!("{project}/events");
    let refused = ann.get(&path).await;
    refused.problem(429, "too_many_requests");
    assert_eq!(refused.header("retry-after"), "10");
    listen(&bob).await;
    drop(streams);
    timeout(PATIENCE, async { while ann.get(&path).await.status == 429 {} })
        .await
        .expect("seats are given back");
}

#[tokio::test]
async fn proxies_and_caches_are_told_to_keep_out_of_it() {
    let server = Server::start_with(|config| config.events.keep_alive = SOON).await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("news").await;
    let mut answer = ann.request(Method::GET, &format!("{project}/events")).send().await.unwrap();
    for (name, value) in
        [("content-type", "text/event-stream"), ("cache-control", "no-store"), ("x-accel-buffering", "no")]
    {
        assert_eq!(answer.headers()[name], value);
    }
    let mut text = String::new();
    while !text.contains("\n\n:") {
        let chunk = timeout(PATIENCE, answer.chunk()).await.expect("a comment keeps it alive").unwrap();
        text += std::str::from_utf8(&chunk.expect("it goes on")).unwrap();
    }
    // Comments come before it, too, when the stores are slow.
    let text = text.trim_start_matches(":\n\n");
    assert!(text.starts_with("event: snapshot\ndata: {\"type\":\"snapshot\","), "{text}");
}

#[tokio::test]
async fn while_a_store_is_down_nothing_is_said() {
    let server = Server::start_with(|config| {
        config.events.poll = SOON;
        config.events.recheck = SOON;
    })
    .await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("news").await;
    let mut stream = listen(&ann).await;
    let sql = async |text: &'static str| sqlx::query(text).execute(&server.app.pool).await.unwrap();
    sql("alter table canvas_documents rename to elsewhere").await;
    sql("alter table members rename to nowhere").await;
    let failed = async {
        while server.app.events.failed_looks() < 5 {
            tokio::task::yield_now().await;
        }
    };
    soon("the stores are asked in vain, time and again", failed).await;
    sql("alter table nowhere rename to members").await;
    sql("alter table elsewhere rename to canvas_documents").await;
    ann.post(&format!("{project}/canvases"), canvas("weather", "")).await.created();
    // If anything had been said, it would be what comes first.
    assert_eq!(short(next(&mut stream).await), "canvas_saved weather#1 by ann");
}

/// A gate in front of a server that comes and goes, at an address that stays.
struct Gate {
    url: String,
    behind: watch::Sender<Option<String>>,
    passing: JoinHandle<()>,
}

impl Gate {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (behind, shown) = watch::channel(None);
        let passing = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut outer, _)) = listener.accept().await {
                let address: Option<String> = shown.borrow().clone();
                connections.spawn(async move {
                    // Where no server is, the connection ends at once.
                    if let Some(Ok(mut inner)) = OptionFuture::from(address.map(TcpStream::connect)).await {
                        let _ = copy_bidirectional(&mut outer, &mut inner).await;
                    }
                });
            }
        });
        Self { url, behind, passing }
    }

    /// Leads to that server from now on.
    fn lead_to(&self, server: Option<&Server>) {
        let address = server.map(|server| server.anyone().url.trim_start_matches("http://").to_owned());
        self.behind.send_replace(address);
    }

    /// The same one, by way of the gate.
    fn of(&self, person: &Person) -> Person {
        Person { url: self.url.clone(), ..person.clone() }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

async fn followed(follow: &mut Follow) -> Option<Followed> {
    timeout(PATIENCE, follow.next()).await.unwrap().unwrap()
}

#[tokio::test]
async fn following_goes_on_when_the_server_is_back() {
    let (gate, server) = (Gate::open().await, Server::start().await);
    gate.lead_to(Some(&server));
    let ann = gate.of(&server.sign_up("ann").await);
    let project = ann.project("news").await;
    let mut follow = Follow::new(&client(&ann), "ann", "news");
    let first = followed(&mut follow).await;
    assert!(
        matches!(&first, Some(Followed::Event(ProjectEvent::Snapshot { canvases, .. })) if canvases.is_empty())
    );
    let (dir, clock) = (Arc::clone(&server.dir), Arc::clone(&server.clock));
    gate.lead_to(None);
    server.stop().await;
    let offline = followed(&mut follow).await;
    assert!(matches!(offline, Some(Followed::Offline { .. })), "{offline:?}");
    let server = Server::start_in(dir, clock, |_| {}).await;
    let here = server.with_token(ann.token.clone().unwrap());
    here.post(&format!("{project}/canvases"), canvas("weather", "")).await.created();
    gate.lead_to(Some(&server));
    loop {
        match followed(&mut follow).await {
            Some(Followed::Offline { .. }) => {}
            Some(Followed::Event(ProjectEvent::Snapshot { canvases, .. })) => {
                assert_eq!(canvases.len(), 1, "what was missed is in the snapshot");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    here.delete(&project).await.no_content();
    let last = followed(&mut follow).await;
    assert!(matches!(last, Some(Followed::Event(ProjectEvent::ProjectDeleted))), "{last:?}");
    assert!(followed(&mut follow).await.is_none());
}

#[tokio::test]
async fn following_ends_where_waiting_is_of_no_use() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    let mut follow = Follow::new(&client(&ann), "ann", "nowhere");
    assert_eq!(follow.next().await.err().and_then(|error| error.status()), Some(404));
    assert!(followed(&mut follow).await.is_none());
}
