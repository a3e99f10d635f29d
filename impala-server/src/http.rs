//! The route table, the whole of it.

pub mod accept;
pub mod auth;
pub mod blocks;
pub mod canvases;
pub mod checks;
pub mod compress;
pub mod conditional;
pub mod contracts;
pub mod cookie;
pub mod data;
pub mod document;
pub mod error;
pub mod events;
pub mod extract;
pub mod form;
pub mod idempotency;
pub mod linger;
pub mod nul;
mod observe;
pub mod openapi;
pub mod pages;
pub mod peer;
pub mod previews;
pub mod projects;
pub mod render;
pub mod shared;
pub mod shares;
pub mod sources;
pub mod system;
pub mod tokens;
pub mod tus;
pub mod uploads;
pub mod users;
pub mod web;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use impala_core::api::PREFIX;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Routes that anyone may call.
fn public() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(users::register))
        .routes(routes!(users::login))
        .routes(routes!(users::refresh))
        .routes(routes!(users::logout))
        .routes(routes!(system::limits))
        .routes(routes!(shared::show))
        .routes(routes!(shared::data))
        .routes(routes!(shared::block_data))
        .routes(routes!(shared::draw))
}

/// Routes for those who have signed in. One line a route; routes of one path share a line.
fn protected() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(users::me, users::change_password))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::show, projects::edit, projects::delete))
        .routes(routes!(projects::list_members, projects::set_member))
        .routes(routes!(projects::remove_member))
        .merge(forms())
        .routes(routes!(sources::show, uploads::upload, sources::delete))
        .routes(routes!(uploads::known))
        .routes(routes!(contracts::show, contracts::set, contracts::remove))
        .routes(routes!(contracts::keep))
        .routes(routes!(contracts::violations))
        .routes(routes!(sources::versions))
        .routes(routes!(sources::schema))
        .routes(routes!(sources::preview))
        .routes(routes!(sources::stats))
        .routes(routes!(sources::choices))
        .routes(routes!(sources::canvases))
        .routes(routes!(sources::diff))
        .routes(routes!(sources::content))
        .routes(routes!(sources::rejects))
        .routes(routes!(sources::roll_back))
        .routes(routes!(previews::list))
        .routes(routes!(previews::show, previews::change, previews::delete))
        .routes(routes!(canvases::list, canvases::create))
        .routes(routes!(canvases::doubt))
        .routes(routes!(canvases::show, canvases::save, canvases::delete))
        .routes(routes!(canvases::history))
        .routes(routes!(canvases::show_revision))
        .routes(routes!(canvases::restore))
        .routes(routes!(blocks::add))
        .routes(routes!(blocks::show, blocks::replace, blocks::patch, blocks::remove))
        .routes(routes!(blocks::place))
        .routes(routes!(blocks::compact))
        .routes(routes!(data::of_canvas))
        .routes(routes!(data::of_block))
        .routes(routes!(data::sql_of_block))
        .routes(routes!(data::of_draft))
        .routes(routes!(checks::of_canvas))
        .routes(routes!(checks::of_draft))
        .routes(routes!(render::draw))
        .routes(routes!(render::draw_draft))
        .routes(routes!(data::run_query))
        .routes(routes!(shares::list, shares::create))
        .routes(routes!(shares::change, shares::revoke))
        .routes(routes!(events::listen))
}

/// Forms carry whole files, which have a limit of their own.
fn forms() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sources::list, uploads::upload_form))
        .layer(DefaultBodyLimit::disable())
}

/// Uploads in several requests, for those who have signed in.
fn resumable() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(tus::create)).routes(routes!(
        tus::show,
        tus::head,
        tus::patch,
        tus::end,
        tus::override_method
    ))
}

/// All routes, with the layers around each of them.
pub fn app(state: AppState) -> Router {
    // Authentication comes before the lookup of earlier answers: the layer that is added last is outermost.
    let signed_in = |routes: OpenApiRouter<AppState>| {
        routes
            .route_layer(from_fn_with_state(state.clone(), idempotency::once))
            .route_layer(from_fn_with_state(state.clone(), auth::require))
    };
    let resumable = OpenApiRouter::new().routes(routes!(tus::options)).merge(signed_in(resumable()));
    let routes = public().merge(signed_in(protected())).merge(resumable.route_layer(from_fn(tus::speak)));
    let api = OpenApiRouter::with_openapi(openapi::frame()).nest(PREFIX, routes);
    let (router, document) = api.merge(system::routes()).split_for_parts();
    let router = router.merge(pages::routes(&openapi::finish(document))).merge(web::routes());
    around(router, &state).with_state(state)
}

/// The layers around every route. The one that is added last is outermost.
fn around(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let document_bytes = usize::try_from(state.config.limits.document_bytes).unwrap_or(usize::MAX);
    router
        .fallback(error::unknown_route)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(DefaultBodyLimit::max(document_bytes))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn_with_state(state.clone(), web::human::explain))
        .layer(compress::layer())
        .layer(from_fn(compress::not_for_others))
        .layer(from_fn(linger::linger))
        .layer(from_fn(observe::harden))
        .layer(from_fn_with_state(state.clone(), observe::observe))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::post;
    use http::{Request, StatusCode};
    use impala_core::api::Problem;
    use tower::ServiceExt as _;

    use super::*;
    use crate::Config;

    #[tokio::test]
    async fn a_panic_is_a_problem_without_what_it_said() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::new(dir.path());
        config.bcrypt_cost = 4;
        let state = crate::connect(config).await.unwrap();
        let router = Router::new().route("/", post(async || -> () { panic!("password=hunter2") }));
        let router = around(router, &state).with_state(state);
        let request = Request::post("/").header("x-request-id", "r1").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!((problem.code.as_str(), problem.request_id.as_deref()), ("internal", Some("r1")));
        assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
    }
}
