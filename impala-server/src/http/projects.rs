//! `projects`.

use axum::extract::State;
use http::StatusCode;
use impala_core::api::{Project, ProjectCreate};

use super::extract::{Json, Path};
use crate::service::{Caller, Error, projects};
use crate::state::AppState;

/// Make a project that you own.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = ProjectCreate,
    responses((status = CREATED, body = Project)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    Json(wanted): Json<ProjectCreate>,
) -> Result<(StatusCode, Json<Project>), Error> {
    Ok((StatusCode::CREATED, Json(projects::create(&app, &caller, wanted).await?)))
}

/// Show a project.
#[utoipa::path(get, path = "/projects/{owner}/{slug}", tag = "projects",
    params(("owner" = String, Path, description = "Username"), ("slug" = String, Path, description = "Name under its owner")),
    responses((status = OK, body = Project)))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path((owner, slug)): Path<(String, String)>,
) -> Result<Json<Project>, Error> {
    Ok(Json(projects::show(&app, &caller, &owner, &slug).await?))
}
