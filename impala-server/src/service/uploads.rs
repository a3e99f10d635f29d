//! Uploading: the steps from the first byte of a CSV file to a new current version, or to nothing at all.
//!
//! The bytes go to a blocking thread that writes and scans them as they come, through a channel of a few chunks: whoever
//! sends faster than that thread works has to wait, so memory stays flat. Then Parquet is made, the files are
//! published by one rename, and the row that makes them a version is committed last.

mod append;
pub(super) mod turns;

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use bytes::Bytes;
use impala_core::api::{Known, PreviewEnd, Role, Scope, Upload};
use impala_core::source::{CsvSettings, InputFormat, SourceVersion};
use impala_core::{Invalid, name};
use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::contracts::Subject;
use super::paths::ProjectPath;
use super::previews::check_room;
use super::upload_settings::UploadSettings;
use super::{Caller, Error, access, contracts};
use crate::engine::Stop;
use crate::engine::csv::{CsvLimits, IngestError, Intake, Scanned, write_parquet};
use crate::state::AppState;
use crate::store::sql::previews::{self, Place, PreviewRow};
use crate::store::sql::sources::{self, Added, StoredVersion};
use crate::store::uploads::{Draft, UploadId, Uploads};
pub use turns::UploadTurns;
use turns::{TURN_TIMEOUT, Turn};

/// Chunks that wait for the scanning thread.
const CHUNKS: usize = 4;

/// Bytes that are stored already are read in pieces of this size.
const READ_BYTES: usize = 256 << 10;

/// What an upload says of itself.
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

/// A file that is on disk, and what was found in it or why it is no table.
type Read = (Draft, Result<Scanned, Invalid>);

/// What an upload is to become.
pub(super) struct Target {
    id: UploadId,
    source: String,
    settings: CsvSettings,
    note: String,
    /// Whether its rows come behind those of the current version.
    appends: bool,
    /// Whether they do also when the current version ends in them already.
    allows_duplicate: bool,
    /// The preview that it goes to.
    preview: Option<(String, Option<SignedDuration>)>,
    /// The contract that came with it.
    contract: Option<String>,
    /// SHA-256 of what was appended; empty when nothing was.
    part: String,
    sha256: Option<[u8; 32]>,
    by: String,
}

impl Target {
    /// A version of the source of that name. What the settings leave out is as in its last upload.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn new(
        app: &AppState,
        id: UploadId,
        by: &str,
        source: &str,
        settings: UploadSettings,
        sha256: Option<[u8; 32]>,
    ) -> Result<Self, Error> {
        let last = shown(app, id.project, source, settings.preview.as_deref()).await?;
        Ok(Self {
            id,
            source: source.to_owned(),
            settings: settings.over(&last.map(|last| last.settings).unwrap_or_default()),
            note: settings.note,
            appends: settings.append,
            allows_duplicate: settings.allow_duplicate,
            preview: settings.preview.map(|name| (name, settings.life)),
            contract: settings.contract,
            part: String::new(),
            sha256,
            by: by.to_owned(),
        })
    }

    /// Where its version goes, when it goes to a preview.
    fn place(&self, app: &AppState) -> Option<Place<'_>> {
        let (preview, life) = self.preview.as_ref()?;
        Some(Place { preview, life: *life, source: &self.source, now: app.now() })
    }

    /// The version that is there already: in the preview that it goes to, or else in the source.
    async fn current(&self, app: &AppState) -> Result<Option<StoredVersion>, Error> {
        match self.place(app) {
            Some(place) => Ok(previews::version(&app.pool, self.id.project, &place).await?),
            None => shown(app, self.id.project, &self.source, None).await,
        }
    }

    /// A file of it, as contracts are held against it.
    fn subject(&self, file: PathBuf, settings: CsvSettings) -> Subject {
        let (project, by) = (self.id.project, self.by.clone());
        Subject { project, by, file, settings, appended: None }
    }

    /// What whoever sent it is answered.
    async fn answer(
        &self,
        app: &AppState,
        is_unchanged: bool,
        version: SourceVersion,
    ) -> Result<Upload, Error> {
        let upload = answer(self.source.clone(), is_unchanged, version);
        let Some(place) = self.place(app) else { return Ok(upload) };
        let row = match is_unchanged {
            true => previews::prolong(&app.pool, self.id.project, &place).await?,
            false => previews::find(&app.pool, self.id.project, place.preview, place.now).await?,
        };
        Ok(in_preview(upload, row))
    }
}

