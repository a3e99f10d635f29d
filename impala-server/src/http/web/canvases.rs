//! Canvases: one of them, making, history, deleting.

use axum::extract::State;
use axum::response::{Redirect, Response};
use http::HeaderMap;
use impala_core::api::Role;
use impala_core::{Canvas, FieldError, Invalid, name, propose};

use super::drawn::{Asked, Seen};
use super::fields::{Submitted, number};
use super::human::page;
use super::projects::confirm;
use super::see;
use super::viewer::SignedIn;
use crate::http::data::Pairs;
use crate::http::extract::{Path, Query};
use crate::http::uploads::Refusal;
use crate::service::expected::Tag;
use crate::service::page::PageRequest;
use crate::service::paths::{CanvasPath, ProjectPath, RevisionPath, SourcePath};
use crate::service::previews::Place;
use crate::service::sources::VersionRequest;
use crate::service::{Caller, Error, canvases, choices, data, sources, warnings};
use crate::state::AppState;
use crate::store::sql::projects::ProjectRow;
use crate::web::canvas::{Shown, show as template};
use crate::web::history::history as history_template;
use crate::web::project::{canvas_path, crumbs};

/// Seconds between refreshes at least.
const LEAST_REFRESH_S: u32 = 5;

/// A canvas: as a page for browsers, as text for `curl`, and in any form that `?format=` names.
pub async fn show(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<CanvasPath>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut asked = Asked::read(pairs)?;
    let (project, seen, is_earlier) = find(&app, &by.caller, &path, &asked).await?;
    if let Some(response) = seen.other_form(&app, &asked, &headers).await? {
        return Ok(response);
    }
    let linked = asked.given.clone();
    let ignored = seen.fit(&mut asked);
    let base = canvas_path(&path.owner, &path.slug, &path.canvas);
    let canvas = &seen.saved.canvas;
    let only = asked.only().map(|id| seen.alone(id)).transpose()?;
    let canvas = only.as_ref().unwrap_or(canvas);
    let warnings = match project.role {
        Role::Viewer => Vec::new(),
        _ if only.is_some() => Vec::new(),
        _ => warnings::of(&app, seen.place.clone(), canvas).await?,
    };
    let drawn = match asked.get("all").is_some() {
        true => seen.drawn(&app, &asked).await?,
        false => Default::default(),
    };
    let shown = Shown {
        base: &base,
        api: &format!("/api/v1/projects/{}/{}", path.owner, path.slug),
        canvas,
        revision: Some(&seen.saved.revision),
        etag: &seen.etag(),
        role: Some(project.role),
        is_earlier,
        warnings: &warnings,
        bindings: &data::bind(&seen.saved, &asked.given)?,
        choices: &choices::of(&app, &seen.place, canvas).await,
        given: &asked.given,
        linked: &linked,
        ignored: &ignored,
        kept: &asked.kept(is_earlier),
        preview: seen.place.preview.as_ref(),
        refresh_s: refresh_of(&asked),
        is_wall: asked.get("view") == Some("wall"),
        drawn,
        crumbs: crumbs(&path.owner, &path.slug, &[(canvas.title(), &format!("canvases/{}", path.canvas))]),
        is_alone: only.is_some(),
    };
    Ok(page(template(&by.shell, &shown)))
}

/// How often the page is refreshed.
pub fn refresh_of(asked: &Asked) -> Option<u32> {
    let seconds: u32 = asked.get("refresh")?.parse().ok()?;
    (seconds > 0).then(|| seconds.max(LEAST_REFRESH_S))
}

/// The canvas, perhaps as it was at `?revision=` or through a preview, and whether it is an earlier one.
///
/// # Errors
/// `NotFound`, and `Invalid` for a revision that is not a number.
pub async fn find(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    asked: &Asked,
) -> Result<(ProjectRow, Seen, bool), Error> {
    let wanted = asked.get("revision").map(|text| number("/revision", text)).transpose()?;
    let named = asked.get("of").and_then(Tag::read).map(|tag| tag.revision);
    let (project, saved) = canvases::read(app, caller, path).await?;
    let current = saved.revision.revision;
    let saved = match wanted.or(named).filter(|revision| *revision != current) {
        None => saved,
        Some(revision) => {
            let path = RevisionPath {
                owner: path.owner.clone(),
                slug: path.slug.clone(),
                canvas: path.canvas.clone(),
                revision,
            };
            canvases::read_revision(app, caller, &path).await?
        }
    };
    let is_earlier = saved.revision.revision != current;
    let place = Place::of(app, project.id, asked.get("preview")).await?;
    Ok((project, Seen { place, saved, is_shared: false }, is_earlier))
}

