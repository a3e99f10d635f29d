//! Projects and their members. A project that is marked deleted is not found.

use impala_core::api::{Project, Role};
use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use super::{id, micros, time, word};
use crate::store::StoreError;

/// A project, as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRow {
    /// UUIDv7.
    pub id: Uuid,
    /// Username of the owner.
    pub owner: String,
    /// Its name under its owner.
    pub slug: String,
    /// Its name for people; may be empty.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Role of the user who asks.
    pub role: Role,
}

impl From<ProjectRow> for Project {
    fn from(row: ProjectRow) -> Self {
        Self {
            id: row.id,
            owner: row.owner,
            slug: row.slug,
            title: row.title,
            description: row.description,
            role: row.role,
            created_at: row.created_at,
        }
    }
}

type Raw = (String, String, String, String, String, i64, String);

fn read(
    (project_id, owner, slug, title, description, created_us, role): Raw,
) -> Result<ProjectRow, StoreError> {
    Ok(ProjectRow {
        id: id(&project_id)?,
        owner,
        slug,
        title,
        description,
        created_at: time(created_us)?,
        role: word(&role)?,
    })
}

/// The project `owner/slug`, if `user_id` is a member of it.
///
/// # Errors
/// Only the store's own.
pub async fn find(
    pool: &AnyPool,
    owner: &str,
    slug: &str,
    user_id: Uuid,
) -> Result<Option<ProjectRow>, StoreError> {
    let sql = "select p.id, o.username, p.slug, p.title, p.description, p.created_us, m.role
        from projects p
        join users o on o.id = p.owner_id
        join members m on m.project_id = p.id and m.user_id = $3
        where o.username = $1 and p.slug = $2 and p.deleted_us is null";
    let row: Option<Raw> =
        sqlx::query_as(sql).bind(owner).bind(slug).bind(user_id.to_string()).fetch_optional(pool).await?;
    row.map(read).transpose()
}

/// Which projects a list is to show.
#[derive(Clone, Debug)]
pub struct Visible<'a> {
    /// Those of this user.
    pub user_id: Uuid,
    /// Only this one of them, for a token that is bound to it.
    pub only: Option<Uuid>,
    /// Those whose `owner/slug` comes after this.
    pub after: &'a str,
    /// So many at most.
    pub rows: i64,
}

/// Projects of a user, sorted by `owner/slug`.
///
/// # Errors
/// Only the store's own.
pub async fn list(pool: &AnyPool, visible: &Visible<'_>) -> Result<Vec<ProjectRow>, StoreError> {
    let sql = "select p.id, o.username, p.slug, p.title, p.description, p.created_us, m.role
        from projects p
        join users o on o.id = p.owner_id
        join members m on m.project_id = p.id and m.user_id = $1
        where p.deleted_us is null and o.username || '/' || p.slug > $2 and ($3 = '' or p.id = $3)
        order by o.username || '/' || p.slug
        limit $4";
    let only = visible.only.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<Raw> = sqlx::query_as(sql)
        .bind(visible.user_id.to_string())
        .bind(visible.after)
        .bind(only)
        .bind(visible.rows)
        .fetch_all(pool)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Adds a project with its owner as its first member.
///
/// # Errors
/// `Conflict` when the owner has one of that slug.
pub async fn add(pool: &AnyPool, project: &ProjectRow, owner_id: Uuid) -> Result<(), StoreError> {
    let mut tx = crate::store::begin(pool).await?;
    sqlx::query(
        "insert into projects (id, owner_id, slug, title, description, created_us) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(project.id.to_string())
    .bind(owner_id.to_string())
    .bind(&project.slug)
    .bind(&project.title)
    .bind(&project.description)
    .bind(micros(project.created_at))
    .execute(&mut *tx)
    .await?;
    sqlx::query("insert into members (project_id, user_id, role, created_us) values ($1, $2, $3, $4)")
        .bind(project.id.to_string())
        .bind(owner_id.to_string())
        .bind(Role::Owner.as_str())
        .bind(micros(project.created_at))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Changes title and description of a project; `None` keeps the old one.
///
/// # Errors
/// Only the store's own.
pub async fn set_texts(
    pool: &AnyPool,
    project_id: Uuid,
    title: Option<&str>,
    description: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update projects set title = coalesce($1, title), description = coalesce($2, description) where id = $3",
    )
    .bind(title)
    .bind(description)
    .bind(project_id.to_string())
    .execute(pool)
    .await?;
    Ok(())
}

/// Hides a project permanently; its slug is free at once. `false` when somebody else just did.
///
/// # Errors
/// Only the store's own.
pub async fn mark_deleted(pool: &AnyPool, project_id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query("update projects set deleted_us = $1 where id = $2 and deleted_us is null")
        .bind(micros(now))
        .bind(project_id.to_string())
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Projects that are marked deleted and not yet removed.
///
/// # Errors
/// Only the store's own.
pub async fn list_deleted(pool: &AnyPool) -> Result<Vec<Uuid>, StoreError> {
    let sql = "select id from projects where deleted_us is not null order by deleted_us";
    let rows: Vec<(String,)> = sqlx::query_as(sql).fetch_all(pool).await?;
    rows.into_iter().map(|(project_id,)| id(&project_id)).collect()
}

/// Removes the row of a project that is marked deleted, and with it all rows that belong to it.
///
/// # Errors
/// Only the store's own.
pub async fn remove(pool: &AnyPool, project_id: Uuid) -> Result<(), StoreError> {
    sqlx::query("delete from projects where id = $1 and deleted_us is not null")
        .bind(project_id.to_string())
        .execute(pool)
        .await?;
    Ok(())
}
