//! Share links of a canvas, for its editors.

use axum::extract::State;
use http::StatusCode;
use impala_core::api::{Page, Share, ShareChange, ShareCreate, ShareCreated};

use super::extract::{Json, Path, Query};
use super::users::{NoStore, no_store};
use crate::service::page::PageRequest;
use crate::service::paths::{CanvasPath, SharePath};
use crate::service::{Caller, Error, shares};
use crate::state::AppState;

/// List the share links of a canvas, without their secrets.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/shares", tag = "shares",
    operation_id = "list_shares", security(("bearer" = ["write"])), params(CanvasPath, PageRequest),
    responses((status = OK, body = Page<Share>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    Query(part): Query<PageRequest>,
) -> Result<Json<Page<Share>>, Error> {
    Ok(Json(shares::list(&app, &caller, &path, &part).await?))
}

/// Make a share link: anyone who has it reads this canvas, and nothing else, without signing in. Its secret is in this
/// answer and nowhere else.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/canvases/{canvas}/shares", tag = "shares",
    operation_id = "create_share", params(CanvasPath), request_body = ShareCreate,
    responses((status = CREATED, body = ShareCreated)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    Json(wanted): Json<ShareCreate>,
) -> Result<(StatusCode, NoStore<Json<ShareCreated>>), Error> {
    let made = shares::create(&app, &caller, &path, wanted).await?;
    Ok((StatusCode::CREATED, no_store(Json(made))))
}

/// Pause a share link, resume it, or move its end.
#[utoipa::path(patch, path = "/projects/{owner}/{slug}/canvases/{canvas}/shares/{id}", tag = "shares",
    operation_id = "change_share", params(SharePath), request_body = ShareChange,
    responses((status = OK, body = Share)))]
pub async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SharePath>,
    Json(change): Json<ShareChange>,
) -> Result<Json<Share>, Error> {
    Ok(Json(shares::change(&app, &caller, &path.canvas(), path.id, change).await?))
}

/// Revoke a share link. It stops working at once, and cannot be restored.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}/canvases/{canvas}/shares/{id}", tag = "shares",
    operation_id = "revoke_share", params(SharePath), responses((status = NO_CONTENT)))]
pub async fn revoke(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SharePath>,
) -> Result<StatusCode, Error> {
    shares::revoke(&app, &caller, &path.canvas(), path.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
