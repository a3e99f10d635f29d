//! The answers to the blocks of a canvas, and to a query.

use std::collections::BTreeMap;

use axum::extract::State;
use impala_core::api::{BlockAnswer, BlockSql, CanvasData, CanvasDraft, PARAMETER_PREFIX, QueryRequest};
use impala_core::parameter::Bindings;
use impala_core::{BlockData, Canvas, FieldError, name};
use serde::Deserialize;

use super::error::{Rejection, problem};
use super::extract::{Json, Path, Query};
use super::uploads::Refusal;
use crate::service::data::{self, Answers, Given};
use crate::service::paths::{BlockPath, CanvasPath, ProjectPath};
use crate::service::{Caller, Error, query};
use crate::state::AppState;

/// The parameter of an address that names a preview.
pub const PREVIEW: &str = "preview";

/// The preview that the options of an address name.
pub fn preview(options: &[(String, String)]) -> Option<&str> {
    options.iter().find(|(key, _)| key == PREVIEW).map(|(_, name)| name.as_str())
}

/// The view that sources are read through.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Through {
    /// The preview to look through.
    pub preview: Option<String>,
}

/// Answer all blocks of a canvas. `param.NAME` sets a parameter.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/data", tag = "data",
    operation_id = "canvas_data",
    params(CanvasPath, ("preview" = Option<String>, Query, description = "The preview to look through"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, body = CanvasData)))]
pub async fn of_canvas(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<CanvasData>, Refusal> {
    let (given, options) = read(pairs, &[PREVIEW])?;
    let answers = data::of_canvas(&app, &caller, &path, preview(&options), &given).await?;
    let (_, data) = canvas_data(answers);
    Ok(Json(data))
}

/// Answers as the API has them, with their canvas.
pub fn canvas_data(answers: Answers) -> (Canvas, CanvasData) {
    let data = CanvasData {
        revision: answers.saved.revision.revision,
        parameters: texts(&answers.bindings),
        blocks: block_answers(answers.blocks),
    };
    (answers.saved.canvas, data)
}

/// What each parameter was set to, as text.
pub fn texts(bindings: &Bindings) -> BTreeMap<String, String> {
    bindings.iter().map(|(name, bound)| (name.clone(), bound.text())).collect()
}

fn block_answers(blocks: BTreeMap<String, Result<BlockData, Error>>) -> BTreeMap<String, BlockAnswer> {
    let answer = |answer| match answer {
        Ok(data) => BlockAnswer::Data(data),
        Err(error) => BlockAnswer::Problem(problem(&error)),
    };
    blocks.into_iter().map(|(id, block)| (id, answer(block))).collect()
}

/// Answer one block. `param.NAME` sets a parameter.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks/{block}/data", tag = "data",
    operation_id = "block_data",
    params(BlockPath, ("preview" = Option<String>, Query, description = "The preview to look through"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, body = BlockData)))]
pub async fn of_block(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<BlockPath>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<BlockData>, Refusal> {
    let (given, options) = read(pairs, &[PREVIEW])?;
    Ok(Json(data::of_block(&app, &caller, &path, preview(&options), &given).await?))
}

/// Show what one block asks, as `SELECT`s that give the same rows in `query`. `param.NAME` sets a parameter.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/blocks/{block}/sql", tag = "data",
    operation_id = "block_sql",
    params(BlockPath, ("preview" = Option<String>, Query, description = "The preview to look through"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, body = BlockSql)))]
pub async fn sql_of_block(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<BlockPath>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<BlockSql>, Refusal> {
    let (given, options) = read(pairs, &[PREVIEW])?;
    Ok(Json(data::sql_of_block(&app, &caller, &path, preview(&options), &given).await?))
}

/// Answer blocks of a canvas that is not saved, as an editor shows them.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/answers", tag = "data", operation_id = "answer_draft",
    security(("bearer" = ["read"])),
    params(ProjectPath, Through), request_body = CanvasDraft,
    responses((status = OK, body = CanvasData),
        (status = UNPROCESSABLE_ENTITY, description = "The canvas or a parameter is wrong")))]
pub async fn of_draft(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(through): Query<Through>,
    Json(draft): Json<CanvasDraft>,
) -> Result<Json<CanvasData>, Error> {
    let (bindings, blocks) = data::of_draft(&app, &caller, &path, through.preview.as_deref(), &draft).await?;
    Ok(Json(CanvasData { revision: 0, parameters: texts(&bindings), blocks: block_answers(blocks) }))
}

/// Run one SELECT over the sources of a project.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/query", tag = "data", operation_id = "query",
    security(("bearer" = ["read"])),
    params(ProjectPath, Through), request_body = QueryRequest,
    responses((status = OK, body = BlockData),
        (status = UNPROCESSABLE_ENTITY, description = "The SQL is wrong, or took too long")))]
pub async fn run_query(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(through): Query<Through>,
    Json(request): Json<QueryRequest>,
) -> Result<Json<BlockData>, Error> {
    Ok(Json(query::run(&app, &caller, &path, through.preview.as_deref(), request).await?))
}

/// Parameters of an address, in the order given.
pub type Pairs = Vec<(String, String)>;

/// Separates the parameters of the canvas from those of the route, which are `known`.
///
/// # Errors
/// `Malformed` for others.
pub fn read(pairs: Pairs, known: &[&str]) -> Result<(Given, Pairs), Rejection> {
    let (mut given, mut options) = (Given::new(), Pairs::new());
    for (key, value) in pairs {
        match key.strip_prefix(PARAMETER_PREFIX) {
            Some(parameter) => given.entry(parameter.to_owned()).or_default().push(value),
            None if known.contains(&key.as_str()) => options.push((key, value)),
            None => {
                let hint = name::suggestion(&key, known.iter().copied());
                let detail = format!(
                    "unknown parameter \"{key}\"{hint}; those of the canvas are written {PARAMETER_PREFIX}NAME"
                );
                return Err(Rejection::Malformed(FieldError::at(format!("/{key}"), detail)));
            }
        }
    }
    Ok((given, options))
}
