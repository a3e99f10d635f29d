//! `sources`: what has been uploaded. Uploading itself is in [`uploads`](super::uploads).

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use impala_core::FieldError;
use impala_core::api::{CanvasName, Choices, ColumnStats, Page, Preview, Rollback, SourceDiff};
use impala_core::source::{Source, SourceColumn, SourceVersion};
use tokio_util::io::ReaderStream;

use super::conditional::{etag, is_known};
use super::error::Rejection;
use super::extract::{Json, Path, Query};
use super::uploads::Refusal;
use crate::service::choices::ChoicesRequest;
use crate::service::page::PageRequest;
use crate::service::paths::{ProjectPath, SourcePath};
use crate::service::sources::{DiffRequest, PreviewRequest, StoredFile, VersionRequest};
use crate::service::{Caller, Error, choices, sources};
use crate::state::AppState;
use crate::store::StoreError;

/// Bytes read and sent at once.
const CHUNK_BYTES: usize = 64 << 10;

/// List the sources of a project.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources", tag = "sources", operation_id = "list_sources",
    params(ProjectPath, PageRequest), responses((status = OK, body = Page<Source>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<Source>>, Error> {
    Ok(Json(sources::list(&app, &caller, &path, &page).await?))
}

/// Show a source with its current version.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}", tag = "sources",
    operation_id = "show_source", params(SourcePath), responses((status = OK, body = Source)))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
) -> Result<Json<Source>, Error> {
    Ok(Json(sources::open(&app, &caller, &path).await?))
}

/// Delete a source with all its versions.
#[utoipa::path(delete, path = "/projects/{owner}/{slug}/sources/{source}", tag = "sources",
    operation_id = "delete_source", params(SourcePath), responses((status = NO_CONTENT)))]
pub async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
) -> Result<StatusCode, Error> {
    sources::delete(&app, &caller, &path).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the versions of a source, newest first.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/versions", tag = "sources",
    operation_id = "list_versions", params(SourcePath, PageRequest),
    responses((status = OK, body = Page<SourceVersion>)))]
pub async fn versions(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<SourceVersion>>, Error> {
    Ok(Json(sources::versions(&app, &caller, &path, &page).await?))
}

/// The columns of a version, with their types and why they have them.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/schema", tag = "sources",
    operation_id = "show_schema", params(SourcePath, VersionRequest),
    responses((status = OK, body = Vec<SourceColumn>)))]
pub async fn schema(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(request): Query<VersionRequest>,
) -> Result<Json<Vec<SourceColumn>>, Error> {
    Ok(Json(sources::schema(&app, &caller, &path, request).await?))
}

/// Some rows of a version, in the order of the file.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/preview", tag = "sources",
    operation_id = "preview_source", params(SourcePath, PreviewRequest),
    responses((status = OK, body = Preview)))]
pub async fn preview(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(request): Query<PreviewRequest>,
) -> Result<Json<Preview>, Error> {
    Ok(Json(sources::preview(&app, &caller, &path, request).await?))
}

/// Figures of each column of a version.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/stats", tag = "sources",
    operation_id = "source_stats", params(SourcePath, VersionRequest),
    responses((status = OK, body = Vec<ColumnStats>)))]
pub async fn stats(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(request): Query<VersionRequest>,
) -> Result<Json<Vec<ColumnStats>>, Error> {
    Ok(Json(sources::stats(&app, &caller, &path, request).await?))
}

/// The different values of a column, least first: what a parameter of a canvas offers.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/choices", tag = "sources",
    operation_id = "source_choices", params(SourcePath, ChoicesRequest),
    responses((status = OK, body = Choices),
        (status = UNPROCESSABLE_ENTITY, description = "There is no such column")))]
pub async fn choices(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(request): Query<ChoicesRequest>,
) -> Result<Json<Choices>, Error> {
    Ok(Json(choices::of_field(&app, &caller, &path, &request).await?))
}

/// The canvases that read a source: in a block, in its SQL, or in a parameter.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/canvases", tag = "sources",
    operation_id = "canvases_of_source", params(SourcePath),
    responses((status = OK, body = Vec<CanvasName>)))]
pub async fn canvases(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
) -> Result<Json<Vec<CanvasName>>, Error> {
    Ok(Json(sources::canvases(&app, &caller, &path).await?))
}

