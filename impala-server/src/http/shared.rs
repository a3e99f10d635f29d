//! The canvas behind a share link, for anyone who has the link. The secret in the path is the only credential.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use impala_core::BlockData;
use impala_core::api::{CanvasData, SharedCanvas};

use super::data::{Pairs, canvas_data, read};
use super::extract::{Json, Path, Query};
use super::render;
use super::uploads::Refusal;
use crate::service::data::Before;
use crate::service::{Error, shares};
use crate::state::AppState;

/// Show the canvas behind a share link.
#[utoipa::path(get, path = "/shared/{secret}", tag = "shares", operation_id = "shared_canvas", security(()),
    params(("secret" = String, Path, description = "What follows /s/ in the link")),
    responses((status = OK, body = SharedCanvas)))]
pub async fn show(
    State(app): State<AppState>,
    Path(secret): Path<String>,
) -> Result<Json<SharedCanvas>, Error> {
    Ok(Json(shares::open(&app, &secret).await?.shared()))
}

/// Answer all blocks of a shared canvas. `param.NAME` sets a parameter.
#[utoipa::path(get, path = "/shared/{secret}/data", tag = "shares", operation_id = "shared_data", security(()),
    params(("secret" = String, Path, description = "What follows /s/ in the link"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, body = CanvasData)))]
pub async fn data(
    State(app): State<AppState>,
    Path(secret): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Result<Json<CanvasData>, Refusal> {
    let (given, _) = read(pairs, &[])?;
    let (_, data) = canvas_data(shares::data(&app, &secret, &given).await?);
    Ok(Json(data))
}

/// Answer one block of a shared canvas. `param.NAME` sets a parameter.
#[utoipa::path(get, path = "/shared/{secret}/blocks/{block}/data", tag = "shares",
    operation_id = "shared_block_data", security(()),
    params(("secret" = String, Path, description = "What follows /s/ in the link"),
        ("block" = String, Path, description = "Id of the block"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, body = BlockData)))]
pub async fn block_data(
    State(app): State<AppState>,
    Path((secret, block)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Result<Json<BlockData>, Refusal> {
    let (given, _) = read(pairs, &[])?;
    Ok(Json(shares::block_data(&app, &secret, &block, &given).await?))
}

/// Draw a shared canvas.
#[utoipa::path(get, path = "/shared/{secret}/render", tag = "shares", operation_id = "render_shared", security(()),
    params(("secret" = String, Path, description = "What follows /s/ in the link"),
        ("format" = Option<String>, Query, description = "As for canvases; else as Accept says"),
        ("block" = Option<String>, Query, description = "Id of a block to draw alone"),
        ("width" = Option<u32>, Query, description = "As for canvases"),
        ("charset" = Option<String>, Query, description = "Of text and md: unicode or ascii"),
        ("theme" = Option<String>, Query, description = "Of png: light or dark"),
        ("scale" = Option<u32>, Query, description = "Of png: dots a pixel, 1 to 4"),
        ("param.NAME" = Option<Vec<String>>, Query, description = "Value of the parameter NAME")),
    responses((status = OK, content((String = "text/plain"), (String = "image/svg+xml"),
        (Vec<u8> = "image/png"), (String = "text/html"), (String = "text/markdown"),
        (serde_json::Value = "application/json"), (serde_json::Value = "application/vnd.vegalite.v6+json")))))]
pub async fn draw(
    State(app): State<AppState>,
    Path(secret): Path<String>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (given, options) = read(pairs, &render::OPTIONS)?;
    let style = render::read_style(&options, &headers)?;
    // Readers of a link must not see earlier versions.
    render::answer(shares::data(&app, &secret, &given).await?, Before::new(), style).await
}
