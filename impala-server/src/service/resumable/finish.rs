//! When all bytes of an upload are there, one server reads them and makes the version; all clients that ask wait for it, and
//! get the same answer later.

use std::time::Duration;

use impala_core::api::Upload;
use impala_core::{FieldError, Invalid};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use super::metadata::Metadata;
use super::{REMEMBERED, after};
use crate::service::Error;
use crate::service::error::Broken;
use crate::service::uploads::{self, Target};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::previews;
use crate::store::sql::resumable::{self as rows, Claim, ResumableRow, UploadState};
use crate::store::sql::sources;
use crate::store::uploads::UploadId;

/// A server that makes a version says so every [`HEARTBEAT`]; one that is silent for so long is considered dead.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

const HEARTBEAT: Duration = Duration::from_secs(15);

/// How often to check whether another server is done, at first and at last.
const LOOK: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is a version.
    Done(Box<Upload>),
    /// Its file is wrong.
    Refused(Vec<FieldError>),
    /// Its file breaks a contract.
    Broken(Box<Broken>),
    /// Its bytes are not those announced.
    Digest {
        /// SHA-256 that was announced.
        announced: String,
        /// SHA-256 of what came.
        received: String,
    },
}

impl Outcome {
    /// As an upload in one request would have been answered.
    ///
    /// # Errors
    /// `Invalid` or `Digest`.
    pub fn into_result(self) -> Result<Upload, Error> {
        match self {
            Self::Done(upload) => Ok(*upload),
            Self::Refused(errors) => Err(Error::Invalid(Invalid { errors })),
            Self::Broken(broken) => Err(Error::Broken(broken)),
            Self::Digest { announced, received } => Err(Error::Digest { announced, received }),
        }
    }

    /// The part of a result that is remembered; `None` for what may succeed another time.
    fn of(result: &Result<Upload, Error>) -> Option<Self> {
        match result {
            Ok(upload) => Some(Self::Done(Box::new(upload.clone()))),
            Err(Error::Invalid(invalid)) => Some(Self::Refused(invalid.errors.clone())),
            Err(Error::Broken(broken)) => Some(Self::Broken(broken.clone())),
            Err(Error::Digest { announced, received }) => {
                Some(Self::Digest { announced: announced.clone(), received: received.clone() })
            }
            Err(_) => None,
        }
    }
}

/// What became of an upload whose bytes are all there; makes the version if nobody else does. That continues to its end even
/// when nobody waits any more. `None`: it is not known within `patience`.
///
/// # Errors
/// What keeps it from being made now; it may succeed later. `Gone` when it was ended in between.
pub async fn outcome(app: &AppState, id: Uuid, patience: Duration) -> Result<Option<Outcome>, Error> {
    let deadline = Instant::now() + patience;
    let (app, mut pause) = (app.clone(), LOOK[0]);
    let mut work = tokio::spawn(async move {
        loop {
            if let Some(outcome) = step(&app, id).await? {
                return Ok(outcome);
            }
            // Another server has it; nothing notifies this one when it is done.
            sleep(pause).await;
            pause = (pause * 2).min(LOOK[1]);
        }
    });
    match timeout_at(deadline, &mut work).await {
        Ok(done) => done.map_err(|fault| Error::internal("finishing an upload", fault))?.map(Some),
        Err(_) => Ok(None),
    }
}

async fn step(app: &AppState, id: Uuid) -> Result<Option<Outcome>, Error> {
    let gone = || Error::Gone(format!("the upload {id} has ended"));
    let row = rows::find(&app.pool, id).await?.ok_or_else(gone)?;
    if let (UploadState::Done | UploadState::Refused, Some(outcome)) = (row.state, &row.outcome) {
        let outcome = serde_json::from_str(outcome);
        return Ok(Some(outcome.map_err(|error| StoreError::corrupt("the outcome of an upload", error))?));
    }
    let (attempt, now) = (app.new_id(), app.now());
    match rows::claim(&app.pool, id, attempt, now, after(now, LEASE)).await? {
        Claim::Taken => Ok(None),
        Claim::Over => match rows::find(&app.pool, id).await?.map(|row| row.state) {
            // It was finished in between; the next look shows how.
            Some(UploadState::Done | UploadState::Refused | UploadState::Reading) => Ok(None),
            Some(UploadState::Open) => {
                Err(Error::Conflict("not all bytes of the upload are there".to_owned()))
            }
            _ => Err(gone()),
        },
        Claim::Yours(before) => make(app, &row, attempt, before).await.map(Some),
    }
}

async fn make(
    app: &AppState,
    row: &ResumableRow,
    attempt: Uuid,
    before: Option<Uuid>,
) -> Result<Outcome, Error> {
    let result = tokio::select! {
        result = version(app, row, attempt, before) => result,
        never = heartbeat(app, row.id, attempt) => match never {},
    };
    let Some(outcome) = Outcome::of(&result) else {
        if let Err(error) = rows::release(&app.pool, row.id, attempt).await {
            tracing::warn!(%error, upload = %row.id, "an upload waits until its lease has run out");
        }
        return result.map(|upload| Outcome::Done(Box::new(upload)));
    };
    let state = if result.is_ok() { UploadState::Done } else { UploadState::Refused };
    let json =
        serde_json::to_string(&outcome).map_err(|error| Error::internal("noting an outcome", error))?;
    rows::end(&app.pool, row.id, state, Some(&json), after(app.now(), REMEMBERED)).await?;
    if let Err(error) = super::remove_parts(app, row.id).await {
        tracing::warn!(%error, upload = %row.id, "pieces of an upload stay until the next sweep");
    }
    Ok(outcome)
}

async fn heartbeat(app: &AppState, id: Uuid, attempt: Uuid) -> std::convert::Infallible {
    loop {
        sleep(HEARTBEAT).await;
        if let Err(error) = rows::extend(&app.pool, id, attempt, after(app.now(), LEASE)).await {
            tracing::warn!(%error, upload = %id, "the lease of an upload was not extended");
        }
    }
}

async fn version(
    app: &AppState,
    row: &ResumableRow,
    attempt: Uuid,
    before: Option<Uuid>,
) -> Result<Upload, Error> {
    let metadata = Metadata::read(&row.metadata)?;
    // An earlier attempt may have made the version, and died before it could record that.
    if let Some(upload) = before.map(|upload| UploadId { project: row.project, upload })
        && let Some(version) = sources::of_upload(&app.pool, upload).await?
    {
        let upload = uploads::answer(metadata.source, false, version);
        return Ok(match metadata.settings.preview {
            Some(name) => {
                uploads::in_preview(upload, previews::find(&app.pool, row.project, &name, app.now()).await?)
            }
            None => upload,
        });
    }
    let id = UploadId { project: row.project, upload: attempt };
    let target =
        Target::new(app, id, &row.username, &metadata.source, metadata.settings, metadata.sha256).await?;
    let parts = rows::parts(&app.pool, row.id).await?;
    let files = parts.iter().map(|part| app.uploads.parts().path(row.id, &part.name)).collect();
    uploads::ingest(app, target, files).await
}
