//! Whether the server lives, whether it can work, and what its limits are.

use axum::extract::State;
use axum::routing::get;
use impala_core::api::Limits;
use utoipa_axum::router::OpenApiRouter;

use super::extract::Json;
use crate::service::{Error, health};
use crate::state::AppState;

/// The routes beside the API.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// It can do its work.
async fn readyz(State(app): State<AppState>) -> Result<&'static str, Error> {
    health::check(&app).await?;
    Ok("ready\n")
}

/// What is too large, too many or too slow for this server.
#[utoipa::path(get, path = "/limits", tag = "system", security(()), responses((status = OK, body = Limits)))]
pub async fn limits(State(app): State<AppState>) -> Json<Limits> {
    Json(app.config.limits.clone())
}
