//! Puts `Idempotency-Key` around every POST of those who have signed in.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, resume_unwind};

use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, LOCATION,
};
use http::{Method, StatusCode};
use tracing::Instrument as _;

use super::{extract, observe, tus};
use crate::service::{Caller, Error, idempotency};
use crate::state::AppState;
use crate::store::sql::idempotency::{Claim, KeptAnswer};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Headers that are part of a kept answer.
const KEPT_HEADERS: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];

/// Answers a POST that was answered before with the same answer, and does nothing.
pub async fn once(State(app): State<AppState>, caller: Caller, request: Request, next: Next) -> Response {
    let key = request.headers().get(IDEMPOTENCY_KEY).filter(|_| request.method() == Method::POST);
    let Some(key) = key.filter(|_| !is_upload(&request) && !is_question(&request)) else {
        return next.run(request).await;
    };
    let key = key.to_str().unwrap_or_default().to_owned();
    match replay_or_do(app, &caller, &key, request, next).await {
        Ok(response) => response,
        Err(refusal) => refusal,
    }
}

/// Uploads are recognised by their hash instead: the same bytes make no second version. And they would not fit into memory.
fn is_upload(request: &Request) -> bool {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("multipart/") || media_type == tus::MEDIA_TYPE)
}

/// A question changes nothing, so it may simply be sent again: its answer would only fill the store, and it need not be answered
/// to its end when the client has gone.
fn is_question(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    let ends = ["/{slug}/query", "/sources/{source}/known"];
    route.is_some_and(|route| ends.iter().any(|end| route.as_str().ends_with(end)))
}

async fn replay_or_do(
    app: AppState,
    caller: &Caller,
    key: &str,
    request: Request,
    next: Next,
) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let body = extract::body(Request::from_parts(parts.clone(), body), &app).await;
    let body = body.map_err(IntoResponse::into_response)?;
    let target = parts.uri.to_string();
    // A precondition or another kind of body makes it another request.
    let header = |name| parts.headers.get(name).map_or(&b""[..], HeaderValue::as_bytes);
    let [if_match, if_none_match, content_type] = [IF_MATCH, IF_NONE_MATCH, CONTENT_TYPE].map(header);
    let request =
        [parts.method.as_str().as_bytes(), target.as_bytes(), if_match, if_none_match, content_type, &body];
    let step = idempotency::begin(&app, caller, key, &request).await.map_err(IntoResponse::into_response)?;
    match step {
        idempotency::Step::Replay(answer) => Ok(replay(answer)),
        idempotency::Step::Do(claim) => {
            Ok(go(app, claim, Request::from_parts(parts, body.into()), next).await)
        }
    }
}

/// Continues in a task of its own: when the client hangs up, its second try finds the answer of the first.
async fn go(app: AppState, claim: Claim, request: Request, next: Next) -> Response {
    let work = async move {
        match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => keep(&app, &claim, response).await,
            Err(panic) => {
                finish(&app, &claim, None).await;
                resume_unwind(panic)
            }
        }
    };
    let task = tokio::spawn(observe::in_same_request(work).in_current_span());
    task.await.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(error) => Error::internal("waiting for an answer", error).into_response(),
    })
}

async fn keep(app: &AppState, claim: &Claim, response: Response) -> Response {
    if !response.status().is_success() {
        finish(app, claim, None).await;
        return response;
    }
    let (parts, body) = response.into_parts();
    let is_secret = parts.headers.get(CACHE_CONTROL).is_some_and(|value| value == "no-store");
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        finish(app, claim, None).await;
        return Error::internal("making an answer", "its body broke off").into_response();
    };
    let headers = KEPT_HEADERS.iter().filter_map(|name| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.as_str(), value))
    });
    let headers = serde_json::to_string(&headers.collect::<BTreeMap<_, _>>()).unwrap_or_default();
    let text = String::from_utf8(bytes.to_vec()).ok().filter(|text| text.len() < idempotency::ANSWER_BYTES);
    let answer = text.map(|text| KeptAnswer {
        status: parts.status.as_u16(),
        headers,
        body: (!is_secret).then_some(text),
    });
    finish(app, claim, answer).await;
    Response::from_parts(parts, Body::from(bytes))
}

/// The request has succeeded or failed by now; failing to note that must not change its answer.
async fn finish(app: &AppState, claim: &Claim, answer: Option<KeptAnswer>) {
    if let Err(error) = idempotency::finish(app, claim, answer).await {
        tracing::error!(%error, "an answer could not be kept for its Idempotency-Key");
    }
}

fn replay(answer: KeptAnswer) -> Response {
    let Some(body) = answer.body else {
        let detail = "this was done already, and its answer held a secret that is shown once only; revoke what was \
            made, and make another with a new Idempotency-Key";
        return Error::Conflict(detail.to_owned()).into_response();
    };
    let mut response = Bytes::from(body).into_response();
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers: BTreeMap<String, String> = serde_json::from_str(&answer.headers).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
