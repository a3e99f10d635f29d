//! `uploads`: tus 1.0.0 (<https://tus.io/protocols/resumable-upload>) with creation, creation-with-upload, expiration,
//! checksum and termination.
//!
//! The answer to the last bytes says what became of the file: 204 with `Impala-Source: weather@3`, or the problem that
//! any upload would have got. A client that missed that answer gets it again with HEAD or GET.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, TRANSFER_ENCODING,
};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use impala_core::FieldError;
use impala_core::api::{Scope, Upload, UploadStatus};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use tokio::time::timeout;
use uuid::Uuid;

use super::error::{Rejection, problem};
use super::extract::{Json, Path};
use super::uploads::{IDLE, Refusal};
use crate::service::resumable::checksum::{self, Checksum};
use crate::service::resumable::{self, Taken};
use crate::service::{Caller, Error};
use crate::state::AppState;
use crate::store::sql::resumable::ResumableRow;

/// The one version that is spoken.
const VERSION: &str = "1.0.0";

const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";

/// Media type of the bytes of an upload.
pub const MEDIA_TYPE: &str = "application/offset+octet-stream";

/// How long the answer to the last bytes waits for the file to be read: that of the largest file, and longer.
const READING: Duration = Duration::from_secs(60 * 60);

/// How long a client that asks for an upload waits for that before it is asked to come again: less than proxies wait.
const ASKING: Duration = Duration::from_secs(20);

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
const IMPALA_SOURCE: HeaderName = HeaderName::from_static("impala-source");
const IMPALA_UNCHANGED: HeaderName = HeaderName::from_static("impala-unchanged");

/// A request in the supported version of tus.
pub struct Tus;

impl FromRequestParts<AppState> for Tus {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Rejection> {
        let version = parts.headers.get(TUS_RESUMABLE);
        if version.is_some_and(|version| version == VERSION) { Ok(Self) } else { Err(Rejection::TusVersion) }
    }
}

/// Adds the supported version to every answer.
pub async fn speak(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::PRECONDITION_FAILED {
        headers.insert(TUS_VERSION, HeaderValue::from_static(VERSION));
    }
    response
}

/// The supported parts of tus.
#[utoipa::path(options, path = "/uploads", tag = "uploads", operation_id = "describe_uploads", security(()),
    responses((status = NO_CONTENT, headers(("Tus-Version" = String), ("Tus-Extension" = String),
        ("Tus-Max-Size" = u64), ("Tus-Checksum-Algorithm" = String)))))]
pub async fn options(State(app): State<AppState>) -> Response {
    let headers = [
        (TUS_VERSION, HeaderValue::from_static(VERSION)),
        (TUS_EXTENSION, HeaderValue::from_static(EXTENSIONS)),
        (TUS_MAX_SIZE, HeaderValue::from(app.config.limits.upload_bytes)),
        (TUS_CHECKSUM_ALGORITHM, HeaderValue::from_static(checksum::ALGORITHMS)),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begin an upload in several requests, perhaps with its first bytes.
///
/// `Upload-Metadata` names `project` (OWNER/SLUG) and `source`, and may name `settings` (as in the address of an upload
/// in one request: `delimiter=%3B&type=zip:string`), `note` and `sha256` (of the whole file, in hexadecimal; checked).
#[utoipa::path(post, path = "/uploads", tag = "uploads", operation_id = "begin_upload",
    security(("bearer" = ["upload"])),
    params(("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = u64, Header, description = "Bytes of the whole file"),
        ("Upload-Metadata" = String, Header, description = "Keys and values in base64"),
        ("Upload-Checksum" = Option<String>, Header, description = "sha1 or sha256 of the bytes of this request, in base64")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = CREATED, description = "`Location` is where to go on"),
        (status = PAYLOAD_TOO_LARGE), (status = PRECONDITION_FAILED), (status = UNPROCESSABLE_ENTITY)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    _: Tus,
    request: Request,
) -> Result<Response, Refusal> {
    caller.needs(Scope::Upload)?;
    let (Parts { headers, .. }, body) = request.into_parts();
    let length = number(&headers, &UPLOAD_LENGTH)?;
    let header = headers.get(UPLOAD_METADATA).map_or(Ok(""), HeaderValue::to_str);
    let header = header.map_err(|_| malformed("Upload-Metadata is no ASCII"))?;
    let row = resumable::create(&app, &caller, header, length).await?;
    let location = format!("uploads/{}", row.id);
    let location =
        HeaderValue::from_str(&location).map_err(|error| Error::internal("naming an upload", error))?;
    let is_empty = headers.get(CONTENT_TYPE).is_none() || announced(&headers) == Some(0);
    let taken = match is_empty {
        true => Taken { offset: 0, length },
        false => take(&app, &caller, row.id, 0, &headers, body.into_data_stream()).await?,
    };
    let mut response = (StatusCode::CREATED, [(LOCATION, location)], state_headers(&app, &row, taken).await?)
        .into_response();
    expires(response.headers_mut(), &app, &caller, row.id).await?;
    Ok(response)
}

/// How far an upload is. For one that is over, as the answer to its last bytes.
#[utoipa::path(head, path = "/uploads/{id}", tag = "uploads", operation_id = "ask_upload",
    security(("bearer" = ["upload"])), params(("id" = Uuid, Path), ("Tus-Resumable" = String, Header)),
    responses((status = OK, headers(("Upload-Offset" = u64), ("Upload-Length" = u64), ("Upload-Expires" = String))),
        (status = GONE), (status = LOCKED, description = "All bytes are there, and are being read"),
        (status = UNPROCESSABLE_ENTITY, description = "The file is wrong; GET says where")))]