/// The version that a source shows, seen through a preview where one is named; then it need not be there yet.
async fn shown(
    app: &AppState,
    project: Uuid,
    source: &str,
    preview: Option<&str>,
) -> Result<Option<StoredVersion>, Error> {
    if let Some(preview) = preview {
        let place = Place { preview, life: None, source, now: app.now() };
        if let Some(version) = previews::version(&app.pool, project, &place).await? {
            return Ok(Some(version));
        }
    }
    let found = sources::find(&app.pool, project, source).await?;
    Ok(found.map(|found| StoredVersion { settings: found.settings, ..found.current }))
}

/// An answer that tells of the preview that the upload went to.
pub(super) fn in_preview(upload: Upload, row: Option<PreviewRow>) -> Upload {
    Upload {
        preview: row.map(|PreviewRow { name, expires_at, .. }| PreviewEnd { name, expires_at }),
        ..upload
    }
}

enum Piece {
    Bytes(Bytes),
    /// Without it, the end of the pieces is no end of the file.
    End,
}

/// Whether the caller may upload at all: asked before anything of the request is looked at.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn check_access(app: &AppState, caller: &Caller, path: &ProjectPath) -> Result<(), Error> {
    access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Upload).await?;
    Ok(())
}

/// What an upload of a file with that SHA-256 would be answered, if the current version holds those bytes, read in the same
/// way: then it need not be sent.
///
/// # Errors
/// As [`begin`].
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
        // What was appended is not there by itself.
        (true, true) if !contracts.is_empty() => None,
        (true, false) => {
            let file = app.uploads.csv(current.upload, sha256);
            let settings = as_read(&target.settings, &current.version.format, &current.version.delimiter);
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
/// `NotFound` or `Forbidden`; `Invalid` for a name or settings that cannot be; `TooLarge` for a size that is known
/// to be; `TooMany` when too many are under way, of the caller's or of all.
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

/// Opens the draft before the first byte is taken, so that settings which cannot be are refused at once.
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

    /// Ends the file and makes it the current version. Goes on to its end even when nobody waits any more.
    ///
    /// # Errors
    /// `Invalid` for a file that is wrong, `Digest` when the bytes are not those announced, `StorageFull`, `Conflict` when the
    /// project has gone. Nothing has changed then.
    pub async fn finish(self) -> Result<Upload, Error> {
        let done = tokio::spawn(async move {
            let Self { app, upload, pieces, scan, .. } = self;
            // A scan that has failed takes no more; it says why below.
            let _ = pieces.send(Piece::End).await;
            let (draft, found) =
                scan.await.map_err(|fault| Error::internal("scanning an upload", fault))??;
            complete(&app, upload, draft, found).await
        });
        done.await.map_err(|fault| Error::internal("finishing an upload", fault))?
    }
}

async fn complete(
    app: &AppState,
    target: Target,
    draft: Draft,
    found: Result<Scanned, Invalid>,
) -> Result<Upload, Error> {
    if let Ok(scanned) = &found {
        check_digest(target.sha256.as_ref(), scanned)?;
    }
    let contracts =
        contracts::of_upload(app, target.id.project, &target.source, target.contract.as_deref()).await?;
    let scanned = match found {
        Ok(scanned) => scanned,
        // Of a file that has rows which cannot be read, a contract tells all that is wrong, and not the first five.
        Err(invalid) => {
            let broken =
                contracts::check(app, &contracts, target.subject(draft.csv(), target.settings.clone())).await;
            return Err(match broken {
                Err(error @ Error::Broken(_)) => error,
                _ => invalid.into(),
            });
        }
    };
    let settings = CsvSettings { format: format_of(&scanned.format), ..target.settings.clone() };
    contracts::check(app, &contracts, target.subject(draft.csv(), settings)).await?;
    if target.appends {
        return append::complete(app, target, draft, scanned, &contracts).await;
    }
    let new = new_version(app, &target, &scanned);
    if let Some(current) = target.current(app).await?.filter(|current| current.is_same(&new)) {
        discard(draft).await?;
        return target.answer(app, true, current.version).await;
    }
    match commit(app, &target, draft, scanned, None).await? {
        Added::New(version) => target.answer(app, false, version).await,
        Added::Unchanged(version) => target.answer(app, true, version).await,
        Added::Moved => Err(Error::Conflict("the source was changed meanwhile".to_owned())),
    }
}

