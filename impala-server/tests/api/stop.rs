//! Stopping: what is at work ends, what is new is refused.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{PASSWORD, Server};

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
    while TcpStream::connect(&addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    stopping.await.unwrap();
}
