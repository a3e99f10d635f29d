//! Whether the server can do its work.

use std::time::Duration;

use super::Error;
use crate::state::AppState;
use crate::store::StoreError;

/// A database that is up answers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the stores, and writes to the folders.
///
/// # Errors
/// `NotReady`, which says what does not answer.
pub async fn check(app: &AppState) -> Result<(), Error> {
    let not_ready = |what| move |source: StoreError| Error::NotReady { what, source };
    let database = async {
        let asked = sqlx::query("select id from users limit 1").execute(&app.pool);
        // The pool waits for a database that is down; a health check does not.
        let asked = tokio::time::timeout(PATIENCE, asked).await;
        asked
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
            .map(drop)
            .map_err(|error| not_ready("the database")(error.into()))
    };
    let canvases = async { app.canvases.check().await.map_err(not_ready(app.canvases.name())) };
    let (data_dir, uploads) = (app.data_dir.clone(), app.uploads.clone());
    let folders = tokio::task::spawn_blocking(move || {
        let data_dir = data_dir.map_or(Ok(()), |data_dir| data_dir.check_writable());
        data_dir.map_err(|error| not_ready("the data directory")(error.into()))?;
        uploads.check().map_err(|error| not_ready("the uploads directory")(error.into()))
    });
    // In parallel: the check does not wait for one that is down after the other.
    let (database, canvases, folders) = tokio::join!(database, canvases, folders);
    database?;
    canvases?;
    folders.map_err(|error| Error::internal("writing to the folders", error))?
}
