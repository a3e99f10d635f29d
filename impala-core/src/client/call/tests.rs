//! What renewing a token does, at a server that gives one fixed answer.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{ClientOptions, CredentialError, Credentials, RenewalLock};
use super::*;

/// Two processes share it; the other one has put `new` there by the time that this one's refresh is refused, or not.
struct Shared {
    other_was_faster: bool,
    has_asked: AtomicBool,
}

struct Lock;

impl Credentials for Shared {
    fn bearer(&self) -> Result<Option<Bearer>, CredentialError> {
        let is_new = self.other_was_faster && self.has_asked.load(Ordering::SeqCst);
        Ok(Some(Bearer { token: if is_new { "new" } else { "old" }.to_owned(), expires_at: None }))
    }

    fn renew(&self, _: &str) -> Result<Renewal, CredentialError> {
        self.has_asked.store(true, Ordering::SeqCst);
        Ok(Renewal::Locked(Box::new(Lock)))
    }
}

impl RenewalLock for Lock {
    fn refresh_token(&self) -> &str {
        "spent"
    }

    fn keep(self: Box<Self>, _: &Session) -> Result<Bearer, CredentialError> {
        Err("a conflict brings no session".into())
    }

    fn forget(self: Box<Self>) -> Result<(), CredentialError> {
        Err("a conflict ends no session".into())
    }
}

/// The address of a server that gives this status to one request.
fn answering(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"}") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
            request.push(byte[0]);
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).expect("answered");
    });
    url
}

#[tokio::test]
async fn a_refresh_token_that_another_process_has_spent_is_not_the_end() {
    let renew = async |other_was_faster| {
        let credentials = Arc::new(Shared { other_was_faster, has_asked: AtomicBool::new(false) });
        let options = ClientOptions { credentials, ..ClientOptions::default() };
        let client = Client::new(&answering("409 Conflict"), options).expect("a client");
        let old = Bearer { token: "old".to_owned(), expires_at: None };
        client.renew(Some(&old)).await.map(|bearer| bearer.map(|bearer| bearer.token))
    };
    assert!(matches!(renew(true).await, Ok(Some(token)) if token == "new"));
    assert!(matches!(renew(false).await, Err(ClientError::Unexpected { status: 409, .. })));
}
