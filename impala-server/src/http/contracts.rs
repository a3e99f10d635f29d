//! The contract that a source keeps: what each file that is uploaded to it has to be.

use axum::extract::State;
use http::StatusCode;
use impala_core::api::{ContractChange, SourceContract};

use super::extract::{Json, Path};
use crate::service::paths::SourcePath;
use crate::service::{Caller, Error, contracts};
use crate::state::AppState;

/// Show the contract of a source.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/contract", tag = "sources",
    operation_id = "show_contract", params(SourcePath), responses((status = OK, body = SourceContract)))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
) -> Result<Json<SourceContract>, Error> {
    Ok(Json(contracts::open(&app, &caller, &path).await?))
}

/// Give a source a contract, a Table Schema of Frictionless Data. From then on a file that breaks it is refused, whoever
/// sends it and in whatever way; versions that are there stay.
#[utoipa::path(put, path = "/projects/{owner}/{slug}/sources/{source}/contract", tag = "sources",
    operation_id = "set_contract", params(SourcePath), request_body = ContractChange,
    responses((status = OK, body = SourceContract),
        (status = UNPROCESSABLE_ENTITY, description = "The contract is none")))]
pub async fn set(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Json(wanted): Json<ContractChange>,
) -> Result<Json<SourceContract>, Error> {
    Ok(Json(contracts::set(&app, &caller, &path, wanted).await?))
}

/// Take the contract of a source away.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}/sources/{source}/contract", tag = "sources",
    operation_id = "remove_contract", params(SourcePath), responses((status = NO_CONTENT)))]
pub async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
) -> Result<StatusCode, Error> {
    contracts::remove(&app, &caller, &path).await?;
    Ok(StatusCode::NO_CONTENT)
}
