//! Canvas documents in the SQL database, for a server that needs no other service.

use async_trait::async_trait;
use impala_core::api::Revision;
use impala_core::{Canvas, document};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};
use uuid::Uuid;

use super::{CanvasHead, CanvasStore, SavedCanvas, slug_taken};
use crate::store::sql::instance;
use crate::store::{self, BoxError, StoreError, sql};

/// Keeps one row a revision in the table `canvas_documents`, and the newest one's number in `canvas_heads`. Every change
/// changes the head first: PostgreSQL looks at that row again once it has waited for another writer, where a look at all
/// revisions would still show the state from before the wait. A unique key of the heads lets no two canvases of a project
/// have the same slug.
#[derive(Clone, Debug)]
pub struct SqlCanvases {
    pool: AnyPool,
    /// The join that gives a document `d` its project.
    place: &'static str,
}

impl SqlCanvases {
    /// Documents in the database of that pool, whose migrations have run.
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool, place: "canvas_heads p on p.canvas_id = d.canvas_id" }
    }

    /// Documents in a database from before heads had a project, to read revisions only.
    pub const fn of_older(pool: AnyPool) -> Self {
        Self { pool, place: "canvases p on p.id = d.canvas_id" }
    }
}

/// The newest revision of each canvas.
const NEWEST: &str = "canvas_documents as d join canvas_heads as h
    on h.canvas_id = d.canvas_id and h.revision = d.revision";

