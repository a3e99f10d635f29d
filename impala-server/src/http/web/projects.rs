//! Projects: the list, one of them, and changing it.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::HeaderMap;
use impala_core::api::{ProjectCreate, ProjectPatch};
use impala_core::{FieldError, name};

use super::account::refused;
use super::fields::Submitted;
use super::human::page;
use super::see;
use super::viewer::{SignedIn, Viewer};
use crate::http::error::problem;
use crate::http::extract::Path;
use crate::service::page::PageRequest;
use crate::service::paths::ProjectPath;
use crate::service::{Error, canvases, members, projects, sources, users};
use crate::state::AppState;
use crate::web::project::{Overview, show as template};
use crate::web::{frame, projects as templates};

/// Items of a list that a page shows.
const MOST: u32 = 500;

/// The largest part of a list.
pub fn whole() -> PageRequest {
    PageRequest { limit: Some(MOST), cursor: None }
}

/// The user's projects; for visitors, what this server is.
pub async fn home(
    State(app): State<AppState>,
    viewer: Viewer,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if viewer.caller.is_none() && crate::http::cookie::is_from_elsewhere(&headers) {
        return Ok(page(frame::again("/")));
    }
    let Some(caller) = &viewer.caller else {
        let is_new = !users::is_anyone_there(&app).await;
        return Ok(page(frame::landing(&viewer.shell, is_new)));
    };
    let projects = projects::list(&app, caller, &whole()).await?.items;
    Ok(page(templates::list(&viewer.shell, &projects)))
}

/// The form for a new project.
pub async fn new_page(by: SignedIn) -> Response {
    page(templates::new(&by.shell, ["", "", ""], None))
}

/// Makes a project.
pub async fn create(
    State(app): State<AppState>,
    Submitted { by, fields }: Submitted,
) -> Result<Response, Error> {
    let values = [fields.get("slug"), fields.get("title"), fields.get("description")];
    let [slug, title, description] = values.map(str::to_owned);
    match projects::create(&app, &by.caller, ProjectCreate { slug, title, description }).await {
        Ok(project) => Ok(see(crate::web::project::path(&project)).into_response()),
        Err(error) => {
            let fault = problem(&error);
            Ok(refused(page(templates::new(&by.shell, values, Some(&fault))), &fault))
        }
    }
}

/// A project.
pub async fn show(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<ProjectPath>,
) -> Result<Response, Error> {
    let caller = &by.caller;
    let project = projects::show(&app, caller, &path.owner, &path.slug).await?;
    let canvases = canvases::list(&app, caller, &path, &whole()).await?;
    let sources = sources::list(&app, caller, &path, &whole()).await?;
    let members = members::list(&app, caller, &path.owner, &path.slug, &whole()).await?;
    let is_cut =
        canvases.next_cursor.is_some() || sources.next_cursor.is_some() || members.next_cursor.is_some();
    let overview = Overview {
        project: &project,
        canvases: &canvases.items,
        sources: &sources.items,
        members: &members.items,
        is_cut,
    };
    Ok(page(template(&by.shell, &overview)))
}

/// Changes title and description of a project.
pub async fn edit(
    State(app): State<AppState>,
    Path(path): Path<ProjectPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    let text = |name: &str| Some(form.fields.get(name).to_owned());
    let patch = ProjectPatch { title: text("title"), description: text("description") };
    projects::edit(&app, &form.by.caller, &path.owner, &path.slug, patch).await?;
    Ok(see(format!("/{}/{}", path.owner, path.slug)))
}

/// Deletes a project whose name was typed.
pub async fn delete(
    State(app): State<AppState>,
    Path(path): Path<ProjectPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    confirm(form.fields.get("confirm"), &path.slug)?;
    projects::delete(&app, &form.by.caller, &path.owner, &path.slug).await?;
    Ok(see("/"))
}

/// Whether a deletion is meant.
///
/// # Errors
/// When another name was typed.
pub fn confirm(typed: &str, expected: &str) -> Result<(), FieldError> {
    if typed == expected {
        return Ok(());
    }
    let hint = name::suggestion(typed, [expected]);
    Err(FieldError::at("/confirm", format!("type {expected} to delete it; nothing was changed{hint}")))
}
