//! Previews of projects, and the versions that they show. An expired one is not found.

use impala_core::api::ProjectPreview;
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row as _};
use uuid::Uuid;

use super::sources::{self, Added, StoredVersion, upload};
use super::{count, id, micros, time};
use crate::store::uploads::UploadId;
use crate::store::{StoreError, begin};

/// How long a preview lives by default.
const USUAL_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Sources that a preview may have.
const MOST_SOURCES: i64 = 200;

/// A preview that has not expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRow {
    /// Its id.
    pub id: Uuid,
    /// Its name within the project.
    pub name: String,
    /// Username of the user who uploaded to it first.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it is removed.
    pub expires_at: Timestamp,
}

impl PreviewRow {
    /// As the API has it, with the names of its sources.
    pub fn into_preview(self, sources: Vec<String>) -> ProjectPreview {
        let Self { name, created_by, created_at, expires_at, .. } = self;
        ProjectPreview { name, created_by, created_at, expires_at, sources }
    }
}

/// Where a version goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Name of the preview, which need not be there yet.
    pub preview: &'a str,
    /// How long the preview lives from now; `None`: as before, or a week.
    pub life: Option<SignedDuration>,
    /// Name of the source.
    pub source: &'a str,
    /// Now.
    pub now: Timestamp,
}

const PREVIEW: &str = "id, name, created_by, created_us, expires_us";

/// Of a version, in the words of [`sources`]: `s` is its preview.
const VERSION: &str = "v.id, s.project_id, v.version, v.sha256, v.settings, v.size_bytes, v.rows, v.rejected_rows, v.columns, \
     v.delimiter, v.encoding, v.created_by, v.created_us, v.note, v.format, v.appended";

/// Of the versions of one source, the one that is shown.
const NEWEST: &str = "v.version = (select max(w.version) from preview_versions w
     where w.preview_id = v.preview_id and w.source = v.source)";

fn preview(row: &AnyRow) -> Result<PreviewRow, StoreError> {
    Ok(PreviewRow {
        id: id(row.try_get("id")?)?,
        name: row.try_get("name")?,
        created_by: row.try_get("created_by")?,
        created_at: time(row.try_get("created_us")?)?,
        expires_at: time(row.try_get("expires_us")?)?,
    })
}

/// The preview of that name.
///
/// # Errors
/// When the database fails.
pub async fn find(
    pool: &AnyPool,
    project: Uuid,
    name: &str,
    now: Timestamp,
) -> Result<Option<PreviewRow>, StoreError> {
    let sql =
        format!("select {PREVIEW} from previews where project_id = $1 and name = $2 and expires_us > $3");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(project.to_string()).bind(name).bind(micros(now));
    query.fetch_optional(pool).await?.map(|row| preview(&row)).transpose()
}

