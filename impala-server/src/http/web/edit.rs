//! Changing a canvas by forms: one block, or the whole document.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use impala_core::api::Problem;
use impala_core::block::BlockType;
use impala_core::source::Source;
use impala_core::{FieldError, document};
use serde::Deserialize;

use super::account::refused;
use super::block_form::{beginning, fields_of, value_of};
use super::canvases::seen_to_change;
use super::drawn::Seen;
use super::fields::{Fields, Submitted};
use super::human::page;
use super::projects::whole;
use super::see;
use super::viewer::SignedIn;
use crate::http::error::problem;
use crate::http::extract::{Path, Query};
use crate::service::expected::Expected;
use crate::service::paths::{BlockPath, CanvasPath, ProjectPath};
use crate::service::{Error, blocks, canvases, sources};
use crate::state::AppState;
use crate::web::block_form::{BlockForm, form, kinds};
use crate::web::document::{DocumentForm, document as document_form};
use crate::web::project::{canvas_path, crumbs as crumbs_of};

fn path_of(path: &CanvasPath) -> String {
    canvas_path(&path.owner, &path.slug, &path.canvas)
}

fn crumbs(path: &CanvasPath, title: &str, last: &str) -> Vec<(String, String)> {
    let mut crumbs = crumbs_of(&path.owner, &path.slug, &[(title, &format!("canvases/{}", path.canvas))]);
    crumbs.push((last.to_owned(), String::new()));
    crumbs
}

async fn sources_of(app: &AppState, by: &SignedIn, path: &CanvasPath) -> Result<Vec<Source>, Error> {
    let project = ProjectPath { owner: path.owner.clone(), slug: path.slug.clone() };
    Ok(sources::list(app, &by.caller, &project, &whole()).await?.items)
}

/// What kind of block is wanted.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(rename = "type")]
    block_type: Option<String>,
}

/// The choice of a kind, then the form of a new block.
pub async fn add_page(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<CanvasPath>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let seen = seen_to_change(&app, &by.caller, &path).await?;
    let Some(kind) = wanted.block_type.as_deref() else {
        let crumbs = crumbs(&path, seen.title(), "Add a block");
        return Ok(page(kinds(&by.shell, &path_of(&path), &crumbs)));
    };
    let kind = type_of(kind)?;
    let sources = sources_of(&app, &by, &path).await?;
    let values = beginning(kind, sources.first().map(|source| source.name.as_str()));
    let shown = Form { path: &path, block: None, kind, values: &values, seen: &seen, fault: None };
    show(&app, &by, &shown).await
}

fn type_of(text: &str) -> Result<BlockType, FieldError> {
    text.parse().map_err(|detail: String| FieldError::at("/type", detail))
}

/// A form of a block, for a new one or one that is there.
struct Form<'a> {
    path: &'a CanvasPath,
    block: Option<&'a str>,
    kind: BlockType,
    values: &'a Fields,
    seen: &'a Seen,
    fault: Option<&'a Problem>,
}

async fn show(app: &AppState, by: &SignedIn, shown: &Form<'_>) -> Result<Response, Error> {
    let canvas = path_of(shown.path);
    let sources = sources_of(app, by, shown.path).await?;
    let (title, action, delete) = match shown.block {
        None => (format!("Add a {}", word(shown.kind)), format!("{canvas}/add"), None),
        Some(id) => {
            let path = format!("{canvas}/blocks/{id}");
            (format!("Edit {id}"), format!("{path}/edit"), Some(format!("{path}/delete")))
        }
    };
    let page = page(form(
        &by.shell,
        &BlockForm {
            title: &title,
            action: &action,
            canvas: &canvas,
            block_type: shown.kind,
            values: shown.values,
            etag: &shown.seen.etag(),
            sources: &sources,
            fault: shown.fault,
            is_stale: shown.fault.is_some_and(|fault| fault.current.is_some()),
            delete: delete.as_deref(),
            crumbs: &crumbs(shown.path, shown.seen.title(), &title),
        },
    ));
    Ok(match shown.fault {
        Some(fault) => refused(page, fault),
        None => page,
    })
}

fn word(kind: BlockType) -> &'static str {
    match kind {
        BlockType::Metric => "number",
        other => other.as_str(),
    }
}

