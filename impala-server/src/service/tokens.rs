//! Sessions and API tokens.

use impala_core::api::{
    API_TOKEN_PREFIX, ApiToken, ApiTokenCreate, ApiTokenCreated, Page, Role, Scope, Session,
};
use impala_core::{FieldError, Invalid};
use jiff::Timestamp;
use uuid::Uuid;

use super::browser::SESSION_PREFIX;
use super::caller::CallerToken;
use super::page::PageRequest;
use super::{Caller, Error, access, secrets};
use crate::state::AppState;
use crate::store::sql::projects::ProjectRow;
use crate::store::sql::tokens::ApiTokenRow;
use crate::store::sql::users::UserRow;
use crate::store::sql::{self, sessions, tokens, users};

/// Begins a family of refresh tokens, for a user whose password was right when `user` was read.
///
/// # Errors
/// `Unauthorized` when the password was changed since then.
pub async fn begin_session(app: &AppState, user: &UserRow) -> Result<Session, Error> {
    let refresh_token = secrets::make("")?;
    let next = next_refresh(app, &refresh_token)?;
    if !sessions::begin(&app.pool, user.id, &user.password_hash, app.new_id(), &next).await? {
        return Err(Error::Unauthorized("the password was changed just now; sign in with the new one"));
    }
    session(app, user, refresh_token)
}

/// A refresh token of that secret, made now.
///
/// # Errors
/// `Internal` when the time is out of range.
pub fn next_refresh(app: &AppState, secret: &str) -> Result<sessions::NewRefresh, Error> {
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

/// Exchanges a refresh token for a new one and an access token.
///
/// # Errors
/// `Unauthorized` when it is not valid; if it was used before, its whole family is revoked. `Conflict`
/// when it was used a moment ago, as two requests at once do; that revokes nothing.
pub async fn refresh(app: &AppState, refresh_token: &str) -> Result<Session, Error> {
    if refresh_token.starts_with(SESSION_PREFIX) {
        return Err(Error::Unauthorized(NO_SESSION));
    }
    let secret = secrets::make("")?;
    let next = next_refresh(app, &secret)?;
    match sessions::spend(&app.pool, &secrets::hash(refresh_token), &next).await? {
        sessions::Spent::Good { user_id } => {
            let user = users::find_by_id(&app.pool, user_id).await?;
            session(app, &user.ok_or(Error::Unauthorized(NO_SESSION))?, secret)
        }
        sessions::Spent::Unknown => Err(Error::Unauthorized(NO_SESSION)),
        sessions::Spent::Reused => {
            tracing::warn!("a refresh token came a second time; its session was ended");
            Err(Error::Unauthorized(
                "the refresh token was used before, so its session was ended for safety; sign in again",
            ))
        }
        sessions::Spent::Raced => Err(Error::Conflict(
            "another request spent this refresh token just now; use what that one brought".to_owned(),
        )),
    }
}

const NO_SESSION: &str = "the session has ended; sign in again";

/// Ends the session of a refresh token. An invalid one has no session, which is fine.
///
/// # Errors
/// Only the store's own.
pub async fn logout(app: &AppState, refresh_token: &str) -> Result<(), Error> {
    Ok(sessions::end(&app.pool, &secrets::hash(refresh_token), app.now()).await?)
}

/// Who is behind an API token.
///
/// # Errors
/// `Unauthorized` when it does not exist, or has expired.
pub async fn who(app: &AppState, secret: &str) -> Result<Caller, Error> {
    let row = tokens::find(&app.pool, &secrets::hash(secret)).await?;
    let row = row.ok_or(Error::Unauthorized("there is no such API token; it may have been revoked"))?;
    let now = app.now();
    if row.token.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::Unauthorized("the API token has expired; make another: impala token create"));
    }
    let user = users::find_by_id(&app.pool, row.user_id).await?;
    let user = user.ok_or(Error::Unauthorized("the user of this token no longer exists"))?;
    note_use(app, row.token.id, row.token.last_used_at).await?;
    Ok(Caller { user, token: Some(CallerToken { token: row.token, project_id: row.project_id }) })
}

/// To the minute: a write with every request would cost more than the exact second is worth.
async fn note_use(app: &AppState, token_id: Uuid, last: Option<Timestamp>) -> Result<(), Error> {
    let now = app.now();
    let minute = Timestamp::from_second(now.as_second() / 60 * 60).unwrap_or(now);
    if last.is_none_or(|last| last < minute) {
        tokens::touch(&app.pool, token_id, minute).await?;
    }
    Ok(())
}

