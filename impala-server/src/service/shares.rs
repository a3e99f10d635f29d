//! Share links: making and ending them, and the one canvas that each leads to.
//!
//! Readers of a link are anonymous: they see the document, its blocks' answers, and nothing else. In particular no hint
//! reveals what else there is in the project.

use impala_core::api::{
    Page, Role, SHARE_PATH, Scope, Share, ShareChange, ShareCreate, ShareCreated, SharedCanvas,
};
use impala_core::{BlockData, FieldError, Invalid};
use jiff::Timestamp;
use uuid::Uuid;

use super::data::{self, Answers, Given};
use super::page::PageRequest;
use super::paths::CanvasPath;
use super::{Caller, Error, access, canvases, secrets};
use crate::engine::QueryError;
use crate::state::AppState;
use crate::store::canvases::SavedCanvas;
use crate::store::sql::{self, shares};

/// Characters that the name of a link may have.
const NAME_CHARS: usize = 100;

/// Links that a canvas may have.
const MOST: usize = 100;

/// The canvas, for those who may share it.
async fn canvas_of(app: &AppState, caller: &Caller, path: &CanvasPath) -> Result<Uuid, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    Ok(canvases::find_in(app, project.id, path).await?.id)
}

/// Makes a link to a canvas.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for a name that is too long or an end that has passed; `Conflict` when the canvas
/// has enough of them.
pub async fn create(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    wanted: ShareCreate,
) -> Result<ShareCreated, Error> {
    let canvas = canvas_of(app, caller, path).await?;
    let now = app.now();
    let mut errors: Vec<FieldError> = check_end(wanted.expires_at, now).err().into_iter().collect();
    if wanted.name.chars().count() > NAME_CHARS {
        errors.push(FieldError::at("/name", format!("has {NAME_CHARS} characters at most")));
    }
    Invalid::unless_empty(errors)?;
    if shares::list(&app.pool, canvas, "", MOST as i64).await?.len() >= MOST {
        let detail = format!("the canvas has {MOST} share links already; revoke one that nobody needs");
        return Err(Error::Conflict(detail));
    }
    let secret = secrets::make("")?;
    let share = Share {
        id: app.new_id(),
        name: wanted.name,
        paused: false,
        created_by: caller.user.username.clone(),
        created_at: now,
        // As it will be read back.
        expires_at: wanted.expires_at.map(sql::micros).map(sql::time).transpose()?,
        last_used_at: None,
    };
    shares::add(&app.pool, canvas, &share, &secrets::hash(&secret)).await?;
    Ok(ShareCreated { path: format!("{SHARE_PATH}{secret}"), secret, share })
}

fn check_end(end: Option<Timestamp>, now: Timestamp) -> Result<(), FieldError> {
    match end {
        Some(end) if end <= now => Err(FieldError::at("/expires_at", format!("has passed: it is {now} now"))),
        _ => Ok(()),
    }
}

/// A part of the links of a canvas, oldest first.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a wrong cursor.
pub async fn list(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    part: &PageRequest,
) -> Result<Page<Share>, Error> {
    let canvas = canvas_of(app, caller, path).await?;
    let rows = shares::list(&app.pool, canvas, &part.after()?, part.rows()?).await?;
    part.page(rows, |share| share.id.to_string())
}

/// Pauses a link, resumes it, or moves its end.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for an end that has passed.
pub async fn change(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    share: Uuid,
    change: ShareChange,
) -> Result<Share, Error> {
    let canvas = canvas_of(app, caller, path).await?;
    check_end(change.expires_at, app.now())?;
    if let Some(paused) = change.paused {
        shares::pause(&app.pool, canvas, share, paused.then(|| app.now())).await?;
    }
    if let Some(end) = change.expires_at {
        shares::set_end(&app.pool, canvas, share, end).await?;
    }
    let changed = shares::of_canvas(&app.pool, canvas, share).await?;
    changed.ok_or_else(|| Error::not_found("share link", share.to_string()))
}

