//! `auth` and `me`.

use axum::extract::State;
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName};
use impala_core::api::{Credentials, Me, PasswordChange, RefreshRequest, Session};

use super::extract::Json;
use super::peer::Peer;
use crate::service::{Caller, Error, tokens, users};
use crate::state::AppState;

/// An answer that must not be cached.
pub type NoStore<T> = ([(HeaderName, &'static str); 1], T);

/// Marks an answer with secrets as not to be cached.
pub fn no_store<T>(answer: T) -> NoStore<T> {
    ([(CACHE_CONTROL, "no-store")], answer)
}

/// Register, and sign in.
#[utoipa::path(post, path = "/auth/register", tag = "auth", request_body = Credentials, security(()),
    responses((status = CREATED, body = Session)))]
pub async fn register(
    State(app): State<AppState>,
    peer: Peer,
    Json(credentials): Json<Credentials>,
) -> Result<(StatusCode, NoStore<Json<Session>>), Error> {
    let session = users::register(&app, credentials, peer.address).await?;
    Ok((StatusCode::CREATED, no_store(Json(session))))
}

/// Sign in.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = Credentials, security(()),
    responses((status = OK, body = Session)))]
pub async fn login(
    State(app): State<AppState>,
    peer: Peer,
    Json(credentials): Json<Credentials>,
) -> Result<NoStore<Json<Session>>, Error> {
    Ok(no_store(Json(users::login(&app, credentials, peer.address).await?)))
}

/// Get a new access token for a refresh token, which is used up by that: the answer has the next one.
/// A refresh token that is used a second time ends its whole session.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = RefreshRequest, security(()),
    responses((status = OK, body = Session)))]
pub async fn refresh(
    State(app): State<AppState>,
    Json(request): Json<RefreshRequest>,
) -> Result<NoStore<Json<Session>>, Error> {
    Ok(no_store(Json(tokens::refresh(&app, &request.refresh_token).await?)))
}

/// End the session of a refresh token.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", request_body = RefreshRequest, security(()),
    responses((status = NO_CONTENT)))]
pub async fn logout(
    State(app): State<AppState>,
    Json(request): Json<RefreshRequest>,
) -> Result<NoStore<StatusCode>, Error> {
    tokens::logout(&app, &request.refresh_token).await?;
    Ok(no_store(StatusCode::NO_CONTENT))
}

/// Who you are. Any token may ask this, whatever its scopes.
#[utoipa::path(get, path = "/me", tag = "auth", responses((status = OK, body = Me)))]
pub async fn me(caller: Caller) -> NoStore<Json<Me>> {
    let user = caller.user.to_user();
    no_store(Json(Me { user, token: caller.token.map(|used| used.token) }))
}

/// Change your password. All your sessions end.
#[utoipa::path(patch, path = "/me", tag = "auth", security(("bearer" = ["admin"])), request_body = PasswordChange,
    responses((status = NO_CONTENT)))]
pub async fn change_password(
    State(app): State<AppState>,
    caller: Caller,
    peer: Peer,
    Json(change): Json<PasswordChange>,
) -> Result<NoStore<StatusCode>, Error> {
    users::change_password(&app, &caller, change, peer.address).await?;
    Ok(no_store(StatusCode::NO_CONTENT))
}