/// Characters that the name of a token may have.
const NAME_CHARS: usize = 100;

/// Makes an API token of the caller.
///
/// # Errors
/// `Forbidden` for a token that may not, `Invalid`, `NotFound` for the project.
pub async fn create(
    app: &AppState,
    caller: &Caller,
    wanted: ApiTokenCreate,
) -> Result<ApiTokenCreated, Error> {
    caller.needs_everywhere(Scope::Admin)?;
    let mut errors = check(&wanted, app.now());
    errors.extend(check_end(caller, wanted.expires_at).err());
    Invalid::unless_empty(errors)?;
    let project = match wanted.project.as_deref() {
        Some(name) => Some(bound_project(app, caller, name).await?),
        None => None,
    };
    let mut scopes = wanted.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    let secret = secrets::make(API_TOKEN_PREFIX)?;
    let token = ApiToken {
        id: app.new_id(),
        name: wanted.name,
        scopes,
        project: project.as_ref().map(|project| format!("{}/{}", project.owner, project.slug)),
        created_at: app.now(),
        // As it will be read back.
        expires_at: wanted.expires_at.map(sql::micros).map(sql::time).transpose()?,
        last_used_at: None,
    };
    let row = ApiTokenRow { user_id: caller.user.id, project_id: project.map(|project| project.id), token };
    tokens::add(&app.pool, &row, &secrets::hash(&secret)).await?;
    Ok(ApiTokenCreated { secret, token: row.token })
}

fn check(wanted: &ApiTokenCreate, now: Timestamp) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if !(1..=NAME_CHARS).contains(&wanted.name.chars().count()) {
        errors.push(FieldError::at("/name", format!("has 1 to {NAME_CHARS} characters")));
    }
    if wanted.scopes.is_empty() {
        errors.push(FieldError::at("/scopes", "names at least one of read, upload, write, admin"));
    }
    if wanted.expires_at.is_some_and(|end| end <= now) {
        errors.push(FieldError::at("/expires_at", format!("has passed: it is {now} now")));
    }
    errors
}

/// A token cannot make one that outlives it. (One that is bound to a project cannot make any.)
fn check_end(caller: &Caller, wanted: Option<Timestamp>) -> Result<(), FieldError> {
    let Some((name, end)) =
        caller.token.as_ref().and_then(|used| Some((&used.token.name, used.token.expires_at?)))
    else {
        return Ok(());
    };
    let fault = match wanted {
        Some(wanted) if wanted <= end => return Ok(()),
        Some(_) => "is later",
        None => "is missing, which means never",
    };
    let detail =
        format!("{fault}, but the token \"{name}\" that asks ends at {end}; say that or earlier, or sign in");
    Err(FieldError::at("/expires_at", detail))
}

/// The project that a token is to be bound to; `slug` alone is one of the caller's.
async fn bound_project(app: &AppState, caller: &Caller, name: &str) -> Result<ProjectRow, Error> {
    let (owner, slug) = name.split_once('/').unwrap_or((&caller.user.username, name));
    access::project(app, caller, owner, slug, Role::Viewer, Scope::Admin).await
}

/// A part of the caller's API tokens, oldest first.
///
/// # Errors
/// `Forbidden` for a token that may not, `Invalid` for the part.
pub async fn list(app: &AppState, caller: &Caller, part: &PageRequest) -> Result<Page<ApiToken>, Error> {
    caller.needs_everywhere(Scope::Admin)?;
    let rows = tokens::list(&app.pool, caller.user.id, &part.after()?, part.rows()?).await?;
    part.page(rows.into_iter().map(|row| row.token).collect(), |token| token.id.to_string())
}

/// Revokes an API token of the caller.
///
/// # Errors
/// `Forbidden` for a token that may not, `NotFound`.
pub async fn revoke(app: &AppState, caller: &Caller, token_id: Uuid) -> Result<(), Error> {
    caller.needs_everywhere(Scope::Admin)?;
    if tokens::remove(&app.pool, caller.user.id, token_id).await? {
        Ok(())
    } else {
        Err(Error::not_found("token", token_id.to_string()))
    }
}
