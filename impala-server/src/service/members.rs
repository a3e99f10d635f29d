//! Who is in a project, as what.

use impala_core::FieldError;
use impala_core::api::{Member, Page, Role, Scope};

use super::page::PageRequest;
use super::{Caller, Error, access};
use crate::state::AppState;
use crate::store::sql::{members, users};

/// A part of the members, by name.
///
/// # Errors
/// As [`access::project`]; `Invalid` for the part.
pub async fn list(
    app: &AppState,
    caller: &Caller,
    owner: &str,
    slug: &str,
    part: &PageRequest,
) -> Result<Page<Member>, Error> {
    let project = access::project(app, caller, owner, slug, Role::Viewer, Scope::Read).await?;
    let rows = members::list(&app.pool, project.id, &part.after()?, part.rows()?).await?;
    part.page(rows, |member| member.username.clone())
}

/// Adds a member, or changes the role of one. Says whether they are new.
///
/// # Errors
/// As [`access::project`]; `Invalid` for an unknown user, and for the role `owner`: there is one, who stays.
pub async fn set(
    app: &AppState,
    caller: &Caller,
    owner: &str,
    slug: &str,
    member: &Member,
) -> Result<bool, Error> {
    let project = access::project(app, caller, owner, slug, Role::Owner, Scope::Admin).await?;
    if member.role == Role::Owner {
        return Err(FieldError::at("/role", "is editor or viewer; the owner stays who they are").into());
    }
    let user = users::find(&app.pool, &member.username).await?.ok_or_else(|| {
        FieldError::at("/username", format!("there is no user \"{}\"; have them register", member.username))
    })?;
    if user.username == project.owner {
        return Err(FieldError::at("/username", "is the owner, who stays owner").into());
    }
    let is_new = members::set(&app.pool, project.id, user.id, member.role, app.now()).await?;
    app.events.changed(project.id);
    Ok(is_new)
}

/// Removes a member. The owner may remove everyone else; everyone else may leave.
///
/// # Errors
/// As [`access::project`]; `Conflict` for the owner, `NotFound` when there is no such member.
pub async fn remove(
    app: &AppState,
    caller: &Caller,
    owner: &str,
    slug: &str,
    username: &str,
) -> Result<(), Error> {
    let needs = if username == caller.user.username { Role::Viewer } else { Role::Owner };
    let project = access::project(app, caller, owner, slug, needs, Scope::Admin).await?;
    if username == project.owner {
        let detail = "the owner cannot leave the project; delete it instead";
        return Err(Error::Conflict(detail.to_owned()));
    }
    if members::remove(&app.pool, project.id, username).await? {
        app.events.changed(project.id);
        Ok(())
    } else {
        Err(Error::not_found("member", username))
    }
}
