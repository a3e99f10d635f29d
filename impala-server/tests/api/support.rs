//! Starts a server, signs people up, and sends requests.

use std::sync::{Arc, Mutex};

use http::{HeaderMap, Method, StatusCode};
use impala_server::state::{Clock, UuidMaker};
use impala_server::{AppState, Config, Running};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::production;

/// The password of everyone in the tests.
pub const PASSWORD: &str = "correct horse battery";

/// A clock that only moves when a test moves it.
pub struct TestClock(Mutex<Timestamp>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl TestClock {
    pub fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

/// A server of its own, with its own folder and clock.
pub struct Server {
    pub dir: Arc<tempfile::TempDir>,
    pub clock: Arc<TestClock>,
    pub app: AppState,
    running: Running,
    client: reqwest::Client,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts with a configuration that the test has changed.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(TestClock(Mutex::new("2026-01-02T03:04:05.678901Z".parse().unwrap())));
        Self::start_in(dir, clock, change).await
    }

    /// Starts on a folder that another server has left, which went by the clock of the machine.
    pub async fn start_on(dir: Arc<tempfile::TempDir>) -> Self {
        let clock = Arc::new(TestClock(Mutex::new(Timestamp::now())));
        Self::start_in(dir, clock, |_| {}).await
    }

    /// Starts with a configuration of the test's own, wherever it keeps its data.
    pub async fn start_as(config: Config) -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(TestClock(Mutex::new(Timestamp::now())));
        Self::start_in(dir, clock, |chosen| *chosen = config).await
    }

    pub async fn start_in(
        dir: Arc<tempfile::TempDir>,
        clock: Arc<TestClock>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = Config::new(dir.path());
        config.listen.set_port(0);
        config.bcrypt_cost = 4;
        production::use_stores(&mut config).await;
        change(&mut config);
        let listener = tokio::net::TcpListener::bind(config.listen).await.unwrap();
        let app = impala_server::connect_with(config, clock.clone(), Arc::new(UuidMaker)).await.unwrap();
        let running = impala_server::start_with(listener, app.clone()).unwrap();
        Self { dir, clock, app, running, client: reqwest::Client::new() }
    }

    /// Stops, and starts again on the same folder.
    pub async fn restart(self) -> Self {
        let Self { dir, clock, app, running, client } = self;
        // Connections that are kept alive would hold the stop up.
        drop((app, client));
        running.stop().await.unwrap();
        Self::start_in(dir, clock, |_| {}).await
    }

    /// Someone who has not signed in.
    pub fn anyone(&self) -> Person {
        Person { url: self.running.url(), client: self.client.clone(), token: None }
    }

    /// Someone with this bearer token.
    pub fn with_token(&self, token: impl Into<String>) -> Person {
        Person { token: Some(token.into()), ..self.anyone() }
    }

    /// Registers someone, who is then signed in.
    pub async fn sign_up(&self, username: &str) -> Person {
        let session = self.session(username).await;
        self.with_token(session["access_token"].as_str().unwrap())
    }

    /// Registers someone, and returns the session.
    pub async fn session(&self, username: &str) -> Value {
        let body = json!({"username": username, "password": PASSWORD});
        self.anyone().post("/api/v1/auth/register", body).await.created()
    }

    /// Signs in someone who has registered, and returns the session.
    pub async fn login(&self, username: &str) -> Value {
        let body = json!({"username": username, "password": PASSWORD});
        self.anyone().post("/api/v1/auth/login", body).await.ok()
    }

    /// Stops it.
    pub async fn stop(self) {
        let Self { app, running, .. } = self;
        drop(app);
        running.stop().await.unwrap();
    }
}

/// How often someone at that address may sign in wrongly before they have to wait, 12 when that never comes. Each time they claim
/// to be another client behind a proxy.
pub async fn wrong_sign_ins(who: &Person) -> u32 {
    const MOST: u32 = 12;
    for number in 0..MOST {
        let request = who
            .request(Method::POST, "/api/v1/auth/login")
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .json(&json!({"username": "ann", "password": "wrong wrong wrong"}));
        if Answer::of(request).await.status == StatusCode::TOO_MANY_REQUESTS {
            return number;
        }
    }
    MOST
}

/// What a test waits for, which hangs rather than fails when something is broken: it has two minutes.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(std::time::Duration::from_secs(120), future).await;
    waited.unwrap_or_else(|_| panic!("in two minutes it did not happen that {what}"))
}

/// Who sends requests.
#[derive(Clone)]
pub struct Person {
    pub url: String,
    pub client: reqwest::Client,
    pub token: Option<String>,
}

impl Person {
    /// A request that the test goes on to build.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// Uploads a CSV file; `path` may end in settings.
    pub async fn upload(&self, path: &str, csv: impl Into<Vec<u8>>) -> Answer {
        Answer::of(self.request(Method::PUT, path).header("content-type", "text/csv").body(csv.into())).await
    }

    /// Sends a change of a canvas for that revision.
    pub async fn change(&self, method: Method, path: &str, revision: u64, body: &Value) -> Answer {
        let request = self.request(method, path).header("if-match", self.tag(path, revision).await);
        Answer::of(request.json(body)).await
    }

    /// The tag of that revision of a canvas; `path` is its own, or one below it.
    pub async fn tag(&self, path: &str, revision: u64) -> String {
        let canvas: Vec<&str> = path.split('/').take(8).collect();
        let view = self.get(&canvas.join("/")).await.json();
        let (id, _) = view["etag"].as_str().and_then(|etag| etag.rsplit_once('-')).unwrap();
        format!("{id}-{revision}\"")
    }

    /// Makes a project, and says where its routes begin.
    pub async fn project(&self, slug: &str) -> String {
        let project = self.post("/api/v1/projects", json!({"slug": slug})).await.created();
        format!("/api/v1/projects/{}/{slug}", project["owner"].as_str().unwrap())
    }

    /// Someone with an API token of this one.
    pub async fn api_token(&self, body: Value) -> Self {
        let made = self.post("/api/v1/tokens", body).await.created();
        Self { token: Some(made["secret"].as_str().unwrap().to_owned()), ..self.clone() }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Sends a request and reads all of the answer.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        // Events go on for ever.
        let is_endless = headers.get("content-type").is_some_and(|value| value == "text/event-stream");
        let bytes = if is_endless { Vec::new() } else { response.bytes().await.unwrap().to_vec() };
        Self { status, headers, bytes }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{} {:?}", self.status, self.text()))
    }

    /// The body of an answer that went well.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    #[track_caller]
    pub fn created(&self) -> Value {
        assert_eq!(self.status, StatusCode::CREATED, "{}", self.text());
        self.json()
    }

    #[track_caller]
    pub fn no_content(&self) {
        assert_eq!((self.status, self.text().as_str()), (StatusCode::NO_CONTENT, ""));
    }

    /// The problem, of that status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)), "{problem}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        problem
    }
}