/// What a file turned out to be, so that it is read in the same way again.
fn format_of(format: &str) -> Option<InputFormat> {
    format.split('.').next().and_then(|word| word.parse().ok())
}

/// How a file is read that was read before, with what was found out then.
fn as_read(settings: &CsvSettings, format: &str, delimiter: &str) -> CsvSettings {
    let delimiter = Some(delimiter.to_owned()).filter(|delimiter| delimiter != "none");
    CsvSettings { format: format_of(format), delimiter, ..settings.clone() }
}

/// Removes the files of an upload that came to nothing new.
async fn discard(draft: Draft) -> Result<(), Error> {
    blocking(move || {
        drop(draft);
        Ok(())
    })
    .await
}

/// Publishes the files and then commits the row that makes them a version.
///
/// * `made_from`: the version that has to be the current one still, if it matters
async fn commit(
    app: &AppState,
    target: &Target,
    draft: Draft,
    scanned: Scanned,
    made_from: Option<u32>,
) -> Result<Added, Error> {
    let new = new_version(app, target, &scanned);
    publish(app, draft, scanned, &new.version.sha256).await?;
    let added = match target.place(app) {
        Some(place) => {
            previews::add_version(&app.pool, &place, &new, made_from).await.map(|(added, _)| added)
        }
        None => sources::add_version(&app.pool, &target.source, &new, made_from).await,
    };
    let is_kept = match &added {
        Ok(Added::New(_)) => true,
        Ok(Added::Unchanged(_) | Added::Moved) => false,
        // When even that cannot be told, the files stay: the next start sweeps them if no version names them.
        Err(_) => sources::is_version(&app.pool, target.id).await.unwrap_or(true),
    };
    if !is_kept {
        let (uploads, id) = (app.uploads.clone(), target.id);
        blocking(move || uploads.remove(id).map_err(disk_error)).await?;
    }
    // What is in a preview changes nothing for those who look at the project.
    if matches!(added, Ok(Added::New(_))) && target.preview.is_none() {
        app.events.changed(target.id.project);
    }
    Ok(added?)
}

fn check_digest(expected: Option<&[u8; 32]>, scanned: &Scanned) -> Result<(), Error> {
    match expected.map(hex::encode) {
        Some(announced) if announced != scanned.sha256 => {
            Err(Error::Digest { announced, received: scanned.sha256.clone() })
        }
        _ => Ok(()),
    }
}

fn new_version(app: &AppState, target: &Target, scanned: &Scanned) -> StoredVersion {
    StoredVersion {
        upload: target.id,
        settings: target.settings.clone(),
        version: SourceVersion {
            // The store gives it the next number.
            version: 0,
            sha256: scanned.sha256.clone(),
            size_bytes: scanned.size_bytes,
            rows: scanned.rows,
            rejected_rows: scanned.rejected_rows,
            columns: scanned.columns.clone(),
            delimiter: scanned.delimiter.clone(),
            encoding: scanned.encoding.clone(),
            format: scanned.format.clone(),
            created_by: target.by.clone(),
            created_at: app.now(),
            note: target.note.clone(),
        },
        appended: target.part.clone(),
    }
}

async fn publish(app: &AppState, draft: Draft, scanned: Scanned, sha256: &str) -> Result<(), Error> {
    let _turn = app.upload_turns.write().await?;
    let (uploads, sha256) = (app.uploads.clone(), sha256.to_owned());
    blocking(move || {
        // Those of an append are written already, and its file holds none.
        let rejects = (scanned.rejected_rows > 0 && !draft.rejects().exists()).then(|| draft.rejects());
        write_parquet(&draft.csv(), &scanned, &draft.parquet(), rejects.as_deref(), &Stop::never())?;
        uploads.publish(draft, &sha256).map_err(disk_error)
    })
    .await
}

/// What an upload is answered.
pub(super) fn answer(source: String, unchanged: bool, version: SourceVersion) -> Upload {
    let rejected = match version.rejected_rows {
        0 => None,
        1 => Some("1 row could not be read and was left out; it is in the rejects file".to_owned()),
        rows => {
            Some(format!("{rows} rows could not be read and were left out; they are in the rejects file"))
        }
    };
    Upload { source, unchanged, version, warnings: rejected.into_iter().collect(), preview: None }
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
