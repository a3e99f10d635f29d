//! Uploads in several requests: how far each is, which pieces count, and which server makes its version.

use std::collections::HashSet;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};
use uuid::Uuid;

use super::{count, id, micros, time, word};
use crate::store::{StoreError, begin};

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// It takes bytes, or has all and waits for someone to read them.
    Open,
    /// All bytes are there, and a server makes the version.
    Reading,
    /// It became a version, or was one already.
    Done,
    /// Its file was refused.
    Refused,
    /// It was left alone for too long.
    Expired,
    /// Its user ended it.
    Ended,
}

impl UploadState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reading => "reading",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }
}

impl std::str::FromStr for UploadState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Open, Self::Reading, Self::Done, Self::Refused, Self::Expired, Self::Ended]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("\"{text}\" is not a state of an upload"))
    }
}

/// An upload, and its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumableRow {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project: Uuid,
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Who began it.
    pub user: Uuid,
    /// Their name.
    pub username: String,
    /// The header that it began with.
    pub metadata: String,
    /// Bytes that it will have.
    pub length: u64,
    /// Bytes that are stored.
    pub offset: u64,
    /// How far it is.
    pub state: UploadState,
    /// What became of it, as JSON.
    pub outcome: Option<String>,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// What a new upload begins with.
#[derive(Clone, Debug)]
pub struct NewRow<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project: Uuid,
    /// Who begins it.
    pub user: Uuid,
    /// The header that it begins with.
    pub metadata: &'a str,
    /// Bytes that it will have.
    pub length: u64,
    /// Now.
    pub now: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A piece that is on disk.
#[derive(Clone, Debug)]
pub struct PartRow {
    /// Where it begins.
    pub at: u64,
    /// Its bytes.
    pub length: u64,
    /// Its file.
    pub name: String,
}

/// Whether a server may make the version of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Yes. An earlier attempt may have ended under this id, without a result.
    Yours(Option<Uuid>),
    /// Another server is making it.
    Taken,
    /// The upload is not in a state for this step.
    Over,
}

/// Begins an upload.
///
/// # Errors
/// `Conflict` when the project or the user is gone.
pub async fn insert(pool: &AnyPool, new: &NewRow<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into resumable_uploads (id, project_id, user_id, metadata, length_bytes, offset_bytes, state, created_us, expires_us)
         values ($1, $2, $3, $4, $5, 0, 'open', $6, $7)",
    )
    .bind(new.id.to_string())
    .bind(new.project.to_string())
    .bind(new.user.to_string())
    .bind(new.metadata)
    .bind(whole(new.length))
    .bind(micros(new.now))
    .bind(micros(new.expires_at))
    .execute(pool)
    .await?;
    Ok(())
}

/// An upload of a project that is there.
///
/// # Errors
/// Only the store's own.
pub async fn find(pool: &AnyPool, upload: Uuid) -> Result<Option<ResumableRow>, StoreError> {
    let row = sqlx::query(
        "select u.id, u.project_id, o.username as owner, p.slug, u.user_id, w.username, u.metadata, u.length_bytes,
             u.offset_bytes, u.state, u.outcome, u.expires_us
         from resumable_uploads u
         join projects p on p.id = u.project_id
         join users o on o.id = p.owner_id
         join users w on w.id = u.user_id
         where u.id = $1 and p.deleted_us is null",
    )
    .bind(upload.to_string())
    .fetch_optional(pool)
    .await?;
    row.map(|row| read(&row)).transpose()
}

fn read(row: &AnyRow) -> Result<ResumableRow, StoreError> {
    Ok(ResumableRow {
        id: id(row.try_get("id")?)?,
        project: id(row.try_get("project_id")?)?,
        owner: row.try_get("owner")?,
        slug: row.try_get("slug")?,
        user: id(row.try_get("user_id")?)?,
        username: row.try_get("username")?,
        metadata: row.try_get("metadata")?,
        length: count(row.try_get("length_bytes")?)?,
        offset: count(row.try_get("offset_bytes")?)?,
        state: word(row.try_get("state")?)?,
        outcome: row.try_get("outcome")?,
        expires_at: time(row.try_get("expires_us")?)?,
    })
}

