//! Making a canvas: its document first, which is not visible yet, then its row, with which it exists.
//!
//! A crash between the two leaves a stray, and a stray holds its slug in the canvas store. It looks like a document that
//! another request is making; only its age distinguishes them. A request that takes longer than [`LATEST`] removes what it
//! made, so what has no row after [`ABANDONED`] never gets one, even where the clocks of two servers differ.

use std::time::Duration;

use impala_core::Canvas;
use impala_core::api::CanvasView;
use jiff::SignedDuration;
use uuid::Uuid;

use super::{check_size, find, revision, view};
use crate::service::{Caller, Error, recovery};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::canvases::SavedCanvas;
use crate::store::sql::canvases::{self as rows, CanvasRow};
use crate::store::sql::projects::ProjectRow;
use crate::store::sql::unfinished;

/// Age of a document without a row from which on it is a stray.
const ABANDONED: Duration = Duration::from_secs(60);

/// Longest that the making of a canvas may take, from its id to its row.
const LATEST: SignedDuration = SignedDuration::from_secs(30);

/// Longest that taking back holds up the answer.
const TAKE_BACK: Duration = Duration::from_secs(1);

/// Tries of a document whose slug became free in between.
const TRIES: u32 = 5;

/// The canvas that was made, or the one that is there already.
pub async fn create_in(
    app: &AppState,
    caller: &Caller,
    project: &ProjectRow,
    canvas: Canvas,
    note: &str,
) -> Result<Result<CanvasView, SavedCanvas>, Error> {
    check_size(app, &canvas)?;
    let slug = canvas.metadata.slug.clone();
    if let Some(id) = rows::find(&app.pool, project.id, &slug).await? {
        if let Some(there) = app.canvases.get(id).await? {
            return Ok(Err(there));
        }
        // Left over from a deletion. An id is never used again, so nothing else can be hit.
        rows::delete(&app.pool, id).await?;
    }
    let row = CanvasRow { id: app.new_id(), slug };
    let revision = revision(app, caller, 1, note);
    let saved = SavedCanvas { id: row.id, project: project.id, revision, canvas };
    if let Some(there) = put_document(app, &saved).await? {
        return Ok(Err(there));
    }
    match rows::insert(&app.pool, project.id, &row, saved.revision.saved_at).await {
        Ok(()) => {}
        // The answer was lost, not the row.
        Err(StoreError::Unavailable(_)) if rows::exists(&app.pool, row.id).await? => {}
        Err(error) => return instead(app, &saved, error).await.map(Err),
    }
    if saved.revision.saved_at.duration_until(app.now()) > LATEST {
        take_back(app, row.id).await?;
    }
    app.events.changed(project.id);
    Ok(Ok(view(app, project.id, saved).await?))
}

/// The existing canvas instead of one that got no row; the error, if there is none.
async fn instead(app: &AppState, saved: &SavedCanvas, error: StoreError) -> Result<SavedCanvas, Error> {
    // Without a row the document is a stray; left behind, it is removed by a later sweep.
    if let Err(error) = app.canvases.delete(saved.id).await {
        tracing::warn!(%error, canvas = %saved.id, "a document without a canvas stays for now");
    }
    let there = find(app, saved.project, &saved.canvas.metadata.slug).await?;
    there.ok_or_else(|| error.into())
}

/// Puts the document of a new canvas, or returns the canvas that got there first.
async fn put_document(app: &AppState, saved: &SavedCanvas) -> Result<Option<SavedCanvas>, Error> {
    let slug = &saved.canvas.metadata.slug;
    for _ in 0..TRIES {
        match app.canvases.put(saved).await {
            Ok(()) => return Ok(None),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => {
                // Whether it was written is not known. If it cannot be removed, it is a stray.
                let _ = tokio::time::timeout(TAKE_BACK, app.canvases.delete(saved.id)).await;
                return Err(error.into());
            }
        }
        let Some(holder) = app.canvases.find(saved.project, slug).await? else {
            continue;
        };
        // A restore puts documents long before their rows, which come together with the end of this mark: so it is looked at
        // before them.
        let is_restored = unfinished::find(&app.pool).await?.is_some();
        if let Some(there) = find(app, saved.project, slug).await? {
            return Ok(Some(there));
        }
        if is_restored || !recovery::is_older(holder, app.now(), ABANDONED) {
            break;
        }
        tracing::info!(canvas = %holder, "removing a document without a canvas, whose slug is needed");
        app.canvases.delete(holder).await?;
    }
    Err(Error::Conflict(format!(
        "another request is making a canvas \"{slug}\" in this project, or was cut short while it did; try again in a minute"
    )))
}

/// Ends a canvas that took too long to make, unless someone has saved it in between.
async fn take_back(app: &AppState, id: Uuid) -> Result<(), Error> {
    match app.canvases.delete_at(id, 1).await {
        Err(StoreError::Conflict(_)) if app.canvases.get(id).await?.is_some() => Ok(()),
        Ok(()) | Err(StoreError::Conflict(_)) => {
            rows::delete(&app.pool, id).await?;
            Err(StoreError::Unavailable("making the canvas took too long".into()).into())
        }
        Err(error) => Err(error.into()),
    }
}
