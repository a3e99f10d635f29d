//! The OpenAPI 3.1 document, made from the routes.

use axum::Router;
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Impala", description = "Push CSV files, keep canvases of charts over them, read them anywhere."),
    security(("bearer" = []))
)]
struct Frame;

/// The document before its routes come in.
pub fn frame() -> OpenApi {
    let mut document = Frame::openapi();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token of auth/login, or an API token, which begins with impala_."))
        .build();
    document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(scheme));
    document
}

/// Serves the document.
pub fn routes(document: OpenApi) -> Router<AppState> {
    Router::new().route("/api/openapi.json", get(async move || axum::Json(document.clone())))
}
