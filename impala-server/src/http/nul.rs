//! Texts with a NUL character are refused everywhere: PostgreSQL stores none, terminals and file names have none, and
//! what one store takes the others must take too.

use axum::extract::{FromRequestParts as _, RawPathParams};
use http::request::Parts;
use impala_core::FieldError;
use serde_json::Value;

use super::error::Rejection;
use crate::state::AppState;

const DETAIL: &str = "holds a NUL character, which no text may have";

fn refuse(pointer: String) -> Rejection {
    Rejection::Invalid(FieldError::at(pointer, DETAIL))
}

/// Checks all texts of a JSON body that was read.
///
/// # Errors
/// `Invalid`, with the pointer of the first one.
pub fn check_json(body: &[u8]) -> Result<(), Rejection> {
    // In JSON it can only be written as an escape, which hardly any body has.
    let has_escape = body.windows(5).any(|part| part == b"u0000");
    match serde_json::from_slice(body) {
        Ok(value) if has_escape => check_value(&value),
        _ => Ok(()),
    }
}

/// Checks all texts and keys of a value.
///
/// # Errors
/// `Invalid`, with the pointer of the first one.
pub fn check_value(value: &Value) -> Result<(), Rejection> {
    find(value, &mut String::new()).map_or(Ok(()), |pointer| Err(refuse(pointer)))
}

fn find(value: &Value, pointer: &mut String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| pointer.clone()),
        Value::Array(values) => {
            values.iter().enumerate().find_map(|(index, value)| below(pointer, &index.to_string(), value))
        }
        Value::Object(fields) => fields.iter().find_map(|(key, value)| {
            // A key that cannot be written is named by what holds it.
            if key.contains('\0') {
                return Some(pointer.clone());
            }
            below(pointer, &key.replace('~', "~0").replace('/', "~1"), value)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn below(pointer: &mut String, step: &str, value: &Value) -> Option<String> {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(step);
    let found = find(value, pointer);
    pointer.truncate(length);
    found
}

/// Checks the query of the URL.
///
/// # Errors
/// `Invalid`, with the name of the first parameter that holds one.
pub fn check_query(parts: &Parts) -> Result<(), Rejection> {
    let query = parts.uri.query().unwrap_or_default();
    let wrong = query.split('&').find(|pair| pair.contains("%00"));
    let name =
        wrong.map(|pair| pair.split('=').next().filter(|name| !name.contains('%')).unwrap_or_default());
    name.map_or(Ok(()), |name| Err(refuse(if name.is_empty() { String::new() } else { format!("/{name}") })))
}

/// Checks the variable parts of the path.
///
/// # Errors
/// `Invalid`, with the name of the first part that holds one.
pub async fn check_path(parts: &mut Parts, state: &AppState) -> Result<(), Rejection> {
    if !parts.uri.path().contains("%00") {
        return Ok(());
    }
    match RawPathParams::from_request_parts(parts, state).await {
        Ok(params) => {
            let wrong = params.iter().find(|(_, value)| value.contains('\0'));
            wrong.map_or(Ok(()), |(name, _)| Err(refuse(format!("/{name}"))))
        }
        Err(_) => Err(refuse(String::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_nul_are_found_where_they_are() {
        let check = |body: &str, expected: Option<&str>| {
            let found = match check_json(body.as_bytes()) {
                Err(Rejection::Invalid(error)) => Some(error.pointer),
                _ => None,
            };
            assert_eq!(found.as_deref(), expected, "{body}");
        };
        check(r#"{"title": "a\u0000b"}"#, Some("/title"));
        check(r#"{"a": [1, {"b/c": "\u0000"}]}"#, Some("/a/1/b~1c"));
        check(r#"{"a": {"b\u0000": 1}}"#, Some("/a"));
        check(r#"{"title": "a\\u0000b"}"#, None);
        check(r#"{"title": "ab"}"#, None);
    }
}
