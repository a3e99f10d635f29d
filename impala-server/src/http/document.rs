//! Bodies that people write by hand, in JSON or YAML.

use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use impala_core::{FieldError, Invalid, document};
use serde_json::Value;

use super::error::Rejection;
use super::extract::body;
use super::nul;
use crate::state::AppState;

/// A JSON or YAML body, as `Content-Type` says.
pub struct Document(pub Value);

impl FromRequest<AppState> for Document {
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Rejection> {
        let read = reader(request.headers())
            .ok_or(Rejection::MediaType { expected: "application/json or application/yaml" })?;
        let bytes = body(request, state).await?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| malformed(format!("the body is no UTF-8: {error}")))?;
        let value = read(text).map_err(|invalid| {
            let error = invalid.errors.into_iter().next().unwrap_or_default();
            Rejection::Malformed(FieldError { detail: format!("the body is {}", error.detail), ..error })
        })?;
        nul::check_value(&value)?;
        Ok(Self(value))
    }
}

fn malformed(detail: String) -> Rejection {
    Rejection::Malformed(FieldError::at("", detail))
}

type Reader = fn(&str) -> Result<Value, Invalid>;

fn reader(headers: &HeaderMap) -> Option<Reader> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = media_type.split(';').next()?.trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" | "application/merge-patch+json" => Some(document::from_json),
        "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml" => Some(document::from_yaml),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_media_type_decides() {
        let check = |media_type: &'static str, text: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
            let is_read = reader(&headers).is_some_and(|read| read(text).is_ok());
            assert_eq!(is_read, expected, "{media_type}");
        };
        check("application/json; charset=utf-8", "{\"a\": 1}", true);
        check("application/merge-patch+json", "{\"a\": null}", true);
        check("application/json", "a: 1", false);
        check("application/yaml", "a: 1", true);
        check("text/YAML", "a: 1", true);
        check("text/csv", "a: 1", false);
        assert!(reader(&HeaderMap::new()).is_none());
    }
}
