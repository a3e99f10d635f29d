//! Uploads: a CSV file as the body of a PUT, or in a form.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, StatusCode};
use impala_core::api::{Known, KnownRequest, Upload};
use impala_core::{FieldError, name};
use tokio::time::timeout;

use super::error::Rejection;
use super::extract::{Json, Path, Query};
use super::form::{Form, FormField};
use crate::service::paths::{ProjectPath, SourcePath};
use crate::service::upload_settings::UploadSettings;
use crate::service::uploads::{self, Intaking, UploadRequest};
use crate::service::{Caller, Error};
use crate::state::AppState;

/// RFC 9530.
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// How long a client may send nothing before its upload is given up.
pub const IDLE: Duration = Duration::from_secs(60);

/// Longest text field of a form.
const FORM_TEXT_BYTES: usize = 4 << 10;

/// Why an upload failed.
pub enum Refusal {
    /// It breaks a rule.
    Service(Error),
    /// It cannot be read.
    Request(Rejection),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Request(rejection)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Service(error) => error.into_response(),
            Self::Request(rejection) => rejection.into_response(),
        }
    }
}

/// Upload a CSV file: its bytes are the body, and become the current version of the source.
#[utoipa::path(put, path = "/projects/{owner}/{slug}/sources/{source}", tag = "sources", security(("bearer" = ["upload"])),
    operation_id = "upload_source",
    params(SourcePath,
        ("format" = Option<String>, Query, description = "csv, tsv, ndjson or parquet; packed files are recognised by their bytes"),
        ("append" = Option<bool>, Query, description = "The rows come behind those of the current version"),
        ("allow_duplicate" = Option<bool>, Query,
            description = "Appended also when the last upload has appended the same file"),
        ("preview" = Option<String>, Query,
            description = "The version goes to this preview, and the current one stays as it is"),
        ("ttl_s" = Option<u64>, Query,
            description = "Seconds that the preview lives from now; as before, or a week, when left out"),
        ("contract" = Option<String>, Query,
            description = "A contract that was POSTed to `contracts`, which the file has to keep"),
        ("delimiter" = Option<String>, Query, description = "One ASCII character, tab, or auto"),
        ("encoding" = Option<String>, Query, description = "windows-1252, utf-16le, ..., or auto"),
        ("no_header" = Option<bool>, Query, description = "The first row holds data"),
        ("null_values" = Option<Vec<String>>, Query, description = "Texts that stand for null"),
        ("type" = Option<Vec<String>>, Query, description = "A column's type: zip:string; zip:auto forgets it"),
        ("on_bad_rows" = Option<String>, Query, description = "fail or skip"),
        ("note" = Option<String>, Query, description = "Where the file comes from: a CI run, a commit"),
        ("Content-Digest" = Option<String>, Header, description = "sha-256=:BASE64:, checked")),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = CREATED, body = Upload, description = "A new version"),
        (status = OK, body = Upload, description = "The current version holds these bytes already"),
        (status = UNPROCESSABLE_ENTITY, description = "The file is wrong; `errors` says where"),
        (status = PAYLOAD_TOO_LARGE), (status = INSUFFICIENT_STORAGE)))]
pub async fn upload(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(settings): Query<Vec<(String, String)>>,
    request: Request,
) -> Result<(StatusCode, Json<Upload>), Refusal> {
    let (parts, body) = request.into_parts();
    let (headers, mut body) = (parts.headers, body.into_data_stream());
    let project = ProjectPath { owner: path.owner.clone(), slug: path.slug.clone() };
    uploads::check_access(&app, &caller, &project).await?;
    check_kind(&headers)?;
    let request = UploadRequest {
        settings: UploadSettings::read(&settings).map_err(Error::from)?,
        sha256: digest(&headers).map_err(malformed)?,
        size_bytes: headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()),
    };
    let place = (path.owner.as_str(), path.slug.as_str(), path.source.as_str());
    let mut intaking = uploads::begin(&app, &caller, place, request).await?;
    take(&mut intaking, &mut body).await?;
    Ok(answer(intaking.finish().await?))
}

