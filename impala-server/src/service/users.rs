//! Users: registering, signing in, and the user behind a token.

use std::net::IpAddr;

use impala_core::api::{API_TOKEN_PREFIX, Credentials, PasswordChange, Scope, Session};
use impala_core::{FieldError, Invalid, name};

use super::browser::{self, SESSION_PREFIX};
use super::{Caller, Error, passwords, tokens};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sql::users::{self, UserRow};

/// Adds a user, and signs them in.
///
/// # Errors
/// As [`add`].
pub async fn register(app: &AppState, credentials: Credentials, from: IpAddr) -> Result<Session, Error> {
    tokens::begin_session(app, &add(app, credentials, from).await?).await
}

/// Adds a user.
///
/// # Errors
/// `Forbidden` when the server accepts no new users, `Invalid`, `Conflict` when the name is taken, `TooMany`.
pub async fn add(app: &AppState, credentials: Credentials, from: IpAddr) -> Result<UserRow, Error> {
    if !app.config.allow_registration {
        return Err(Error::Forbidden("this server takes no new users; ask its administrator".to_owned()));
    }
    check(&credentials)?;
    app.sign_ins.enter(&credentials.username, from, app.now())?;
    let Credentials { username, password } = credentials;
    let password_hash = app.passwords.hash(password).await?;
    let user = UserRow { id: app.new_id(), username, password_hash, created_at: app.now() };
    users::add(&app.pool, &user).await.map_err(|error| match error {
        StoreError::Conflict(_) => Error::Conflict(format!("the username \"{}\" is taken", user.username)),
        error => error.into(),
    })?;
    Ok(user)
}

/// Addresses of projects begin with the name of a user, those of the API with this.
const RESERVED: &str = "api";

fn check(credentials: &Credentials) -> Result<(), Invalid> {
    let mut errors = Vec::new();
    if !name::is_username(&credentials.username) {
        let detail = format!("is not a valid username: {}", name::USERNAME_RULE);
        errors.push(FieldError::at("/username", detail));
    }
    if credentials.username == RESERVED {
        errors.push(FieldError::at("/username", "stands for the API in addresses; take another one"));
    }
    errors.extend(passwords::check("/password", &credentials.password).err());
    Invalid::unless_empty(errors)
}

/// Signs a user in.
///
/// # Errors
/// As [`verify`].
pub async fn login(app: &AppState, credentials: Credentials, from: IpAddr) -> Result<Session, Error> {
    tokens::begin_session(app, &verify(app, credentials, from).await?).await
}

/// The user of that name, if the password is theirs.
///
/// # Errors
/// `Unauthorized`, the same and as late for a wrong password as for an unknown user; `TooMany`.
pub async fn verify(app: &AppState, credentials: Credentials, from: IpAddr) -> Result<UserRow, Error> {
    let Credentials { username, password } = credentials;
    app.sign_ins.enter(&username, from, app.now())?;
    let user = users::find(&app.pool, &username).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = app.passwords.verify(password, hash).await?;
    let user = user.filter(|_| is_right).ok_or(Error::Unauthorized(WRONG_PASSWORD))?;
    app.sign_ins.succeeded(&username, from);
    Ok(user)
}

const WRONG_PASSWORD: &str = "the username or the password is wrong";

/// Whether anyone has registered. If the database does not answer, someone has.
pub async fn is_anyone_there(app: &AppState) -> bool {
    users::is_any(&app.pool).await.unwrap_or(true)
}

/// The user behind an access token, an API token, or the secret of a browser's session.
///
/// # Errors
/// `Unauthorized` when it is not valid, or its user no longer exists.
pub async fn who(app: &AppState, bearer: &str) -> Result<Caller, Error> {
    if bearer.starts_with(API_TOKEN_PREFIX) {
        return tokens::who(app, bearer).await;
    }
    if bearer.starts_with(SESSION_PREFIX) {
        return browser::who(app, bearer).await;
    }
    let claims = app.jwt.check(bearer, app.now())?;
    let user = users::find(&app.pool, &claims.sub).await?;
    // Someone who took the name of a deleted user does not inherit their tokens.
    let user = user.filter(|user| user.created_at.as_second() <= claims.iat);
    let user = user.ok_or(Error::Unauthorized(
        "the user of this token no longer exists; register, or sign in as another",
    ))?;
    Ok(Caller { user, token: None })
}

/// Changes the caller's password, and ends all their sessions. Access tokens run out by themselves.
///
/// # Errors
/// `Forbidden` for a token that may not, `Invalid` when the current password is wrong or the new one breaks the
/// rules, `Conflict` when another change was faster, `TooMany`.
pub async fn change_password(
    app: &AppState,
    caller: &Caller,
    change: PasswordChange,
    from: IpAddr,
) -> Result<(), Error> {
    caller.needs_everywhere(Scope::Admin)?;
    passwords::check("/new_password", &change.new_password)?;
    let user = &caller.user;
    app.sign_ins.enter(&user.username, from, app.now())?;
    let is_right = app.passwords.verify(change.current_password, Some(user.password_hash.clone())).await?;
    if !is_right {
        return Err(FieldError::at("/current_password", "is not the current password").into());
    }
    app.sign_ins.succeeded(&user.username, from);
    let hash = app.passwords.hash(change.new_password).await?;
    if users::set_password(&app.pool, user.id, &user.password_hash, &hash, app.now()).await? {
        Ok(())
    } else {
        Err(Error::Conflict("the password was changed just now; sign in with the new one".to_owned()))
    }
}
