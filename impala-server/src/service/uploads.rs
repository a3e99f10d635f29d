//! Uploading: the steps from the first byte of a CSV file to a new current version, or to nothing.
//!
//! The bytes go to a blocking thread that writes and scans them as they arrive, through a channel of a few chunks: a client
//! that sends faster than that thread works has to wait, so memory stays flat. Then Parquet is made, the files are
//! published by one rename, and the row that makes them a version is committed last.

mod append;
mod commit;
mod target;
pub(super) mod turns;

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use bytes::Bytes;
use impala_core::api::{Known, Role, Scope, Upload};
use impala_core::source::CsvSettings;
use impala_core::{Invalid, name};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::paths::ProjectPath;
use super::previews::check_room;
use super::upload_settings::UploadSettings;
use super::{Caller, Error, access, contracts};
use crate::engine::Stop;
use crate::engine::csv::{CsvLimits, IngestError, Intake, Scanned};
use crate::state::AppState;
use crate::store::uploads::{Draft, UploadId, Uploads};
use commit::{as_read, complete};
pub(super) use target::{Target, answer, in_preview};
pub use turns::UploadTurns;
use turns::{TURN_TIMEOUT, Turn};

/// Chunks that wait for the scanning thread.
const CHUNKS: usize = 4;

/// Bytes that are stored already are read in pieces of this size.
const READ_BYTES: usize = 256 << 10;

/// What an upload declares.
#[derive(Clone, Debug, Default)]
pub struct UploadRequest {
    /// How the file is to be read, and a note.
    pub settings: UploadSettings,
    /// SHA-256 that the bytes must have.
    pub sha256: Option<[u8; 32]>,
    /// Bytes that will come, where it is known.
    pub size_bytes: Option<u64>,
}

/// An upload that takes bytes. Dropped, it leaves nothing.
pub struct Intaking {
    app: AppState,
    upload: Target,
    pieces: mpsc::Sender<Piece>,
    scan: JoinHandle<Result<Read, Error>>,
    taken_bytes: u64,
    _turn: Turn,
}

/// A file that is on disk, and what was found in it or why it is not a table.
type Read = (Draft, Result<Scanned, Invalid>);

enum Piece {
    Bytes(Bytes),
    /// Without it, the end of the pieces is not the end of the file.
    End,
}

/// Whether the caller may upload at all: checked before anything else of the request.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn check_access(app: &AppState, caller: &Caller, path: &ProjectPath) -> Result<(), Error> {
    access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Upload).await?;
    Ok(())
}

/// The answer to an upload of a file with that SHA-256, if the current version holds those bytes, read in the same
/// way: then it need not be sent.
///
/// # Errors
/// As [`begin`], and `Broken` when they break the contract that is named.
pub async fn known(
    app: &AppState,
    caller: &Caller,
    (owner, project, source): (&str, &str, &str),
    settings: &UploadSettings,
    sha256: &str,
) -> Result<Known, Error> {
    let project = access::project(app, caller, owner, project, Role::Editor, Scope::Upload).await?;
    name::check_slug("/name", source)?;
    let id = UploadId { project: project.id, upload: app.new_id() };
    let target = Target::new(app, id, &caller.user.username, source, settings.clone(), None).await?;
    let Some(current) = target.current(app).await? else { return Ok(Known { upload: None }) };
    let is_same = match target.appends {
        true => !target.allows_duplicate && current.ends_in(sha256),
        false => current.version.sha256 == sha256 && current.settings == target.settings,
    };
    let contracts = contracts::came_along(app, id.project, target.contract.as_deref()).await?;
    let upload = match (is_same, target.appends) {
        (false, _) => None,
        // Appended rows have no file of their own.
        (true, true) if !contracts.is_empty() => None,
        (true, false) => {
            let file = app.uploads.csv(current.upload, sha256);
            let settings = as_read(&target.settings, &current.version.format, &current.version.delimiter);
            // It reads the whole file, so it counts as an upload.
            let _turn = match contracts.is_empty() {
                true => None,
                false => Some(app.upload_turns.enter(caller.user.id, TURN_TIMEOUT).await?),
            };
            contracts::check(app, &contracts, target.subject(file, settings)).await?;
            Some(target.answer(app, true, current.version).await?)
        }
        (true, true) => Some(append::unchanged(app, &target, current).await?),
    };
    Ok(Known { upload })
}

/// Begins an upload to the source of that name, which need not be there yet.
///
/// # Errors
/// `NotFound` or `Forbidden`; `Invalid` for an invalid name or settings; `TooLarge` for an announced size beyond the limit;
/// `TooMany` when too many are under way, of the caller's or of all.
pub async fn begin(
    app: &AppState,
    caller: &Caller,
    (owner, project, source): (&str, &str, &str),
    request: UploadRequest,
) -> Result<Intaking, Error> {
    let project = access::project(app, caller, owner, project, Role::Editor, Scope::Upload).await?;
    name::check_slug("/name", source)?;
    check_size(app, request.size_bytes.unwrap_or(0))?;
    if let Some(preview) = &request.settings.preview {
        check_room(app, project.id, preview).await?;
    }
    contracts::check_known(app, project.id, request.settings.contract.as_deref()).await?;
    let id = UploadId { project: project.id, upload: app.new_id() };
    let target =
        Target::new(app, id, &caller.user.username, source, request.settings, request.sha256).await?;
    let turn = app.upload_turns.enter(caller.user.id, TURN_TIMEOUT).await?;
    let (pieces, received) = mpsc::channel(CHUNKS);
    let scan = start_scan(app, &target, received).await?;
    Ok(Intaking { app: app.clone(), upload: target, pieces, scan, taken_bytes: 0, _turn: turn })
}