/// Ask whether a file need be sent at all. The settings are in the address, as for PUT.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/sources/{source}/known", tag = "sources",
    security(("bearer" = ["upload"])), operation_id = "is_source_known", params(SourcePath), request_body = KnownRequest,
    responses((status = OK, body = Known)))]
pub async fn known(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<SourcePath>,
    Query(settings): Query<Vec<(String, String)>>,
    Json(request): Json<KnownRequest>,
) -> Result<Json<Known>, Error> {
    let project = ProjectPath { owner: path.owner.clone(), slug: path.slug.clone() };
    uploads::check_access(&app, &caller, &project).await?;
    let settings = UploadSettings::read(&settings)?;
    let place = (path.owner.as_str(), path.slug.as_str(), path.source.as_str());
    Ok(Json(uploads::known(&app, &caller, place, &settings, &request.sha256).await?))
}

fn answer(upload: Upload) -> (StatusCode, Json<Upload>) {
    (if upload.unchanged { StatusCode::OK } else { StatusCode::CREATED }, Json(upload))
}

/// Hands the bytes on as they come. A body that ends early ends in an error, not in an end.
async fn take(intaking: &mut Intaking, body: &mut BodyDataStream) -> Result<(), Refusal> {
    loop {
        match timeout(IDLE, body.next()).await {
            Ok(Some(Ok(bytes))) => intaking.push(bytes).await?,
            Ok(None) => return Ok(()),
            Ok(Some(Err(_))) | Err(_) => return Err(Rejection::Interrupted.into()),
        }
    }
}

fn check_kind(headers: &HeaderMap) -> Result<(), Refusal> {
    let has = |name: HeaderName, start: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().starts_with(start))
    };
    if has(CONTENT_TYPE, "multipart/") {
        return Err(Rejection::MediaType { expected: "text/csv, or POST the form to sources" }.into());
    }
    if headers.contains_key(CONTENT_ENCODING) && !has(CONTENT_ENCODING, "identity") {
        return Err(Rejection::MediaType { expected: "text/csv, and without Content-Encoding" }.into());
    }
    Ok(())
}

/// The SHA-256 that `Content-Digest` announces, if it does: `sha-256=:BASE64:`, perhaps among others.
fn digest(headers: &HeaderMap) -> Result<Option<[u8; 32]>, String> {
    let values = headers.get_all(CONTENT_DIGEST).iter().filter_map(|value| value.to_str().ok());
    let mut entries = values.flat_map(|value| value.split(',')).map(str::trim);
    let Some(text) = entries.find_map(|entry| entry.strip_prefix("sha-256=")) else {
        return Ok(None);
    };
    let base64 = text.strip_prefix(':').and_then(|text| text.strip_suffix(':'));
    let bytes = base64.and_then(|base64| STANDARD.decode(base64).ok());
    match bytes.and_then(|bytes| bytes.try_into().ok()) {
        Some(sha256) => Ok(Some(sha256)),
        None => Err(format!("Content-Digest is sha-256=: and 32 bytes in base64 and :, not sha-256={text}")),
    }
}

fn malformed(detail: String) -> Refusal {
    Rejection::Malformed(FieldError::at("", detail)).into()
}

/// What a form uploads.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes the form; the fields are read one by one")]
pub struct UploadForm {
    /// Name of the source; made from the file's name when left out. Comes before the file.
    name: Option<String>,
    /// The CSV file.
    #[schema(format = Binary)]
    file: String,
}

/// Upload a CSV file from a form, as browsers do: `name` (optional), then `file`. The settings are in the address, as
/// for PUT.
#[utoipa::path(post, path = "/projects/{owner}/{slug}/sources", tag = "sources", security(("bearer" = ["upload"])),
    operation_id = "upload_form",
    params(ProjectPath), request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = CREATED, body = Upload), (status = OK, body = Upload)))]
