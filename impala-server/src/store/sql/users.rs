//! Users.

use impala_core::api::User;
use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{id, micros, time};
use crate::store::StoreError;

/// A user as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// UUIDv7.
    pub id: Uuid,
    /// Unique.
    pub username: String,
    /// bcrypt.
    pub password_hash: String,
    /// When they registered.
    pub created_at: Timestamp,
}

impl UserRow {
    /// The public part of a user.
    pub fn to_user(&self) -> User {
        User { id: self.id, username: self.username.clone(), created_at: self.created_at }
    }
}

type Raw = (String, String, String, i64);

fn read((user_id, username, password_hash, created_us): Raw) -> Result<UserRow, StoreError> {
    Ok(UserRow { id: id(&user_id)?, username, password_hash, created_at: time(created_us)? })
}

/// Adds a user.
///
/// # Errors
/// `Conflict` when the username is taken.
pub async fn add(pool: &AnyPool, user: &UserRow) -> Result<(), StoreError> {
    sqlx::query("insert into users (id, username, password_hash, created_us) values ($1, $2, $3, $4)")
        .bind(user.id.to_string())
        .bind(&user.username)
        .bind(&user.password_hash)
        .bind(micros(user.created_at))
        .execute(pool)
        .await?;
    Ok(())
}

/// The user of that name.
///
/// # Errors
/// Only the store's own.
pub async fn find(pool: &AnyPool, username: &str) -> Result<Option<UserRow>, StoreError> {
    let sql = "select id, username, password_hash, created_us from users where username = $1";
    let row: Option<Raw> = sqlx::query_as(sql).bind(username).fetch_optional(pool).await?;
    row.map(read).transpose()
}

/// Whether anyone has registered.
///
/// # Errors
/// Only the store's own.
pub async fn is_any(pool: &AnyPool) -> Result<bool, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("select id from users limit 1").fetch_optional(pool).await?;
    Ok(row.is_some())
}

/// The user of that id.
///
/// # Errors
/// Only the store's own.
pub async fn find_by_id(pool: &AnyPool, user_id: Uuid) -> Result<Option<UserRow>, StoreError> {
    let sql = "select id, username, password_hash, created_us from users where id = $1";
    let row: Option<Raw> = sqlx::query_as(sql).bind(user_id.to_string()).fetch_optional(pool).await?;
    row.map(read).transpose()
}

/// Replaces the password of hash `old` and ends all sessions of the user, both or neither. `false`, and nothing done, when
/// the password is no longer that one.
///
/// # Errors
/// Only the store's own.
pub async fn set_password(
    pool: &AnyPool,
    user_id: Uuid,
    old: &str,
    new: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = crate::store::begin(pool).await?;
    let changed = sqlx::query("update users set password_hash = $1 where id = $2 and password_hash = $3")
        .bind(new)
        .bind(user_id.to_string())
        .bind(old)
        .execute(&mut *tx)
        .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("update refresh_tokens set revoked_us = $1 where user_id = $2 and revoked_us is null")
        .bind(micros(now))
        .bind(user_id.to_string())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}