pub async fn head(
    State(app): State<AppState>,
    caller: Caller,
    _: Tus,
    Path(id): Path<Uuid>,
) -> Result<Response, Refusal> {
    let row = resumable::find(&app, &caller, id).await?;
    let mut headers = HeaderMap::new();
    if row.offset == row.length {
        let outcome = resumable::outcome(&app, id, ASKING).await?;
        let busy = || Error::Busy("all bytes are there and are being read; ask again".to_owned());
        result(&mut headers, &outcome.ok_or_else(busy)?.into_result()?);
    }
    headers.insert(UPLOAD_OFFSET, row.offset.into());
    headers.insert(UPLOAD_LENGTH, row.length.into());
    headers.insert(UPLOAD_EXPIRES, date(row.expires_at));
    if let Ok(metadata) = HeaderValue::from_str(&row.metadata) {
        headers.insert(UPLOAD_METADATA, metadata);
    }
    Ok(headers.into_response())
}

/// How far an upload is, and what became of it.
#[utoipa::path(get, path = "/uploads/{id}", tag = "uploads", operation_id = "show_upload",
    security(("bearer" = ["upload"])), params(("id" = Uuid, Path)),
    responses((status = OK, body = UploadStatus), (status = GONE)))]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<UploadStatus>, Refusal> {
    let row = resumable::find(&app, &caller, id).await?;
    let outcome = match row.offset == row.length {
        true => resumable::outcome(&app, id, ASKING).await?.map(resumable::Outcome::into_result),
        false => None,
    };
    let (upload, refused) = match outcome {
        Some(Ok(upload)) => (Some(upload), None),
        Some(Err(error)) => (None, Some(problem(&error))),
        None => (None, None),
    };
    Ok(Json(UploadStatus {
        id,
        offset: row.offset,
        length: row.length,
        expires_at: row.expires_at,
        upload,
        problem: refused,
    }))
}

/// Send the next bytes. What arrived of a request that was cut off counts, unless it carries `Upload-Checksum`.
#[utoipa::path(patch, path = "/uploads/{id}", tag = "uploads", operation_id = "continue_upload",
    security(("bearer" = ["upload"])),
    params(("id" = Uuid, Path), ("Tus-Resumable" = String, Header),
        ("Upload-Offset" = u64, Header, description = "Where these bytes begin"),
        ("Upload-Checksum" = Option<String>, Header, description = "sha1 or sha256 of these bytes, in base64")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = NO_CONTENT, description = "They are on disk. With the last bytes, `Impala-Source` is the version"),
        (status = CONFLICT, description = "The upload is elsewhere"), (status = GONE),
        (status = UNPROCESSABLE_ENTITY, description = "The file is wrong; `errors` says where"),
        (status = 460, description = "The bytes are not those announced")))]
pub async fn patch(
    State(app): State<AppState>,
    caller: Caller,
    _: Tus,
    Path(id): Path<Uuid>,
    request: Request,
) -> Result<Response, Refusal> {
    caller.needs(Scope::Upload)?;
    let (Parts { headers, .. }, body) = request.into_parts();
    if headers.get(CONTENT_TYPE).is_none_or(|media_type| media_type != MEDIA_TYPE) {
        return Err(Rejection::MediaType { expected: MEDIA_TYPE }.into());
    }
    let at = number(&headers, &UPLOAD_OFFSET)?;
    let row = resumable::find(&app, &caller, id).await?;
    let taken = take(&app, &caller, id, at, &headers, body.into_data_stream()).await?;
    let mut response = (StatusCode::NO_CONTENT, state_headers(&app, &row, taken).await?).into_response();
    expires(response.headers_mut(), &app, &caller, id).await?;
    Ok(response)
}

