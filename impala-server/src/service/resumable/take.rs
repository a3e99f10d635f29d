//! Takes the bytes of one request. The bytes of a request that is cut off count, unless it has a checksum.

use std::io::Write as _;

use bytes::Bytes;
use impala_core::api::Scope;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::checksum::{Checksum, Hasher};
use super::{LIFE, after, find};
use crate::service::uploads::turns::{TURN_TIMEOUT, Turn};
use crate::service::uploads::{blocking, disk_error};
use crate::service::{Caller, Error};
use crate::state::AppState;
use crate::store::parts::{NewPart, Parts};
use crate::store::sql::resumable::{self as rows, PartRow, UploadState};

/// Chunks that wait for the disk.
const CHUNKS: usize = 4;

/// A piece is counted when it has so many bytes, so that a server that is killed loses no more of a long request.
const PIECE_BYTES: u64 = 32 << 20;

/// A request whose bytes are being taken. Dropped, the bytes so far are kept.
pub struct Taking {
    pieces: mpsc::Sender<Piece>,
    task: JoinHandle<Result<Taken, Error>>,
}

/// How far an upload is after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Bytes that are stored.
    pub offset: u64,
    /// Bytes that it will have.
    pub length: u64,
}

enum Piece {
    Bytes(Bytes),
    /// Without it, the end of the pieces is not the end of the request.
    End,
}

/// Begins to take bytes of an upload, from byte `at` on.
///
/// * `announced`: how many bytes the request has, where it says so
///
/// # Errors
/// As [`find`]; `Conflict` when the upload is not as far as `at`; `TooLarge` for more bytes than it is to have; `TooMany`.
pub async fn resume(
    app: &AppState,
    caller: &Caller,
    id: Uuid,
    at: u64,
    announced: Option<u64>,
    checksum: Option<Checksum>,
) -> Result<Taking, Error> {
    caller.needs(Scope::Upload)?;
    let row = find(app, caller, id).await?;
    if at != row.offset || (row.state != UploadState::Open && announced != Some(0)) {
        return Err(elsewhere(row.offset));
    }
    let room = row.length - row.offset;
    if announced.is_some_and(|announced| announced > room) {
        return Err(Error::TooLarge { limit: room });
    }
    let turn = app.upload_turns.enter(caller.user.id, TURN_TIMEOUT).await?;
    let (pieces, received) = mpsc::channel(CHUNKS);
    let taker = Taker { app: app.clone(), id, offset: at, length: row.length, checksum, _turn: turn };
    // In a task of its own: the request's task ends when the client hangs up.
    Ok(Taking { pieces, task: tokio::spawn(taker.take(received)) })
}

fn elsewhere(offset: u64) -> Error {
    Error::Conflict(format!("the upload is at byte {offset}; ask with HEAD, and go on from there"))
}

impl Taking {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// `TooLarge`, `StorageFull`, `Conflict` when another request was faster. The request is over then.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), Error> {
        if self.pieces.send(Piece::Bytes(bytes)).await.is_ok() {
            return Ok(());
        }
        match join(&mut self.task).await {
            Err(error) => Err(error),
            Ok(_) => Err(Error::internal("taking an upload", "the task ended before the request did")),
        }
    }

    /// Ends the request.
    ///
    /// # Errors
    /// As [`Taking::push`]; `Checksum` when the bytes are not those announced: then none of them are stored.
    pub async fn finish(mut self) -> Result<Taken, Error> {
        // A task that has failed accepts no more pieces; the error follows below.
        let _ = self.pieces.send(Piece::End).await;
        join(&mut self.task).await
    }

    /// Ends a request that was cut off: waits until its bytes are stored.
    pub async fn cut_off(self) {
        let Self { pieces, mut task } = self;
        drop(pieces);
        // Nobody waits for the result.
        let _ = join(&mut task).await;
    }
}

async fn join(task: &mut JoinHandle<Result<Taken, Error>>) -> Result<Taken, Error> {
    task.await.map_err(|fault| Error::internal("taking an upload", fault))?
}