/// Adds a block.
pub async fn add(
    State(app): State<AppState>,
    Path(path): Path<CanvasPath>,
    Submitted { by, fields }: Submitted,
) -> Result<Response, Error> {
    let kind = type_of(fields.get("type"))?;
    let added = match value_of(kind, &fields, None) {
        // A new block is in nobody's way, whatever was saved in between.
        Ok(value) => blocks::add(&app, &by.caller, &path, &Expected::Something, &value).await,
        Err(invalid) => Err(invalid.into()),
    };
    match added {
        Ok(_) => Ok(see(path_of(&path)).into_response()),
        Err(error) => {
            let (fault, seen) = (problem(&error), seen_to_change(&app, &by.caller, &path).await?);
            let shown =
                Form { path: &path, block: None, kind, values: &fields, seen: &seen, fault: Some(&fault) };
            show(&app, &by, &shown).await
        }
    }
}

/// The form of a block.
pub async fn block_page(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<BlockPath>,
) -> Result<Response, Error> {
    let canvas = path.canvas();
    let seen = seen_to_change(&app, &by.caller, &canvas).await?;
    let block = seen.block(&path.block)?;
    let shown = Form {
        path: &canvas,
        block: Some(&path.block),
        kind: block.block_type,
        values: &fields_of(block),
        seen: &seen,
        fault: None,
    };
    show(&app, &by, &shown).await
}

/// Saves a block. When someone else has saved in between, the form comes again with what was typed, to be saved over
/// theirs or not.
pub async fn save_block(
    State(app): State<AppState>,
    Path(path): Path<BlockPath>,
    Submitted { by, fields }: Submitted,
) -> Result<Response, Error> {
    let canvas = path.canvas();
    let seen = seen_to_change(&app, &by.caller, &canvas).await?;
    let old = seen.block(&path.block)?;
    let saved = match value_of(old.block_type, &fields, Some(old)) {
        Ok(value) => blocks::replace(&app, &by.caller, &path, &fields.expected(), &value).await,
        Err(invalid) => Err(invalid.into()),
    };
    match saved {
        Ok(_) => Ok(see(format!("{}#b-{}", path_of(&canvas), path.block)).into_response()),
        Err(error) => {
            let fault = problem(&error);
            let shown = Form {
                path: &canvas,
                block: Some(&path.block),
                kind: old.block_type,
                values: &fields,
                seen: &seen,
                fault: Some(&fault),
            };
            show(&app, &by, &shown).await
        }
    }
}

/// Removes a block.
pub async fn delete_block(
    State(app): State<AppState>,
    Path(path): Path<BlockPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    blocks::remove(&app, &form.by.caller, &path, &form.fields.expected()).await?;
    Ok(see(path_of(&path.canvas())))
}

/// Closes the gaps between blocks.
pub async fn compact(
    State(app): State<AppState>,
    Path(path): Path<CanvasPath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    blocks::compact(&app, &form.by.caller, &path, &form.fields.expected()).await?;
    Ok(see(path_of(&path)))
}

/// The whole document, as text.
pub async fn document_page(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<CanvasPath>,
) -> Result<Response, Error> {
    let seen = seen_to_change(&app, &by.caller, &path).await?;
    Ok(document_answer(&by, &path, &document::to_yaml(&seen.saved.canvas), &seen, None))
}

fn document_answer(
    by: &SignedIn,
    path: &CanvasPath,
    text: &str,
    seen: &Seen,
    fault: Option<&Problem>,
) -> Response {
    let (canvas, etag) = (path_of(path), seen.etag());
    let crumbs = crumbs(path, seen.title(), "Document");
    let shown =
        DocumentForm { canvas: &canvas, slug: &path.canvas, text, etag: &etag, fault, crumbs: &crumbs };
    let page = page(document_form(&by.shell, &shown));
    match fault {
        Some(fault) => refused(page, fault),
        None => page,
    }
}

/// Saves the whole document. When someone else has saved in between, it comes again with what was typed.
pub async fn save_document(
    State(app): State<AppState>,
    Path(path): Path<CanvasPath>,
    Submitted { by, fields }: Submitted,
) -> Result<Response, Error> {
    let text = fields.raw("document").replace("\r\n", "\n");
    let saved = match document::from_yaml(&text) {
        Ok(value) => canvases::save(&app, &by.caller, &path, &fields.expected(), &value, "").await.map(drop),
        Err(invalid) => Err(invalid.into()),
    };
    match saved {
        Ok(()) => Ok(see(path_of(&path)).into_response()),
        Err(error) => {
            let seen = seen_to_change(&app, &by.caller, &path).await?;
            Ok(document_answer(&by, &path, &text, &seen, Some(&problem(&error))))
        }
    }
}
