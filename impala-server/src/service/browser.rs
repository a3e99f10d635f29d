//! Sessions of browsers: one secret in a cookie, good until it ends, is signed out of, or the password changes.
//!
//! They are stored as refresh tokens, each in a family of its own and never used up; so what ends those ends these too.
//! The prefix separates the two: a refresh token is not valid for pages, nor a cookie for a refresh.

use sha2::{Digest as _, Sha256};

use super::{Caller, Error, secrets, tokens};
use crate::state::AppState;
use crate::store::sql::users::UserRow;
use crate::store::sql::{sessions, users};

/// What the secrets of browsers begin with.
pub const SESSION_PREFIX: &str = "session_";

/// Begins a session for a user whose password was right when `user` was read; returns its secret.
///
/// # Errors
/// `Unauthorized` when the password was changed since then.
pub async fn begin(app: &AppState, user: &UserRow) -> Result<String, Error> {
    let secret = secrets::make(SESSION_PREFIX)?;
    let next = tokens::next_refresh(app, &secret)?;
    if !sessions::begin(&app.pool, user.id, &user.password_hash, app.new_id(), &next).await? {
        return Err(Error::Unauthorized("the password was changed just now; sign in with the new one"));
    }
    Ok(secret)
}

/// Who is behind the secret of a session.
///
/// # Errors
/// `Unauthorized` when it is not valid.
pub async fn who(app: &AppState, secret: &str) -> Result<Caller, Error> {
    const ENDED: Error = Error::Unauthorized("the session has ended; sign in again");
    if !secret.starts_with(SESSION_PREFIX) {
        return Err(ENDED);
    }
    let user = sessions::find(&app.pool, &secrets::hash(secret), app.now()).await?.ok_or(ENDED)?;
    let user = users::find_by_id(&app.pool, user).await?.ok_or(ENDED)?;
    Ok(Caller { user, token: None })
}

/// Ends a session; an invalid secret has none.
///
/// # Errors
/// Only the store's own.
pub async fn end(app: &AppState, secret: &str) -> Result<(), Error> {
    Ok(sessions::end(&app.pool, &secrets::hash(secret), app.now()).await?)
}

/// The token that a page of this session sends with each change, and that no other page can know. It reveals nothing of the secret.
pub fn form_token(secret: &str) -> String {
    hex::encode(Sha256::digest(format!("form token of {secret}")))
}

/// Whether `shown` is the form token of the session, in a time that does not reveal how much of it is right.
pub fn is_form_token(secret: &str, shown: &str) -> bool {
    // Hashes are compared, whose bytes an attacker cannot choose.
    Sha256::digest(form_token(secret)) == Sha256::digest(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_token_is_of_one_session() {
        let token = form_token("session_a");
        assert!(is_form_token("session_a", &token) && token.len() == 64);
        for other in ["", "session_a", &form_token("session_b"), &token[1..]] {
            assert!(!is_form_token("session_a", other), "{other}");
        }
    }
}
