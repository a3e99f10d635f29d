//! Who is asking. Every route but the public ones stands behind [`require`]: a handler that forgets to ask is closed,
//! not open.

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::service::{Caller, Error, users};
use crate::state::AppState;

const MISSING: &str = "this needs a sign-in; send Authorization: Bearer with an access token or an API token";

/// Lets those through who show a good token, and hands the [`Caller`] on.
///
/// # Errors
/// `Unauthorized` for all others.
pub async fn require(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let token = bearer(&request).ok_or(Error::Unauthorized(MISSING))?.to_owned();
    let caller = users::who(&app, &token).await?;
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(Credential(token));
    Ok(next.run(request).await)
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// The token that was shown, for those who look it up again later.
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
