//! What happens around every request: its id, its line in the log, and the security headers.

use std::future::Future;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use tracing::Instrument as _;

use super::peer::Peer;
use crate::state::AppState;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the current request, if there is one. Errors carry it.
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Does `work` as part of the current request; for tasks that it spawns.
pub fn in_same_request<F: Future>(work: F) -> impl Future<Output = F::Output> {
    REQUEST_ID.scope(request_id().unwrap_or_default(), work)
}

/// Gives the request an id and writes its line in the log: method, route and status, never anything that may hold a secret.
pub async fn observe(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = incoming_id(&request).unwrap_or_else(|| app.new_id().to_string());
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    let peer = Peer::of(&request, &app.config.trusted_proxies);
    let client = peer.address;
    let span = tracing::info_span!("request", %id, method = %request.method(), route, %client);
    request.extensions_mut().insert(peer);
    let begun = Instant::now();
    let answer = REQUEST_ID.scope(id.clone(), next.run(request));
    let mut response = answer.instrument(span.clone()).await;
    let (status, elapsed_ms) = (response.status().as_u16(), begun.elapsed().as_millis());
    span.in_scope(|| tracing::info!(status, elapsed_ms, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

/// An id chosen by a proxy or client, if it is safe in a log and a header.
fn incoming_id(request: &Request) -> Option<String> {
    let id = request.headers().get(X_REQUEST_ID)?.to_str().ok()?;
    let is_sane = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    is_sane.then(|| id.to_owned())
}

/// Sets what a handler has not set: nothing is guessed, framed, leaked to other pages or kept by shared caches.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (CACHE_CONTROL, "private, no-cache"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
