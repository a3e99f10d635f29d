//! The mark of a restore or a copy that has not ended: stores that hold half an instance are not served.

use jiff::Timestamp;
use sqlx::AnyPool;

use super::micros;
use crate::store::StoreError;

/// A restore or a copy that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Which one: the same archive or source has the same id.
    pub id: String,
    /// For people: `a restore of impala.tar.zst`.
    pub what: String,
}

/// What has not ended.
///
/// # Errors
/// When the database fails.
pub async fn find(pool: &AnyPool) -> Result<Option<Unfinished>, StoreError> {
    let sql = "select id, what from unfinished_restores order by begun_us desc limit 1";
    let row: Option<(String, String)> = sqlx::query_as(sql).fetch_optional(pool).await?;
    Ok(row.map(|(id, what)| Unfinished { id, what }))
}

/// Marks the stores; a mark that is there is replaced.
///
/// # Errors
/// When the database fails.
pub async fn begin(pool: &AnyPool, mark: &Unfinished, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = crate::store::begin(pool).await?;
    sqlx::query("delete from unfinished_restores").execute(&mut *tx).await?;
    sqlx::query("insert into unfinished_restores (id, what, begun_us) values ($1, $2, $3)")
        .bind(&mark.id)
        .bind(&mark.what)
        .bind(micros(now))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the mark.
///
/// # Errors
/// When the database fails.
pub async fn end(pool: &AnyPool) -> Result<(), StoreError> {
    sqlx::query("delete from unfinished_restores").execute(pool).await?;
    Ok(())
}
