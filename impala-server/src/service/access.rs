//! The one check of who may do what in a project. Every service function over a project begins with it.

use impala_core::api::{Role, Scope};
use impala_core::name;

use super::{Caller, Error};
use crate::state::AppState;
use crate::store::sql::projects::{self, ProjectRow, Visible};

/// Projects whose names are compared with one that is not there.
const MOST_LOOKED_AT: i64 = 1_000;

/// Finds the project `owner/slug` for a caller who needs at least the role `needs`, and whose token needs `scope`.
///
/// # Errors
/// * `NotFound` when there is no such project, the caller is not a member, or their token is for another project: the
///   three look the same from outside.
/// * `Forbidden` when they are a member, but their role or their token's scopes are not sufficient.
pub async fn project(
    app: &AppState,
    caller: &Caller,
    owner: &str,
    slug: &str,
    needs: Role,
    scope: Scope,
) -> Result<ProjectRow, Error> {
    let found = projects::find(&app.pool, owner, slug, caller.user.id).await?;
    let Some(project) = found.filter(|project| caller.may_touch(project.id)) else {
        return Err(not_found(app, caller, owner, slug).await?);
    };
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

/// The error for an unknown project, with the nearest name among those that the caller sees.
async fn not_found(app: &AppState, caller: &Caller, owner: &str, slug: &str) -> Result<Error, Error> {
    let visible =
        Visible { user_id: caller.user.id, only: caller.bound_to(), after: "", rows: MOST_LOOKED_AT };
    let seen = projects::list(&app.pool, &visible).await?;
    let of_owner = seen.iter().filter(|project| project.owner == owner).map(|project| project.slug.as_str());
    let owners = seen.iter().filter(|project| project.slug == slug).map(|project| project.owner.as_str());
    let meant = match (name::nearest(slug, of_owner), name::nearest(owner, owners)) {
        (Some(slug), _) => Some(format!("{owner}/{slug}")),
        (None, Some(owner)) => Some(format!("{owner}/{slug}")),
        (None, None) => None,
    };
    let hint = meant.map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
    Ok(Error::NotFound { kind: "project", name: format!("{owner}/{slug}"), hint })
}
