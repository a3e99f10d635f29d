//! `ETag`, `If-Match` and `If-None-Match`. The `ETag` of a canvas is the number of its revision.

use axum::extract::FromRequestParts;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use impala_core::FieldError;

use super::error::Rejection;
use crate::service::expected::Expected;
use crate::state::AppState;

/// An `ETag`.
pub fn etag(tag: impl std::fmt::Display) -> HeaderValue {
    // Revisions are numbers and hashes hexadecimal: always good in a header.
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether whoever asks has that state already.
pub fn is_known(headers: &HeaderMap, tag: impl std::fmt::Display) -> bool {
    let tag = tag.to_string();
    tags(headers, &IF_NONE_MATCH).any(|known| known == "*" || unquoted(known) == Some(&tag))
}

impl FromRequestParts<AppState> for Expected {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Rejection> {
        read(&parts.headers).map_err(|detail| Rejection::Malformed(FieldError::at("", detail)))
    }
}

fn read(headers: &HeaderMap) -> Result<Expected, String> {
    if tags(headers, &IF_NONE_MATCH).any(|tag| tag == "*") {
        return Ok(Expected::Nothing);
    }
    if !headers.contains_key(IF_MATCH) {
        return Ok(Expected::Unsaid);
    }
    let mut revisions = Vec::new();
    for tag in tags(headers, &IF_MATCH) {
        if tag == "*" {
            return Ok(Expected::Something);
        }
        let tag =
            unquoted(tag).ok_or_else(|| format!("If-Match holds ETags in quotes, as in \"7\", not {tag}"))?;
        revisions.extend(tag.parse::<u64>());
    }
    Ok(Expected::Revisions(revisions))
}

fn tags<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|tag| !tag.is_empty())
}

/// What stands between the quotes. A proxy that compresses answers marks their tags as weak; the revision is the same.
fn unquoted(tag: &str) -> Option<&str> {
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn preconditions_are_read() {
        let check = |pairs: &[(HeaderName, &'static str)], expected: Expected| {
            assert_eq!(read(&headers(pairs)).unwrap(), expected);
        };
        check(&[], Expected::Unsaid);
        check(&[(IF_MATCH, "\"7\"")], Expected::Revisions(vec![7]));
        check(&[(IF_MATCH, "\"7\", W/\"8\"")], Expected::Revisions(vec![7, 8]));
        check(&[(IF_MATCH, "\"abc\"")], Expected::Revisions(Vec::new()));
        check(&[(IF_MATCH, "*")], Expected::Something);
        check(&[(IF_NONE_MATCH, "*")], Expected::Nothing);
        check(&[(IF_NONE_MATCH, "\"7\"")], Expected::Unsaid);
        assert!(read(&headers(&[(IF_MATCH, "7")])).unwrap_err().contains("in quotes"));
    }

    #[test]
    fn a_known_state_is_recognized() {
        let check = |known: &'static str, expected: bool| {
            assert_eq!(is_known(&headers(&[(IF_NONE_MATCH, known)]), 7), expected, "{known}");
        };
        check("\"7\"", true);
        check("W/\"7\"", true);
        check("\"6\", \"7\"", true);
        check("*", true);
        check("\"6\"", false);
        check("7", false);
        assert!(!is_known(&HeaderMap::new(), 7));
    }
}
