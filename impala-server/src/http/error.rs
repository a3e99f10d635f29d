//! Errors as RFC 9457 problems: the only match from errors to status, stable code and message.

use std::any::Any;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use impala_core::FieldError;
use impala_core::api::{PROBLEM_JSON, Problem};

use super::observe::request_id;
use crate::engine::QueryError;
use crate::service::Error;
use crate::store::StoreError;

/// The problem for an error. Faults of the server are logged here, once, and shown without details.
pub fn problem(error: &Error) -> Problem {
    let (status, code) = kind(error);
    if status.is_server_error() {
        tracing::error!(code, error = %chain(error), "failed");
    }
    let mut problem = new_problem(status, code, detail(error, status));
    match error {
        Error::Invalid(invalid) | Error::Query(QueryError::Invalid(invalid)) => {
            problem.errors.clone_from(&invalid.errors);
        }
        Error::Broken(broken) => {
            problem.errors.clone_from(&broken.first);
            problem.violations = Some(broken.violations.clone());
        }
        Error::Stale { current } => problem.current = Some((**current).clone()),
        _ => {}
    }
    problem
}

fn kind(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
        Error::Unauthorized(_) => (StatusCode::UNAUTHORIZED, "unauthorized"),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
        Error::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
        Error::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        Error::Broken(_) => (StatusCode::UNPROCESSABLE_ENTITY, "contract_broken"),
        Error::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, "precondition_required"),
        Error::Stale { .. } => (StatusCode::PRECONDITION_FAILED, "stale_revision"),
        Error::Digest { .. } => (StatusCode::BAD_REQUEST, "digest_mismatch"),
        Error::Checksum => (checksum_mismatch(), "checksum_mismatch"),
        Error::Gone(_) => (StatusCode::GONE, "gone"),
        Error::Busy(_) => (StatusCode::LOCKED, "busy"),
        Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        Error::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
        Error::Query(QueryError::Invalid(_)) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_query"),
        // No 5xx: clients try those again, and a query that is too slow stays too slow.
        Error::Query(QueryError::TimedOut) => (StatusCode::UNPROCESSABLE_ENTITY, "query_timed_out"),
        Error::Query(QueryError::Cancelled) => (StatusCode::SERVICE_UNAVAILABLE, "query_cancelled"),
        Error::Query(QueryError::Failed(_)) => (StatusCode::INTERNAL_SERVER_ERROR, "query_failed"),
        Error::StorageFull(_) => (StatusCode::INSUFFICIENT_STORAGE, "storage_full"),
        Error::NotReady { .. } | Error::Store(StoreError::Unavailable(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Error::Store(_) | Error::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

fn detail(error: &Error, status: StatusCode) -> String {
    match error {
        Error::PreconditionRequired => {
            "send If-Match with the ETag of the revision that you change".to_owned()
        }
        Error::Stale { .. } => format!("{error}; fetch it, and make your change on it"),
        Error::Digest { .. } => format!("{error}; nothing was changed, send them again"),
        Error::Checksum => format!("{error}; they were not stored, send them again"),
        Error::TooLarge { limit } => format!("the body is larger than the {limit} bytes that may be sent"),
        Error::TooMany { retry_after_s } => {
            format!("too many tries, or too much at once; come again in {retry_after_s} s")
        }
        Error::Query(QueryError::TimedOut) => {
            "the query took longer than it may; filter more, or group by less".to_owned()
        }
        Error::StorageFull(_) => "the server's disk is full; nothing was changed".to_owned(),
        Error::Store(StoreError::Unavailable(_)) => {
            "the server's storage cannot be reached; try again".to_owned()
        }
        _ if status == StatusCode::INTERNAL_SERVER_ERROR => INTERNAL.to_owned(),
        _ => error.to_string(),
    }
}

/// The status that tus defines for it.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

const INTERNAL: &str = "the server failed; its log has more under the request id";

/// The error and its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |error| error.source())
        .fold(error.to_string(), |chain, source| format!("{chain}: {source}"))
}

fn new_problem(status: StatusCode, code: &str, detail: impl Into<String>) -> Problem {
    Problem {
        problem_type: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or("Checksum Mismatch").to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail: detail.into(),
        errors: Vec::new(),
        request_id: request_id(),
        current: None,
        violations: None,
    }
}

fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let headers = [(CONTENT_TYPE, PROBLEM_JSON), (CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = respond(&problem(&self));
        let headers = response.headers_mut();
        match self {
            Self::TooMany { retry_after_s } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(retry_after_s));
            }
            Self::NotReady { .. } | Self::Store(StoreError::Unavailable(_)) | Self::Busy(_) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Unauthorized(_) => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"impala\""));
            }
            _ => {}
        }
        response
    }
}

/// Why a request was refused before it reached a service.
#[derive(Debug)]
pub enum Rejection {
    /// The body, path or query cannot be read; says where and why.
    Malformed(FieldError),
    /// A text cannot be stored; says where and why.
    Invalid(FieldError),
    /// The body has another media type than this route accepts.
    MediaType {
        /// What it accepts.
        expected: &'static str,
    },
    /// The body is larger than this.
    TooLarge {
        /// In bytes.
        limit: u64,
    },
    /// The client stopped sending half-way.
    Interrupted,
    /// The client uses another version of tus.
    TusVersion,
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (status, code, detail, errors) = match self {
            Self::TooLarge { limit } => return Error::TooLarge { limit }.into_response(),
            Self::Invalid(error) => return Error::from(error).into_response(),
            Self::Malformed(error) => (StatusCode::BAD_REQUEST, "malformed", error.to_string(), vec![error]),
            Self::MediaType { expected } => {
                let detail = format!("send the body with Content-Type: {expected}");
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail, Vec::new())
            }
            Self::TusVersion => {
                let detail = "send Tus-Resumable: 1.0.0, the one version that is spoken here".to_owned();
                (StatusCode::PRECONDITION_FAILED, "tus_version", detail, Vec::new())
            }
            Self::Interrupted => {
                let detail = "the body ended early; send it again".to_owned();
                (StatusCode::BAD_REQUEST, "interrupted", detail, Vec::new())
            }
        };
        let mut problem = new_problem(status, code, detail);
        problem.errors = errors;
        respond(&problem)
    }
}

/// Answers what no route matches.
pub async fn unknown_route(request: Request) -> Response {
    let detail = format!("there is nothing at {}; /docs lists what there is", request.uri().path());
    respond(&new_problem(StatusCode::NOT_FOUND, "unknown_route", detail))
}

/// Answers a method that a route does not know; the router adds `Allow`.
pub async fn wrong_method(method: Method, request: Request) -> Response {
    let detail = format!("{} does not take {method}; see the header Allow", request.uri().path());
    respond(&new_problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail))
}

/// The answer when a handler panicked. The panic message goes to the log only.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over so")]
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = said.unwrap_or("no words"), "a handler panicked");
    respond(&new_problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", INTERNAL))
}