/// How many uploads of a user are not over.
///
/// # Errors
/// Only the store's own.
pub async fn count_open(pool: &AnyPool, user: Uuid) -> Result<u64, StoreError> {
    let sql = "select count(*) as uploads from resumable_uploads where user_id = $1 and state in ('open', 'reading')";
    let row = sqlx::query(sql).bind(user.to_string()).fetch_one(pool).await?;
    count(row.try_get("uploads")?)
}

/// Counts a piece that is on disk, if the upload takes bytes and is exactly as far as the piece begins; false: it is not.
///
/// # Errors
/// Only the store's own.
pub async fn add_part(
    pool: &AnyPool,
    upload: Uuid,
    part: &PartRow,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let mut transaction = begin(pool).await?;
    let done = sqlx::query(
        "update resumable_uploads set offset_bytes = $3, expires_us = $4
         where id = $1 and offset_bytes = $2 and state = 'open' and length_bytes >= $3",
    )
    .bind(upload.to_string())
    .bind(whole(part.at))
    .bind(whole(part.at + part.length))
    .bind(micros(expires_at))
    .execute(&mut *transaction)
    .await?;
    if done.rows_affected() == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    sqlx::query(
        "insert into resumable_parts (upload_id, at_bytes, length_bytes, name) values ($1, $2, $3, $4)",
    )
    .bind(upload.to_string())
    .bind(whole(part.at))
    .bind(whole(part.length))
    .bind(&part.name)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

/// The pieces of an upload, in order.
///
/// # Errors
/// Only the store's own.
pub async fn parts(pool: &AnyPool, upload: Uuid) -> Result<Vec<PartRow>, StoreError> {
    let sql =
        "select at_bytes, length_bytes, name from resumable_parts where upload_id = $1 order by at_bytes";
    let rows = sqlx::query(sql).bind(upload.to_string()).fetch_all(pool).await?;
    let part = |row: &AnyRow| {
        Ok(PartRow {
            at: count(row.try_get("at_bytes")?)?,
            length: count(row.try_get("length_bytes")?)?,
            name: row.try_get("name")?,
        })
    };
    rows.iter().map(part).collect()
}

/// Claims making the version of an upload that has all its bytes, under the id `attempt`, until `lease`. Of several
/// servers one gets it; when that one does not extend its lease, another does.
///
/// # Errors
/// Only the store's own.
pub async fn claim(
    pool: &AnyPool,
    upload: Uuid,
    attempt: Uuid,
    now: Timestamp,
    lease: Timestamp,
) -> Result<Claim, StoreError> {
    let mut transaction = begin(pool).await?;
    // Writing first locks the row in every database.
    let free = sqlx::query(
        "update resumable_uploads set state = 'reading', lease_us = $3
         where id = $1 and ((state = 'open' and offset_bytes = length_bytes) or (state = 'reading' and lease_us < $2))",
    )
    .bind(upload.to_string())
    .bind(micros(now))
    .bind(micros(lease))
    .execute(&mut *transaction)
    .await?;
    let sql = "select state, attempt from resumable_uploads where id = $1";
    let row = sqlx::query(sql).bind(upload.to_string()).fetch_optional(&mut *transaction).await?;
    let claim = match row {
        Some(row) if free.rows_affected() > 0 => {
            set_attempt(&mut transaction, upload, attempt).await?;
            let before: Option<String> = row.try_get("attempt")?;
            Claim::Yours(before.as_deref().map(id).transpose()?)
        }
        Some(row) if word::<UploadState>(row.try_get("state")?)? == UploadState::Reading => Claim::Taken,
        _ => Claim::Over,
    };
    transaction.commit().await?;
    Ok(claim)
}

async fn set_attempt(connection: &mut AnyConnection, upload: Uuid, attempt: Uuid) -> Result<(), StoreError> {
    let sql = "update resumable_uploads set attempt = $2 where id = $1";
    sqlx::query(sql).bind(upload.to_string()).bind(attempt.to_string()).execute(connection).await?;
    Ok(())
}

/// Extends the lease of the server that makes the version.
///
/// # Errors
/// Only the store's own.
pub async fn extend(pool: &AnyPool, upload: Uuid, attempt: Uuid, lease: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "update resumable_uploads set lease_us = $3 where id = $1 and attempt = $2 and state = 'reading'",
    )
    .bind(upload.to_string())
    .bind(attempt.to_string())
    .bind(micros(lease))
    .execute(pool)
    .await?;
    Ok(())
}

