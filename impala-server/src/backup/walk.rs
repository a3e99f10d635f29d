//! Hands over all that an instance holds, piece by piece.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::pin::pin;

use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::instance::Instance;
use super::sink::{FileKind, Sink};
use super::snapshot::{Snapshot, Version};
use super::tally::Tally;
use super::watch::{Hashing, Watch, is_stop};
use super::{Error, Total};
use crate::store::StoreError;
use crate::store::canvases::SavedCanvas;
use impala_core::api::Revision;
use impala_core::document;

/// Revisions that are read ahead.
const AHEAD: usize = 8;

/// Hands over what `snapshot` says of `instance`, and returns what it was.
///
/// # Errors
/// Those of the stores and of `sink`; `Damaged` when the instance has lost something.
pub fn walk(
    handle: &Handle,
    instance: &Instance,
    mut snapshot: Snapshot,
    sink: &mut dyn Sink,
    watch: &Watch,
) -> Result<Vec<Total>, Error> {
    let mut tally = Tally::default();
    let canvases = documents(handle, instance, &snapshot, sink, &mut tally, watch)?;
    let mut versions = Vec::new();
    for (index, version) in snapshot.versions.iter().enumerate() {
        match open(instance, version)? {
            Some(files) => upload(version, files, sink, &mut tally, watch)?,
            None => versions.push(index),
        }
    }
    handle.block_on(snapshot.settle(instance, &canvases, &versions))?;
    snapshot.each_row(|table, line| match line {
        None => {
            tally.table(table);
            sink.table(table)
        }
        Some(line) => {
            watch.passed(line.len())?;
            tally.row(line)?;
            sink.row(line)
        }
    })?;
    Ok(tally.totals())
}

/// Hands over documents, and returns the canvases that were deleted in between.
fn documents(
    handle: &Handle,
    instance: &Instance,
    snapshot: &Snapshot,
    sink: &mut dyn Sink,
    tally: &mut Tally,
    watch: &Watch,
) -> Result<Vec<Uuid>, Error> {
    let mut gone = Vec::new();
    for (id, newest) in &snapshot.canvases {
        let store = &instance.canvases;
        let revisions =
            stream::iter(1..=*newest).map(|number| store.get_revision(*id, number)).buffered(AHEAD);
        let mut revisions = pin!(revisions);
        while let Some(saved) = handle.block_on(revisions.next()) {
            let Some(saved) = saved? else {
                gone.push(*id);
                break;
            };
            let line = to_line(&saved)?;
            watch.passed(line.len())?;
            tally.document(*id, &line);
            sink.document(&saved, &line)?;
        }
    }
    Ok(gone)
}

/// A file that stays readable even when it is deleted, and its length.
type Opened = (FileKind, File, u64);

/// Opens all files of a version at once, so that a deletion takes all of them or none. `None`: they are gone.
fn open(instance: &Instance, version: &Version) -> Result<Option<Vec<Opened>>, Error> {
    let mut files = Vec::new();
    for kind in FileKind::ALL {
        if kind == FileKind::Rejects && !version.has_rejects {
            continue;
        }
        let path = match kind {
            FileKind::Csv => instance.uploads.csv(version.upload, &version.sha256),
            FileKind::Parquet => instance.uploads.parquet(version.upload, &version.sha256),
            FileKind::Rejects => instance.uploads.rejects(version.upload, &version.sha256),
        };
        match File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file))) {
            Ok((bytes, file)) => files.push((kind, file, bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file("read", &path, error)),
        }
    }
    Ok(Some(files))
}

fn upload(
    version: &Version,
    files: Vec<Opened>,
    sink: &mut dyn Sink,
    tally: &mut Tally,
    watch: &Watch,
) -> Result<(), Error> {
    sink.begin_upload(version.upload, &version.sha256)?;
    for (kind, file, bytes) in files {
        let mut content = Hashing::new(file.take(bytes), watch);
        sink.file(kind, bytes, &mut content)?;
        let (read, sha256) = content.finish().map_err(|error| broken(version, error))?;
        if read != bytes || (kind == FileKind::Csv && sha256 != version.sha256) {
            let upload = version.upload;
            return Err(Error::Damaged(format!(
                "the {} file of version {} in project {} is damaged: its content is not what was uploaded",
                kind.extension(),
                upload.upload,
                upload.project
            )));
        }
        tally.file(version.upload.upload, kind.extension(), bytes, &sha256);
    }
    sink.end_upload()
}

fn broken(version: &Version, error: std::io::Error) -> Error {
    match is_stop(&error) {
        true => Error::Stopped,
        false => Error::file(
            "read",
            format!("{}/{}", version.upload.project, version.upload.upload).as_ref(),
            error,
        ),
    }
}

/// A revision as it is written; times are microseconds, as in the database.
#[derive(Serialize)]
struct Line<'a> {
    canvas: Uuid,
    project: Uuid,
    revision: u64,
    saved_by: &'a str,
    saved_us: i64,
    note: &'a str,
    document: &'a impala_core::Canvas,
}

/// A revision as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnedLine {
    canvas: Uuid,
    project: Uuid,
    revision: u64,
    saved_by: String,
    saved_us: i64,
    note: String,
    document: serde_json::Value,
}

/// A revision as a line of JSON.
pub fn to_line(saved: &SavedCanvas) -> Result<String, Error> {
    let SavedCanvas { id, project, revision, canvas } = saved;
    let line = Line {
        canvas: *id,
        project: *project,
        revision: revision.revision,
        saved_by: &revision.saved_by,
        saved_us: revision.saved_at.as_microsecond(),
        note: &revision.note,
        document: canvas,
    };
    let text =
        serde_json::to_string(&line).map_err(|error| StoreError::corrupt(format!("canvas {id}"), error))?;
    Ok(text)
}

/// A revision from its line. Documents of earlier versions of Impala are read as such.
pub fn from_line(line: &str) -> Result<SavedCanvas, Error> {
    let fault = |why: &dyn std::fmt::Display| Error::bad_archive(format!("a document cannot be read: {why}"));
    let line: OwnedLine = serde_json::from_str(line).map_err(|error| fault(&error))?;
    let saved_at = jiff::Timestamp::from_microsecond(line.saved_us).map_err(|error| fault(&error))?;
    let canvas = document::read_canvas(&line.document).map_err(|error| fault(&error))?;
    let revision = Revision { revision: line.revision, saved_by: line.saved_by, saved_at, note: line.note };
    Ok(SavedCanvas { id: line.canvas, project: line.project, revision, canvas })
}
