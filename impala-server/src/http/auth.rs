//! Who is asking. Every route but the public ones is behind [`require`]: a handler that forgets to ask is closed,
//! not open.
//!
//! A program sends a bearer token; a page is known by its cookie. Browsers send a cookie whichever site caused the
//! request, so with a cookie a change needs more: the browser's statement that one of our pages sent it, and the token that
//! only those pages know.

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{AUTHORIZATION, HeaderName};
use http::request::Parts;
use http::{HeaderMap, Method};

use super::cookie;
use super::peer::Peer;
use crate::service::{Caller, Error, browser, users};
use crate::state::AppState;

const MISSING: &str = "this needs a sign-in; send Authorization: Bearer with an access token or an API token";

/// Header for the form token of the session, set by the scripts of the pages.
const FORM_TOKEN: HeaderName = HeaderName::from_static("x-form-token");

/// Lets those through who show a good token or session, and hands the [`Caller`] on.
///
/// # Errors
/// `Unauthorized` for all others; `Forbidden` for a change that a page of another site may have made a browser send.
pub async fn require(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let headers = request.headers();
    let session =
        cookie::session(headers, Peer::known(request.extensions())).filter(|_| bearer(headers).is_none());
    let shown = session.or(bearer(headers)).ok_or(Error::Unauthorized(MISSING))?.to_owned();
    let caller = users::who(&app, &shown).await?;
    if session.is_some() && !matches!(*request.method(), Method::GET | Method::HEAD) {
        let token = headers.get(FORM_TOKEN).and_then(|value| value.to_str().ok());
        check_change(headers, &shown, token.unwrap_or_default())?;
    }
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(Credential(shown));
    Ok(next.run(request).await)
}

/// The bearer token that was shown.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// Checks that a change comes from a page of this session.
///
/// # Errors
/// `Forbidden` when it may come from another page.
pub fn check_change(headers: &HeaderMap, secret: &str, token: &str) -> Result<(), Error> {
    if cookie::is_from_here(headers) && browser::is_form_token(secret, token) {
        return Ok(());
    }
    let detail = "this did not come from a page of this session, so nothing was changed; load the page again, and \
        send it once more (programs use a bearer token, not the cookie)";
    Err(Error::Forbidden(detail.to_owned()))
}

/// The token that was sent, for those who check it again later.
#[derive(Clone)]
pub struct Credential(pub String);

impl FromRequestParts<AppState> for Credential {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Error> {
        parts.extensions.get().cloned().ok_or(Error::Unauthorized(MISSING))
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Error> {
        parts.extensions.get().cloned().ok_or(Error::Unauthorized(MISSING))
    }
}
