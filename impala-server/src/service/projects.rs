//! Projects: making, listing, changing and deleting them.

use impala_core::api::{Page, Project, ProjectCreate, ProjectPatch, Role, Scope};
use impala_core::{FieldError, Invalid, name};
use uuid::Uuid;

use super::page::PageRequest;
use super::{Caller, Error, access};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::canvases;
use crate::store::sql::projects::{self, ProjectRow, Visible};

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

/// A part of the projects that the caller is in, by owner and slug. A token that is bound to one sees that one.
///
/// # Errors
/// `Forbidden` for a token that may not, `Invalid` for the part.
pub async fn list(app: &AppState, caller: &Caller, part: &PageRequest) -> Result<Page<Project>, Error> {
    caller.needs(Scope::Read)?;
    let only = caller.bound_to();
    let after = part.after()?;
    let visible = Visible { user_id: caller.user.id, only, after: &after, rows: part.rows()? };
    let rows = projects::list(&app.pool, &visible).await?;
    let items = rows.into_iter().map(Project::from).collect();
    part.page(items, |project| format!("{}/{}", project.owner, project.slug))
}

/// Changes title and description of a project.
///
/// # Errors
/// As [`access::project`]; `Invalid`.
pub async fn edit(
    app: &AppState,
    caller: &Caller,
    owner: &str,
    slug: &str,
    patch: ProjectPatch,
) -> Result<Project, Error> {
    let project = access::project(app, caller, owner, slug, Role::Owner, Scope::Admin).await?;
    let (title, description) = (patch.title.as_deref(), patch.description.as_deref());
    Invalid::unless_empty(check_texts(title, description))?;
    projects::set_texts(&app.pool, project.id, title, description).await?;
    show(app, caller, owner, slug).await
}

/// Deletes a project with all that is in it. It is invisible from the first step on.
///
/// # Errors
/// As [`access::project`].
pub async fn delete(app: &AppState, caller: &Caller, owner: &str, slug: &str) -> Result<(), Error> {
    let project = access::project(app, caller, owner, slug, Role::Owner, Scope::Admin).await?;
    if !projects::mark_deleted(&app.pool, project.id, app.now()).await? {
        return Err(Error::not_found("project", format!("{owner}/{slug}")));
    }
    app.events.changed(project.id);
    // In a task of its own, which continues when the client hangs up. If it fails, the next start continues.
    let (app, project_id) = (app.clone(), project.id);
    let purged = tokio::spawn(async move { purge(&app, project_id).await }).await;
    let purged = purged.unwrap_or_else(|error| Err(Error::internal("deleting a project", error)));
    if let Err(error) = purged {
        tracing::error!(project_id = %project.id, error = %error, "a deleted project left something behind");
    }
    Ok(())
}

/// Removes everything of a project that is marked deleted: what is outside the database first, its rows last, so
/// that after a crash the next start finds what is left to do.
///
/// # Errors
/// When a store fails. What is done is done; calling it again goes on.
pub async fn purge(app: &AppState, project_id: Uuid) -> Result<(), Error> {
    for canvas in canvases::ids(&app.pool, project_id).await? {
        app.canvases.delete(canvas).await?;
    }
    remove_files(app, project_id).await?;
    projects::remove(&app.pool, project_id).await?;
    // An upload may have put its files here in between, and then found no project.
    remove_files(app, project_id).await
}

async fn remove_files(app: &AppState, project_id: Uuid) -> Result<(), Error> {
    let uploads = app.uploads.clone();
    let removed = tokio::task::spawn_blocking(move || uploads.remove_project(project_id)).await;
    removed
        .map_err(|fault| Error::internal("removing a project's files", fault))?
        .map_err(StoreError::from)?;
    Ok(())
}

/// Finishes interrupted deletions. Called at start, before the first request.
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
