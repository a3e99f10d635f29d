//! Whether the stores belong together. A database that does not know the content of a folder would have all of it removed as
//! strays, so this is checked before anything is swept. See `migrations/0011_instance.sql`.

use uuid::Uuid;

use super::Error;
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::instance::{self, Instance, Part};
use crate::store::uploads::Uploads;

/// Claims the uploads folder for the instance, where it is that already or free.
///
/// # Errors
/// `Refused` when it belongs to another instance. Says which, and what to do.
pub async fn agree_on_uploads(
    pool: &sqlx::AnyPool,
    uploads: &Uploads,
    found: Instance,
) -> Result<(), StoreError> {
    let (place, id) = (uploads.root().display().to_string(), found.id);
    let uploads = uploads.clone();
    let owner = tokio::task::spawn_blocking(move || uploads.claim(id, found.takes_uploads)).await;
    match owner.map_err(|error| StoreError::Unavailable(error.into()))?? {
        Some(owner) if owner == id => instance::taken(pool, Part::Uploads).await,
        Some(owner) => Err(StoreError::Refused(format!(
            "the database and the uploads in {place} do not belong together: the database is of instance {id}, the uploads \
             are of instance {owner}; correct database_url or uploads, or name an empty folder"
        ))),
        None => Err(StoreError::Refused(format!(
            "{place} holds uploads that this database knows nothing of (they have no instance id, the database is instance \
             {id}); correct database_url or uploads, or, if it is certain that they belong together, give them the id: \
             echo {id} > {place}/instance"
        ))),
    }
}

/// Whether the uploads are still those of this server's instance: another one may have taken the folder since.
///
/// # Errors
/// `Refused` when they are not.
pub fn check_uploads(uploads: &Uploads, id: Uuid) -> Result<(), StoreError> {
    match uploads.owner()? {
        Some(owner) if owner == id => Ok(()),
        _ => Err(stranger(&uploads.root().display().to_string(), id)),
    }
}

/// The same of the documents.
///
/// # Errors
/// `Refused` when they are not.
pub async fn check_documents(app: &AppState) -> Result<(), Error> {
    match app.canvases.owner().await? {
        Some(owner) if owner == app.instance => Ok(()),
        _ => Err(stranger(app.canvases.name(), app.instance).into()),
    }
}

fn stranger(place: &str, id: Uuid) -> StoreError {
    StoreError::Refused(format!("{place} no longer belongs to instance {id}; nothing is removed there"))
}
