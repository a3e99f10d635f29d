//! Which instance a database belongs to, and which stores it may still claim.

use sqlx::{AnyPool, Row as _};
use uuid::Uuid;

use crate::store::StoreError;

/// A database and the stores that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The id that the other stores hold too.
    pub id: Uuid,
    /// Whether uploads without an id may be those of this database, which is older than ids.
    pub takes_uploads: bool,
    /// The same of documents.
    pub takes_documents: bool,
}

/// The other stores of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The uploads folder.
    Uploads,
    /// The document store.
    Documents,
}

/// The instance of the database. A database without one becomes that of `id`; of servers that start at once, the first one decides.
///
/// # Errors
/// When the database fails.
pub async fn claim(pool: &AnyPool, id: Uuid) -> Result<Instance, StoreError> {
    // Someone has registered: then it was in use before there were ids.
    sqlx::query(
        "insert into instance (place, id, takes_uploads, takes_documents)
         select 1, cast($1 as text), n, n from (select cast(count(*) as bigint) as n from (select id from users limit 1) as u) as c
         where true on conflict (place) do nothing",
    )
    .bind(id.to_string())
    .execute(pool)
    .await?;
    let found = find(pool).await?;
    found.ok_or_else(|| StoreError::corrupt("the table instance", "it stays empty"))
}

/// The instance of the database; `None` before the first start.
///
/// # Errors
/// When the database fails.
pub async fn find(pool: &AnyPool) -> Result<Option<Instance>, StoreError> {
    let sql = "select id, takes_uploads, takes_documents from instance where place = 1";
    let Some(row) = sqlx::query(sql).fetch_optional(pool).await? else {
        return Ok(None);
    };
    Ok(Some(Instance {
        id: super::id(row.try_get("id")?)?,
        takes_uploads: row.try_get::<i64, _>("takes_uploads")? != 0,
        takes_documents: row.try_get::<i64, _>("takes_documents")? != 0,
    }))
}

/// Notes that this part has the id: from now on only what holds it belongs to the database.
///
/// # Errors
/// When the database fails.
pub async fn taken(pool: &AnyPool, part: Part) -> Result<(), StoreError> {
    let sql = match part {
        Part::Uploads => "update instance set takes_uploads = 0 where takes_uploads <> 0",
        Part::Documents => "update instance set takes_documents = 0 where takes_documents <> 0",
    };
    sqlx::query(sql).execute(pool).await?;
    Ok(())
}

/// Gives the database to that instance, whatever it was before. Its other stores have the id already.
///
/// # Errors
/// When the database fails.
pub async fn give(pool: &AnyPool, id: Uuid) -> Result<(), StoreError> {
    sqlx::query(
        "insert into instance (place, id, takes_uploads, takes_documents) values (1, $1, 0, 0)
         on conflict (place) do update set id = excluded.id, takes_uploads = 0, takes_documents = 0",
    )
    .bind(id.to_string())
    .execute(pool)
    .await?;
    Ok(())
}
