//! Whether the server lives, whether it can work, and what its limits are.

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use impala_core::api::Limits;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::service::{Error, health};
use crate::state::AppState;

/// Says which version answers.
const VERSION: [(HeaderName, &str); 1] = [(header::SERVER, concat!("impala/", env!("CARGO_PKG_VERSION")))];

/// The routes beside the API.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz))
}

/// Whether the process answers.
#[utoipa::path(get, path = "/healthz", tag = "system", security(()), responses((status = OK, body = String)))]
async fn healthz() -> impl IntoResponse {
    (VERSION, "ok\n")
}

/// Whether it can do its work: the stores answer, and the folders can be written.
#[utoipa::path(get, path = "/readyz", tag = "system", security(()), responses((status = OK, body = String)))]
async fn readyz(State(app): State<AppState>) -> Result<impl IntoResponse, Error> {
    health::check(&app).await?;
    Ok((VERSION, "ready\n"))
}

/// What is too large, too many or too slow for this server.
#[utoipa::path(get, path = "/limits", tag = "system", security(()), responses((status = OK, body = Limits)))]
pub async fn limits(State(app): State<AppState>) -> Json<Limits> {
    Json(app.config.limits.clone())
}
