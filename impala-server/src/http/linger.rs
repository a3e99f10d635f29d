//! Keeps reading for a while after a request was refused before its body was read.
//!
//! Without this the connection closes under a client that is still sending, and many then report a broken pipe and
//! never see the answer: that the token has expired, or the file is too large.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::header::{CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING};

/// As long as nginx waits for a client that is still sending.
const PATIENCE: Duration = Duration::from_secs(5);

/// A body that the handler reads and that is still there when the handler has dropped it.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(context)
    }
}

/// Answers a refused request at once, and throws away what still comes for it, for [`PATIENCE`] at most.
pub async fn linger(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let has_body = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    // A client that sends `Expect` waits for the answer before its body; reading on would ask it to send.
    if !has_body || headers.contains_key(EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let mut rest = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let body = Body::from_stream(rest.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        let drain = async move { while let Some(Ok(_)) = rest.next().await {} };
        tokio::spawn(tokio::time::timeout(PATIENCE, drain));
    }
    response
}
