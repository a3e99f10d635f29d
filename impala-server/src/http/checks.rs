//! Canvases checked against what is expected of their blocks.

use axum::extract::State;
use impala_core::Block;
use impala_core::api::{BlockCheck, CanvasCheck, CanvasDraft};
use impala_core::expect::Verdict;

use super::data::{PREVIEW, Pairs, Through, preview, read, texts};
use super::error::problem;
use super::extract::{Json, Path, Query};
use super::uploads::Refusal;
use crate::service::checks::{self, Checked, CheckedBlock};
use crate::service::paths::{CanvasPath, ProjectPath};
use crate::service::{Caller, Error};
use crate::state::AppState;

/// Ask all blocks of a canvas, and check the answers against their rules. `param.NAME` sets a parameter.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/canvases/{canvas}/check", tag = "data",
    operation_id = "check_canvas",
    params(CanvasPath, ("preview" = Option<String>, Query, description = "The preview to look through"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, description = "What came of it; `passed` says whether all is well", body = CanvasCheck)))]
pub async fn of_canvas(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<CanvasPath>,
    Query(pairs): Query<Pairs>,
) -> Result<Json<CanvasCheck>, Refusal> {
    let (given, options) = read(pairs, &[PREVIEW])?;
    Ok(Json(body_of(checks::of_canvas(&app, &caller, &path, preview(&options), &given).await?)))
}

/// Check a canvas that is not saved, against the sources of the project.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/check", tag = "data", operation_id = "check_draft",
    security(("bearer" = ["read"])),
    params(ProjectPath, Through), request_body = CanvasDraft,
    responses((status = OK, body = CanvasCheck),
        (status = UNPROCESSABLE_ENTITY, description = "The canvas or a parameter is wrong")))]
pub async fn of_draft(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(through): Query<Through>,
    Json(draft): Json<CanvasDraft>,
) -> Result<Json<CanvasCheck>, Error> {
    Ok(Json(body_of(checks::of_draft(&app, &caller, &path, through.preview.as_deref(), &draft).await?)))
}

fn body_of(checked: Checked) -> CanvasCheck {
    let Checked { canvas, revision, bindings, checked_at, blocks } = checked;
    let of = |id: &str| canvas.block(id).map(|block: &Block| (block.block_type, block.title.clone()));
    let mut checks = Vec::with_capacity(blocks.len());
    for CheckedBlock { id, answer, rules } in blocks {
        let Some((block_type, title)) = of(&id) else { continue };
        let (sources, rows, failed) = match answer {
            Ok(data) => (data.sources, data.rows_total, None),
            Err(error) => (Vec::new(), 0, Some(problem(&error))),
        };
        checks.push(BlockCheck { id, block_type, title, sources, rows, problem: failed, rules });
    }
    let is_well = |block: &BlockCheck| {
        block.problem.is_none() && block.rules.iter().all(|rule| rule.verdict != Verdict::Fail)
    };
    CanvasCheck {
        canvas: canvas.metadata.slug.clone(),
        revision,
        parameters: texts(&bindings),
        checked_at,
        passed: checks.iter().all(is_well),
        blocks: checks,
    }
}
