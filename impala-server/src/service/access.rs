//! The one check of who may do what in a project. Every service function over a project begins with it.

use impala_core::api::{Role, Scope};

use super::{Caller, Error};
use crate::state::AppState;
use crate::store::sql::projects::{self, ProjectRow};

/// Finds the project `owner/slug` for a caller who needs at least the role `needs`, and whose token needs `scope`.
///
/// # Errors
/// * `NotFound` when there is no such project, the caller is no member, or their token is for another project: the
///   three look the same from outside.
/// * `Forbidden` when they are a member, but their role or their token's scopes do not suffice.
pub async fn project(
    app: &AppState,
    caller: &Caller,
    owner: &str,
    slug: &str,
    needs: Role,
    scope: Scope,
) -> Result<ProjectRow, Error> {
    let project = projects::find(&app.pool, owner, slug, caller.user.id)
        .await?
        .filter(|project| caller.may_touch(project.id))
        .ok_or_else(|| Error::not_found("project", format!("{owner}/{slug}")))?;
    caller.needs(scope)?;
    if project.role < needs {
        return Err(Error::Forbidden(format!(
            "this needs the role {} in {owner}/{slug}, where you are {}; ask {owner} for it",
            needs.as_str(),
            project.role.as_str()
        )));
    }
    Ok(project)
}