struct Taker {
    app: AppState,
    id: Uuid,
    offset: u64,
    length: u64,
    checksum: Option<Checksum>,
    _turn: Turn,
}

/// Why a piece has no more bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stopped {
    Full,
    AtEnd,
    CutOff,
    TooLarge,
}

struct Filled {
    /// `None` when nothing came.
    part: Option<NewPart>,
    length: u64,
    stopped: Stopped,
    hasher: Option<Hasher>,
    rest: mpsc::Receiver<Piece>,
}

impl Taker {
    async fn take(mut self, mut received: mpsc::Receiver<Piece>) -> Result<Taken, Error> {
        loop {
            let (parts, id, room) = (self.app.uploads.parts(), self.id, self.length - self.offset);
            let hasher = self.checksum.as_ref().map(Checksum::hasher);
            let filled = blocking(move || fill(&parts, id, room, hasher, received));
            let filled = match filled.await {
                Ok(filled) => filled,
                Err(error) => return Err(self.why(error).await),
            };
            let stopped = filled.stopped;
            received = self.count(filled).await?;
            match stopped {
                Stopped::Full => {}
                Stopped::AtEnd => return Ok(Taken { offset: self.offset, length: self.length }),
                Stopped::CutOff => return Err(Error::internal("taking an upload", "it was cut off")),
                Stopped::TooLarge => return Err(Error::TooLarge { limit: room }),
            }
        }
    }

    /// Why a piece does not count: when another request was faster, that is the reason, whatever else failed.
    async fn why(&self, error: Error) -> Error {
        match rows::find(&self.app.pool, self.id).await {
            Ok(Some(row)) if row.offset != self.offset => elsewhere(row.offset),
            _ => error,
        }
    }

    /// Counts a piece, if it is to be.
    async fn count(&mut self, filled: Filled) -> Result<mpsc::Receiver<Piece>, Error> {
        let Filled { part, length, stopped, hasher, rest } = filled;
        if let (Some(checksum), Some(hasher)) = (&self.checksum, hasher) {
            // A part of what was hashed cannot be checked.
            if stopped != Stopped::AtEnd {
                return Ok(rest);
            }
            if !checksum.is_of(hasher) {
                return Err(Error::Checksum);
            }
        }
        let Some(part) = part else { return Ok(rest) };
        let row = PartRow { at: self.offset, length, name: part.name.clone() };
        let expires_at = after(self.app.now(), LIFE);
        if !rows::add_part(&self.app.pool, self.id, &row, expires_at).await? {
            let conflict = Error::Conflict("the upload has ended in between".to_owned());
            return Err(self.why(conflict).await);
        }
        part.keep();
        self.offset += length;
        Ok(rest)
    }
}

/// Writes what comes, to a piece's end at most. All of it is on disk when this returns.
fn fill(
    parts: &Parts,
    id: Uuid,
    room: u64,
    mut hasher: Option<Hasher>,
    mut received: mpsc::Receiver<Piece>,
) -> Result<Filled, Error> {
    let (mut part, mut length): (Option<NewPart>, u64) = (None, 0);
    let stopped = loop {
        let bytes = match received.blocking_recv() {
            Some(Piece::Bytes(bytes)) => bytes,
            Some(Piece::End) => break Stopped::AtEnd,
            None => break Stopped::CutOff,
        };
        if length + bytes.len() as u64 > room {
            break Stopped::TooLarge;
        }
        if bytes.is_empty() {
            continue;
        }
        let part = match &mut part {
            Some(part) => part,
            None => part.insert(parts.begin(id).map_err(disk_error)?),
        };
        part.file.write_all(&bytes).map_err(disk_error)?;
        length += bytes.len() as u64;
        match &mut hasher {
            Some(hasher) => hasher.update(&bytes),
            None if length >= PIECE_BYTES => break Stopped::Full,
            None => {}
        }
    };
    if let Some(part) = &part {
        part.sync().map_err(disk_error)?;
    }
    Ok(Filled { part, length, stopped, hasher, rest: received })
}