/// End an upload that is not over. What it has become stays.
#[utoipa::path(delete, path = "/uploads/{id}", tag = "uploads", operation_id = "end_upload",
    security(("bearer" = ["upload"])), params(("id" = Uuid, Path), ("Tus-Resumable" = String, Header)),
    responses((status = NO_CONTENT), (status = GONE)))]
pub async fn end(
    State(app): State<AppState>,
    caller: Caller,
    _: Tus,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    resumable::end(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// PATCH, DELETE or HEAD for clients that cannot send those: `X-HTTP-Method-Override` says which.
#[utoipa::path(post, path = "/uploads/{id}", tag = "uploads", operation_id = "override_upload_method",
    security(("bearer" = ["upload"])),
    params(("id" = Uuid, Path), ("X-HTTP-Method-Override" = String, Header, description = "PATCH, DELETE or HEAD")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = NO_CONTENT)))]
pub async fn override_method(
    state: State<AppState>,
    caller: Caller,
    tus: Tus,
    path: Path<Uuid>,
    request: Request,
) -> Result<Response, Refusal> {
    caller.needs(Scope::Upload)?;
    let method = request.headers().get(METHOD_OVERRIDE).map(HeaderValue::as_bytes);
    match method {
        Some(b"PATCH") => patch(state, caller, tus, path, request).await,
        Some(b"DELETE") => Ok(end(state, caller, tus, path).await?.into_response()),
        Some(b"HEAD") => head(state, caller, tus, path).await,
        _ => Err(malformed("a POST to an upload says PATCH, DELETE or HEAD in X-HTTP-Method-Override")),
    }
}

/// Hands the bytes on as they come. Of a body that ends early, the bytes received are kept.
async fn take(
    app: &AppState,
    caller: &Caller,
    id: Uuid,
    at: u64,
    headers: &HeaderMap,
    mut body: BodyDataStream,
) -> Result<Taken, Refusal> {
    let checksum = match headers.get(UPLOAD_CHECKSUM) {
        Some(value) => {
            Some(Checksum::read(value.to_str().unwrap_or_default()).map_err(|detail| malformed(&detail))?)
        }
        None => None,
    };
    let mut taking = resumable::resume(app, caller, id, at, announced(headers), checksum).await?;
    loop {
        match timeout(IDLE, body.next()).await {
            Ok(Some(Ok(bytes))) => taking.push(bytes).await?,
            Ok(None) => return Ok(taking.finish().await?),
            Ok(Some(Err(_))) | Err(_) => {
                taking.cut_off().await;
                return Err(Rejection::Interrupted.into());
            }
        }
    }
}

/// How far the upload is, and when it is complete, what became of it.
async fn state_headers(app: &AppState, row: &ResumableRow, taken: Taken) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::new();
    headers.insert(UPLOAD_OFFSET, taken.offset.into());
    if taken.offset == taken.length {
        let outcome = resumable::outcome(app, row.id, READING).await?;
        let busy = || Error::Busy("all bytes are there and are being read; ask with GET".to_owned());
        result(&mut headers, &outcome.ok_or_else(busy)?.into_result()?);
    }
    Ok(headers)
}

fn result(headers: &mut HeaderMap, upload: &Upload) {
    let source = format!("{}@{}", upload.source, upload.version.version);
    if let Ok(source) = HeaderValue::from_str(&source) {
        headers.insert(IMPALA_SOURCE, source);
    }
    headers
        .insert(IMPALA_UNCHANGED, HeaderValue::from_static(if upload.unchanged { "true" } else { "false" }));
}

async fn expires(headers: &mut HeaderMap, app: &AppState, caller: &Caller, id: Uuid) -> Result<(), Refusal> {
    let row = resumable::find(app, caller, id).await?;
    headers.insert(UPLOAD_EXPIRES, date(row.expires_at));
    Ok(())
}

/// A date as HTTP has it.
fn date(time: Timestamp) -> HeaderValue {
    let text = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap_or_default();
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// How many bytes the body has, where the client says so; without that there is no body.
fn announced(headers: &HeaderMap) -> Option<u64> {
    if !headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(TRANSFER_ENCODING) {
        return Some(0);
    }
    headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Refusal> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    let digits = value.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    // The database counts to 2^63.
    let number = digits.and_then(|text| text.parse().ok()).filter(|number| *number <= i64::MAX as u64);
    number.ok_or_else(|| malformed(&format!("{name} has to be a number of bytes")))
}

fn malformed(detail: &str) -> Refusal {
    Rejection::Malformed(FieldError::at("", detail)).into()
}
