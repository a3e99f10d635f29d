//! Refresh tokens, in families: a sign-in begins one, each refresh spends a token and adds the next.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Any, AnyPool, Transaction};
use uuid::Uuid;

use super::{id, micros, time};
use crate::store::{self, StoreError};

/// A refresh token to be stored.
#[derive(Clone, Debug)]
pub struct NewRefresh {
    /// Hash of the secret.
    pub hash: String,
    /// When it was made.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Begins a family. `false`, and nothing begun, when the user's password hash is no longer that one: a session
/// that is begun while the password changes must not outlive the change.
///
/// # Errors
/// Only the store's own.
pub async fn begin(
    pool: &AnyPool,
    user_id: Uuid,
    password_hash: &str,
    family: Uuid,
    next: &NewRefresh,
) -> Result<bool, StoreError> {
    let mut tx = store::begin(pool).await?;
    // Changes nothing, but holds the row, on both databases: a change of password comes before this, or after all of it,
    // and then it sees the new session and ends it.
    let held =
        sqlx::query("update users set password_hash = password_hash where id = $1 and password_hash = $2")
            .bind(user_id.to_string())
            .bind(password_hash)
            .execute(&mut *tx)
            .await?;
    if held.rows_affected() == 0 {
        return Ok(false);
    }
    // Expired tokens are no longer needed; removing them here makes nobody wait.
    sqlx::query("delete from refresh_tokens where user_id = $1 and expires_us <= $2")
        .bind(user_id.to_string())
        .bind(micros(next.now))
        .execute(&mut *tx)
        .await?;
    add(&mut tx, user_id, &family.to_string(), next).await?;
    tx.commit().await?;
    Ok(true)
}

async fn add(
    tx: &mut Transaction<'_, Any>,
    user_id: Uuid,
    family: &str,
    next: &NewRefresh,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into refresh_tokens (hash, family, user_id, created_us, expires_us) values ($1, $2, $3, $4, $5)",
    )
    .bind(&next.hash)
    .bind(family)
    .bind(user_id.to_string())
    .bind(micros(next.now))
    .bind(micros(next.expires_at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Family, user, end, when it was revoked, when it was spent.
type Raw = (String, String, i64, Option<i64>, Option<i64>);

/// The result of spending a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It was valid; the next one is stored.
    Good {
        /// Whose it was.
        user_id: Uuid,
    },
    /// There is no such token, or it has ended.
    Unknown,
    /// It was spent before: someone else has it too. The whole family is revoked.
    Reused,
    /// It was spent a moment ago, at most [`GRACE`]: its owner asked twice at once.
    Raced,
}

/// How long a spent token may come again without being considered stolen. It is not accepted then either; but two requests
/// of one client may reach the server in any order, and its clocks and queues are unknown.
pub const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// Spends the token of that hash and keeps `next` in its place, as one step.
///
/// # Errors
/// Only the store's own.
pub async fn spend(pool: &AnyPool, hash: &str, next: &NewRefresh) -> Result<Spent, StoreError> {
    let mut tx = store::begin(pool).await?;
    hold_user(&mut tx, hash).await?;
    // The update decides, not a query before it: of two at once only one can change the row.
    let taken = sqlx::query("update refresh_tokens set used_us = $1 where hash = $2 and used_us is null")
        .bind(micros(next.now))
        .bind(hash)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    let sql = "select family, user_id, expires_us, revoked_us, used_us from refresh_tokens where hash = $1";
    let row: Option<Raw> = sqlx::query_as(sql).bind(hash).fetch_optional(&mut *tx).await?;
    let Some((family, user_id, expires_us, revoked_us, used_us)) = row else {
        return Ok(Spent::Unknown);
    };
    let spent = if revoked_us.is_some() || time(expires_us)? <= next.now {
        Spent::Unknown
    } else if taken == 0 && used_us > Some(micros(next.now - GRACE)) {
        Spent::Raced
    } else if taken == 0 {
        revoke(&mut tx, &family, next.now).await?;
        Spent::Reused
    } else {
        let user_id = id(&user_id)?;
        add(&mut tx, user_id, &family, next).await?;
        Spent::Good { user_id }
    };
    tx.commit().await?;
    Ok(spent)
}

/// Holds the row of the token's user, on both databases, until the transaction ends. All changes to the sessions of a user
/// happen under this: PostgreSQL's `update` of a family does not see the token that another transaction is adding to it, and
/// that one would outlive the end of its session.
async fn hold_user(tx: &mut Transaction<'_, Any>, hash: &str) -> Result<(), StoreError> {
    let sql = "update users set password_hash = password_hash
        where id = (select user_id from refresh_tokens where hash = $1)";
    sqlx::query(sql).bind(hash).execute(&mut **tx).await?;
    Ok(())
}

async fn revoke(tx: &mut Transaction<'_, Any>, family: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update refresh_tokens set revoked_us = $1 where family = $2 and revoked_us is null")
        .bind(micros(now))
        .bind(family)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The user whose token of that hash is valid: neither spent, revoked nor expired.
///
/// # Errors
/// Only the store's own.
pub async fn find(pool: &AnyPool, hash: &str, now: Timestamp) -> Result<Option<Uuid>, StoreError> {
    let sql = "select user_id from refresh_tokens
        where hash = $1 and used_us is null and revoked_us is null and expires_us > $2";
    let row: Option<(String,)> =
        sqlx::query_as(sql).bind(hash).bind(micros(now)).fetch_optional(pool).await?;
    row.map(|(user_id,)| id(&user_id)).transpose()
}

/// Ends the family of a token, spent or not.
///
/// # Errors
/// Only the store's own.
pub async fn end(pool: &AnyPool, hash: &str, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store::begin(pool).await?;
    hold_user(&mut tx, hash).await?;
    let sql = "update refresh_tokens set revoked_us = $1
        where revoked_us is null and family = (select family from refresh_tokens where hash = $2)";
    sqlx::query(sql).bind(micros(now)).bind(hash).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}
