//! `deploy/nginx.conf` in a real nginx in front of a real server. Only addresses and folders are replaced.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::Method;
use impala_core::api::events::ProjectEvent;
use impala_core::client::{BearerToken, Client, ClientOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::services::leave_out;
use crate::support::{Answer, PASSWORD, Person, Server, soon, wrong_sign_ins};

const PATIENCE: Duration = Duration::from_secs(30);

/// Ports that are tried.
const PORTS: u32 = 5;

/// An nginx of one process, which ends with this.
struct Nginx {
    process: Child,
    folder: tempfile::TempDir,
    url: String,
}

impl Nginx {
    /// Starts one in front of the server at `upstream`; `None` where nginx is not installed.
    async fn before(upstream: &str) -> Option<Self> {
        let program = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];
        let Some(program) = program.into_iter().find(|program| Path::new(program).exists()) else {
            leave_out("nginx is not installed; scripts/test-services install gets it");
            return None;
        };
        // Another process may take a port between the check and nginx; then the next one is tried.
        for _ in 0..PORTS {
            if let Some(nginx) = Self::start(program, upstream).await {
                return Some(nginx);
            }
        }
        panic!("nginx does not take deploy/nginx.conf, at none of {PORTS} ports");
    }

    /// Starts it at a port that is free; `None` when it has ended at once.
    async fn start(program: &str, upstream: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let conf = configuration(folder.path(), &address, upstream);
        let process = Command::new(program)
            .args(["-p", folder.path().to_str().unwrap(), "-c", conf.to_str().unwrap()])
            .args(["-e", "stderr", "-g", "daemon off; master_process off;"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It writes its id as soon as it has the port.
        let id = folder.path().join("nginx.pid");
        let mut nginx = Self { process, folder, url: format!("http://{address}") };
        let listens = async {
            while !id.exists() {
                if nginx.process.try_wait().unwrap().is_some() {
                    return false;
                }
                tokio::task::yield_now().await;
            }
            true
        };
        let listens = soon("nginx listens", listens).await;
        listens.then_some(nginx)
    }

    /// Someone who comes from this address and has not signed in.
    fn from(&self, address: &str) -> Person {
        let address: IpAddr = address.parse().unwrap();
        let client = reqwest::Client::builder().local_address(address).build().unwrap();
        Person { url: self.url.clone(), client, token: None }
    }

    /// The same one, by way of nginx.
    fn of(&self, person: &Person) -> Person {
        Person { url: self.url.clone(), ..person.clone() }
    }

    /// Files that it keeps of requests and answers.
    fn kept(&self) -> usize {
        let folders = ["body", "proxy"].map(|name| std::fs::read_dir(self.folder.path().join(name)).unwrap());
        folders.into_iter().flatten().count()
    }

    /// The most memory that it ever used, in KiB.
    fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The file as it is deployed, but for addresses and folders.
fn configuration(folder: &Path, address: &str, upstream: &str) -> PathBuf {
    let deployed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/nginx.conf");
    let mut text = std::fs::read_to_string(deployed).unwrap();
    let folder_name = folder.to_str().unwrap();
    let log = format!("access_log {folder_name}/log");
    for (from, to) in [
        ("listen 8080;", format!("listen {address};").as_str()),
        // The name is looked up while nginx runs: an nginx before 1.27.3 cannot, and there is no name here.
        ("server server:5001 resolve;", &format!("server {upstream};")),
        ("/tmp/nginx/", &format!("{folder_name}/")),
        ("access_log /dev/stdout", &log),
    ] {
        assert!(text.contains(from), "deploy/nginx.conf has no {from:?}");
        text = text.replace(from, to);
    }
    let conf = folder.join("nginx.conf");
    std::fs::write(&conf, text).unwrap();
    conf
}

fn address(server: &Server) -> String {
    server.anyone().url.trim_start_matches("http://").to_owned()
}

/// Rows of 1 KiB, 1 MiB at a time.
fn rows() -> Bytes {
    let row = format!("1,{}\n", "x".repeat(1_021));
    assert_eq!(row.len(), 1 << 10);
    row.repeat(1 << 10).into()
}

const CHUNKS: usize = 300;

#[tokio::test]
async fn a_large_upload_streams_through() {
    let server = Server::start().await;
    let Some(nginx) = Nginx::before(&address(&server)).await else { return };
    let ann = server.sign_up("ann").await;
    let project = ann.project("big").await;
    let tmp = server.dir.path().join("uploads/tmp");
    let sent = Arc::new(AtomicUsize::new(0));
    let (counter, chunk) = (Arc::clone(&sent), rows());
    let body = stream::unfold(0, move |number| {
        let (counter, chunk, tmp) = (Arc::clone(&counter), chunk.clone(), tmp.clone());
        async move {
            if number == CHUNKS / 3 {
                // No further byte is sent before the server has some of those that were.
                let arrived = async {
                    while !has_bytes(&tmp) {
                        tokio::task::yield_now().await;
                    }
                };
                soon("the server has bytes of what nginx takes", arrived).await;
            }
            counter.store(number, Ordering::Relaxed);
            let bytes = if number == 0 { Bytes::from_static(b"n,text\n") } else { chunk };
            (number <= CHUNKS).then(|| (Ok::<_, std::io::Error>(bytes), number + 1))
        }
    });
    let request = nginx.of(&ann).request(Method::PUT, &format!("{project}/sources/big"));
    let request = request.header("content-type", "text/csv").body(reqwest::Body::wrap_stream(body));
    let answer = timeout(10 * PATIENCE, Answer::of(request)).await.unwrap().created();
    assert_eq!(answer["version"]["rows"], CHUNKS << 10);
    assert_eq!(answer["version"]["size_bytes"], (CHUNKS << 20) + 7);
    assert_eq!(sent.load(Ordering::Relaxed), CHUNKS + 1);
    assert_eq!(nginx.kept(), 0);
    assert!(nginx.peak_kib() < 64 << 10, "nginx took {} KiB", nginx.peak_kib());
}

/// Whether any file below holds something.
fn has_bytes(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => has_bytes(&entry.path()),
        Ok(metadata) => metadata.len() > 0,
        Err(_) => false,
    })
}

#[tokio::test]
async fn events_arrive_while_the_stream_is_open() {
    let server = Server::start().await;
    let Some(nginx) = Nginx::before(&address(&server)).await else { return };
    let ann = server.sign_up("ann").await;
    let project = ann.project("news").await;
    let credentials = Arc::new(BearerToken(ann.token.clone().unwrap()));
    let client = Client::new(&nginx.url, ClientOptions { credentials, ..ClientOptions::default() }).unwrap();
    let mut stream = client.events("ann", "news").await.unwrap();
    let first = timeout(PATIENCE, stream.next()).await.unwrap().unwrap();
    assert!(matches!(first, Some(ProjectEvent::Snapshot { .. })), "{first:?}");
    for number in 1..=3 {
        let source = format!("{project}/sources/days");
        nginx.of(&ann).upload(&source, format!("a\n{number}\n")).await.created();
        let event = timeout(PATIENCE, stream.next()).await.unwrap().unwrap();
        assert!(matches!(event, Some(ProjectEvent::SourceVersion(state)) if state.version == number));
    }
    server.stop().await;
    assert_eq!(timeout(PATIENCE, stream.next()).await.unwrap().unwrap(), None, "a stop ends it in order");
}

#[tokio::test]
async fn the_clients_address_and_id_arrive() {
    let server =
        Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let Some(nginx) = Nginx::before(&address(&server)).await else { return };
    server.sign_up("ann").await;
    let wrong = wrong_sign_ins(&nginx.from("127.0.0.2")).await;
    assert_eq!(wrong, 10, "what a client says of itself counts nothing");
    let right = json!({"username": "ann", "password": PASSWORD});
    nginx.from("127.0.0.3").post("/api/v1/auth/login", right).await.ok();

    let ask = async |id: &str| {
        let request = nginx.from("127.0.0.3").request(Method::GET, "/nowhere").header("x-request-id", id);
        let answer = Answer::of(request).await;
        assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(ask("ci-run-17").await, "ci-run-17");
    assert_eq!(ask("<script>").await.len(), 32, "nginx makes one");
    let log = std::fs::read_to_string(nginx.folder.path().join("log")).unwrap();
    let line = log.lines().find(|line| line.contains("ci-run-17")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["client"], &line["status"]), (&json!("127.0.0.3"), &json!(404)));
}

#[tokio::test]
async fn what_is_too_large_is_said_in_our_words() {
    let server = Server::start_with(|config| config.limits.upload_bytes = 2 << 20).await;
    let Some(nginx) = Nginx::before(&address(&server)).await else { return };
    let ann = nginx.of(&server.sign_up("ann").await);
    let project = ann.project("p").await;
    let path = format!("{project}/sources/big");
    let problem =
        ann.upload(&path, [&b"n,text\n"[..], &rows().repeat(8)].concat()).await.problem(413, "too_large");
    assert!(problem["detail"].as_str().unwrap().contains("2097152 bytes"), "{problem}");
    // Without a length it shows only on the way.
    let chunks = stream::iter((0..8).map(|_| Ok::<_, std::io::Error>(rows())));
    let request = ann.request(Method::PUT, &path).body(reqwest::Body::wrap_stream(chunks));
    Answer::of(request).await.problem(413, "too_large");
}

/// Reads the head of a request.
async fn head(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, connection.read_u8()).await.unwrap().unwrap());
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn connections_to_the_server_are_kept_and_its_absence_is_a_problem() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream: SocketAddr = server.local_addr().unwrap();
    let Some(nginx) = Nginx::before(&upstream.to_string()).await else { return };
    let anyone = nginx.from("127.0.0.2");
    let serving = tokio::spawn(async move {
        let (mut connection, _) = server.accept().await.unwrap();
        for _ in 0..2 {
            let head = head(&mut connection).await;
            assert!(head.starts_with("GET /healthz HTTP/1.1\r\n"), "{head}");
            let head = head.to_lowercase();
            assert!(head.contains("\r\nx-forwarded-for: 127.0.0.2\r\n"), "{head}");
            assert!(
                head.contains("\r\nx-forwarded-proto: http\r\n") && !head.contains("connection: close"),
                "{head}"
            );
            connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n").await.unwrap();
        }
    });
    for _ in 0..2 {
        assert_eq!(anyone.get("/healthz").await.text(), "ok\n");
    }
    serving.await.unwrap();
    let answer = anyone.get("/healthz").await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "2");
}
