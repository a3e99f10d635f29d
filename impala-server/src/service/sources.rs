//! Sources: listing, reading, going back to an earlier version, and deleting. Uploading is in
//! [`uploads`](super::uploads).

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use impala_core::api::{ColumnStats, Page, Preview, Role, Scope};
use impala_core::source::{Source, SourceColumn, SourceVersion};
use impala_core::{Invalid, name};
use serde::Deserialize;
use tokio::fs::File;
use utoipa::IntoParams;
use uuid::Uuid;

use super::page::PageRequest;
use super::paths::{ProjectPath, SourcePath};
use super::runner::{Kept, Key};
use super::{Caller, Error, access, tables};
use crate::engine::{self, Stop, TableFile};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::sources::{self as rows, StoredSource, StoredVersion};

mod diff;
mod readers;

pub use diff::{DiffRequest, diff};
pub use readers::canvases;

/// Rows of a preview when nothing is said.
const PREVIEW_ROWS: u64 = 50;

/// Rows of a preview at most.
const MAX_PREVIEW_ROWS: u64 = 1_000;

/// Figures look at every value of every column, which takes longer than a query may.
const STATS_TIMEOUT: Duration = Duration::from_secs(120);

/// Which version is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VersionRequest {
    /// Number of the version; the current one when left out.
    pub version: Option<u32>,
}

/// Which rows of which version are asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// Number of the version; the current one when left out.
    pub version: Option<u32>,
    /// The first row, from 0.
    #[serde(default)]
    pub offset: u64,
    /// Rows at most, 1 to 1000; 50 when left out.
    pub limit: Option<u64>,
}

/// A file to be sent.
#[derive(Debug)]
pub struct StoredFile {
    /// Open at its beginning.
    pub file: File,
    /// What to call it.
    pub name: String,
    /// SHA-256 of what was uploaded, in hexadecimal.
    pub sha256: String,
}

/// The sources of a project, by name.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a wrong cursor.
pub async fn list(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    page: &PageRequest,
) -> Result<Page<Source>, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let rows = rows::list(&app.pool, project.id, &page.after()?, page.rows()?).await?;
    page.page(rows.into_iter().map(StoredSource::into_source).collect(), |source| source.name.clone())
}

/// A source with its current version.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn open(app: &AppState, caller: &Caller, path: &SourcePath) -> Result<Source, Error> {
    Ok(read(app, caller, path).await?.into_source())
}

/// The versions of a source, newest first.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a wrong cursor.
pub async fn versions(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    page: &PageRequest,
) -> Result<Page<SourceVersion>, Error> {
    let source = read(app, caller, path).await?;
    let versions = rows::versions(&app.pool, source.id, page.after_number()?, page.rows()?).await?;
    page.page(versions, |version| version.version.to_string())
}

/// The columns of a version.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn schema(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: VersionRequest,
) -> Result<Vec<SourceColumn>, Error> {
    Ok(read_version(app, caller, path, request.version).await?.version.columns)
}

/// Some rows of a version, in the order of the file.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a limit that is too large.
pub async fn preview(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: PreviewRequest,
) -> Result<Preview, Error> {
    let version = read_version(app, caller, path, request.version).await?;
    let limit = request.limit.unwrap_or(PREVIEW_ROWS);
    if !(1..=MAX_PREVIEW_ROWS).contains(&limit) {
        let detail = format!("is {limit}, where 1 to {MAX_PREVIEW_ROWS} is possible");
        return Err(Invalid::at("/limit", detail).into());
    }
    let (table, offset) = (tables::table(app, &path.source, &version), request.offset);
    let timeout = super::data::timeout(app);
    let columns = app.runner.run(timeout, move |_| engine::preview(&table, offset, limit)).await?;
    Ok(Preview { columns, offset, rows_total: version.version.rows })
}

/// Figures of each column of a version.
///
/// # Errors
/// `NotFound`, `Forbidden`, or a `Query` that took too long.
pub async fn stats(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: VersionRequest,
) -> Result<Vec<ColumnStats>, Error> {
    let version = read_version(app, caller, path, request.version).await?;
    figures(app, tables::table(app, &path.source, &version)).await
}

/// Figures of each column of a file.
async fn figures(app: &AppState, table: TableFile) -> Result<Vec<ColumnStats>, Error> {
    let key = Key::of(&("stats", &table.path));
    let folder = app.uploads.bench().to_owned();
    let work = move |stop: &Stop| engine::stats(&table, &folder, stop).map(Kept::Stats);
    let (computed, _) = app.runner.cached(key, STATS_TIMEOUT, || app.now(), work).await?;
    match &computed.kept {
        Kept::Stats(stats) => Ok(stats.clone()),
        _ => Err(Error::internal("taking figures from the cache", "the entry is not figures")),
    }
}