pub async fn upload_form(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<ProjectPath>,
    Query(settings): Query<Vec<(String, String)>>,
    request: Request,
) -> Result<(StatusCode, Json<Upload>), Refusal> {
    uploads::check_access(&app, &caller, &path).await?;
    if request.headers().contains_key(CONTENT_DIGEST) {
        return Err(malformed("Content-Digest is not checked for forms; PUT the file instead".to_owned()));
    }
    let settings = UploadSettings::read(&settings).map_err(Error::from)?;
    let mut form = Form::of(request, app.config.limits.upload_bytes, IDLE).await?;
    Ok(answer(take_form(&app, &caller, &path, settings, &mut form).await?))
}

/// Takes the fields `name` and `file` of a form.
///
/// # Errors
/// When it is not as it should be, or the file is not.
pub async fn take_form(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    mut settings: UploadSettings,
    form: &mut Form,
) -> Result<Upload, Refusal> {
    let mut wanted = None;
    while let Some(mut field) = form.next().await? {
        match field.name() {
            Some("name") => wanted = Some(text(&mut field).await?).filter(|text| !text.is_empty()),
            Some("file") => {
                let source = wanted.unwrap_or_else(|| source_of(field.file_name().unwrap_or_default()));
                settings.or_by_name(field.file_name().unwrap_or_default());
                let request = UploadRequest { settings, ..UploadRequest::default() };
                let place = (path.owner.as_str(), path.slug.as_str(), source.as_str());
                let mut intaking = uploads::begin(app, caller, place, request).await?;
                while let Some(bytes) = field.chunk().await? {
                    intaking.push(bytes).await?;
                }
                drop(field);
                // The end of the file's part is not yet the end of the form: the rest may be cut off.
                while form.next().await?.is_some() {}
                return Ok(intaking.finish().await?);
            }
            other => {
                let detail = format!(
                    "the form has the fields \"name\" and \"file\", not \"{}\"",
                    other.unwrap_or_default()
                );
                return Err(malformed(detail));
            }
        }
    }
    Err(malformed("the form has no field \"file\" with the CSV file".to_owned()))
}

/// The text of a field.
///
/// # Errors
/// When it is too long, or no UTF-8.
pub async fn text(field: &mut FormField<'_>) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > FORM_TEXT_BYTES {
            return Err(malformed(format!("the field \"name\" is longer than {FORM_TEXT_BYTES} bytes")));
        }
    }
    String::from_utf8(bytes).map_err(|_| malformed("the field \"name\" is no UTF-8".to_owned()))
}

/// `Sales 2024.csv` becomes `sales-2024`.
fn source_of(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    match name::slug_from(impala_core::source::stem(name)) {
        slug if slug.is_empty() => "data".to_owned(),
        slug => slug,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn digests_are_read() {
        let check = |value: &'static str, expected: Result<Option<u8>, &str>| {
            let headers = HeaderMap::from_iter([(CONTENT_DIGEST, HeaderValue::from_static(value))]);
            let found = digest(&headers).map(|sha256| sha256.map(|sha256| sha256[0]));
            match expected {
                Ok(first) => assert_eq!(found, Ok(first), "{value}"),
                Err(part) => assert!(found.unwrap_err().contains(part), "{value}"),
            }
        };
        let zeros = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
        check(zeros, Ok(Some(0)));
        check("md5=:AAAA:, sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:", Ok(Some(0)));
        check("sha-512=:AAAA:", Ok(None));
        check("sha-256=:AAAA:", Err("32 bytes in base64"));
        check("sha-256=abc", Err("32 bytes in base64"));
    }

    #[test]
    fn sources_of_forms_are_called_after_their_files() {
        let check = |file_name: &str, expected: &str| assert_eq!(source_of(file_name), expected);
        check("Sales 2024.csv", "sales-2024");
        check("a.tar.csv", "a-tar");
        check("data", "data");
        check("日本.csv", "data");
        check("../../etc/passwd", "passwd");
        check(r"C:\data\Sales.csv", "sales");
    }
}