/// Releases the claim: making the version failed for now, and may be tried again.
///
/// # Errors
/// Only the store's own.
pub async fn release(pool: &AnyPool, upload: Uuid, attempt: Uuid) -> Result<(), StoreError> {
    sqlx::query(
        "update resumable_uploads set state = 'open' where id = $1 and attempt = $2 and state = 'reading'",
    )
    .bind(upload.to_string())
    .bind(attempt.to_string())
    .execute(pool)
    .await?;
    Ok(())
}

/// Ends an upload: its pieces no longer count. False: it is over already. `Ended` also removes the result of a finished one.
///
/// # Errors
/// Only the store's own.
pub async fn end(
    pool: &AnyPool,
    upload: Uuid,
    state: UploadState,
    outcome: Option<&str>,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let mut transaction = begin(pool).await?;
    let done = sqlx::query(
        "update resumable_uploads set state = $2, outcome = $3, expires_us = $4
         where id = $1 and (state in ('open', 'reading') or ($5 = 1 and state in ('done', 'refused')))",
    )
    .bind(upload.to_string())
    .bind(state.as_str())
    .bind(outcome)
    .bind(micros(expires_at))
    .bind(i64::from(state == UploadState::Ended))
    .execute(&mut *transaction)
    .await?;
    if done.rows_affected() > 0 {
        sqlx::query("delete from resumable_parts where upload_id = $1")
            .bind(upload.to_string())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(done.rows_affected() > 0)
}

/// Ends the expired uploads that no server is working on, and returns them. They are remembered until `remembered_until`.
///
/// # Errors
/// Only the store's own.
pub async fn expire(
    pool: &AnyPool,
    now: Timestamp,
    remembered_until: Timestamp,
) -> Result<Vec<Uuid>, StoreError> {
    let mut transaction = begin(pool).await?;
    let rows = sqlx::query(
        "update resumable_uploads set state = 'expired', expires_us = $2
         where expires_us < $1 and (state = 'open' or (state = 'reading' and lease_us < $1)) returning id",
    )
    .bind(micros(now))
    .bind(micros(remembered_until))
    .fetch_all(&mut *transaction)
    .await?;
    let expired = rows.iter().map(|row| id(row.try_get("id")?)).collect::<Result<Vec<_>, _>>()?;
    for upload in &expired {
        sqlx::query("delete from resumable_parts where upload_id = $1")
            .bind(upload.to_string())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(expired)
}

/// Forgets uploads that are over, once they need not be remembered any more.
///
/// # Errors
/// Only the store's own.
pub async fn forget(pool: &AnyPool, now: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from resumable_uploads where state not in ('open', 'reading') and expires_us < $1";
    sqlx::query(sql).bind(micros(now)).execute(pool).await?;
    Ok(())
}

/// The uploads whose pieces count.
///
/// # Errors
/// Only the store's own.
pub async fn live(pool: &AnyPool) -> Result<HashSet<Uuid>, StoreError> {
    let sql = "select id from resumable_uploads where state in ('open', 'reading')";
    let rows = sqlx::query(sql).fetch_all(pool).await?;
    rows.iter().map(|row| id(row.try_get("id")?)).collect()
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
