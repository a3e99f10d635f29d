//! Blocks of a canvas as one answer: a line for each, as soon as it is there.
//!
//! A browser has six connections to a server over HTTP/1.1, and listens on one of them. If each block had a request of its own,
//! five slow ones would keep all others from being asked for.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use impala_core::{Block, BlockKind};
use serde::Serialize;

use super::canvases::find;
use super::drawn::{Asked, COLS, Seen};
use super::viewer::SignedIn;
use crate::http::compress::NDJSON;
use crate::http::data::Pairs;
use crate::http::error::problem;
use crate::http::events::X_ACCEL_BUFFERING;
use crate::http::extract::{Path, Query};
use crate::http::uploads::Refusal;
use crate::service::Error;
use crate::service::data::Basis;
use crate::service::paths::CanvasPath;
use crate::state::AppState;
use crate::web;
use crate::web::state::short_hash;

/// A block that is asked for: `rain.120.Hv3_aQ`.
#[derive(Debug, PartialEq)]
struct Wanted {
    id: String,
    /// The columns to draw it in.
    cols: u16,
    /// Hash of what the page has of it already.
    known: Option<String>,
}

/// One block as it is sent.
#[derive(Serialize)]
struct Line {
    block: String,
    /// Hash of its content.
    tag: String,
    /// Its inside; left out when the page has the same already.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

/// The blocks that `?draw=` names; without it all of them.
pub async fn show(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<CanvasPath>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Refusal> {
    let asked = Asked::read(pairs)?;
    let (_, seen, _) = find(&app, &by.caller, &path, &asked).await?;
    Ok(answer(app, seen, asked).await?)
}

/// The answer, which ends with the last of its blocks. Queries that nobody waits for any more are cancelled.
///
/// # Errors
/// When the sources of the canvas cannot be looked up.
pub async fn answer(app: AppState, seen: Seen, mut asked: Asked) -> Result<Response, Error> {
    seen.fit(&mut asked);
    let basis = seen.basis(&app, &asked).await?;
    let mut wanted = wanted(&asked, &seen);
    // Each once, however often an address names it.
    let mut ids = BTreeSet::new();
    wanted.retain(|each| ids.insert(each.id.clone()));
    // A query waits for its turn: what is quick does not wait for what is slow.
    wanted.sort_by_key(|each| seen.saved.canvas.block(&each.id).map_or(0, cost));
    let asking = Arc::new(Asking { app, seen, asked, basis });
    let lines: FuturesUnordered<_> = wanted.into_iter().map(|each| line(Arc::clone(&asking), each)).collect();
    let headers = [(CONTENT_TYPE, NDJSON), (CACHE_CONTROL, "private, no-store"), (X_ACCEL_BUFFERING, "no")];
    Ok((headers, Body::from_stream(lines.map(Ok::<_, Infallible>))).into_response())
}

/// How long an answer may take, by its kind: more is longer.
fn cost(block: &Block) -> u8 {
    match &block.kind {
        BlockKind::Text(_) => 0,
        BlockKind::Metric(_) => 1,
        BlockKind::Chart(chart) if chart.from.sql.is_none() => 2,
        BlockKind::Table(table) if table.from.sql.is_none() => 2,
        _ => 3,
    }
}

fn wanted(asked: &Asked, seen: &Seen) -> Vec<Wanted> {
    match asked.get("draw") {
        Some(text) => text.split(',').map(read).collect(),
        None => seen.saved.canvas.spec.blocks.iter().map(|block| read(&block.id)).collect(),
    }
}

fn read(text: &str) -> Wanted {
    let mut parts = text.splitn(3, '.');
    let id = parts.next().unwrap_or_default().to_owned();
    let cols = parts.next().and_then(|cols| cols.parse().ok()).unwrap_or(COLS).clamp(4, 500);
    Wanted { id, cols, known: parts.next().map(str::to_owned) }
}

/// What the lines have in common.
struct Asking {
    app: AppState,
    seen: Seen,
    asked: Asked,
    basis: Basis,
}

async fn line(asking: Arc<Asking>, wanted: Wanted) -> String {
    let Asking { app, seen, asked, basis } = &*asking;
    let inside = match seen.block(&wanted.id) {
        Ok(block) => seen.inside(app, basis, block, asked, wanted.cols).await,
        Err(error) => Err(error),
    };
    let html = inside.unwrap_or_else(|error| web::block::failed(&problem(&error))).into_string();
    let tag = short_hash(html.as_bytes());
    let is_known = wanted.known.as_deref() == Some(&tag);
    let line = Line { block: wanted.id, tag, html: (!is_known).then_some(html) };
    // Texts can always be written as JSON.
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_read() {
        let check = |text: &str, id: &str, cols: u16, known: Option<&str>| {
            let expected = Wanted { id: id.to_owned(), cols, known: known.map(str::to_owned) };
            assert_eq!(read(text), expected, "{text}");
        };
        check("rain", "rain", COLS, None);
        check("rain.120", "rain", 120, None);
        check("rain.1.a_-", "rain", 4, Some("a_-"));
        check("rain.x", "rain", COLS, None);
    }
}
