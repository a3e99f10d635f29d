//! One block of a canvas: its inside for the page, its data, what it asks.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::canvases::find;
use super::drawn::Asked;
use super::human::page;
use super::viewer::SignedIn;
use crate::http::data::Pairs;
use crate::http::error::problem;
use crate::http::extract::{Path, Query};
use crate::http::uploads::Refusal;
use crate::service::paths::BlockPath;
use crate::state::AppState;
use crate::web::block::about;
use crate::web::project::{canvas_path, crumbs};
use crate::web::query;

/// A block in the form that `?format=` names; for the page when it names none.
pub async fn show(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<BlockPath>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut asked = Asked::read(pairs)?;
    let (_, seen, is_earlier) = find(&app, &by.caller, &path.canvas(), &asked).await?;
    if asked.is_for_a_page() {
        seen.fit(&mut asked);
    }
    if asked.get("format") != Some("about") {
        return seen.one(&app, &path.block, &asked, &headers).await;
    }
    let block = seen.block(&path.block)?;
    let answer = seen.answer(&app, &path.block, &asked.given).await.map_err(|error| problem(&error));
    let sql = seen.sql(&app, &path.block, &asked.given).await;
    let base = canvas_path(&path.owner, &path.slug, &path.canvas);
    let sources = format!("/{}/{}/sources", path.owner, path.slug);
    let title = seen.saved.canvas.title();
    let mut crumbs = crumbs(&path.owner, &path.slug, &[(title, &format!("canvases/{}", path.canvas))]);
    crumbs.push((impala_render::block_title(block), String::new()));
    let query = query(&asked.kept(is_earlier), &asked.given);
    Ok(page(about(&by.shell, block, (&answer, &sql), &query, (&base, Some(&sources)), &crumbs)))
}