/// A canvas as it is now, for those who may change it: nobody is shown a form that would be refused.
pub async fn seen_to_change(app: &AppState, caller: &Caller, path: &CanvasPath) -> Result<Seen, Error> {
    let (project, saved) = canvases::read_to_change(app, caller, path).await?;
    Ok(Seen { place: project.id.into(), saved, is_shared: false })
}

/// Where its blocks stand.
pub async fn grid(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<CanvasPath>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Refusal> {
    let asked = Asked::read(pairs)?;
    let (_, seen, _) = find(&app, &by.caller, &path, &asked).await?;
    Ok(seen.grid_css(&asked))
}

/// Makes a canvas: empty, or as `impala open` would propose it for a source.
pub async fn create(
    State(app): State<AppState>,
    Path(path): Path<ProjectPath>,
    Submitted { by, fields }: Submitted,
) -> Result<Redirect, Error> {
    let (title, source) = (fields.get("title"), fields.get("source"));
    let mut canvas = match source {
        "" => Canvas::new("", title),
        source => proposed(&app, &by.caller, &path, source).await?,
    };
    if !title.is_empty() {
        title.clone_into(&mut canvas.metadata.title);
    }
    let stem = if title.is_empty() { source } else { title };
    if stem.is_empty() {
        return Err(Invalid::at("/title", "give the canvas a title, or choose a source").into());
    }
    canvas.metadata.slug = free_slug(&app, &by.caller, &path, stem).await?;
    let document =
        serde_json::to_value(&canvas).map_err(|error| Error::internal("writing a canvas", error))?;
    let view = canvases::create(&app, &by.caller, &path, &document, "").await?;
    Ok(see(canvas_path(&path.owner, &path.slug, &view.canvas.metadata.slug)))
}

async fn proposed(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    source: &str,
) -> Result<Canvas, Error> {
    let path = SourcePath { owner: path.owner.clone(), slug: path.slug.clone(), source: source.to_owned() };
    let source = sources::open(app, caller, &path).await?;
    let stats = sources::stats(app, caller, &path, VersionRequest::default()).await?;
    Ok(propose::propose(&source, &stats))
}

/// A slug that no canvas of the project has yet: `rain`, `rain-2`.
async fn free_slug(app: &AppState, caller: &Caller, path: &ProjectPath, stem: &str) -> Result<String, Error> {
    let stem = match name::slug_from(stem) {
        slug if slug.is_empty() => "canvas".to_owned(),
        slug => slug.chars().take(60).collect(),
    };
    let taken = canvases::slugs(app, caller, path).await?;
    let mut slugs = std::iter::once(stem.clone()).chain((2..).map(|number| format!("{stem}-{number}")));
    Ok(slugs.find(|slug| !taken.contains(slug)).unwrap_or(stem))
}

/// Deletes a canvas whose name was typed.
pub async fn delete(
    State(app): State<AppState>,
    Path(path): Path<CanvasPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    confirm(form.fields.get("confirm"), &path.canvas)?;
    canvases::delete(&app, &form.by.caller, &path, &form.fields.expected()).await?;
    Ok(see(format!("/{}/{}", path.owner, path.slug)))
}

/// The revisions.
pub async fn history(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<CanvasPath>,
    Query(part): Query<PageRequest>,
) -> Result<Response, Error> {
    let view = canvases::open(&app, &by.caller, &path).await?;
    let revisions = canvases::history(&app, &by.caller, &path, &part).await?;
    let (project, _) = canvases::read(&app, &by.caller, &path).await?;
    let may_edit = project.role >= Role::Editor;
    let next = revisions.next_cursor.as_deref();
    Ok(page(history_template(&by.shell, &path, &view, &revisions.items, next, may_edit)))
}

/// Makes an earlier revision the content of a new one.
pub async fn restore(
    State(app): State<AppState>,
    Path(path): Path<CanvasPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    let revision: u64 =
        number("/revision", form.fields.get("revision")).map_err(|error: FieldError| Error::from(error))?;
    canvases::restore(&app, &form.by.caller, &path, &form.fields.expected(), revision).await?;
    Ok(see(canvas_path(&path.owner, &path.slug, &path.canvas)))
}
