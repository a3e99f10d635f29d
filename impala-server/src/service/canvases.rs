//! Canvases: creating, reading, saving over the revision that was read, and going back.

mod create;

use std::collections::BTreeSet;

use impala_core::api::{CanvasSummary, CanvasView, Page, Revision, Role, Scope};
use impala_core::{Canvas, FieldError, Invalid, difference, document, name};
use serde_json::Value;
use uuid::Uuid;

use super::expected::{Expected, Tag, stale};
use super::page::PageRequest;
use super::paths::{CanvasPath, ProjectPath, RevisionPath};
use super::previews::Place;
use super::{Caller, Error, access, warnings};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::canvases::{CanvasHead, SavedCanvas};
use crate::store::sql::canvases::{self as rows, CanvasRow};
use crate::store::sql::projects::ProjectRow;
use create::create_in;

/// Longest note on a revision, in characters.
const NOTE_CHARS: usize = 200;

/// Tries of a change that applies to any revision.
const TRIES: u32 = 20;

/// The canvases of a project, by slug.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a wrong cursor.
pub async fn list(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    page: &PageRequest,
) -> Result<Page<CanvasSummary>, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let rows = rows::list(&app.pool, project.id, &page.after()?, page.rows()?).await?;
    let page = page.page(rows, |row| row.slug.clone())?;
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
    let heads = app.canvases.heads(&ids).await?;
    let items = page.items.into_iter().filter_map(|row| summary(row, &heads)).collect();
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// The slugs of all canvases of a project.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn slugs(app: &AppState, caller: &Caller, path: &ProjectPath) -> Result<BTreeSet<String>, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let rows = rows::list(&app.pool, project.id, "", i64::MAX).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// `None` for a canvas that was deleted after its row was read.
fn summary(row: CanvasRow, heads: &[CanvasHead]) -> Option<CanvasSummary> {
    let head = heads.iter().find(|head| head.id == row.id)?;
    Some(CanvasSummary {
        slug: row.slug,
        title: head.title.clone(),
        blocks: head.blocks,
        revision: head.revision.clone(),
    })
}

/// Makes a canvas of a document; its slug is in the document.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for a document that is wrong; `Conflict` when the project has a canvas of that slug.
pub async fn create(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    document: &Value,
    note: &str,
) -> Result<CanvasView, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    check_note(note)?;
    let canvas = document::read_canvas(document)?;
    match create_in(app, caller, &project, canvas, note).await? {
        Ok(view) => Ok(view),
        Err(there) => Err(Error::Conflict(format!(
            "the project has a canvas \"{}\" already, at revision {}; save over it, or take another slug",
            there.canvas.metadata.slug, there.revision.revision
        ))),
    }
}

/// What may not work of a document that is not saved: sources and fields that are not there, queries that cannot run.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for a document that is wrong.
pub async fn doubts(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    preview: Option<&str>,
    document: &Value,
) -> Result<Vec<FieldError>, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let canvas = document::read_canvas(document)?;
    check_size(app, &canvas)?;
    warnings::of(app, Place::of(app, project.id, preview).await?, &canvas).await
}

fn check_note(note: &str) -> Result<(), Invalid> {
    if note.chars().count() <= NOTE_CHARS {
        return Ok(());
    }
    Err(Invalid::at("/note", format!("longer than {NOTE_CHARS} characters")))
}

/// The operator may allow fewer blocks than the document format does.
fn check_size(app: &AppState, canvas: &Canvas) -> Result<(), Invalid> {
    let (blocks, most) = (canvas.spec.blocks.len(), app.config.limits.blocks);
    if u32::try_from(blocks).is_ok_and(|blocks| blocks <= most) {
        return Ok(());
    }
    Err(Invalid::at("/spec/blocks", format!("{blocks} blocks, where this server allows {most}")))
}

/// A canvas as it is now.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn open(app: &AppState, caller: &Caller, path: &CanvasPath) -> Result<CanvasView, Error> {
    let (project, saved) = read(app, caller, path).await?;
    view(app, project.id, saved).await
}

