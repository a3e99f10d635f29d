//! Who is in a project.

use std::collections::BTreeMap;

use impala_core::api::{Member, Role};
use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{id, micros, word};
use crate::store::{self, StoreError};

/// Members whose name comes after `after`, sorted by name, `rows` at most.
///
/// # Errors
/// Only the store's own.
pub async fn list(
    pool: &AnyPool,
    project_id: Uuid,
    after: &str,
    rows: i64,
) -> Result<Vec<Member>, StoreError> {
    let sql = "select u.username, m.role
        from members m
        join users u on u.id = m.user_id
        where m.project_id = $1 and u.username > $2
        order by u.username
        limit $3";
    let rows: Vec<(String, String)> =
        sqlx::query_as(sql).bind(project_id.to_string()).bind(after).bind(rows).fetch_all(pool).await?;
    rows.into_iter().map(|(username, role)| Ok(Member { username, role: word(&role)? })).collect()
}

/// The roles of all members of a project, by user. A project that is gone or marked deleted has none.
///
/// # Errors
/// Only the store's own.
pub async fn roles(pool: &AnyPool, project_id: Uuid) -> Result<BTreeMap<Uuid, Role>, StoreError> {
    let sql = "select m.user_id, m.role
        from members m
        join projects p on p.id = m.project_id
        where m.project_id = $1 and p.deleted_us is null";
    let rows: Vec<(String, String)> =
        sqlx::query_as(sql).bind(project_id.to_string()).fetch_all(pool).await?;
    rows.into_iter().map(|(user_id, role)| Ok((id(&user_id)?, word(&role)?))).collect()
}

/// Gives a user a role, whether they had one or not; the owner keeps theirs. Says whether they are new.
///
/// # Errors
/// `Conflict` when the project has gone.
pub async fn set(
    pool: &AnyPool,
    project_id: Uuid,
    user_id: Uuid,
    role: Role,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = store::begin(pool).await?;
    // Adding first: of two that add the same user at once, the second waits here and then finds a member to change.
    let added = sqlx::query(
        "insert into members (project_id, user_id, role, created_us) values ($1, $2, $3, $4)
         on conflict (project_id, user_id) do nothing",
    )
    .bind(project_id.to_string())
    .bind(user_id.to_string())
    .bind(role.as_str())
    .bind(micros(now))
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let sql = "update members set role = $1 where project_id = $2 and user_id = $3 and role <> $4";
    sqlx::query(sql)
        .bind(role.as_str())
        .bind(project_id.to_string())
        .bind(user_id.to_string())
        .bind(Role::Owner.as_str())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(added > 0)
}

/// Removes a member who is not the owner. `false` when there is no such member.
///
/// # Errors
/// Only the store's own.
pub async fn remove(pool: &AnyPool, project_id: Uuid, username: &str) -> Result<bool, StoreError> {
    let sql = "delete from members
        where project_id = $1 and role <> $2 and user_id = (select id from users where username = $3)";
    let done = sqlx::query(sql)
        .bind(project_id.to_string())
        .bind(Role::Owner.as_str())
        .bind(username)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}
