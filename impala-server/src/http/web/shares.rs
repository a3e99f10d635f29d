//! The share links of a canvas.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::{HOST, ORIGIN};
use impala_core::FieldError;
use impala_core::api::{Problem, ShareChange, ShareCreate};

use super::account::{end_in, refused};
use super::fields::Submitted;
use super::human::page;
use super::projects::whole;
use super::see;
use super::viewer::SignedIn;
use crate::http::error::problem;
use crate::http::extract::Path;
use crate::http::peer::Peer;
use crate::service::paths::CanvasPath;
use crate::service::{Error, canvases, shares};
use crate::state::AppState;
use crate::web::project::canvas_path;
use crate::web::shares::{Shares, show as template};

/// The links.
pub async fn show(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<CanvasPath>,
) -> Result<Response, Error> {
    answer(&app, &by, &path, None, None).await
}

async fn answer(
    app: &AppState,
    by: &SignedIn,
    path: &CanvasPath,
    made: Option<&str>,
    fault: Option<&Problem>,
) -> Result<Response, Error> {
    let links = shares::list(app, &by.caller, path, &whole()).await?.items;
    let (_, saved) = canvases::read(app, &by.caller, path).await?;
    let shown = Shares { path, title: saved.canvas.title(), shares: &links, made, fault };
    let page = page(template(&by.shell, &shown));
    Ok(match fault {
        Some(fault) => refused(page, fault),
        None => page,
    })
}

/// Makes a link, and shows it.
pub async fn create(
    State(app): State<AppState>,
    Path(path): Path<CanvasPath>,
    peer: Peer,
    headers: HeaderMap,
    Submitted { by, fields }: Submitted,
) -> Result<Response, Error> {
    let wanted = end_in(&app, fields.get("days"))
        .map(|expires_at| ShareCreate { name: fields.get("name").to_owned(), expires_at });
    let made = match wanted {
        Ok(wanted) => shares::create(&app, &by.caller, &path, wanted).await,
        Err(error) => Err(error.into()),
    };
    match made {
        Ok(made) => {
            let url = format!("{}{}", origin(&headers, peer), made.path);
            answer(&app, &by, &path, Some(&url), None).await
        }
        Err(error) => answer(&app, &by, &path, None, Some(&problem(&error))).await,
    }
}

/// This server as the browser knows it.
fn origin(headers: &HeaderMap, peer: Peer) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(origin) = text(ORIGIN).filter(|origin| *origin != "null") {
        return origin.to_owned();
    }
    let scheme = if peer.is_https { "https" } else { "http" };
    text(HOST).map_or_else(String::new, |host| format!("{scheme}://{host}"))
}

/// Pauses, resumes or revokes a link.
pub async fn change(
    State(app): State<AppState>,
    Path(path): Path<CanvasPath>,
    Submitted { by, fields }: Submitted,
) -> Result<Response, Error> {
    let id = fields.get("id");
    let share = id.parse().map_err(|_| Error::not_found("share link", id))?;
    let paused = |paused| ShareChange { paused: Some(paused), expires_at: None };
    match fields.get("do") {
        "pause" => drop(shares::change(&app, &by.caller, &path, share, paused(true)).await?),
        "resume" => drop(shares::change(&app, &by.caller, &path, share, paused(false)).await?),
        "revoke" => shares::revoke(&app, &by.caller, &path, share).await?,
        other => {
            let detail = format!("is \"{other}\", where pause, resume or revoke is expected");
            return Err(FieldError::at("/do", detail).into());
        }
    }
    Ok(see(format!("{}/shares", canvas_path(&path.owner, &path.slug, &path.canvas))).into_response())
}
