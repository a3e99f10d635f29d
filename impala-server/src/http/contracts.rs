//! What files that are uploaded have to be: the contract that a source keeps, and those that come along.

use std::io::Read;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use impala_core::api::{ContractChange, KeptContract, SourceContract, Violation};
use tokio::sync::mpsc;

use super::extract::{Json, Path};
use crate::service::paths::{ProjectPath, SourcePath, ViolationsPath};
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

/// Send a contract for uploads that name it as `contract`: their file is held against it, besides the contract that its source
/// may keep. It is kept for a week after the last one.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/contracts", tag = "sources", security(("bearer" = ["upload"])),
    operation_id = "keep_contract", params(ProjectPath), request_body = ContractChange,
    responses((status = OK, body = KeptContract),
        (status = UNPROCESSABLE_ENTITY, description = "The contract is none")))]
pub async fn keep(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Json(contract): Json<ContractChange>,
) -> Result<Json<KeptContract>, Error> {
    Ok(Json(contracts::keep(&app, &caller, &path, contract).await?))
}

/// All that is wrong with a file that was refused as it breaks a contract, a line of JSON each. It is there for a day, for
/// whoever has sent the file.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/violations/{id}", tag = "sources",
    security(("bearer" = ["upload"])), operation_id = "list_violations", params(ViolationsPath),
    responses((status = OK, body = Violation, content_type = "application/x-ndjson")))]
pub async fn violations(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ViolationsPath>,
) -> Result<Response, Error> {
    let lines = contracts::open_violations(&app, &caller, &path).await?;
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], unpacked(lines)).into_response())
}

/// Sends what is read off the async threads, as fast as it is taken.
fn unpacked(mut reader: Box<dyn Read + Send>) -> Body {
    const CHUNK_BYTES: usize = 64 << 10;
    let (chunks, received) = mpsc::channel::<std::io::Result<Bytes>>(2);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut chunk = vec![0; CHUNK_BYTES];
            let read = reader.read(&mut chunk).map(|length| {
                chunk.truncate(length);
                Bytes::from(chunk)
            });
            let is_last = !read.as_ref().is_ok_and(|chunk| !chunk.is_empty());
            // Nobody takes it any more when it cannot be sent.
            if chunks.blocking_send(read).is_err() || is_last {
                return;
            }
        }
    });
    Body::from_stream(stream::unfold(received, async |mut received| Some((received.recv().await?, received))))
}
