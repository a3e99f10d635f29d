//! Which canvases read a source.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use impala_core::api::{CanvasName, Role, Scope};

use super::find;
use crate::service::paths::SourcePath;
use crate::service::{Caller, Error, access, tables};
use crate::state::AppState;
use crate::store::sql::canvases::{self as rows, CanvasRow};

/// Documents that are read at once.
const AT_ONCE: usize = 8;

/// The canvases that read a source, by slug: in a block, in its SQL, or in a parameter; whatever version they name.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn canvases(app: &AppState, caller: &Caller, path: &SourcePath) -> Result<Vec<CanvasName>, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let source = find(app, project.id, &path.source).await?.name;
    let rows = rows::list(&app.pool, project.id, "", i64::MAX).await?;
    let readers = stream::iter(rows.into_iter().map(|row| reader(app, row, &source))).buffered(AT_ONCE);
    readers.try_filter_map(async |reader| Ok(reader)).try_collect().await
}

/// The canvas, if it reads that source.
async fn reader(app: &AppState, row: CanvasRow, source: &str) -> Result<Option<CanvasName>, Error> {
    // It may have been deleted after its row was read.
    let Some(saved) = app.canvases.get(row.id).await? else { return Ok(None) };
    let refs = tables::sources_of_canvas(&saved.canvas).await?;
    let is_read = refs.iter().any(|reference| reference.name == source);
    Ok(is_read.then(|| CanvasName { slug: row.slug, title: saved.canvas.metadata.title.clone() }))
}
