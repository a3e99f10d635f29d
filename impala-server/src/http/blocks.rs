//! The blocks of a canvas. Every change needs `If-Match` with the `ETag` of the canvas, and answers with the
//! canvas.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::ETAG;
use http::{HeaderMap, StatusCode};
use impala_core::api::CanvasView;
use impala_core::{Block, Place};

use super::canvases::answer;
use super::conditional::{etag, is_known};
use super::document::Document;
use super::extract::{Json, Path};
use crate::service::expected::Expected;
use crate::service::paths::{BlockPath, CanvasPath};
use crate::service::{Caller, Error, blocks};
use crate::state::AppState;

/// Add a block. Without `at` it gets the first free spot; with it, those in the way move down.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks", tag = "blocks",
    operation_id = "add_block", params(CanvasPath, ("If-Match" = String, Header)),
    request_body(content((Block = "application/json"), (Block = "application/yaml"))),
    responses((status = CREATED, body = CanvasView)))]
pub async fn add(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    expected: Expected,
    Document(block): Document,
) -> Result<Response, Error> {
    let view = blocks::add(&app, &caller, &path, &expected, &block).await?;
    Ok((StatusCode::CREATED, answer(view)).into_response())
}

/// Show a block.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks/{block}", tag = "blocks",
    operation_id = "show_block", params(BlockPath), responses((status = OK, body = Block)))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<BlockPath>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (block, state) = blocks::open(&app, &caller, &path).await?;
    let tag = [(ETAG, etag(state))];
    if is_known(&headers, state) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    Ok((tag, Json(block)).into_response())
}

/// Replace a block. Without `at` it stays where it is.
#[utoipa::path(put, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks/{block}", tag = "blocks",
    operation_id = "replace_block", params(BlockPath, ("If-Match" = String, Header)),
    request_body(content((Block = "application/json"), (Block = "application/yaml"))),
    responses((status = OK, body = CanvasView)))]
pub async fn replace(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<BlockPath>,
    expected: Expected,
    Document(block): Document,
) -> Result<Response, Error> {
    Ok(answer(blocks::replace(&app, &caller, &path, &expected, &block).await?))
}

/// Change some fields of a block by a JSON merge patch (RFC 7396).
#[utoipa::path(patch, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks/{block}", tag = "blocks",
    operation_id = "patch_block", params(BlockPath, ("If-Match" = String, Header)),
    request_body(content((serde_json::Value = "application/merge-patch+json"))),
    responses((status = OK, body = CanvasView)))]
pub async fn patch(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<BlockPath>,
    expected: Expected,
    Document(patch): Document,
) -> Result<Response, Error> {
    Ok(answer(blocks::patch(&app, &caller, &path, &expected, &patch).await?))
}

/// Move or resize a block: any of x, y, w and h. Those in the way move down.
#[utoipa::path(patch, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks/{block}/place", tag = "blocks",
    operation_id = "place_block", params(BlockPath, ("If-Match" = String, Header)),
    request_body(content((Place = "application/merge-patch+json"))),
    responses((status = OK, body = CanvasView)))]
pub async fn place(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<BlockPath>,
    expected: Expected,
    Document(patch): Document,
) -> Result<Response, Error> {
    Ok(answer(blocks::place(&app, &caller, &path, &expected, &patch).await?))
}

/// Remove a block.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks/{block}", tag = "blocks",
    operation_id = "remove_block", params(BlockPath, ("If-Match" = String, Header)),
    responses((status = OK, body = CanvasView)))]
pub async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<BlockPath>,
    expected: Expected,
) -> Result<Response, Error> {
    Ok(answer(blocks::remove(&app, &caller, &path, &expected).await?))
}

/// Close the gaps between the blocks.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/canvases/{canvas}/compact", tag = "blocks",
    operation_id = "compact_canvas", params(CanvasPath, ("If-Match" = String, Header)),
    responses((status = OK, body = CanvasView)))]
pub async fn compact(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    expected: Expected,
) -> Result<Response, Error> {
    Ok(answer(blocks::compact(&app, &caller, &path, &expected).await?))
}
