//! Contracts of sources, which may exist before their source, and those that came with uploads.

use impala_core::api::{ContractChange, SourceContract};
use jiff::Timestamp;
use sqlx::{AnyPool, Row as _};
use uuid::Uuid;

use super::{micros, time};
use crate::store::StoreError;

/// The contract of a source.
///
/// # Errors
/// When the database fails.
pub async fn find(pool: &AnyPool, project: Uuid, source: &str) -> Result<Option<SourceContract>, StoreError> {
    let sql = "select contract, set_by, set_us from source_contracts where project_id = $1 and source = $2";
    let row = sqlx::query(sql).bind(project.to_string()).bind(source).fetch_optional(pool).await?;
    let Some(row) = row else { return Ok(None) };
    let text: String = row.try_get("contract")?;
    let kept: ContractChange = serde_json::from_str(&text)
        .map_err(|error| StoreError::corrupt("the contract of a source", error))?;
    Ok(Some(SourceContract {
        schema: kept.schema,
        on_drift: kept.on_drift,
        set_by: row.try_get("set_by")?,
        set_at: time(row.try_get("set_us")?)?,
    }))
}

/// Sets the contract of a source, replacing an earlier one.
///
/// # Errors
/// `Conflict` when the project is gone.
pub async fn set(
    pool: &AnyPool,
    project: Uuid,
    source: &str,
    contract: &ContractChange,
    (by, at): (&str, Timestamp),
) -> Result<(), StoreError> {
    let json = serde_json::to_string(contract)
        .map_err(|error| StoreError::corrupt("what is to be saved of a contract", error))?;
    let done = sqlx::query(
        "insert into source_contracts (project_id, source, contract, set_by, set_us)
         select $1, $2, $3, $4, cast($5 as bigint)
         where exists (select 1 from projects where id = $1 and deleted_us is null)
         on conflict (project_id, source) do update set
             contract = excluded.contract, set_by = excluded.set_by, set_us = excluded.set_us",
    )
    .bind(project.to_string())
    .bind(source)
    .bind(json)
    .bind(by)
    .bind(micros(at))
    .execute(pool)
    .await?;
    match done.rows_affected() {
        0 => Err(StoreError::Conflict("the project was deleted in between".to_owned())),
        _ => Ok(()),
    }
}

/// Removes the contract of a source. `false`: it had none.
///
/// # Errors
/// When the database fails.
pub async fn remove(pool: &AnyPool, project: Uuid, source: &str) -> Result<bool, StoreError> {
    let sql = "delete from source_contracts where project_id = $1 and source = $2";
    let done = sqlx::query(sql).bind(project.to_string()).bind(source).execute(pool).await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps a contract for the uploads that name it, or notes that it is still in use.
///
/// # Errors
/// `Conflict` when the project is gone.
pub async fn keep(
    pool: &AnyPool,
    project: Uuid,
    id: &str,
    contract: &ContractChange,
    now: Timestamp,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(contract)
        .map_err(|error| StoreError::corrupt("what is to be saved of a contract", error))?;
    let done = sqlx::query(
        "insert into upload_contracts (project_id, id, contract, used_us)
         select $1, $2, $3, cast($4 as bigint)
         where exists (select 1 from projects where id = $1 and deleted_us is null)
         on conflict (project_id, id) do update set used_us = excluded.used_us",
    )
    .bind(project.to_string())
    .bind(id)
    .bind(json)
    .bind(micros(now))
    .execute(pool)
    .await?;
    match done.rows_affected() {
        0 => Err(StoreError::Conflict("the project was deleted in between".to_owned())),
        _ => Ok(()),
    }
}

/// A contract that came with an upload.
///
/// # Errors
/// When the database fails.
pub async fn kept(pool: &AnyPool, project: Uuid, id: &str) -> Result<Option<ContractChange>, StoreError> {
    let sql = "select contract from upload_contracts where project_id = $1 and id = $2";
    let row = sqlx::query(sql).bind(project.to_string()).bind(id).fetch_optional(pool).await?;
    let Some(row) = row else { return Ok(None) };
    let text: String = row.try_get("contract")?;
    let kept = serde_json::from_str(&text);
    kept.map(Some).map_err(|error| StoreError::corrupt("the contract of an upload", error))
}

/// How many contracts of uploads a project has.
///
/// # Errors
/// When the database fails.
pub async fn count_kept(pool: &AnyPool, project: Uuid) -> Result<u64, StoreError> {
    let sql = "select count(*) as contracts from upload_contracts where project_id = $1";
    let row = sqlx::query(sql).bind(project.to_string()).fetch_one(pool).await?;
    super::count(row.try_get("contracts")?)
}

/// Forgets contracts that no upload has named since.
///
/// # Errors
/// When the database fails.
pub async fn forget_kept(pool: &AnyPool, before: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from upload_contracts where used_us < $1";
    sqlx::query(sql).bind(micros(before)).execute(pool).await?;
    Ok(())
}