/// A canvas as it is now, with its project, for those who may read it.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn read(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
) -> Result<(ProjectRow, SavedCanvas), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let saved = find_in(app, project.id, path).await?;
    Ok((project, saved))
}

/// As [`read`], for those who may change it.
///
/// # Errors
/// As [`read`].
pub async fn read_to_change(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
) -> Result<(ProjectRow, SavedCanvas), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    let saved = find_in(app, project.id, path).await?;
    Ok((project, saved))
}

/// As [`read`], with the place where its sources are: the project, seen through the preview of that name if there is one.
///
/// # Errors
/// As [`read`]; `NotFound` when there is no such preview.
pub async fn read_through(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    preview: Option<&str>,
) -> Result<(Place, SavedCanvas), Error> {
    let (project, saved) = read(app, caller, path).await?;
    Ok((Place::of(app, project.id, preview).await?, saved))
}

/// The canvas of that path, whose project is `project`, as it is now.
///
/// # Errors
/// `NotFound`.
pub async fn find_in(app: &AppState, project: Uuid, path: &CanvasPath) -> Result<SavedCanvas, Error> {
    match find(app, project, &path.canvas).await? {
        Some(saved) => Ok(saved),
        None => Err(not_found(app, project, path).await?),
    }
}

/// Saves a document over the revision expected, or as a new canvas where nothing is expected. Says whether it made one.
///
/// # Errors
/// As [`change`]; `Invalid` when the document is wrong, or called otherwise than the path says.
pub async fn save(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    expected: &Expected,
    document: &Value,
    note: &str,
) -> Result<(CanvasView, bool), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    check_note(note)?;
    let canvas = document::read_canvas(document)?;
    let slug = &canvas.metadata.slug;
    if *slug != path.canvas {
        let detail = format!("is \"{slug}\", where the address says \"{}\"", path.canvas);
        return Err(Invalid::at("/metadata/slug", detail).into());
    }
    if *expected == Expected::Nothing {
        return match create_in(app, caller, &project, canvas, note).await? {
            Ok(view) => Ok((view, true)),
            Err(there) => Err(stale(&there.revision)),
        };
    }
    let edit = |saved: &mut Canvas| {
        let before = std::mem::replace(saved, canvas.clone());
        Ok(match note {
            "" => difference::in_words(&difference::between(Some(&before), &canvas)),
            note => note.to_owned(),
        })
    };
    Ok((change(app, caller, path, expected, edit).await?, false))
}

