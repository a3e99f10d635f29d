//! Previews: versions of sources that are visible only through the preview. A pull request uploads to its own, its canvases
//! are read through it, and it expires by itself.
//!
//! A preview is an overlay: the sources that it has versions of come from it, all others from the project as it is, and so do
//! versions that are asked for by number. Nothing of it is in the lists of the project.

use std::collections::BTreeMap;
use std::time::Duration;

use impala_core::api::{Page, PreviewChange, PreviewVersion, PreviewView, ProjectPreview, Role, Scope};
use impala_core::{FieldError, Invalid, name};
use jiff::SignedDuration;
use uuid::Uuid;

use super::page::PageRequest;
use super::paths::{PreviewPath, ProjectPath};
use super::{Caller, Error, access, uploads};
use crate::state::AppState;
use crate::store::sql::previews::{self as rows, PreviewRow};
use crate::store::sql::sources::StoredVersion;
use crate::store::uploads::UploadId;

/// Previews that a project may have at a time.
const MOST: u64 = 200;

/// How long a preview may live, in seconds: a minute to 90 days.
const LIFE_S: std::ops::RangeInclusive<u64> = 60..=90 * 24 * 60 * 60;

/// How long a replaced version stays: queries that have looked it up have ended by then.
const REPLACED: Duration = Duration::from_secs(60 * 60);

/// Where the names of sources are looked up: in a project, perhaps through one of its previews.
#[derive(Clone, Debug)]
pub struct Place {
    /// The project.
    pub project: Uuid,
    /// What it is seen through.
    pub preview: Option<Overlay>,
}

/// What a preview shows instead of the current versions.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The preview.
    pub row: PreviewRow,
    /// Its versions, by source.
    pub versions: BTreeMap<String, StoredVersion>,
}

impl From<Uuid> for Place {
    fn from(project: Uuid) -> Self {
        Self { project, preview: None }
    }
}

impl Place {
    /// The project, seen through the preview of that name if there is one.
    ///
    /// # Errors
    /// `NotFound` when there is no such preview, or it has expired.
    pub async fn of(app: &AppState, project: Uuid, preview: Option<&str>) -> Result<Self, Error> {
        let Some(name) = preview else { return Ok(project.into()) };
        let row = find(app, project, name).await?;
        let versions = rows::versions(&app.pool, row.id).await?.into_iter().collect();
        Ok(Self { project, preview: Some(Overlay { row, versions }) })
    }
}

/// How long a preview is to live.
///
/// # Errors
/// When that is too short or too long.
pub fn life(ttl_s: u64) -> Result<SignedDuration, String> {
    if !LIFE_S.contains(&ttl_s) {
        return Err(format!(
            "is {ttl_s} second{}, where 60 (a minute) to {} (90 days) is possible",
            if ttl_s == 1 { "" } else { "s" },
            LIFE_S.end()
        ));
    }
    Ok(SignedDuration::from_secs(i64::try_from(ttl_s).unwrap_or(i64::MAX)))
}

/// Whether a preview may have that name. A number would look like that of a version: `sales@3`.
///
/// # Errors
/// Why not.
pub fn check_name(name: &str) -> Result<(), String> {
    name::check_slug("", name).map_err(|error| error.detail)?;
    match name.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Err(format!("\"{name}\" is a number, as versions have; call the preview pr-{name}")),
        false => Ok(()),
    }
}

/// Whether one more preview may be made in the project.
///
/// # Errors
/// `Conflict` when it has enough of them.
pub(super) async fn check_room(app: &AppState, project: Uuid, name: &str) -> Result<(), Error> {
    let now = app.now();
    if rows::find(&app.pool, project, name, now).await?.is_some()
        || rows::count_all(&app.pool, project, now).await? < MOST
    {
        return Ok(());
    }
    let detail =
        format!("the project has {MOST} previews already; delete one that nobody needs: impala preview list");
    Err(Error::Conflict(detail))
}

