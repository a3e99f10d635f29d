//! The pages for people with a browser: each a handler that asks the services, and a template in [`crate::web`].
//!
//! Everything works by links and plain forms; the scripts make it quicker. Addresses are `/OWNER/PROJECT/...`; what is not
//! of a project has one part (`/login`), begins with `/-/` (files), `/s/` (share links) or `/api/`, and so cannot be a project: names of
//! users have three letters and more, and `api` is reserved.

pub mod account;
pub mod assets;
pub mod block_form;
pub mod blocks;
pub mod canvases;
pub mod drawn;
pub mod edit;
pub mod fields;
pub mod human;
pub mod members;
pub mod projects;
pub mod shared;
pub mod shares;
pub mod sources;
pub mod stream;
pub mod viewer;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

use super::error;
use crate::state::AppState;

/// All pages, one line a route: `tests/api/web/pages.rs` reads them here, and tries each of them.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(projects::home))
        .route("/-/{file}", get(assets::show))
        .route("/login", get(account::login_page).post(account::login))
        .route("/register", get(account::register_page).post(account::register))
        .route("/logout", post(account::logout))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/account/tokens", post(account::create_token))
        .route("/account/tokens/revoke", post(account::revoke_token))
        .route("/new", get(projects::new_page).post(projects::create))
        .merge(of_projects().merge(of_canvases()).layer(from_fn(not_of_the_api)))
        .route("/s/{secret}", get(shared::show))
        .route("/s/{secret}/grid.css", get(shared::grid))
        .route("/s/{secret}/events", get(shared::listen))
        .route("/s/{secret}/blocks", get(shared::blocks))
        .route("/s/{secret}/blocks/{block}", get(shared::block))
}

fn of_projects() -> Router<AppState> {
    Router::new()
        .route(&project(""), get(projects::show))
        .route(&project("/edit"), post(projects::edit))
        .route(&project("/delete"), post(projects::delete))
        .route(&project("/members"), post(members::set))
        .route(&project("/members/remove"), post(members::remove))
        .route(&project("/sources"), post(sources::upload).layer(DefaultBodyLimit::disable()))
        .route(&source(""), get(sources::show))
        .route(&source("/rollback"), post(sources::roll_back))
        .route(&source("/delete"), post(sources::delete))
}

fn of_canvases() -> Router<AppState> {
    Router::new()
        .route(&project("/canvases"), post(canvases::create))
        .route(&canvas(""), get(canvases::show))
        .route(&canvas("/grid.css"), get(canvases::grid))
        .route(&canvas("/blocks"), get(stream::show))
        .route(&canvas("/blocks/{block}"), get(blocks::show))
        .route(&canvas("/add"), get(edit::add_page).post(edit::add))
        .route(&canvas("/blocks/{block}/edit"), get(edit::block_page).post(edit::save_block))
        .route(&canvas("/blocks/{block}/delete"), post(edit::delete_block))
        .route(&canvas("/edit"), get(edit::document_page).post(edit::save_document))
        .route(&canvas("/compact"), post(edit::compact))
        .route(&canvas("/delete"), post(canvases::delete))
        .route(&canvas("/history"), get(canvases::history))
        .route(&canvas("/restore"), post(canvases::restore))
        .route(&canvas("/shares"), get(shares::show).post(shares::create))
        .route(&canvas("/shares/change"), post(shares::change))
}

/// An address of a project.
fn project(rest: &str) -> String {
    format!("/{{owner}}/{{slug}}{rest}")
}

/// An address of a source.
fn source(rest: &str) -> String {
    project(&format!("/sources/{{source}}{rest}"))
}

/// An address of a canvas.
fn canvas(rest: &str) -> String {
    project(&format!("/canvases/{{canvas}}{rest}"))
}

/// `/api/v1` looks like the address of a project.
async fn not_of_the_api(request: Request, next: Next) -> Response {
    match request.uri().path().starts_with("/api/") {
        true => error::unknown_route(request).await,
        false => next.run(request).await,
    }
}

/// After a change: load the page again.
fn see(path: impl AsRef<str>) -> Redirect {
    Redirect::to(path.as_ref())
}
