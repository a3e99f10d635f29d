//! Who is in a project.

use axum::extract::State;
use axum::response::Redirect;
use impala_core::FieldError;
use impala_core::api::Member;

use super::fields::Submitted;
use super::see;
use crate::http::extract::Path;
use crate::service::paths::ProjectPath;
use crate::service::{Error, members};
use crate::state::AppState;

/// Adds a member, or changes the role of one.
pub async fn set(
    State(app): State<AppState>,
    Path(path): Path<ProjectPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    let role = form.fields.get("role").parse().map_err(|detail: String| FieldError::at("/role", detail))?;
    let member = Member { username: form.fields.get("username").to_owned(), role };
    members::set(&app, &form.by.caller, &path.owner, &path.slug, &member).await?;
    Ok(see(format!("/{}/{}#members", path.owner, path.slug)))
}

/// Removes a member; users who remove themselves see the list of projects next.
pub async fn remove(
    State(app): State<AppState>,
    Path(path): Path<ProjectPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    let username = form.fields.get("username");
    members::remove(&app, &form.by.caller, &path.owner, &path.slug, username).await?;
    let has_left = username == form.by.caller.user.username;
    Ok(see(if has_left { "/".to_owned() } else { format!("/{}/{}#members", path.owner, path.slug) }))
}
