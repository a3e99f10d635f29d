//! `auth` and `me`.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, State};
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName};
use impala_core::api::{Credentials, Me, Session};

use super::extract::Json;
use crate::service::{Caller, Error, users};
use crate::state::AppState;

type NoStore<T> = ([(HeaderName, &'static str); 1], T);

/// Answers that hold secrets are kept by nobody.
fn no_store<T>(answer: T) -> NoStore<T> {
    ([(CACHE_CONTROL, "no-store")], answer)
}

/// Who sent a request, as far as the connection tells.
type Peer = ConnectInfo<SocketAddr>;

fn address(peer: Peer) -> IpAddr {
    peer.0.ip()
}

/// Register, and sign in.
#[utoipa::path(post, path = "/auth/register", tag = "auth", request_body = Credentials, security(()),
    responses((status = CREATED, body = Session)))]
pub async fn register(
    State(app): State<AppState>,
    peer: Peer,
    Json(credentials): Json<Credentials>,
) -> Result<(StatusCode, NoStore<Json<Session>>), Error> {
    let session = users::register(&app, credentials, address(peer)).await?;
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
    Ok(no_store(Json(users::login(&app, credentials, address(peer)).await?)))
}

/// Who you are. Any token may ask this.
#[utoipa::path(get, path = "/me", tag = "auth", responses((status = OK, body = Me)))]
pub async fn me(caller: Caller) -> NoStore<Json<Me>> {
    let user = caller.user.to_user();
    no_store(Json(Me { user, token: caller.token.map(|used| used.token) }))
}
