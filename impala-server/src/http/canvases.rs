//! `canvases`: documents with revisions.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, LOCATION, VARY};
use http::{HeaderMap, StatusCode};
use impala_core::api::{CanvasSummary, CanvasView, PREFIX, Page, Restore, Revision, YAML};
use impala_core::{Canvas, FieldError, document};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::accept;
use super::conditional::{etag, is_known};
use super::data::Through;
use super::document::Document;
use super::extract::{Json, Path, Query};
use crate::service::expected::Expected;
use crate::service::page::PageRequest;
use crate::service::paths::{CanvasPath, ProjectPath, RevisionPath};
use crate::service::{Caller, Error, canvases};
use crate::state::AppState;

const JSON: &str = "application/json";

/// Enough to distinguish forms of one revision.
const HASH_BYTES: usize = 8;

/// List the canvases of a project.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases", tag = "canvases", operation_id = "list_canvases",
    params(ProjectPath, PageRequest), responses((status = OK, body = Page<CanvasSummary>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<CanvasSummary>>, Error> {
    Ok(Json(canvases::list(&app, &caller, &path, &page).await?))
}

/// The note of a save.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    /// What was done, in a few words, for the history. One that begins with `applied` says that the canvas was saved from a
    /// file.
    #[serde(default)]
    note: String,
}

/// Create a canvas from a document, in JSON or YAML.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/canvases", tag = "canvases", operation_id = "create_canvas",
    params(ProjectPath, Noted),
    request_body(content((Canvas = "application/json"), (Canvas = "application/yaml"))),
    responses((status = CREATED, body = CanvasView), (status = CONFLICT, description = "The slug is taken")))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(noted): Query<Noted>,
    Document(document): Document,
) -> Result<Response, Error> {
    let view = canvases::create(&app, &caller, &path, &document, &noted.note).await?;
    Ok(created(&path.owner, &path.slug, view))
}

/// What may not work of a canvas that is not saved: sources and fields that are not there, queries that cannot run.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/warnings", tag = "canvases", operation_id = "doubt_draft",
    security(("bearer" = ["read"])),
    params(ProjectPath, Through),
    request_body(content((Canvas = "application/json"), (Canvas = "application/yaml"))),
    responses((status = OK, body = Vec<FieldError>)))]
pub async fn doubt(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(through): Query<Through>,
    Document(document): Document,
) -> Result<Json<Vec<FieldError>>, Error> {
    Ok(Json(canvases::doubts(&app, &caller, &path, through.preview.as_deref(), &document).await?))
}

fn created(owner: &str, slug: &str, view: CanvasView) -> Response {
    let location = format!("{PREFIX}/projects/{owner}/{slug}/canvases/{}", view.canvas.metadata.slug);
    (StatusCode::CREATED, [(LOCATION, location)], answer(view)).into_response()
}

/// The tag of its state, as [`etag`] takes it.
fn state(view: &CanvasView) -> &str {
    view.etag.trim_matches('"')
}

/// A canvas as the answer to a change.
pub fn answer(view: CanvasView) -> Response {
    ([(ETAG, etag(state(&view)))], Json(view)).into_response()
}

/// Show a canvas. With `Accept: application/yaml` the plain document, in its canonical form.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}", tag = "canvases",
    operation_id = "show_canvas", params(CanvasPath),
    responses((status = OK, content((CanvasView = "application/json"), (String = "application/yaml"))),
        (status = NOT_MODIFIED, description = "What If-None-Match names is still the answer")))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    shown(&canvases::open(&app, &caller, &path).await?, &headers)
}

fn shown(view: &CanvasView, headers: &HeaderMap) -> Result<Response, Error> {
    let (media_type, body) = match accept::choose(headers, &[JSON, YAML]) {
        Some(YAML) => (YAML, document::to_yaml(&view.canvas).into_bytes()),
        _ => (JSON, serde_json::to_vec(view).map_err(|error| Error::internal("writing a canvas", error))?),
    };
    let hash = hex::encode(&Sha256::digest(&body)[..HASH_BYTES]);
    let tag = format!("{}-{hash}", state(view));
    let tags = [(ETAG, etag(&tag)), (VARY, http::HeaderValue::from_static("accept"))];
    if is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, tags).into_response());
    }
    Ok((tags, [(CONTENT_TYPE, media_type)], body).into_response())
}

/// Save a canvas over the state whose `ETag` is in `If-Match`, or make one with `If-None-Match: *`.
#[utoipa::path(put, path = "/projects/{owner}/{slug}/canvases/{canvas}", tag = "canvases",
    operation_id = "save_canvas",
    params(CanvasPath, Noted, ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    request_body(content((Canvas = "application/json"), (Canvas = "application/yaml"))),
    responses((status = OK, body = CanvasView), (status = CREATED, body = CanvasView),
        (status = PRECONDITION_FAILED, description = "Someone else has saved; `current` says who"),
        (status = PRECONDITION_REQUIRED, description = "If-Match is missing")))]
pub async fn save(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    expected: Expected,
    Query(noted): Query<Noted>,
    Document(document): Document,
) -> Result<Response, Error> {
    let (view, is_new) = canvases::save(&app, &caller, &path, &expected, &document, &noted.note).await?;
    Ok(if is_new { created(&path.owner, &path.slug, view) } else { answer(view) })
}

/// Delete a canvas with its history.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}/canvases/{canvas}", tag = "canvases",
    operation_id = "delete_canvas", params(CanvasPath, ("If-Match" = String, Header)),
    responses((status = NO_CONTENT), (status = PRECONDITION_FAILED, description = "Someone else has saved")))]
pub async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    expected: Expected,
) -> Result<StatusCode, Error> {
    canvases::delete(&app, &caller, &path, &expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the revisions of a canvas, newest first.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/history", tag = "canvases",
    operation_id = "list_revisions", params(CanvasPath, PageRequest),
    responses((status = OK, body = Page<Revision>)))]
pub async fn history(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<Revision>>, Error> {
    Ok(Json(canvases::history(&app, &caller, &path, &page).await?))
}

/// Show a canvas as it was.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/history/{revision}", tag = "canvases",
    operation_id = "show_revision", params(RevisionPath),
    responses((status = OK, content((CanvasView = "application/json"), (String = "application/yaml")))))]
pub async fn show_revision(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<RevisionPath>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    shown(&canvases::open_revision(&app, &caller, &path).await?, &headers)
}

/// Make an earlier revision the content of a new one.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/canvases/{canvas}/restore", tag = "canvases",
    operation_id = "restore_canvas", params(CanvasPath, ("If-Match" = String, Header)), request_body = Restore,
    responses((status = OK, body = CanvasView)))]
pub async fn restore(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    expected: Expected,
    Json(wanted): Json<Restore>,
) -> Result<Response, Error> {
    Ok(answer(canvases::restore(&app, &caller, &path, &expected, wanted.revision).await?))
}
