//! Contracts for uploaded files: those of sources, and those that come with an upload.

use std::io::{self, Read};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use impala_core::api::{ContractChange, KeptContract, SourceContract, Violation};

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

/// Give a source a contract, a Table Schema of Frictionless Data. From then on a file that breaks it is refused, by any
/// user and any kind of upload; existing versions stay.
#[utoipa::path(put, path = "/projects/{owner}/{slug}/sources/{source}/contract", tag = "sources",
    operation_id = "set_contract", params(SourcePath), request_body = ContractChange,
    responses((status = OK, body = SourceContract),
        (status = UNPROCESSABLE_ENTITY, description = "The contract is invalid")))]
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

/// Send a contract for uploads that name it as `contract`: their file is checked against it, besides the contract that its
/// source may have. It is kept for a week after the last one.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/contracts", tag = "sources", security(("bearer" = ["upload"])),
    operation_id = "keep_contract", params(ProjectPath), request_body = ContractChange,
    responses((status = OK, body = KeptContract),
        (status = UNPROCESSABLE_ENTITY, description = "The contract is invalid")))]
pub async fn keep(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Json(contract): Json<ContractChange>,
) -> Result<Json<KeptContract>, Error> {
    Ok(Json(contracts::keep(&app, &caller, &path, contract).await?))
}

/// All violations of a file that was refused because it breaks a contract, a line of JSON each. They are kept for a day at
/// most, for the user who sent the file.
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

/// Sends what is read off the async threads. A chunk is read when it is asked for, so that a client that stops reading
/// holds no thread.
fn unpacked(reader: impl Read + Send + 'static) -> Body {
    const CHUNK_BYTES: usize = 64 << 10;
    let chunks = stream::try_unfold(reader, async |mut reader| {
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK_BYTES];
            let length = reader.read(&mut chunk)?;
            chunk.truncate(length);
            Ok::<_, io::Error>((Bytes::from(chunk), reader))
        });
        let (chunk, reader) = read.await.map_err(io::Error::other)??;
        Ok::<_, io::Error>((!chunk.is_empty()).then_some((chunk, reader)))
    });
    Body::from_stream(chunks)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::{StreamExt as _, TryStreamExt as _};
    use tokio::runtime::Builder;
    use tokio::time::timeout;

    use super::*;

    #[test]
    fn who_stops_reading_holds_no_thread() {
        let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build().unwrap();
        runtime.block_on(async {
            let mut chunks = unpacked(io::repeat(b'x').take(1 << 20)).into_data_stream();
            let first = chunks.next().await.unwrap().unwrap();
            let others = tokio::task::spawn_blocking(|| ());
            timeout(Duration::from_secs(60), others).await.expect("the thread is free").unwrap();
            let rest: Vec<Bytes> = chunks.try_collect().await.unwrap();
            assert_eq!(first.len() + rest.concat().len(), 1 << 20);
        });
    }
}
