//! `ETag`, `If-Match` and `If-None-Match`.
//!
//! A state of a canvas has the tag `"ID-REVISION"`, which is opaque to clients: it comes with every change, with blocks,
//! and as `etag` in the JSON of a canvas. GET of a canvas adds a hash of its body, `"ID-REVISION-HASH"`, since JSON and YAML
//! differ, and warnings come and go with the sources while the revision stays. `If-Match` takes both: a change is made on a
//! revision, whatever form of it was read. `If-None-Match` compares the whole tag.

use axum::extract::FromRequestParts;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use impala_core::FieldError;

use super::error::Rejection;
use crate::service::expected::{Expected, Tag};
use crate::state::AppState;

/// An `ETag`.
pub fn etag(tag: impl std::fmt::Display) -> HeaderValue {
    // Ids, numbers and hexadecimal hashes: always good in a header.
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether the client has that state already.
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
    let mut expected = Vec::new();
    for tag in tags(headers, &IF_MATCH) {
        if tag == "*" {
            return Ok(Expected::Something);
        }
        let tag = unquoted(tag)
            .ok_or_else(|| format!("If-Match holds an ETag as it came, quotes included, not {tag}"))?;
        expected.extend(Tag::read(tag));
    }
    Ok(Expected::Tags(expected))
}

fn tags<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|tag| !tag.is_empty())
}

/// The text between the quotes. A proxy that compresses answers marks their tags as weak; the revision is the same.
fn unquoted(tag: &str) -> Option<&str> {
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: &str = "\"00000000-0000-0000-0000-000000000000-7\"";
    const EIGHT: &str = "W/\"00000000-0000-0000-0000-000000000000-8-0badcafe\"";

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn preconditions_are_read() {
        let check = |pairs: &[(HeaderName, &'static str)], expected: Expected| {
            assert_eq!(read(&headers(pairs)).unwrap(), expected);
        };
        check(&[], Expected::Unsaid);
        let tag = |revision| Tag { canvas: uuid::Uuid::nil(), revision };
        check(&[(IF_MATCH, SEVEN)], Expected::Tags(vec![tag(7)]));
        check(&[(IF_MATCH, SEVEN), (IF_MATCH, EIGHT)], Expected::Tags(vec![tag(7), tag(8)]));
        check(&[(IF_MATCH, "\"7\"")], Expected::Tags(Vec::new()));
        check(&[(IF_MATCH, "*")], Expected::Something);
        check(&[(IF_NONE_MATCH, "*")], Expected::Nothing);
        check(&[(IF_NONE_MATCH, "\"7\"")], Expected::Unsaid);
        assert!(read(&headers(&[(IF_MATCH, "7")])).unwrap_err().contains("quotes included"));
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
