//! Sessions and API tokens.

use impala_core::api::Session;
use uuid::Uuid;

use super::caller::CallerToken;
use super::{Caller, Error, secrets};
use crate::state::AppState;
use crate::store::sql::users::UserRow;
use crate::store::sql::{sessions, tokens, users};

/// Begins a family of refresh tokens.
///
/// # Errors
/// Only the server's own.
pub async fn begin_session(app: &AppState, user: &UserRow) -> Result<Session, Error> {
    let refresh_token = secrets::make("")?;
    let next = next_refresh(app, &refresh_token)?;
    sessions::begin(&app.pool, user.id, app.new_id(), &next).await?;
    session(app, user, refresh_token)
}

fn next_refresh(app: &AppState, secret: &str) -> Result<sessions::NewRefresh, Error> {
    let now = app.now();
    let expires_at = now
        .checked_add(app.config.refresh_token_life)
        .map_err(|error| Error::internal("reading the clock", error))?;
    Ok(sessions::NewRefresh { hash: secrets::hash(secret), now, expires_at })
}

fn session(app: &AppState, user: &UserRow, refresh_token: String) -> Result<Session, Error> {
    let expires_in = app.config.access_token_life.as_secs();
    Ok(Session {
        access_token: app.jwt.sign(&user.username, app.new_id(), app.now(), expires_in)?,
        refresh_token,
        token_type: "Bearer".to_owned(),
        expires_in,
        user: user.to_user(),
    })
}

/// Who is behind an API token.
///
/// # Errors
/// `Unauthorized` when there is none such, or it has expired.
pub async fn who(app: &AppState, secret: &str) -> Result<Caller, Error> {
    let row = tokens::find(&app.pool, &secrets::hash(secret)).await?;
    let row = row.ok_or(Error::Unauthorized("there is no such API token; it may have been revoked"))?;
    let now = app.now();
    if row.token.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::Unauthorized("the API token has expired; make another: impala token create"));
    }
    let user = users::find_by_id(&app.pool, row.user_id).await?;
    let user = user.ok_or(Error::Unauthorized("the user of this token is no more"))?;
    note_use(app, row.token.id, row.token.last_used_at).await?;
    Ok(Caller { user, token: Some(CallerToken { token: row.token, project_id: row.project_id }) })
}

/// To the minute: a write a request would cost more than knowing the second is worth.
async fn note_use(app: &AppState, token_id: Uuid, last: Option<jiff::Timestamp>) -> Result<(), Error> {
    let now = app.now();
    let minute = jiff::Timestamp::from_second(now.as_second() / 60 * 60).unwrap_or(now);
    if last.is_none_or(|last| last < minute) {
        tokens::touch(&app.pool, token_id, minute).await?;
    }
    Ok(())
}
