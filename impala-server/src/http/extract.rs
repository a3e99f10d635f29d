//! Bodies, queries and paths of requests. What cannot be read is answered with a problem that says where.

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use impala_core::FieldError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::Rejection;
use super::nul;
use crate::state::AppState;

/// A JSON body, both ways.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Json<T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Rejection> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !media_type.is_some_and(is_json) {
            return Err(Rejection::MediaType { expected: "application/json" });
        }
        let body = body(request, state).await?;
        let parsed = parse_json(&body)?;
        nul::check_json(&body)?;
        Ok(Self(parsed))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The whole body, of the size that documents may have.
///
/// # Errors
/// `TooLarge`, or `Interrupted` when it ends early.
pub async fn body(request: Request, state: &AppState) -> Result<Bytes, Rejection> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Rejection::TooLarge { limit: state.config.limits.document_bytes }
        }
        _ => Rejection::Interrupted,
    })
}

/// Reads JSON.
///
/// # Errors
/// `Malformed` with line, column and the pointer of the field.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        Rejection::Malformed(FieldError::at(
            pointer,
            format!("the body is not as expected: {}", error.inner()),
        ))
    })?;
    let end =
        reader.end().map_err(|error| FieldError::at("", format!("more follows the JSON value: {error}")));
    end.map_err(Rejection::Malformed)?;
    Ok(value)
}

/// The JSON pointer of a path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Map { key } => format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// The query of the URL.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Rejection> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(query)) => {
                nul::check_query(parts)?;
                Ok(Self(query))
            }
            Err(rejection) => {
                let detail = format!("the query of the URL is not as expected: {}", innermost(&rejection));
                Err(Rejection::Malformed(FieldError::at("", detail)))
            }
        }
    }
}

/// The variable parts of the path.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Path<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Rejection> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => {
                nul::check_path(parts, state).await?;
                Ok(Self(path))
            }
            Err(rejection) => {
                let detail = format!("the path is not as expected: {}", innermost(&rejection));
                Err(Rejection::Malformed(FieldError::at("", detail)))
            }
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let last = std::iter::successors(error.source(), |error| error.source()).last();
    last.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use impala_core::api::{Credentials, Member};

    use super::*;

    #[test]
    fn bad_json_is_named_by_place() {
        let check = |body: &str, pointer: &str, expected: &str| match parse_json::<Member>(body.as_bytes()) {
            Err(Rejection::Malformed(error)) => {
                assert_eq!(error.pointer, pointer, "{error}");
                assert!(error.detail.contains(expected), "{error}");
            }
            _ => panic!("{body} was read"),
        };
        check("", "", "EOF while parsing a value at line 1 column 0");
        check("{\"username\":\n 3}", "/username", "expected a string at line 2 column 2");
        check("{\"username\": \"ann\", \"role\": \"king\"}", "/role", "unknown variant `king`");
        check("{\"username\": \"ann\"}", "", "missing field `role`");
        check("{\"username\": \"ann\", \"role\": \"editor\"} x", "", "more follows");
    }

    #[test]
    fn good_json_is_read() {
        let body = br#" {"username": "ann", "password": "12345678"} "#;
        assert!(parse_json::<Credentials>(body).is_ok_and(|credentials| credentials.username == "ann"));
        assert!(is_json("application/json; charset=utf-8") && is_json("Application/JSON"));
        assert!(!is_json("text/plain") && !is_json("application/jsonp"));
    }
}
