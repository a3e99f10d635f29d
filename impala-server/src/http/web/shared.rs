//! The page behind a share link. It shows the same whether the reader is signed in or not.

use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event;
use futures_util::stream::unfold;
use http::header::REFERRER_POLICY;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::canvases::refresh_of;
use super::drawn::{Asked, Seen};
use super::human::page;
use super::stream;
use super::viewer::Viewer;
use crate::http::data::Pairs;
use crate::http::error::problem;
use crate::http::events::stream_of;
use crate::http::extract::{Path, Query};
use crate::http::uploads::Refusal;
use crate::service::events::shared::{self, SharedEvent};
use crate::service::{Error, choices, data, shares};
use crate::state::AppState;
use crate::web::block::about;
use crate::web::canvas::{Shown, show as template};
use crate::web::query;

async fn seen(app: &AppState, secret: &str) -> Result<Seen, Error> {
    let opened = shares::open(app, secret).await?;
    Ok(Seen { place: opened.project.into(), saved: opened.saved, is_shared: true })
}

/// The address is a secret: it must not leak through links that lead away or through search engines.
fn kept_secret(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

/// The canvas: as a page for browsers, as text for `curl`, and in any form that `?format=` names.
pub async fn show(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(secret): Path<String>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut asked = Asked::read_shared(pairs)?;
    let seen = seen(&app, &secret).await?;
    if let Some(response) = seen.other_form(&app, &asked, &headers).await? {
        return Ok(kept_secret(response));
    }
    let linked = asked.given.clone();
    let ignored = seen.fit(&mut asked);
    let drawn = match asked.get("all") {
        Some(_) => seen.drawn(&app, &asked).await?,
        None => Default::default(),
    };
    let only = asked.only().map(|id| seen.alone(id)).transpose()?;
    let canvas = only.as_ref().unwrap_or(&seen.saved.canvas);
    let shown = Shown {
        base: &format!("/s/{secret}"),
        api: "",
        canvas,
        revision: None,
        etag: &seen.etag(),
        role: None,
        is_earlier: false,
        warnings: &[],
        bindings: &data::bind(&seen.saved, &asked.given)?,
        choices: &choices::of(&app, &seen.place, canvas).await,
        given: &asked.given,
        linked: &linked,
        ignored: &ignored,
        kept: &asked.kept(false),
        preview: None,
        refresh_s: refresh_of(&asked),
        is_wall: asked.get("view") == Some("wall"),
        drawn,
        crumbs: Vec::new(),
        is_alone: only.is_some(),
    };
    Ok(kept_secret(page(template(&viewer.shell, &shown))))
}

/// Where its blocks stand.
pub async fn grid(
    State(app): State<AppState>,
    Path(secret): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Refusal> {
    let asked = Asked::read_shared(pairs)?;
    Ok(kept_secret(seen(&app, &secret).await?.grid_css(&asked)))
}

/// Its changes, as server-sent events: `shared_canvas` when there is something new, `share_ended` at the end.
pub async fn listen(State(app): State<AppState>, Path(secret): Path<String>) -> Result<Response, Error> {
    let listener = shared::listen(&app, secret).await?;
    let events = unfold(listener, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok(written(&event)), listener))
    });
    Ok(kept_secret(stream_of(&app, events)))
}

fn written(event: &SharedEvent) -> Event {
    match event {
        SharedEvent::Canvas { tag, data } => {
            let state = json!({"etag": format!("\"{tag}\""), "data": data});
            Event::default().event("shared_canvas").data(state.to_string())
        }
        SharedEvent::Ended => Event::default().event("share_ended").data("{}"),
    }
}

/// Its blocks, a line for each.
pub async fn blocks(
    State(app): State<AppState>,
    Path(secret): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Refusal> {
    let asked = Asked::read_shared(pairs)?;
    let seen = seen(&app, &secret).await?;
    Ok(kept_secret(stream::answer(app, seen, asked).await?))
}

/// One of its blocks. What it asks, and of which version of which source, is visible to anyone who has the link: it is in the
/// document, which is what is shared, and below each block. The address of the source is not.
pub async fn block(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((secret, block)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut asked = Asked::read_shared(pairs)?;
    let seen = seen(&app, &secret).await?;
    if asked.is_for_a_page() {
        seen.fit(&mut asked);
    }
    if asked.get("format") != Some("about") {
        return Ok(kept_secret(seen.one(&app, &block, &asked, &headers).await?));
    }
    let answer = seen.answer(&app, &block, &asked.given).await.map_err(|error| problem(&error));
    let sql = seen.sql(&app, &block, &asked.given).await;
    let (query, base) = (query(&[], &asked.given), format!("/s/{secret}"));
    let shown = seen.block(&block)?;
    let crumbs = [
        (seen.title().to_owned(), format!("{base}{query}")),
        (impala_render::block_title(shown), String::new()),
    ];
    Ok(kept_secret(page(about(&viewer.shell, shown, (&answer, &sql), &query, (&base, None), &crumbs))))
}
