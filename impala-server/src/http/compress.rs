//! Answers of text go over the wire compressed.
//!
//! The length of a compressed answer shows how repetitive it is, and pages hold the form token of a session beside values
//! from the address (BREACH). An attack needs another site that makes a browser fetch such a page again and again: answers
//! to requests that another site caused are not compressed, whatever the cookie's `SameSite` says of that site. So the pages
//! need not change with every answer, and no other secret in them has to be considered.
//!
//! Tags stay what they are: they name a state, which `If-Match` asks for in whatever coding it was read. Only ranges of
//! bytes would need another tag for each coding, and what has ranges is sent as it is.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_TYPE};
use http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate as _, SizeAbove};

use super::cookie::is_from_elsewhere;

/// Below this an answer fits into one packet anyway.
const LEAST_BYTES: u64 = 1_000;

/// Lines of JSON, each sent as soon as it is ready: the compressor flushes when it has no more input.
pub const NDJSON: &str = "application/x-ndjson";

/// Media types that are text generated for the client. Files of sources are not among them: they can be large, have ranges,
/// and a proxy can compress them.
const TEXTS: [&str; 8] = [
    "text/html",
    "text/css",
    "text/plain",
    "text/markdown",
    "image/svg+xml",
    "application/json",
    NDJSON,
    "application/vnd.vegalite",
];

type Check = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses answers for those who take gzip.
pub fn layer() -> CompressionLayer<And<SizeAbove, Check>> {
    let check: Check = |_, _, headers, _| is_text(headers);
    // The best saves a few percent for several times the work.
    CompressionLayer::new()
        .quality(CompressionLevel::Precise(4))
        .compress_when(SizeAbove::new(LEAST_BYTES).and(check))
}

fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !headers.contains_key(ACCEPT_RANGES) && TEXTS.iter().any(|text| media_type.starts_with(text))
}

/// Leaves answers to requests that another site caused uncompressed.
pub async fn not_for_others(mut request: Request, next: Next) -> Response {
    if is_from_elsewhere(request.headers()) {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    next.run(request).await
}
