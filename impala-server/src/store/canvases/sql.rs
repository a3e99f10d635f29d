//! Canvas documents in the SQL database, for a server that needs no other service.

use async_trait::async_trait;
use impala_core::api::Revision;
use impala_core::{Canvas, document};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};
use uuid::Uuid;

use super::{CanvasHead, CanvasStore, SavedCanvas};
use crate::store::{BoxError, StoreError, sql};

/// Keeps one row a revision in the table `canvas_documents`.
#[derive(Clone, Debug)]
pub struct SqlCanvases {
    pool: AnyPool,
}

impl SqlCanvases {
    /// Documents in the database of that pool, whose migrations have run.
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }
}

const SAVED: &str =
    "select revision, saved_by, saved_us, note, document from canvas_documents where canvas_id = $1";

#[async_trait]
impl CanvasStore for SqlCanvases {
    async fn get(&self, id: Uuid) -> Result<Option<SavedCanvas>, StoreError> {
        let sql = format!("{SAVED} order by revision desc limit 1");
        let row =
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(&self.pool).await?;
        row.map(|row| saved(id, &row)).transpose()
    }

    async fn get_revision(&self, id: Uuid, revision: u64) -> Result<Option<SavedCanvas>, StoreError> {
        let Ok(number) = i64::try_from(revision) else {
            return Ok(None);
        };
        let sql = format!("{SAVED} and revision = $2");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).bind(number);
        query.fetch_optional(&self.pool).await?.map(|row| saved(id, &row)).transpose()
    }

    async fn heads(&self, ids: &[Uuid]) -> Result<Vec<CanvasHead>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "select canvas_id, title, blocks, revision, saved_by, saved_us, note from canvas_documents as head
             where canvas_id in ({}) and revision =
                 (select max(revision) from canvas_documents as other where other.canvas_id = head.canvas_id)",
            places.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for id in ids {
            query = query.bind(id.to_string());
        }
        query.fetch_all(&self.pool).await?.iter().map(head).collect()
    }

    async fn put(&self, saved: &SavedCanvas) -> Result<(), StoreError> {
        let SavedCanvas { id, revision, canvas } = saved;
        let document = serde_json::to_string(canvas).map_err(|error| corrupt(*id, error))?;
        // Whoever comes second finds a greater maximum, or, when both look at once, breaks the primary key.
        let done = sqlx::query(
            "insert into canvas_documents (canvas_id, revision, title, blocks, document, saved_by, saved_us, note)
             select $1, cast($2 as bigint), $3, cast($4 as bigint), $5, $6, $7, $8
             where (select coalesce(max(revision), 0) from canvas_documents where canvas_id = $1) = cast($2 as bigint) - 1",
        )
        .bind(id.to_string())
        .bind(i64::try_from(revision.revision).unwrap_or(i64::MAX))
        .bind(&canvas.metadata.title)
        .bind(i64::try_from(canvas.spec.blocks.len()).unwrap_or(i64::MAX))
        .bind(document)
        .bind(&revision.saved_by)
        .bind(sql::micros(revision.saved_at))
        .bind(&revision.note)
        .execute(&self.pool)
        .await;
        let conflict =
            || StoreError::Conflict(format!("canvas {id} is not at revision {}", revision.revision - 1));
        match done {
            Ok(done) if done.rows_affected() == 1 => Ok(()),
            Ok(_) => Err(conflict()),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(conflict()),
            Err(error) => Err(error.into()),
        }
    }

    async fn history(&self, id: Uuid, before: Option<u64>, limit: i64) -> Result<Vec<Revision>, StoreError> {
        let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
        let rows = sqlx::query(
            "select revision, saved_by, saved_us, note from canvas_documents
             where canvas_id = $1 and revision < $2 order by revision desc limit $3",
        )
        .bind(id.to_string())
        .bind(before)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(revision).collect()
    }

    async fn delete_at(&self, id: Uuid, revision: u64) -> Result<(), StoreError> {
        // One statement, and SQLite has one writer at a time: a save comes before it and raises the maximum, or after it
        // and finds none.
        let done = sqlx::query(
            "delete from canvas_documents where canvas_id = $1 and cast($2 as bigint) =
                 (select max(revision) from canvas_documents as newest where newest.canvas_id = $1)",
        )
        .bind(id.to_string())
        .bind(i64::try_from(revision).unwrap_or(i64::MAX))
        .execute(&self.pool)
        .await?;
        match done.rows_affected() {
            0 => Err(StoreError::Conflict(format!("canvas {id} is not at revision {revision}"))),
            _ => Ok(()),
        }
    }

    async fn delete(&self, id: Uuid) -> Result<bool, StoreError> {
        let sql = "delete from canvas_documents where canvas_id = $1";
        let done = sqlx::query(sql).bind(id.to_string()).execute(&self.pool).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn ids(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
        let rows = sqlx::query(
            "select distinct canvas_id from canvas_documents where canvas_id > $1 order by canvas_id limit $2",
        )
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(canvas_id).collect()
    }
}

fn saved(id: Uuid, row: &AnyRow) -> Result<SavedCanvas, StoreError> {
    let document: String = row.try_get("document")?;
    let value = document::from_json(&document).map_err(|error| corrupt(id, error))?;
    let canvas: Canvas = document::read_canvas(&value).map_err(|error| corrupt(id, error))?;
    Ok(SavedCanvas { id, revision: revision(row)?, canvas })
}

fn head(row: &AnyRow) -> Result<CanvasHead, StoreError> {
    let id = canvas_id(row)?;
    Ok(CanvasHead {
        id,
        title: row.try_get("title")?,
        blocks: sql::count(row.try_get("blocks")?)?,
        revision: revision(row)?,
    })
}

fn revision(row: &AnyRow) -> Result<Revision, StoreError> {
    Ok(Revision {
        revision: sql::count(row.try_get("revision")?)?,
        saved_by: row.try_get("saved_by")?,
        saved_at: sql::time(row.try_get("saved_us")?)?,
        note: row.try_get("note")?,
    })
}

fn canvas_id(row: &AnyRow) -> Result<Uuid, StoreError> {
    sql::id(row.try_get("canvas_id")?)
}

fn corrupt(id: Uuid, source: impl Into<BoxError>) -> StoreError {
    StoreError::corrupt(format!("the document of canvas {id}"), source)
}
