//! Share links, by the hash of their secret.

use impala_core::api::Share;
use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{id, micros, time};
use crate::store::StoreError;

/// A valid link: to a canvas of an existing project.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenShare {
    /// The project of the canvas.
    pub project_id: Uuid,
    /// The canvas.
    pub canvas_id: Uuid,
    /// What it is.
    pub share: Share,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    canvas_id: String,
    project_id: String,
    name: String,
    created_by: String,
    created_us: i64,
    expires_us: Option<i64>,
    paused_us: Option<i64>,
    last_used_us: Option<i64>,
}

fn read(raw: Raw) -> Result<OpenShare, StoreError> {
    Ok(OpenShare {
        project_id: id(&raw.project_id)?,
        canvas_id: id(&raw.canvas_id)?,
        share: Share {
            id: id(&raw.id)?,
            name: raw.name,
            paused: raw.paused_us.is_some(),
            created_by: raw.created_by,
            created_at: time(raw.created_us)?,
            expires_at: raw.expires_us.map(time).transpose()?,
            last_used_at: raw.last_used_us.map(time).transpose()?,
        },
    })
}

/// The link of that hash. One whose project is being deleted is gone already.
///
/// # Errors
/// Only the store's own.
pub async fn find(pool: &AnyPool, hash: &str) -> Result<Option<OpenShare>, StoreError> {
    let sql = "select s.id, s.canvas_id, c.project_id, s.name, s.created_by, s.created_us, s.expires_us,
            s.paused_us, s.last_used_us
        from shares s
        join canvases c on c.id = s.canvas_id
        join projects p on p.id = c.project_id
        where s.hash = $1 and p.deleted_us is null";
    let raw: Option<Raw> = sqlx::query_as(sql).bind(hash).fetch_optional(pool).await?;
    raw.map(read).transpose()
}

/// The links of a canvas whose id comes after `after`, oldest first, `rows` at most.
///
/// # Errors
/// Only the store's own.
pub async fn list(pool: &AnyPool, canvas: Uuid, after: &str, rows: i64) -> Result<Vec<Share>, StoreError> {
    let sql = "select s.id, s.canvas_id, c.project_id, s.name, s.created_by, s.created_us, s.expires_us,
            s.paused_us, s.last_used_us
        from shares s
        join canvases c on c.id = s.canvas_id
        where s.canvas_id = $1 and s.id > $2
        order by s.id
        limit $3";
    let raws: Vec<Raw> =
        sqlx::query_as(sql).bind(canvas.to_string()).bind(after).bind(rows).fetch_all(pool).await?;
    raws.into_iter().map(|raw| read(raw).map(|open| open.share)).collect()
}

/// The link of that id, if it is one of the canvas.
///
/// # Errors
/// Only the store's own.
pub async fn of_canvas(pool: &AnyPool, canvas: Uuid, share: Uuid) -> Result<Option<Share>, StoreError> {
    let sql = "select s.id, s.canvas_id, c.project_id, s.name, s.created_by, s.created_us, s.expires_us,
            s.paused_us, s.last_used_us
        from shares s
        join canvases c on c.id = s.canvas_id
        where s.canvas_id = $1 and s.id = $2";
    let raw: Option<Raw> =
        sqlx::query_as(sql).bind(canvas.to_string()).bind(share.to_string()).fetch_optional(pool).await?;
    raw.map(|raw| read(raw).map(|open| open.share)).transpose()
}

/// Adds a link by the hash of its secret.
///
/// # Errors
/// `Conflict` when its canvas has gone.
pub async fn add(pool: &AnyPool, canvas: Uuid, share: &Share, hash: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into shares (id, canvas_id, name, hash, created_by, created_us, expires_us)
        values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(share.id.to_string())
    .bind(canvas.to_string())
    .bind(&share.name)
    .bind(hash)
    .bind(&share.created_by)
    .bind(micros(share.created_at))
    .bind(share.expires_at.map(micros))
    .execute(pool)
    .await?;
    Ok(())
}

/// Sets whether a link of a canvas is paused.
///
/// # Errors
/// Only the store's own.
pub async fn pause(
    pool: &AnyPool,
    canvas: Uuid,
    share: Uuid,
    since: Option<Timestamp>,
) -> Result<(), StoreError> {
    sqlx::query("update shares set paused_us = $1 where canvas_id = $2 and id = $3")
        .bind(since.map(micros))
        .bind(canvas.to_string())
        .bind(share.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

/// Sets when a link of a canvas ends.
///
/// # Errors
/// Only the store's own.
pub async fn set_end(pool: &AnyPool, canvas: Uuid, share: Uuid, end: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update shares set expires_us = $1 where canvas_id = $2 and id = $3")
        .bind(micros(end))
        .bind(canvas.to_string())
        .bind(share.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

/// Removes a link of a canvas. `false` when it has none of that id.
///
/// # Errors
/// Only the store's own.
pub async fn remove(pool: &AnyPool, canvas: Uuid, share: Uuid) -> Result<bool, StoreError> {
    let done = sqlx::query("delete from shares where canvas_id = $1 and id = $2")
        .bind(canvas.to_string())
        .bind(share.to_string())
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes when a link was opened.
///
/// # Errors
/// Only the store's own.
pub async fn touch(pool: &AnyPool, share: Uuid, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update shares set last_used_us = $1 where id = $2 and coalesce(last_used_us, 0) < $1")
        .bind(micros(now))
        .bind(share.to_string())
        .execute(pool)
        .await?;
    Ok(())
}
