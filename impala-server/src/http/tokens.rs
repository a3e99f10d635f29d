//! `tokens`: API tokens of the caller.

use axum::extract::State;
use http::StatusCode;
use impala_core::api::{ApiToken, ApiTokenCreate, ApiTokenCreated, Page};
use uuid::Uuid;

use super::extract::{Json, Path, Query};
use super::users::{NoStore, no_store};
use crate::service::page::PageRequest;
use crate::service::{Caller, Error, tokens};
use crate::state::AppState;

/// List your API tokens, without their secrets.
#[utoipa::path(get, path = "/tokens", tag = "tokens", operation_id = "list_tokens", security(("bearer" = ["admin"])), params(PageRequest),
    responses((status = OK, body = Page<ApiToken>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(part): Query<PageRequest>,
) -> Result<Json<Page<ApiToken>>, Error> {
    Ok(Json(tokens::list(&app, &caller, &part).await?))
}

/// Make an API token. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/tokens", tag = "tokens", operation_id = "create_token", security(("bearer" = ["admin"])), request_body = ApiTokenCreate,
    responses((status = CREATED, body = ApiTokenCreated)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    Json(wanted): Json<ApiTokenCreate>,
) -> Result<(StatusCode, NoStore<Json<ApiTokenCreated>>), Error> {
    let made = tokens::create(&app, &caller, wanted).await?;
    Ok((StatusCode::CREATED, no_store(Json(made))))
}

/// Revoke an API token. It stops working at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", operation_id = "revoke_token", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = NO_CONTENT)))]
pub async fn revoke(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    tokens::revoke(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