#[async_trait]
impl CanvasStore for SqlCanvases {
    fn name(&self) -> &'static str {
        "the database"
    }

    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("select revision from canvas_documents limit 1").execute(&self.pool).await?;
        Ok(())
    }

    /// They belong to the owner of the rows.
    async fn owner(&self) -> Result<Option<Uuid>, StoreError> {
        Ok(instance::find(&self.pool).await?.map(|found| found.id))
    }

    async fn claim(&self, instance: Uuid) -> Result<Uuid, StoreError> {
        Ok(instance::claim(&self.pool, instance).await?.id)
    }

    async fn give(&self, instance: Uuid) -> Result<(), StoreError> {
        instance::give(&self.pool, instance).await
    }

    async fn get(&self, id: Uuid) -> Result<Option<SavedCanvas>, StoreError> {
        let sql = format!(
            "select d.revision, saved_by, saved_us, note, document, project_id from {NEWEST} where d.canvas_id = $1"
        );
        let row =
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(&self.pool).await?;
        row.map(|row| saved(id, &row)).transpose()
    }

    async fn get_revision(&self, id: Uuid, revision: u64) -> Result<Option<SavedCanvas>, StoreError> {
        let Ok(number) = i64::try_from(revision) else {
            return Ok(None);
        };
        let sql = format!(
            "select d.revision, saved_by, saved_us, note, document, project_id
             from canvas_documents d join {} where d.canvas_id = $1 and d.revision = $2",
            self.place
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).bind(number);
        query.fetch_optional(&self.pool).await?.map(|row| saved(id, &row)).transpose()
    }

    async fn heads(&self, ids: &[Uuid]) -> Result<Vec<CanvasHead>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "select d.canvas_id, title, blocks, d.revision, saved_by, saved_us, note from {NEWEST}
             where d.canvas_id in ({})",
            places.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for id in ids {
            query = query.bind(id.to_string());
        }
        query.fetch_all(&self.pool).await?.iter().map(head).collect()
    }

    async fn find(&self, project: Uuid, slug: &str) -> Result<Option<Uuid>, StoreError> {
        find(&mut *self.pool.acquire().await?, project, slug).await
    }

    async fn put(&self, saved: &SavedCanvas) -> Result<(), StoreError> {
        let mut tx = store::begin(&self.pool).await?;
        if !raise_head(&mut tx, saved).await? {
            let SavedCanvas { id, project, revision, canvas } = saved;
            let slug = &canvas.metadata.slug;
            return Err(match find(&mut tx, *project, slug).await? {
                Some(other) if other != *id => slug_taken(*project, slug),
                _ => not_at(*id, revision.revision.saturating_sub(1)),
            });
        }
        insert(&mut tx, saved).await?;
        tx.commit().await?;
        Ok(())
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
        let mut tx = store::begin(&self.pool).await?;
        let done = sqlx::query("delete from canvas_heads where canvas_id = $1 and revision = $2")
            .bind(id.to_string())
            .bind(number(revision))
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(not_at(id, revision));
        }
        delete_documents(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn delete(&self, id: Uuid) -> Result<bool, StoreError> {
        let mut tx = store::begin(&self.pool).await?;
        let sql = "delete from canvas_heads where canvas_id = $1";
        let done = sqlx::query(sql).bind(id.to_string()).execute(&mut *tx).await?;
        delete_documents(&mut tx, id).await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn ids(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
        let rows = sqlx::query(
            "select canvas_id from canvas_heads where canvas_id > $1 order by canvas_id limit $2",
        )
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(canvas_id).collect()
    }

    async fn tidy(&self) -> Result<u64, StoreError> {
        // Every change is one statement: nothing is ever left over.
        Ok(0)
    }

    async fn close(&self) {
        // The pool is closed by its owner.
    }
}

/// Makes the revision the newest one; false: it is not the next, or it is a first one whose slug is taken.
async fn raise_head(tx: &mut AnyConnection, saved: &SavedCanvas) -> Result<bool, StoreError> {
    let revision = saved.revision.revision;
    let sql = match revision {
        1 => {
            "insert into canvas_heads (canvas_id, revision, project_id, slug) values ($1, $2, $3, $4)
             on conflict do nothing"
        }
        _ => {
            "update canvas_heads set revision = $2, project_id = $3, slug = $4
             where canvas_id = $1 and revision = $2 - 1"
        }
    };
    let done = sqlx::query(sql)
        .bind(saved.id.to_string())
        .bind(number(revision))
        .bind(saved.project.to_string())
        .bind(&saved.canvas.metadata.slug)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn find(connection: &mut AnyConnection, project: Uuid, slug: &str) -> Result<Option<Uuid>, StoreError> {
    let row = sqlx::query("select canvas_id from canvas_heads where project_id = $1 and slug = $2")
        .bind(project.to_string())
        .bind(slug)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(canvas_id).transpose()
}

async fn insert(tx: &mut AnyConnection, saved: &SavedCanvas) -> Result<(), StoreError> {
    let SavedCanvas { id, revision, canvas, .. } = saved;
    let document = serde_json::to_string(canvas).map_err(|error| corrupt(*id, error))?;
    sqlx::query(
        "insert into canvas_documents (canvas_id, revision, title, blocks, document, saved_by, saved_us, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.to_string())
    .bind(number(revision.revision))
    .bind(&canvas.metadata.title)
    .bind(i64::try_from(canvas.spec.blocks.len()).unwrap_or(i64::MAX))
    .bind(document)
    .bind(&revision.saved_by)
    .bind(sql::micros(revision.saved_at))
    .bind(&revision.note)
    .execute(tx)
    .await?;
    Ok(())
}

/// The head is already deleted.
async fn delete_documents(tx: &mut AnyConnection, id: Uuid) -> Result<(), StoreError> {
    let sql = "delete from canvas_documents where canvas_id = $1";
    sqlx::query(sql).bind(id.to_string()).execute(tx).await?;
    Ok(())
}

/// A canvas never has more revisions than fit.
fn number(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

fn not_at(id: Uuid, revision: u64) -> StoreError {
    StoreError::Conflict(format!("canvas {id} is not at revision {revision}"))
}

fn saved(id: Uuid, row: &AnyRow) -> Result<SavedCanvas, StoreError> {
    let document: String = row.try_get("document")?;
    let value = document::from_json(&document).map_err(|error| corrupt(id, error))?;
    let canvas: Canvas = document::read_canvas(&value).map_err(|error| corrupt(id, error))?;
    let project = sql::id(row.try_get("project_id")?)?;
    Ok(SavedCanvas { id, project, revision: revision(row)?, canvas })
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