/// The previews of a project by name: those after `after`, `limit` at most.
///
/// # Errors
/// When the database fails.
pub async fn list(
    pool: &AnyPool,
    project: Uuid,
    now: Timestamp,
    after: &str,
    limit: i64,
) -> Result<Vec<PreviewRow>, StoreError> {
    let sql = format!(
        "select {PREVIEW} from previews where project_id = $1 and expires_us > $2 and name > $3 order by name limit $4"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(project.to_string())
        .bind(micros(now))
        .bind(after)
        .bind(limit);
    query.fetch_all(pool).await?.iter().map(preview).collect()
}

/// What a preview shows, by the name of the source.
///
/// # Errors
/// When the database fails.
pub async fn versions(pool: &AnyPool, preview: Uuid) -> Result<Vec<(String, StoredVersion)>, StoreError> {
    let sql = format!(
        "select v.source, {VERSION} from previews s join preview_versions v on v.preview_id = s.id
         where s.id = $1 and {NEWEST} order by v.source"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(preview.to_string());
    let named = |row: &AnyRow| Ok((row.try_get("source")?, sources::stored_version(row)?));
    query.fetch_all(pool).await?.iter().map(named).collect()
}

/// What the preview of that name shows of a source.
///
/// # Errors
/// When the database fails.
pub async fn version(
    pool: &AnyPool,
    project: Uuid,
    place: &Place<'_>,
) -> Result<Option<StoredVersion>, StoreError> {
    let sql = format!(
        "select {VERSION} from previews s join preview_versions v on v.preview_id = s.id
         where s.project_id = $1 and s.name = $2 and s.expires_us > $3 and v.source = $4 and {NEWEST}"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(project.to_string())
        .bind(place.preview)
        .bind(micros(place.now))
        .bind(place.source);
    query.fetch_optional(pool).await?.map(|row| sources::stored_version(&row)).transpose()
}

/// Adds a version of a source to a preview, making the preview where there is none, and prolonging it where there is one, even
/// when nothing is new. `new.version.version` is ignored.
///
/// * `made_from`: the version of the preview that has to be its newest still, if it matters; 0: it has none
/// * Result: what became of it, and when the preview expires
///
/// # Errors
/// `Conflict` when the project is gone, or the preview has as many sources as it may.
pub async fn add_version(
    pool: &AnyPool,
    place: &Place<'_>,
    new: &StoredVersion,
    made_from: Option<u32>,
) -> Result<(Added, Timestamp), StoreError> {
    let mut transaction = begin(pool).await?;
    let (preview, expires_at) = hold(&mut transaction, place, new).await?;
    let current = newest(&mut transaction, preview, place.source).await?;
    let number = current.as_ref().map_or(0, |current| current.version.version);
    if made_from.is_some_and(|from| from != number) {
        transaction.rollback().await?;
        return Ok((Added::Moved, expires_at));
    }
    if let Some(current) = current.as_ref().filter(|current| made_from.is_none() && current.is_same(new)) {
        transaction.commit().await?;
        return Ok((Added::Unchanged(current.version.clone()), expires_at));
    }
    if current.is_none() {
        check_room(&mut transaction, preview).await?;
    }
    let version = sources::insert_version(
        &mut transaction,
        "insert into preview_versions (preview_id, source",
        (preview, Some(place.source)),
        number + 1,
        new,
    )
    .await?;
    replace_before(&mut transaction, preview, place, version.version).await?;
    transaction.commit().await?;
    Ok((Added::New(version), expires_at))
}

/// The newest version of a source in a preview that is held.
async fn newest(
    connection: &mut AnyConnection,
    preview: Uuid,
    source: &str,
) -> Result<Option<StoredVersion>, StoreError> {
    let sql = format!(
        "select {VERSION} from previews s join preview_versions v on v.preview_id = s.id
         where s.id = $1 and v.source = $2 and {NEWEST}"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(preview.to_string()).bind(source);
    query.fetch_optional(&mut *connection).await?.map(|row| sources::stored_version(&row)).transpose()
}

/// Notes of the versions before `version` since when they are not the newest.
async fn replace_before(
    connection: &mut AnyConnection,
    preview: Uuid,
    place: &Place<'_>,
    version: u32,
) -> Result<(), StoreError> {
    sqlx::query(
        "update preview_versions set replaced_us = $3
         where preview_id = $1 and source = $2 and version < $4 and replaced_us is null",
    )
    .bind(preview.to_string())
    .bind(place.source)
    .bind(micros(place.now))
    .bind(i64::from(version))
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Makes the preview or prolongs it, and holds its row until the transaction ends: uploads to one preview take
/// turns. An expired one is removed; its files are strays then.
async fn hold(
    connection: &mut AnyConnection,
    place: &Place<'_>,
    new: &StoredVersion,
) -> Result<(Uuid, Timestamp), StoreError> {
    let (project, now) = (new.upload.project.to_string(), micros(place.now));
    sqlx::query("delete from previews where project_id = $1 and name = $2 and expires_us <= $3")
        .bind(&project)
        .bind(place.preview)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    let life = place.life.map(life_us);
    let row = sqlx::query(
        "insert into previews (id, project_id, name, life_us, created_by, created_us, expires_us)
         select $1, $2, $3, cast($4 as bigint), $5, cast($6 as bigint), cast($7 as bigint)
         where exists (select 1 from projects where id = $2 and deleted_us is null)
         on conflict (project_id, name) do update set
             life_us = coalesce(cast($8 as bigint), previews.life_us),
             expires_us = case
                 when previews.expires_us > cast($6 as bigint) + coalesce(cast($8 as bigint), previews.life_us)
                 then previews.expires_us
                 else cast($6 as bigint) + coalesce(cast($8 as bigint), previews.life_us) end
         returning id, expires_us",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(&project)
    .bind(place.preview)
    .bind(life.unwrap_or(life_us(USUAL_LIFE)))
    .bind(&new.version.created_by)
    .bind(now)
    .bind(now.saturating_add(life.unwrap_or(life_us(USUAL_LIFE))))
    .bind(life)
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| StoreError::Conflict("the project was deleted in between".to_owned()))?;
    Ok((id(row.try_get("id")?)?, time(row.try_get("expires_us")?)?))
}

fn life_us(life: SignedDuration) -> i64 {
    i64::try_from(life.as_micros()).unwrap_or(i64::MAX)
}

async fn check_room(connection: &mut AnyConnection, preview: Uuid) -> Result<(), StoreError> {
    let sql = "select count(distinct source) as n from preview_versions where preview_id = $1";
    let row = sqlx::query(sql).bind(preview.to_string()).fetch_one(connection).await?;
    match row.try_get::<i64, _>("n")? {
        sources if sources >= MOST_SOURCES => Err(StoreError::Conflict(format!(
            "the preview has {MOST_SOURCES} sources already, which is the most that one may have"
        ))),
        _ => Ok(()),
    }
}

/// Moves the end of a preview. `None`: there is no such preview.
///
/// # Errors
/// When the database fails.
pub async fn set_life(
    pool: &AnyPool,
    project: Uuid,
    name: &str,
    now: Timestamp,
    life: SignedDuration,
) -> Result<Option<PreviewRow>, StoreError> {
    let sql = format!(
        "update previews set life_us = $4, expires_us = $5
         where project_id = $1 and name = $2 and expires_us > $3 returning {PREVIEW}"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(project.to_string())
        .bind(name)
        .bind(micros(now))
        .bind(life_us(life))
        .bind(micros(now).saturating_add(life_us(life)))
        .fetch_optional(pool)
        .await?;
    row.map(|row| preview(&row)).transpose()
}

/// Prolongs a preview by the life that it has, or by `life`, if that is longer than it would live anyway.
///
/// # Errors
/// When the database fails.
pub async fn prolong(
    pool: &AnyPool,
    project: Uuid,
    place: &Place<'_>,
) -> Result<Option<PreviewRow>, StoreError> {
    let sql = format!(
        "update previews set life_us = coalesce(cast($4 as bigint), life_us),
             expires_us = case
                 when expires_us > cast($3 as bigint) + coalesce(cast($4 as bigint), life_us) then expires_us
                 else cast($3 as bigint) + coalesce(cast($4 as bigint), life_us) end
         where project_id = $1 and name = $2 and expires_us > cast($3 as bigint) returning {PREVIEW}"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(project.to_string())
        .bind(place.preview)
        .bind(micros(place.now))
        .bind(place.life.map(life_us))
        .fetch_optional(pool)
        .await?;
    row.map(|row| preview(&row)).transpose()
}

/// Ends a preview with all its versions, and returns the uploads that are no longer needed. `None`: it was not there.
///
/// # Errors
/// When the database fails.
pub async fn delete(
    pool: &AnyPool,
    project: Uuid,
    name: &str,
    now: Timestamp,
) -> Result<Option<Vec<UploadId>>, StoreError> {
    let mut transaction = begin(pool).await?;
    // Changes nothing, but holds the row: an upload comes before this and is seen below, or makes a new preview after it.
    let held = sqlx::query(
        "update previews set name = name where project_id = $1 and name = $2 and expires_us > $3 returning id",
    )
    .bind(project.to_string())
    .bind(name)
    .bind(micros(now))
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(held) = held else { return Ok(None) };
    let uploads = end(&mut transaction, held.try_get("id")?).await?;
    transaction.commit().await?;
    Ok(Some(uploads))
}

async fn end(connection: &mut AnyConnection, preview: &str) -> Result<Vec<UploadId>, StoreError> {
    let rows = sqlx::query(
        "select v.id, s.project_id from preview_versions v join previews s on s.id = v.preview_id where s.id = $1",
    )
    .bind(preview)
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query("delete from previews where id = $1").bind(preview).execute(connection).await?;
    rows.iter().map(upload).collect()
}

/// Ends expired previews. Returns how many, and the uploads that are no longer needed.
///
/// # Errors
/// When the database fails.
pub async fn expire(pool: &AnyPool, now: Timestamp) -> Result<(usize, Vec<UploadId>), StoreError> {
    let mut transaction = begin(pool).await?;
    let held = sqlx::query("update previews set name = name where expires_us <= $1 returning id")
        .bind(micros(now))
        .fetch_all(&mut *transaction)
        .await?;
    let mut uploads = Vec::new();
    for row in &held {
        uploads.extend(end(&mut transaction, row.try_get("id")?).await?);
    }
    transaction.commit().await?;
    Ok((held.len(), uploads))
}

/// Forgets versions that were replaced before that time, and returns the uploads that are no longer needed.
///
/// # Errors
/// When the database fails.
pub async fn forget_replaced(pool: &AnyPool, before: Timestamp) -> Result<Vec<UploadId>, StoreError> {
    let mut transaction = begin(pool).await?;
    let rows = sqlx::query(
        "select v.id, s.project_id from preview_versions v join previews s on s.id = v.preview_id
         where v.replaced_us < $1",
    )
    .bind(micros(before))
    .fetch_all(&mut *transaction)
    .await?;
    sqlx::query("delete from preview_versions where replaced_us < $1")
        .bind(micros(before))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    rows.iter().map(upload).collect()
}

/// How many previews a project has.
///
/// # Errors
/// When the database fails.
pub async fn count_all(pool: &AnyPool, project: Uuid, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "select count(*) as n from previews where project_id = $1 and expires_us > $2";
    let row = sqlx::query(sql).bind(project.to_string()).bind(micros(now)).fetch_one(pool).await?;
    count(row.try_get("n")?)
}
