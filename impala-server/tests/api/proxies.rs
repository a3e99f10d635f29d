//! Between a client and the server: trusted and untrusted proxies, and slow clients.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Server, soon, wrong_sign_ins};

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let trusting =
        Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    assert_eq!(wrong_sign_ins(&trusting.anyone()).await, 12, "each of them has tries of their own");
    let careful = Server::start().await;
    assert_eq!(wrong_sign_ins(&careful.anyone()).await, 10, "the header is only the client's word");
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    const START: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let begin = async |server: &Server, start: &str| {
        let addr = server.anyone().url.trim_start_matches("http://").to_owned();
        let mut connection = TcpStream::connect(addr).await.unwrap();
        connection.write_all(start.as_bytes()).await.unwrap();
        connection
    };
    let patient = Server::start_with(|config| config.header_timeout = Duration::from_secs(3_600)).await;
    let mut waited_for = begin(&patient, START).await;
    let hasty = Server::start_with(|config| config.header_timeout = Duration::from_millis(50)).await;
    for start in ["", START] {
        let mut connection = begin(&hasty, start).await;
        let mut answer = String::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), connection.read_to_string(&mut answer));
        closed.await.unwrap().unwrap();
        assert!(!answer.contains("200 OK"), "{answer}");
    }
    waited_for.write_all(b"\r\n").await.unwrap();
    let mut answer = String::new();
    soon("the other server answers", waited_for.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn a_client_that_says_nothing_holds_no_stop_up() {
    let server = Server::start_with(|config| config.drain_timeout = Duration::from_secs(3_600)).await;
    let addr = server.anyone().url.trim_start_matches("http://").to_owned();
    let silent = TcpStream::connect(&addr).await.unwrap();
    let mut idle = TcpStream::connect(&addr).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut buffer = [0; 15];
    idle.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"HTTP/1.1 200 OK");
    tokio::time::timeout(Duration::from_secs(20), server.stop()).await.unwrap();
    drop((silent, idle));
}

#[tokio::test]
async fn with_everything_elsewhere_no_data_folder_is_made() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("secret"), "x".repeat(64)).unwrap();
    let at = |name: &str| dir.path().join(name);
    let server = Server::start_with(|config| {
        config.data_dir = at("data");
        config.database_url = Some(format!("sqlite://{}?mode=rwc", at("impala.db").display()));
        config.uploads_dir = Some(at("uploads"));
        config.jwt_secret_file = Some(at("secret"));
    })
    .await;
    assert_eq!(server.anyone().get("/readyz").await.text(), "ready\n");
    assert!(!at("data").exists());
    std::fs::remove_dir_all(at("uploads")).unwrap();
    server.anyone().get("/readyz").await.problem(503, "unavailable");
}

#[tokio::test]
async fn whoever_runs_it_may_allow_fewer_blocks() {
    let server = Server::start_with(|config| config.limits.blocks = 1).await;
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    let document = crate::canvases::document("c");
    let problem = ann.post(&format!("{project}/canvases"), document).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/spec/blocks", "{problem}");
}
