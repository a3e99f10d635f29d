//! Answers that are kept for those who ask again with the same Idempotency-Key.

use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{count, micros};
use crate::store::{self, StoreError};

/// Identifies a request that may come again.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who asks.
    pub user_id: Uuid,
    /// Their key.
    pub key: String,
    /// Hash of method, path and body.
    pub request_hash: String,
    /// When it came.
    pub now: Timestamp,
    /// Answers from before this are forgotten.
    pub forget_before: Timestamp,
    /// Requests from before this that never got an answer ended with their server.
    pub abandoned_before: Timestamp,
}

/// An answer as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// JSON object of the headers that matter.
    pub headers: String,
    /// `None` when it held a secret.
    pub body: Option<String>,
}

/// What is known of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it is now running.
    New,
    /// It is running.
    Running,
    /// The key was used for another request.
    Other,
    /// It was answered.
    Answered(KeptAnswer),
}

type Raw = (String, Option<i64>, Option<String>, Option<String>);

/// Notes that a request is running, unless it or another of that key is known.
///
/// # Errors
/// Only the store's own.
pub async fn claim(pool: &AnyPool, claim: &Claim) -> Result<Known, StoreError> {
    forget_old(pool, claim).await?;
    let mut tx = store::begin(pool).await?;
    let sql =
        "insert into idempotent_answers (user_id, key, request_hash, created_us) values ($1, $2, $3, $4)
        on conflict (user_id, key) do nothing";
    let added = sqlx::query(sql)
        .bind(claim.user_id.to_string())
        .bind(&claim.key)
        .bind(&claim.request_hash)
        .bind(micros(claim.now))
        .execute(&mut *tx)
        .await?
        .rows_affected();
    let sql =
        "select request_hash, status, headers, body from idempotent_answers where user_id = $1 and key = $2";
    let row: Option<Raw> =
        sqlx::query_as(sql).bind(claim.user_id.to_string()).bind(&claim.key).fetch_optional(&mut *tx).await?;
    tx.commit().await?;
    // It was there a moment ago, and ended without an answer in between. A retry finds it gone.
    let Some(row) = row else {
        return Ok(Known::Running);
    };
    match row {
        _ if added > 0 => Ok(Known::New),
        (hash, ..) if hash != claim.request_hash => Ok(Known::Other),
        (_, None, ..) => Ok(Known::Running),
        (_, Some(status), headers, body) => {
            let headers = headers.unwrap_or_default();
            Ok(Known::Answered(KeptAnswer { status: count(status)?, headers, body }))
        }
    }
}

/// A step of its own: two that forget the same rows would wait for each other's claim.
async fn forget_old(pool: &AnyPool, claim: &Claim) -> Result<(), StoreError> {
    let sql = "delete from idempotent_answers where created_us < $1 or (status is null and created_us < $2)";
    sqlx::query(sql)
        .bind(micros(claim.forget_before))
        .bind(micros(claim.abandoned_before))
        .execute(pool)
        .await?;
    Ok(())
}

/// Keeps the answer to a running request. Nothing happens when it was abandoned in between: the key may be another
/// request's by now.
///
/// # Errors
/// Only the store's own.
pub async fn keep(pool: &AnyPool, claim: &Claim, answer: &KeptAnswer) -> Result<(), StoreError> {
    sqlx::query(
        "update idempotent_answers set status = $1, headers = $2, body = $3
         where user_id = $4 and key = $5 and created_us = $6 and request_hash = $7",
    )
    .bind(i64::from(answer.status))
    .bind(&answer.headers)
    .bind(&answer.body)
    .bind(claim.user_id.to_string())
    .bind(&claim.key)
    .bind(micros(claim.now))
    .bind(&claim.request_hash)
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets a request that failed, so that it may be tried again.
///
/// # Errors
/// Only the store's own.
pub async fn forget(pool: &AnyPool, claim: &Claim) -> Result<(), StoreError> {
    let sql = "delete from idempotent_answers
        where user_id = $1 and key = $2 and created_us = $3 and request_hash = $4 and status is null";
    sqlx::query(sql)
        .bind(claim.user_id.to_string())
        .bind(&claim.key)
        .bind(micros(claim.now))
        .bind(&claim.request_hash)
        .execute(pool)
        .await?;
    Ok(())
}
