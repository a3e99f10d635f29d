//! Projects: making, listing, changing and deleting them.

use impala_core::api::{Project, ProjectCreate, Role, Scope};
use impala_core::{FieldError, Invalid, name};
use uuid::Uuid;

use super::{Caller, Error, access};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::projects::{self, ProjectRow};

/// Characters that a title may have.
const TITLE_CHARS: usize = 200;

/// Characters that a description may have.
const DESCRIPTION_CHARS: usize = 2_000;

/// Makes a project that the caller owns.
///
/// # Errors
/// `Forbidden` for a token that may not, `Invalid`, `Conflict` when the caller has one of that slug.
pub async fn create(app: &AppState, caller: &Caller, wanted: ProjectCreate) -> Result<Project, Error> {
    caller.needs_everywhere(Scope::Admin)?;
    let mut errors: Vec<FieldError> = name::check_slug("/slug", &wanted.slug).err().into_iter().collect();
    errors.extend(check_texts(Some(&wanted.title), Some(&wanted.description)));
    Invalid::unless_empty(errors)?;
    let project = ProjectRow {
        id: app.new_id(),
        owner: caller.user.username.clone(),
        slug: wanted.slug,
        title: wanted.title,
        description: wanted.description,
        created_at: app.now(),
        role: Role::Owner,
    };
    projects::add(&app.pool, &project, caller.user.id).await.map_err(|error| match error {
        StoreError::Conflict(_) => {
            Error::Conflict(format!("you have a project \"{}\" already", project.slug))
        }
        error => error.into(),
    })?;
    Ok(project.into())
}

fn check_texts(title: Option<&str>, description: Option<&str>) -> Vec<FieldError> {
    let texts = [("/title", title, TITLE_CHARS), ("/description", description, DESCRIPTION_CHARS)];
    let too_long =
        texts.into_iter().filter(|(_, text, most)| text.is_some_and(|text| text.chars().count() > *most));
    too_long
        .map(|(pointer, _, most)| FieldError::at(pointer, format!("longer than {most} characters")))
        .collect()
}

/// Shows a project.
///
/// # Errors
/// As [`access::project`].
pub async fn show(app: &AppState, caller: &Caller, owner: &str, slug: &str) -> Result<Project, Error> {
    Ok(access::project(app, caller, owner, slug, Role::Viewer, Scope::Read).await?.into())
}

/// Removes everything of a project that is marked deleted: what lies outside the database first, its rows last, so
/// that after a crash the next start finds what is left to do.
///
/// # Errors
/// When a store fails. What is done is done; calling it again goes on.
pub async fn purge(app: &AppState, project_id: Uuid) -> Result<(), Error> {
    projects::remove(&app.pool, project_id).await?;
    Ok(())
}

/// Finishes deletions that were cut short. Called at start, before the first request.
///
/// # Errors
/// When a store fails.
pub async fn purge_deleted(app: &AppState) -> Result<(), Error> {
    for project_id in projects::list_deleted(&app.pool).await? {
        tracing::info!(%project_id, "finishing the deletion of a project");
        purge(app, project_id).await?;
    }
    Ok(())
}
