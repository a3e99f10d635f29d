//! Whether the server can do its work.

use super::Error;
use crate::state::AppState;
use crate::store::StoreError;

/// Asks the database, and writes to the data directory.
///
/// # Errors
/// Why not.
pub async fn check(app: &AppState) -> Result<(), Error> {
    sqlx::query("select id from users limit 1").execute(&app.pool).await?;
    let data_dir = app.data_dir.clone();
    let written = tokio::task::spawn_blocking(move || data_dir.check_writable()).await;
    let written = written.map_err(|error| Error::internal("writing to the data directory", error))?;
    Ok(written.map_err(StoreError::from)?)
}
