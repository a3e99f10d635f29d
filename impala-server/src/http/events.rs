//! `events`: what changes in a project, as server-sent events.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use http::header::{CACHE_CONTROL, HeaderName};
use impala_core::api::events::ProjectEvent;

use super::auth::Credential;
use super::extract::Path;
use crate::service::events::{self, Listener};
use crate::service::paths::ProjectPath;
use crate::service::{Caller, Error};
use crate::state::AppState;

/// Asks nginx, and proxies that follow it, to pass each event on as it comes.
pub const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Listen to what changes in a project. The first event is a `snapshot` of all canvases and sources; differences follow
/// as they happen, and a comment every 15 seconds. Reconnecting brings a new snapshot, so nothing is missed.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/events", tag = "events", operation_id = "listen",
    params(ProjectPath),
    responses((status = OK, body = ProjectEvent, content_type = "text/event-stream"),
        (status = TOO_MANY_REQUESTS, description = "You listen in too many places already")))]
pub async fn listen(
    State(app): State<AppState>,
    caller: Caller,
    Credential(credential): Credential,
    Path(path): Path<ProjectPath>,
) -> Result<Response, Error> {
    Ok(stream_of(&app, sse_of(events::listen(&app, &caller, credential, path).await?)))
}

/// Events as they come.
pub fn stream_of(
    app: &AppState,
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> Response {
    let keep_alive = KeepAlive::new().interval(app.config.events.keep_alive);
    let headers = [(CACHE_CONTROL, "no-store"), (X_ACCEL_BUFFERING, "no")];
    (headers, Sse::new(events).keep_alive(keep_alive)).into_response()
}

fn sse_of(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok(written(&event)), listener))
    })
}

fn written(event: &ProjectEvent) -> Event {
    let data = serde_json::to_string(event).unwrap_or_default();
    Event::default().event(event.name()).data(data)
}
