//! What a start does first: it finishes or takes back what a crash cut short. No request is at work yet.

use super::{Error, projects};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::{canvases, sources};

/// Documents looked at together.
const BATCH: i64 = 1_000;

/// Finishes deletions of projects, and removes files and documents that no row names.
///
/// # Errors
/// When a store fails.
pub async fn recover(app: &AppState) -> Result<(), Error> {
    sweep_uploads(app).await?;
    if let Err(error) = app.canvases.check().await {
        tracing::warn!(%error, "what is left of unfinished work on canvases stays for now");
        return Ok(());
    }
    projects::purge_deleted(app).await?;
    app.canvases.tidy().await?;
    sweep_canvases(app).await
}

async fn sweep_uploads(app: &AppState) -> Result<(), Error> {
    let known = sources::uploads(&app.pool).await?;
    let uploads = app.uploads.clone();
    let swept = tokio::task::spawn_blocking(move || uploads.sweep(&known)).await;
    let swept =
        swept.map_err(|fault| Error::internal("sweeping uploads", fault))?.map_err(StoreError::from)?;
    if swept.unfinished + swept.strays > 0 {
        tracing::info!(swept.unfinished, swept.strays, "removed what is left of unfinished uploads");
    }
    Ok(())
}

async fn sweep_canvases(app: &AppState) -> Result<(), Error> {
    let mut after = None;
    loop {
        let ids = app.canvases.ids(after, BATCH).await?;
        for id in &ids {
            if !canvases::exists(&app.pool, *id).await? {
                tracing::info!(canvas = %id, "removing a document without a canvas");
                app.canvases.delete(*id).await?;
            }
        }
        match ids.last() {
            Some(last) => after = Some(*last),
            None => return Ok(()),
        }
    }
}
