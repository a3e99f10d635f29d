//! API tokens and refresh tokens, by their hash.

use impala_core::api::ApiToken;
use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{id, micros, time, word};
use crate::store::StoreError;

/// An API token as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiTokenRow {
    /// Whose it is.
    pub user_id: Uuid,
    /// The only project that it may touch.
    pub project_id: Option<Uuid>,
    /// What it is.
    pub token: ApiToken,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    user_id: String,
    name: String,
    scopes: String,
    project_id: Option<String>,
    owner: Option<String>,
    slug: Option<String>,
    created_us: i64,
    expires_us: Option<i64>,
    last_used_us: Option<i64>,
}

fn read(raw: Raw) -> Result<ApiTokenRow, StoreError> {
    let project = raw.owner.zip(raw.slug).map(|(owner, slug)| format!("{owner}/{slug}"));
    Ok(ApiTokenRow {
        user_id: id(&raw.user_id)?,
        project_id: raw.project_id.as_deref().map(id).transpose()?,
        token: ApiToken {
            id: id(&raw.id)?,
            name: raw.name,
            scopes: raw.scopes.split(',').map(word).collect::<Result<_, _>>()?,
            project,
            created_at: time(raw.created_us)?,
            expires_at: raw.expires_us.map(time).transpose()?,
            last_used_at: raw.last_used_us.map(time).transpose()?,
        },
    })
}

/// The token of that hash. One whose project is being deleted is gone already.
///
/// # Errors
/// Only the store's own.
pub async fn find(pool: &AnyPool, hash: &str) -> Result<Option<ApiTokenRow>, StoreError> {
    let sql =
        "select t.id, t.user_id, t.name, t.scopes, t.project_id, o.username as owner, p.slug, t.created_us,
            t.expires_us, t.last_used_us
        from api_tokens t
        left join projects p on p.id = t.project_id
        left join users o on o.id = p.owner_id
        where t.hash = $1 and p.deleted_us is null";
    let raw: Option<Raw> = sqlx::query_as(sql).bind(hash).fetch_optional(pool).await?;
    raw.map(read).transpose()
}

/// Tokens of a user whose id comes after `after`, oldest first, `rows` at most.
///
/// # Errors
/// Only the store's own.
pub async fn list(
    pool: &AnyPool,
    user_id: Uuid,
    after: &str,
    rows: i64,
) -> Result<Vec<ApiTokenRow>, StoreError> {
    let sql =
        "select t.id, t.user_id, t.name, t.scopes, t.project_id, o.username as owner, p.slug, t.created_us,
            t.expires_us, t.last_used_us
        from api_tokens t
        left join projects p on p.id = t.project_id
        left join users o on o.id = p.owner_id
        where t.user_id = $1 and t.id > $2 and p.deleted_us is null
        order by t.id
        limit $3";
    let raws: Vec<Raw> =
        sqlx::query_as(sql).bind(user_id.to_string()).bind(after).bind(rows).fetch_all(pool).await?;
    raws.into_iter().map(read).collect()
}

/// Adds a token by the hash of its secret.
///
/// # Errors
/// `Conflict` when its project has gone.
pub async fn add(pool: &AnyPool, row: &ApiTokenRow, hash: &str) -> Result<(), StoreError> {
    let scopes: Vec<&str> = row.token.scopes.iter().map(|scope| scope.as_str()).collect();
    sqlx::query(
        "insert into api_tokens (id, user_id, name, hash, scopes, project_id, created_us, expires_us)
        values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.token.id.to_string())
    .bind(row.user_id.to_string())
    .bind(&row.token.name)
    .bind(hash)
    .bind(scopes.join(","))
    .bind(row.project_id.map(|id| id.to_string()))
    .bind(micros(row.token.created_at))
    .bind(row.token.expires_at.map(micros))
    .execute(pool)
    .await?;
    Ok(())
}

/// Removes a token of a user. `false` when they have none of that id.
///
/// # Errors
/// Only the store's own.
pub async fn remove(pool: &AnyPool, user_id: Uuid, token_id: Uuid) -> Result<bool, StoreError> {
    let done = sqlx::query("delete from api_tokens where id = $1 and user_id = $2")
        .bind(token_id.to_string())
        .bind(user_id.to_string())
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes when a token was used, unless a later use is noted already: the clocks of servers differ.
///
/// # Errors
/// Only the store's own.
pub async fn touch(pool: &AnyPool, token_id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update api_tokens set last_used_us = $1 where id = $2 and coalesce(last_used_us, 0) < $1")
        .bind(micros(now))
        .bind(token_id.to_string())
        .execute(pool)
        .await?;
    Ok(())
}