/// Ends a link permanently.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn revoke(app: &AppState, caller: &Caller, path: &CanvasPath, share: Uuid) -> Result<(), Error> {
    let canvas = canvas_of(app, caller, path).await?;
    if shares::remove(&app.pool, canvas, share).await? {
        Ok(())
    } else {
        Err(Error::not_found("share link", share.to_string()))
    }
}

/// What a link leads to.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The link itself.
    pub share: Uuid,
    /// The project of the canvas: for looking up its sources, never to be shown.
    pub project: Uuid,
    /// The canvas as it is now.
    pub saved: SavedCanvas,
}

impl Opened {
    /// The part of it that a reader may see.
    pub fn shared(&self) -> SharedCanvas {
        SharedCanvas { revision: self.saved.revision.revision, canvas: self.saved.canvas.clone() }
    }
}

/// The canvas behind a link. Every function for readers begins with it.
///
/// # Errors
/// `NotFound`, the same for a link that never was, has ended, is paused, or whose canvas is gone.
pub async fn open(app: &AppState, secret: &str) -> Result<Opened, Error> {
    let now = app.now();
    let found = shares::find(&app.pool, &secrets::hash(secret)).await?;
    let is_good = |share: &Share| !share.paused && share.expires_at.is_none_or(|end| end > now);
    let found = found.filter(|found| is_good(&found.share)).ok_or_else(|| not_found(secret))?;
    let saved = app.canvases.get(found.canvas_id).await?.ok_or_else(|| not_found(secret))?;
    note_use(app, &found.share, now).await?;
    Ok(Opened { share: found.share.id, project: found.project_id, saved })
}

/// The secret does not belong into logs and on screens, not even one that is no longer valid.
fn not_found(secret: &str) -> Error {
    let start: String = secret.chars().take(4).collect();
    let hint = "; the link may have ended, or may have been paused or revoked";
    Error::NotFound { kind: "shared canvas", name: format!("{start}…"), hint: hint.to_owned() }
}

/// To the minute, as for tokens.
async fn note_use(app: &AppState, share: &Share, now: Timestamp) -> Result<(), Error> {
    let minute = Timestamp::from_second(now.as_second() / 60 * 60).unwrap_or(now);
    if share.last_used_at.is_none_or(|last| last < minute) {
        shares::touch(&app.pool, share.id, minute).await?;
    }
    Ok(())
}

/// The answers to all blocks of the canvas behind a link.
///
/// # Errors
/// As [`open`]; `Invalid` for parameters that the canvas does not have or that do not fit.
pub async fn data(app: &AppState, secret: &str, given: &Given) -> Result<Answers, Error> {
    let Opened { project, saved, .. } = open(app, secret).await?;
    let mut answers = data::answer_all(app, project, saved, given).await?;
    keep_quiet(&mut answers);
    Ok(answers)
}

/// Removes from answers what readers must not see.
pub fn keep_quiet(answers: &mut Answers) {
    let blocks = std::mem::take(&mut answers.blocks).into_iter();
    answers.blocks = blocks.map(|(id, answer)| (id, answer.map_err(discreet))).collect();
}

/// The answer to one block of the canvas behind a link.
///
/// # Errors
/// As [`data`]; `NotFound` when the canvas has no such block.
pub async fn block_data(
    app: &AppState,
    secret: &str,
    block: &str,
    given: &Given,
) -> Result<BlockData, Error> {
    let Opened { project, saved, .. } = open(app, secret).await?;
    data::answer_one(app, project, &saved, block, given).await.map_err(discreet)
}

/// Query errors name similar sources and columns, which readers must not see.
pub fn discreet(error: Error) -> Error {
    match error {
        Error::Invalid(_) | Error::Query(QueryError::Invalid(_)) => {
            Invalid::at("", "this block cannot be answered as it is; members of the project see why").into()
        }
        other => other,
    }
}