/// Changes a canvas: `edit` gets the document and returns a note on what it did. What comes out is checked; when it is what was
/// there, no revision is made.
///
/// # Errors
/// `NotFound`, `Forbidden`, what `edit` says; `PreconditionRequired` when no revision is expected, `Stale` when another
/// one is there; `Invalid` when the canvas would not be right.
pub async fn change(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    expected: &Expected,
    edit: impl Fn(&mut Canvas) -> Result<String, Error>,
) -> Result<CanvasView, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    for _ in 0..TRIES {
        let saved = find_in(app, project.id, path).await?;
        expected.check(&saved)?;
        let mut canvas = saved.canvas.clone();
        let note = edit(&mut canvas)?;
        canvas.sort();
        if canvas == saved.canvas {
            return view(app, project.id, saved).await;
        }
        canvas.check()?;
        check_size(app, &canvas)?;
        let revision = revision(app, caller, saved.revision.revision + 1, &note);
        let next = SavedCanvas { id: saved.id, project: project.id, revision, canvas };
        match app.canvases.put(&next).await {
            Ok(()) => {
                app.events.changed(project.id);
                return view(app, project.id, next).await;
            }
            // Someone else saved first: the next try reports it, or applies to their revision where that is allowed.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(busy())
}

/// Deletes a canvas with its history.
///
/// # Errors
/// As [`change`].
pub async fn delete(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    expected: &Expected,
) -> Result<(), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    for _ in 0..TRIES {
        let saved = find_in(app, project.id, path).await?;
        expected.check(&saved)?;
        match app.canvases.delete_at(saved.id, saved.revision.revision).await {
            Ok(()) => {
                let done = delete_row(app, saved.id).await;
                app.events.changed(project.id);
                return done;
            }
            // Someone saved or deleted it first: the next try reports it, or deletes their revision where that is allowed.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(busy())
}

/// The canvas is gone with its document; a row that stays does no harm.
async fn delete_row(app: &AppState, id: Uuid) -> Result<(), Error> {
    if let Err(error) = rows::delete(&app.pool, id).await {
        tracing::warn!(%error, canvas = %id, "the row of a deleted canvas stays until its slug is wanted again");
    }
    Ok(())
}

fn busy() -> Error {
    Error::Conflict("others save this canvas all the time; try again".to_owned())
}

/// The revisions of a canvas, newest first.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a wrong cursor.
pub async fn history(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    page: &PageRequest,
) -> Result<Page<Revision>, Error> {
    let (_, saved) = read(app, caller, path).await?;
    let before = page.after_number()?;
    let revisions = app.canvases.history(saved.id, before, page.rows()?).await?;
    page.page(revisions, |revision| revision.revision.to_string())
}

/// A canvas as it was.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn open_revision(
    app: &AppState,
    caller: &Caller,
    path: &RevisionPath,
) -> Result<CanvasView, Error> {
    let (project, saved) = read(app, caller, &path.canvas()).await?;
    let earlier = revision_of(app, saved.id, path.revision).await?;
    view(app, project.id, earlier).await
}

/// A canvas as it was, without warnings.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn read_revision(
    app: &AppState,
    caller: &Caller,
    path: &RevisionPath,
) -> Result<SavedCanvas, Error> {
    let (_, saved) = read(app, caller, &path.canvas()).await?;
    revision_of(app, saved.id, path.revision).await
}

/// Makes an earlier revision the content of a new one.
///
/// # Errors
/// As [`change`]; `NotFound` when there is no such revision.
pub async fn restore(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    expected: &Expected,
    revision: u64,
) -> Result<CanvasView, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    let Some(id) = rows::find(&app.pool, project.id, &path.canvas).await? else {
        return Err(not_found(app, project.id, path).await?);
    };
    let earlier = revision_of(app, id, revision).await?;
    let edit = |canvas: &mut Canvas| {
        canvas.clone_from(&earlier.canvas);
        Ok(format!("restored revision {revision}"))
    };
    change(app, caller, path, expected, edit).await
}

async fn revision_of(app: &AppState, id: Uuid, revision: u64) -> Result<SavedCanvas, Error> {
    let saved = app.canvases.get_revision(id, revision).await?;
    saved.ok_or_else(|| Error::not_found("revision", revision.to_string()))
}

/// The newest revision of the canvas of that slug.
async fn find(app: &AppState, project: Uuid, slug: &str) -> Result<Option<SavedCanvas>, Error> {
    match rows::find(&app.pool, project, slug).await? {
        Some(id) => Ok(app.canvases.get(id).await?),
        None => Ok(None),
    }
}

async fn view(app: &AppState, project: Uuid, saved: SavedCanvas) -> Result<CanvasView, Error> {
    let warnings = warnings::of(app, project, &saved.canvas).await?;
    let etag = format!("\"{}\"", Tag::of(&saved));
    Ok(CanvasView { etag, revision: saved.revision, warnings, canvas: saved.canvas })
}

fn revision(app: &AppState, caller: &Caller, number: u64, note: &str) -> Revision {
    Revision {
        revision: number,
        saved_by: caller.user.username.clone(),
        saved_at: app.now(),
        note: note.to_owned(),
    }
}

/// Slugs among which the nearest to a wrong one is looked for.
const KNOWN: i64 = 1000;

async fn not_found(app: &AppState, project: Uuid, path: &CanvasPath) -> Result<Error, Error> {
    let known = rows::list(&app.pool, project, "", KNOWN).await?;
    Ok(Error::NotFound {
        kind: "canvas",
        name: format!("{}/{}/{}", path.owner, path.slug, path.canvas),
        hint: name::suggestion(&path.canvas, known.iter().map(|row| row.slug.as_str())),
    })
}