/// The bytes of a version as they came.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn content(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: VersionRequest,
) -> Result<StoredFile, Error> {
    let csv = |StoredVersion { upload, version, .. }: &StoredVersion| {
        Ok((app.uploads.csv(*upload, &version.sha256), version.format.clone()))
    };
    open_file(app, caller, path, request, csv).await
}

/// Opens a file of a version, which `place` finds together with its extension. Where it is missing, perhaps the row has gone
/// too, so that `place` is asked again.
async fn open_file(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: VersionRequest,
    place: impl Fn(&StoredVersion) -> Result<(PathBuf, String), Error>,
) -> Result<StoredFile, Error> {
    let mut missing = None;
    loop {
        let found = read_version(app, caller, path, request.version).await?;
        let (place, extension) = place(&found)?;
        match File::open(&place).await {
            Ok(file) => {
                let name = file_name(path, request, &extension);
                return Ok(StoredFile { file, name, sha256: found.version.sha256 });
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(StoreError::from(error).into()),
            Err(error) if missing.as_ref() == Some(&place) => {
                return Err(StoreError::corrupt(format!("the upload {}", place.display()), error).into());
            }
            Err(_) => missing = Some(place),
        }
    }
}

/// The rows of a version that were left out.
///
/// # Errors
/// `Forbidden`; `NotFound`, also when none were left out.
pub async fn rejects(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: VersionRequest,
) -> Result<StoredFile, Error> {
    let rejects = |StoredVersion { upload, version, .. }: &StoredVersion| match version.rejected_rows {
        0 => Err(Error::not_found("rejected row in version", version.version.to_string())),
        _ => Ok((app.uploads.rejects(*upload, &version.sha256), "rejects.csv".to_owned())),
    };
    open_file(app, caller, path, request, rejects).await
}

/// `taxis.csv`, `taxis@3.csv`. Names of sources are slugs, so nothing in it needs escaping.
fn file_name(path: &SourcePath, request: VersionRequest, extension: &str) -> String {
    let version = request.version.map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}{version}.{extension}", path.source)
}

/// Makes an earlier version the current one.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn roll_back(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    version: u32,
) -> Result<Source, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    let source = find(app, project.id, &path.source).await?;
    if !rows::roll_back(&app.pool, source.id, version).await? {
        return Err(no_version(&source, version));
    }
    app.events.changed(project.id);
    Ok(find(app, project.id, &path.source).await?.into_source())
}

/// Deletes a source with all its versions. Canvases that show it stay, and say so.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn delete(app: &AppState, caller: &Caller, path: &SourcePath) -> Result<(), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    let Some(useless) = rows::delete(&app.pool, project.id, &path.source).await? else {
        return Err(not_found(app, project.id, &path.source).await?);
    };
    app.events.changed(project.id);
    let uploads = app.uploads.clone();
    let removed =
        tokio::task::spawn_blocking(move || useless.into_iter().try_for_each(|id| uploads.remove(id))).await;
    // The source is gone with its rows; files that stay are swept at the next start.
    if let Ok(Err(error)) = removed {
        tracing::warn!(%error, "files of a deleted source stay until the next start");
    }
    Ok(())
}

async fn read(app: &AppState, caller: &Caller, path: &SourcePath) -> Result<StoredSource, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    find(app, project.id, &path.source).await
}

/// A version of a source, the current one when no number is said.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub(super) async fn read_version(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    number: Option<u32>,
) -> Result<StoredVersion, Error> {
    let source = read(app, caller, path).await?;
    let Some(number) = number else {
        return Ok(source.current);
    };
    let version = rows::version(&app.pool, source.id, number).await?;
    version.ok_or_else(|| no_version(&source, number))
}

async fn find(app: &AppState, project: Uuid, source: &str) -> Result<StoredSource, Error> {
    match rows::find(&app.pool, project, source).await? {
        Some(found) => Ok(found),
        None => Err(not_found(app, project, source).await?),
    }
}

async fn not_found(app: &AppState, project: Uuid, source: &str) -> Result<Error, Error> {
    let names = rows::names(&app.pool, project).await?;
    Ok(Error::NotFound {
        kind: "source",
        name: source.to_owned(),
        hint: name::suggestion(source, names.iter().map(String::as_str)),
    })
}

fn no_version(source: &StoredSource, number: u32) -> Error {
    Error::NotFound {
        kind: "version",
        name: format!("{}@{number}", source.name),
        hint: format!("; there are the versions 1 to {}", source.versions),
    }
}
