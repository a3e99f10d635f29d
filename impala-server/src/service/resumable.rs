//! Uploads in several requests, over hours if need be, and through any of several servers: the storage side of tus 1.0.0
//! (<https://tus.io/protocols/resumable-upload>).
//!
//! Each request writes pieces of its own, and a piece counts once it is on disk and recorded in the database. Of two
//! requests that bring the same bytes one wins, and nobody has to wait for a request that has lost its connection and does
//! not know it yet. When all bytes are there, [`outcome`] makes the version as any other upload does, once.

pub mod checksum;
mod finish;
pub mod metadata;
mod take;

use impala_core::api::{Role, Scope};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub use finish::{Outcome, outcome};
pub use take::{Taken, Taking, resume};

use self::metadata::Metadata;
use super::{Caller, Error, access};
use crate::state::AppState;
use crate::store::sql::resumable::{self as rows, NewRow, ResumableRow, UploadState};

/// How long an upload is kept without a byte moving.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// How long the result of an upload is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Uploads that one user may have begun and not ended.
const MOST_OPEN: u64 = 200;

/// When to come again, in seconds, with more than those.
const COME_AGAIN_S: u64 = 60;

/// Begins an upload of `length` bytes. `header` is its `Upload-Metadata`.
///
/// # Errors
/// `Invalid` for incomplete or wrong metadata; `NotFound` or `Forbidden`; `TooLarge`; `TooMany`.
pub async fn create(
    app: &AppState,
    caller: &Caller,
    header: &str,
    length: u64,
) -> Result<ResumableRow, Error> {
    caller.needs(Scope::Upload)?;
    let metadata = Metadata::read(header)?;
    let project =
        access::project(app, caller, &metadata.owner, &metadata.slug, Role::Editor, Scope::Upload).await?;
    super::uploads::check_size(app, length)?;
    super::contracts::check_known(app, project.id, metadata.settings.contract.as_deref()).await?;
    if let Some(preview) = &metadata.settings.preview {
        super::previews::check_room(app, project.id, preview).await?;
    }
    if rows::count_open(&app.pool, caller.user.id).await? >= MOST_OPEN {
        return Err(Error::TooMany { retry_after_s: COME_AGAIN_S });
    }
    let (id, now) = (app.new_id(), app.now());
    let new = NewRow {
        id,
        project: project.id,
        user: caller.user.id,
        metadata: header,
        length,
        now,
        expires_at: after(now, LIFE),
    };
    rows::insert(&app.pool, &new).await?;
    find(app, caller, id).await
}

/// An upload of the caller's that takes bytes, or is over and remembered.
///
/// # Errors
/// `NotFound` when there is none, or it is someone else's; `Forbidden`; `Gone` when it has expired or was ended.
pub async fn find(app: &AppState, caller: &Caller, id: Uuid) -> Result<ResumableRow, Error> {
    caller.needs(Scope::Upload)?;
    let row = rows::find(&app.pool, id).await?;
    let row = row.filter(|row| row.user == caller.user.id && caller.may_touch(row.project));
    let row = row.ok_or_else(|| Error::not_found("upload", id.to_string()))?;
    access::project(app, caller, &row.owner, &row.slug, Role::Editor, Scope::Upload).await?;
    match row.state {
        UploadState::Expired => Err(Error::Gone(format!("the upload {id} has expired; begin a new one"))),
        UploadState::Ended => Err(Error::Gone(format!("the upload {id} was ended; begin a new one"))),
        _ => Ok(row),
    }
}

/// Ends an upload. The version that it has become stays; that it was this upload is no longer remembered.
///
/// # Errors
/// As [`find`].
pub async fn end(app: &AppState, caller: &Caller, id: Uuid) -> Result<(), Error> {
    find(app, caller, id).await?;
    rows::end(&app.pool, id, UploadState::Ended, None, after(app.now(), REMEMBERED)).await?;
    remove_parts(app, id).await
}

/// Ends expired uploads, forgets those that were over long ago, and removes pieces that no longer count.
///
/// # Errors
/// When a store fails.
pub async fn sweep(app: &AppState) -> Result<(), Error> {
    let now = app.now();
    let expired = rows::expire(&app.pool, now, after(now, REMEMBERED)).await?;
    if !expired.is_empty() {
        tracing::info!(uploads = expired.len(), "uploads have expired");
    }
    rows::forget(&app.pool, now).await?;
    // First the list of folders, then which count: a row exists before its folder does.
    let parts = app.uploads.parts();
    let on_disk =
        super::uploads::blocking(move || parts.uploads().map_err(super::uploads::disk_error)).await?;
    let live = rows::live(&app.pool).await?;
    for upload in on_disk.into_iter().filter(|upload| !live.contains(upload)) {
        remove_parts(app, upload).await?;
    }
    Ok(())
}

async fn remove_parts(app: &AppState, id: Uuid) -> Result<(), Error> {
    let parts = app.uploads.parts();
    super::uploads::blocking(move || parts.remove(id).map_err(super::uploads::disk_error)).await
}

fn after(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}