async fn find(app: &AppState, project: Uuid, name: &str) -> Result<PreviewRow, Error> {
    let now = app.now();
    if let Some(row) = rows::find(&app.pool, project, name, now).await? {
        return Ok(row);
    }
    let known = rows::list(&app.pool, project, now, "", 1_000).await?;
    let hint = match known.is_empty() {
        true => "; the project has none".to_owned(),
        false => name::suggestion(name, known.iter().map(|row| row.name.as_str())),
    };
    Err(Error::NotFound { kind: "preview", name: name.to_owned(), hint })
}

/// The previews of a project, by name.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a wrong cursor.
pub async fn list(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    part: &PageRequest,
) -> Result<Page<ProjectPreview>, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let found = rows::list(&app.pool, project.id, app.now(), &part.after()?, part.rows()?).await?;
    let mut previews = Vec::with_capacity(found.len());
    for row in found {
        let sources = rows::versions(&app.pool, row.id).await?.into_iter().map(|(source, _)| source);
        previews.push(row.into_preview(sources.collect()));
    }
    part.page(previews, |preview| preview.name.clone())
}

/// One preview, with what it shows.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn open(app: &AppState, caller: &Caller, path: &PreviewPath) -> Result<PreviewView, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    view(app, find(app, project.id, &path.preview).await?).await
}

async fn view(app: &AppState, row: PreviewRow) -> Result<PreviewView, Error> {
    let versions = rows::versions(&app.pool, row.id).await?.into_iter();
    let versions: Vec<PreviewVersion> =
        versions.map(|(source, stored)| PreviewVersion { source, version: stored.version }).collect();
    let sources = versions.iter().map(|version| version.source.clone()).collect();
    Ok(PreviewView { preview: row.into_preview(sources), versions })
}

/// Moves the end of a preview.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a life that is too short or too long.
pub async fn change(
    app: &AppState,
    caller: &Caller,
    path: &PreviewPath,
    change: &PreviewChange,
) -> Result<PreviewView, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    let life = life(change.ttl_s).map_err(|detail| Invalid::from(FieldError::at("/ttl_s", detail)))?;
    match rows::set_life(&app.pool, project.id, &path.preview, app.now(), life).await? {
        Some(row) => view(app, row).await,
        None => Err(not_found(app, project.id, &path.preview).await),
    }
}

async fn not_found(app: &AppState, project: Uuid, name: &str) -> Error {
    match find(app, project, name).await {
        Err(error) => error,
        Ok(_) => Error::Conflict(format!("the preview \"{name}\" was made just now; try again")),
    }
}

/// Deletes a preview with all its versions.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn delete(app: &AppState, caller: &Caller, path: &PreviewPath) -> Result<(), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    let Some(useless) = rows::delete(&app.pool, project.id, &path.preview, app.now()).await? else {
        return Err(not_found(app, project.id, &path.preview).await);
    };
    // The preview is gone with its rows; files that stay are swept.
    if let Err(error) = remove(app, useless).await {
        tracing::warn!(%error, "files of a deleted preview stay until the next sweep");
    }
    Ok(())
}

/// Removes expired previews, and versions that were replaced a while ago, with their files.
///
/// # Errors
/// When a store fails. What is done is done; calling it again goes on.
pub async fn sweep(app: &AppState) -> Result<(), Error> {
    let now = app.now();
    let (previews, mut useless) = rows::expire(&app.pool, now).await?;
    if previews > 0 {
        tracing::info!(previews, "previews have expired");
    }
    let before = now.checked_sub(SignedDuration::try_from(REPLACED).unwrap_or(SignedDuration::MAX));
    useless.extend(rows::forget_replaced(&app.pool, before.unwrap_or(jiff::Timestamp::MIN)).await?);
    remove(app, useless).await
}

async fn remove(app: &AppState, useless: Vec<UploadId>) -> Result<(), Error> {
    let files = app.uploads.clone();
    uploads::blocking(move || {
        useless.into_iter().try_for_each(|id| files.remove(id)).map_err(uploads::disk_error)
    })
    .await
}