/// Whether so many bytes may be sent.
pub(super) fn check_size(app: &AppState, size_bytes: u64) -> Result<(), Error> {
    let limit = app.config.limits.upload_bytes;
    if size_bytes > limit { Err(Error::TooLarge { limit }) } else { Ok(()) }
}

/// Opens the draft before the first byte is taken, so that invalid settings are refused at once.
async fn start_scan(
    app: &AppState,
    target: &Target,
    pieces: mpsc::Receiver<Piece>,
) -> Result<JoinHandle<Result<Read, Error>>, Error> {
    let (uploads, id, settings) = (app.uploads.clone(), target.id, target.settings.clone());
    let limits = limits(app);
    let opened = blocking(move || open_draft(&uploads, id, &settings, limits));
    let (draft, intake) = opened.await?;
    Ok(tokio::task::spawn_blocking(move || scan(draft, intake, pieces)))
}

fn open_draft(
    uploads: &Uploads,
    id: UploadId,
    settings: &CsvSettings,
    limits: CsvLimits,
) -> Result<(Draft, Intake), Error> {
    let draft = uploads.begin(id).map_err(disk_error)?;
    let file =
        File::options().read(true).write(true).create_new(true).open(draft.csv()).map_err(disk_error)?;
    Ok((draft, Intake::new(file, settings, limits)?))
}

/// Makes a version of bytes that are on disk already, in `parts`, one after the other.
///
/// # Errors
/// As [`Intaking::finish`].
pub(super) async fn ingest(app: &AppState, target: Target, parts: Vec<PathBuf>) -> Result<Upload, Error> {
    let (uploads, id, settings) = (app.uploads.clone(), target.id, target.settings.clone());
    let limits = limits(app);
    let scanned = blocking(move || {
        let (draft, mut intake) = open_draft(&uploads, id, &settings, limits)?;
        let mut buffer = vec![0; READ_BYTES];
        for part in parts {
            let mut file = File::open(part).map_err(disk_error)?;
            loop {
                match file.read(&mut buffer).map_err(disk_error)? {
                    0 => break,
                    length => intake.push(&buffer[..length])?,
                }
            }
        }
        finish(draft, intake)
    });
    let (draft, found) = scanned.await?;
    complete(app, target, draft, found).await
}

/// What a file may be at most.
pub(super) fn limits(app: &AppState) -> CsvLimits {
    CsvLimits {
        columns: usize::try_from(app.config.limits.columns).unwrap_or(usize::MAX),
        field_bytes: usize::try_from(app.config.limits.field_bytes).unwrap_or(usize::MAX),
        unpacked_bytes: app.config.limits.upload_bytes,
    }
}

fn finish(draft: Draft, intake: Intake) -> Result<Read, Error> {
    match intake.finish(&Stop::never()) {
        Ok(scanned) => Ok((draft, Ok(scanned))),
        Err(IngestError::Refused(invalid)) => Ok((draft, Err(invalid))),
        Err(error) => Err(error.into()),
    }
}

fn scan(draft: Draft, mut intake: Intake, mut pieces: mpsc::Receiver<Piece>) -> Result<Read, Error> {
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Bytes(bytes) => intake.push(&bytes)?,
            Piece::End => return finish(draft, intake),
        }
    }
    Err(Error::internal("an upload", "it was broken off"))
}

impl Intaking {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// `TooLarge`, `Invalid` for a file that is wrong already, `StorageFull`. The upload is over then.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.taken_bytes += bytes.len() as u64;
        check_size(&self.app, self.taken_bytes)?;
        if self.pieces.send(Piece::Bytes(bytes)).await.is_ok() {
            return Ok(());
        }
        // Only a failed scan stops taking pieces.
        match (&mut self.scan).await {
            Ok(Err(error)) => Err(error),
            Ok(Ok(_)) => Err(Error::internal("an upload", "the scan ended before the file did")),
            Err(fault) => Err(Error::internal("scanning an upload", fault)),
        }
    }

    /// Ends the file and makes it the current version. Continues to its end even when nobody waits any more.
    ///
    /// # Errors
    /// `Invalid` for a file that is wrong, `Digest` when the bytes are not those announced, `StorageFull`, `Conflict` when the
    /// project has gone. Nothing has changed then.
    pub async fn finish(self) -> Result<Upload, Error> {
        let done = tokio::spawn(async move {
            let Self { app, upload, pieces, scan, .. } = self;
            // A scan that has failed accepts no more pieces; the error follows below.
            let _ = pieces.send(Piece::End).await;
            let (draft, found) =
                scan.await.map_err(|fault| Error::internal("scanning an upload", fault))??;
            complete(&app, upload, draft, found).await
        });
        done.await.map_err(|fault| Error::internal("finishing an upload", fault))?
    }
}

/// Works with files off the async threads.
///
/// # Errors
/// Those of `work`.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|fault| Error::internal("working with the files of an upload", fault))?
}

/// A file that could not be written or read.
pub(super) fn disk_error(error: std::io::Error) -> Error {
    crate::store::StoreError::from(error).into()
}

impl From<IngestError> for Error {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Refused(invalid) => Self::Invalid(invalid),
            IngestError::Io(error) => disk_error(error),
            IngestError::Stopped(stopped) => Self::Query(stopped.into()),
            IngestError::Failed(source) => Self::internal("making Parquet of an upload", source),
        }
    }
}