/// What differs between two versions: columns with their figures, rows, and a sample of those that differ.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/diff", tag = "sources",
    operation_id = "diff_source",
    params(SourcePath,
        ("before" = Option<u32>, Query, description = "The old version; the one before the new one when left out"),
        ("after" = Option<u32>, Query, description = "The new version; the current one when left out"),
        ("key" = Option<Vec<String>>, Query, description = "Columns that say which row is which"),
        ("sample" = Option<usize>, Query, description = "Rows of each kind at most, 0 to 1000; 20 when left out")),
    responses((status = OK, body = SourceDiff),
        (status = UNPROCESSABLE_ENTITY, description = "There is no earlier version, or the key is not in both")))]
pub async fn diff(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<SourceDiff>, Refusal> {
    let request = diff_request(pairs)?;
    Ok(Json(sources::diff(&app, &caller, &path, request).await?))
}

fn diff_request(pairs: Vec<(String, String)>) -> Result<DiffRequest, Rejection> {
    const KNOWN: [&str; 4] = ["before", "after", "key", "sample"];
    let mut request = DiffRequest::default();
    for (name, value) in pairs {
        let malformed = |detail: String| Rejection::Malformed(FieldError::at(format!("/{name}"), detail));
        let number = |most: u32| match value.parse() {
            Ok(number) if number <= most => Ok(number),
            _ => Err(malformed(format!("is \"{value}\", where a number up to {most} is expected"))),
        };
        match name.as_str() {
            "before" => request.before = Some(number(u32::MAX)?),
            "after" => request.after = Some(number(u32::MAX)?),
            "sample" => request.sample = number(1_000)? as usize,
            "key" => request.key.push(value),
            other => {
                let hint = impala_core::name::suggestion(other, KNOWN);
                return Err(malformed(format!("unknown parameter \"{other}\"{hint}")));
            }
        }
    }
    Ok(request)
}

/// The bytes of a version, exactly as they were uploaded.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/content", tag = "sources",
    operation_id = "download_source", params(SourcePath, VersionRequest),
    responses((status = OK, body = Vec<u8>, content_type = "text/csv")))]
pub async fn content(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(request): Query<VersionRequest>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let file = sources::content(&app, &caller, &path, request).await?;
    let tag = file.sha256.clone();
    send(file, &tag, &headers).await
}

/// The rows of a version that could not be read and were left out.
#[utoipa::path(get, path = "/projects/{owner}/{slug}/sources/{source}/rejects", tag = "sources",
    operation_id = "download_rejects", params(SourcePath, VersionRequest),
    responses((status = OK, body = Vec<u8>, content_type = "text/csv"),
        (status = NOT_FOUND, description = "No row was left out")))]
pub async fn rejects(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(request): Query<VersionRequest>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let file = sources::rejects(&app, &caller, &path, request).await?;
    let tag = format!("{}-rejects", file.sha256);
    send(file, &tag, &headers).await
}

/// By the file name extension.
fn media_type(file_name: &str) -> &'static str {
    match file_name.rsplit('.').next().unwrap_or_default() {
        "gz" => "application/gzip",
        "zst" => "application/zstd",
        "ndjson" => "application/x-ndjson",
        "parquet" => "application/vnd.apache.parquet",
        "tsv" => "text/tab-separated-values",
        _ => "text/csv",
    }
}

/// Sends a file as it is read.
async fn send(file: StoredFile, tag: &str, headers: &HeaderMap) -> Result<Response, Error> {
    let tags = [(ETAG, etag(tag))];
    if is_known(headers, tag) {
        return Ok((StatusCode::NOT_MODIFIED, tags).into_response());
    }
    let size_bytes = file.file.metadata().await.map_err(StoreError::from)?.len();
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    let body = Body::from_stream(ReaderStream::with_capacity(file.file, CHUNK_BYTES));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type(&file.name))),
        (CONTENT_LENGTH, HeaderValue::from(size_bytes)),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((tags, headers, body).into_response())
}

/// Make an earlier version the current one. A later upload gets the number after the highest.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/sources/{source}/rollback", tag = "sources",
    operation_id = "roll_back_source", params(SourcePath), request_body = Rollback,
    responses((status = OK, body = Source)))]
pub async fn roll_back(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Json(wanted): Json<Rollback>,
) -> Result<Json<Source>, Error> {
    Ok(Json(sources::roll_back(&app, &caller, &path, wanted.version).await?))
}
