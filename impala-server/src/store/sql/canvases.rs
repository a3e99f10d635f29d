//! Which canvases there are. What they show is in the canvas store.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};
use uuid::Uuid;

use super::{id, micros};
use crate::store::StoreError;

/// A canvas that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanvasRow {
    /// Its id in the canvas store.
    pub id: Uuid,
    /// Its name within the project.
    pub slug: String,
}

/// Makes a canvas exist; its document is there already.
///
/// # Errors
/// `Conflict` when the project has a canvas of that slug, or is gone.
pub async fn insert(
    pool: &AnyPool,
    project: Uuid,
    canvas: &CanvasRow,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("insert into canvases (id, project_id, slug, created_us) values ($1, $2, $3, $4)")
        .bind(canvas.id.to_string())
        .bind(project.to_string())
        .bind(&canvas.slug)
        .bind(micros(at))
        .execute(pool)
        .await?;
    Ok(())
}

/// The id of a canvas.
///
/// # Errors
/// When the database fails.
pub async fn find(pool: &AnyPool, project: Uuid, slug: &str) -> Result<Option<Uuid>, StoreError> {
    let row = sqlx::query("select id from canvases where project_id = $1 and slug = $2")
        .bind(project.to_string())
        .bind(slug)
        .fetch_optional(pool)
        .await?;
    row.map(|row| id(row.try_get("id")?)).transpose()
}

/// The canvases of a project by slug: those after `after`, `limit` at most.
///
/// # Errors
/// When the database fails.
pub async fn list(
    pool: &AnyPool,
    project: Uuid,
    after: &str,
    limit: i64,
) -> Result<Vec<CanvasRow>, StoreError> {
    let rows = sqlx::query(
        "select id, slug from canvases where project_id = $1 and slug > $2 order by slug limit $3",
    )
    .bind(project.to_string())
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(canvas_row).collect()
}

/// The ids of all canvases of a project.
///
/// # Errors
/// When the database fails.
pub async fn ids(pool: &AnyPool, project: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows = sqlx::query("select id from canvases where project_id = $1")
        .bind(project.to_string())
        .fetch_all(pool)
        .await?;
    rows.iter().map(|row| id(row.try_get("id")?)).collect()
}

/// Whether a canvas of that id exists.
///
/// # Errors
/// When the database fails.
pub async fn exists(pool: &AnyPool, canvas: Uuid) -> Result<bool, StoreError> {
    let row = sqlx::query("select id from canvases where id = $1")
        .bind(canvas.to_string())
        .fetch_optional(pool)
        .await?;
    Ok(row.is_some())
}

/// Ends a canvas; false: it was not there. Its document has gone before it.
///
/// # Errors
/// When the database fails.
pub async fn delete(pool: &AnyPool, canvas: Uuid) -> Result<bool, StoreError> {
    let sql = "delete from canvases where id = $1";
    let done = sqlx::query(sql).bind(canvas.to_string()).execute(pool).await?;
    Ok(done.rows_affected() > 0)
}

fn canvas_row(row: &AnyRow) -> Result<CanvasRow, StoreError> {
    Ok(CanvasRow { id: id(row.try_get("id")?)?, slug: row.try_get("slug")? })
}
