//! `projects` and their members.

use axum::extract::State;
use http::StatusCode;
use impala_core::api::{Member, Page, Project, ProjectCreate, ProjectPatch};

use super::extract::{Json, Path, Query};
use crate::service::page::PageRequest;
use crate::service::{Caller, Error, members, projects};
use crate::state::AppState;

/// List the projects that you are in.
#[utoipa::path(get, path = "/projects", tag = "projects", operation_id = "list_projects", security(("bearer" = ["read"])), params(PageRequest),
    responses((status = OK, body = Page<Project>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(part): Query<PageRequest>,
) -> Result<Json<Page<Project>>, Error> {
    Ok(Json(projects::list(&app, &caller, &part).await?))
}

/// Make a project that you own.
#[utoipa::path(post, path = "/projects", tag = "projects", operation_id = "create_project", security(("bearer" = ["admin"])), request_body = ProjectCreate,
    responses((status = CREATED, body = Project)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    Json(wanted): Json<ProjectCreate>,
) -> Result<(StatusCode, Json<Project>), Error> {
    Ok((StatusCode::CREATED, Json(projects::create(&app, &caller, wanted).await?)))
}

/// Show a project.
#[utoipa::path(get, path = "/projects/{owner}/{slug}", tag = "projects", operation_id = "show_project", security(("bearer" = ["read"])),
    params(("owner" = String, Path), ("slug" = String, Path)),
    responses((status = OK, body = Project)))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path((owner, slug)): Path<(String, String)>,
) -> Result<Json<Project>, Error> {
    Ok(Json(projects::show(&app, &caller, &owner, &slug).await?))
}

/// Change a project's title or description. Owners only.
#[utoipa::path(patch, path = "/projects/{owner}/{slug}", tag = "projects", operation_id = "edit_project", security(("bearer" = ["admin"])), request_body = ProjectPatch,
    params(("owner" = String, Path), ("slug" = String, Path)),
    responses((status = OK, body = Project)))]
pub async fn edit(
    State(app): State<AppState>,
    caller: Caller,
    Path((owner, slug)): Path<(String, String)>,
    Json(patch): Json<ProjectPatch>,
) -> Result<Json<Project>, Error> {
    Ok(Json(projects::edit(&app, &caller, &owner, &slug, patch).await?))
}

/// Delete a project with its sources, files and canvases. Owners only.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}", tag = "projects", operation_id = "delete_project", security(("bearer" = ["admin"])),
    params(("owner" = String, Path), ("slug" = String, Path)),
    responses((status = NO_CONTENT)))]
pub async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    Path((owner, slug)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    projects::delete(&app, &caller, &owner, &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the members of a project.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/members", tag = "projects", security(("bearer" = ["read"])),
    params(("owner" = String, Path), ("slug" = String, Path), PageRequest),
    responses((status = OK, body = Page<Member>)))]
pub async fn list_members(
    State(app): State<AppState>,
    caller: Caller,
    Path((owner, slug)): Path<(String, String)>,
    Query(part): Query<PageRequest>,
) -> Result<Json<Page<Member>>, Error> {
    Ok(Json(members::list(&app, &caller, &owner, &slug, &part).await?))
}

/// Add a member (201), or change the role of one (200). Owners only.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/members", tag = "projects", security(("bearer" = ["admin"])), request_body = Member,
    params(("owner" = String, Path), ("slug" = String, Path)),
    responses((status = OK, body = Member), (status = CREATED, body = Member)))]
pub async fn set_member(
    State(app): State<AppState>,
    caller: Caller,
    Path((owner, slug)): Path<(String, String)>,
    Json(member): Json<Member>,
) -> Result<(StatusCode, Json<Member>), Error> {
    let is_new = members::set(&app, &caller, &owner, &slug, &member).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(member)))
}

/// Remove a member. Owners may remove others; others may leave.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}/members/{username}", tag = "projects", security(("bearer" = ["admin"])),
    params(("owner" = String, Path), ("slug" = String, Path), ("username" = String, Path)),
    responses((status = NO_CONTENT)))]
pub async fn remove_member(
    State(app): State<AppState>,
    caller: Caller,
    Path((owner, slug, username)): Path<(String, String, String)>,
) -> Result<StatusCode, Error> {
    members::remove(&app, &caller, &owner, &slug, &username).await?;
    Ok(StatusCode::NO_CONTENT)
}
