//! Previews of a project. They are made by uploading to them.

use axum::extract::State;
use http::StatusCode;
use impala_core::api::{Page, PreviewChange, PreviewView, ProjectPreview};

use super::extract::{Json, Path, Query};
use crate::service::page::PageRequest;
use crate::service::paths::{PreviewPath, ProjectPath};
use crate::service::{Caller, Error, previews};
use crate::state::AppState;

/// List the previews of a project.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/previews", tag = "previews", operation_id = "list_previews",
    params(ProjectPath, PageRequest), responses((status = OK, body = Page<ProjectPreview>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(part): Query<PageRequest>,
) -> Result<Json<Page<ProjectPreview>>, Error> {
    Ok(Json(previews::list(&app, &caller, &path, &part).await?))
}

/// Show a preview, with the versions that it has.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/previews/{preview}", tag = "previews",
    operation_id = "show_preview", params(PreviewPath), responses((status = OK, body = PreviewView)))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<PreviewPath>,
) -> Result<Json<PreviewView>, Error> {
    Ok(Json(previews::open(&app, &caller, &path).await?))
}

/// Move the end of a preview.
#[utoipa::path(patch, path = "/projects/{owner}/{slug}/previews/{preview}", tag = "previews",
    operation_id = "change_preview", params(PreviewPath), request_body = PreviewChange,
    responses((status = OK, body = PreviewView)))]
pub async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<PreviewPath>,
    Json(change): Json<PreviewChange>,
) -> Result<Json<PreviewView>, Error> {
    Ok(Json(previews::change(&app, &caller, &path, &change).await?))
}

/// Delete a preview with all its versions, before its time.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}/previews/{preview}", tag = "previews",
    operation_id = "delete_preview", params(PreviewPath), responses((status = NO_CONTENT)))]
pub async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<PreviewPath>,
) -> Result<StatusCode, Error> {
    previews::delete(&app, &caller, &path).await?;
    Ok(StatusCode::NO_CONTENT)
}
