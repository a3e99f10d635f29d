//! Data sources and their versions.

use std::collections::HashSet;

use impala_core::api::events::SourceState;
use impala_core::source::{CsvSettings, Source, SourceVersion};
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};
use uuid::Uuid;

use super::{count, id, micros, time};
use crate::store::uploads::UploadId;
use crate::store::{StoreError, begin};

/// A source with its current version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSource {
    /// Its id.
    pub id: Uuid,
    /// Its name within the project.
    pub name: String,
    /// How its files are read, as far as set by hand.
    pub settings: CsvSettings,
    /// How many versions there are.
    pub versions: u32,
    /// The version that its name alone means.
    pub current: StoredVersion,
}

impl StoredSource {
    /// As the API has it.
    pub fn into_source(self) -> Source {
        Source {
            name: self.name,
            settings: self.settings,
            versions: self.versions,
            current: self.current.version,
        }
    }
}

/// A version, and where its files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVersion {
    /// Where its files are.
    pub upload: UploadId,
    /// How it was read, as far as set by hand.
    pub settings: CsvSettings,
    /// As the API has it.
    pub version: SourceVersion,
    /// SHA-256 of the file whose rows it has more than the version before; empty unless it was an append.
    pub appended: String,
}

impl StoredVersion {
    /// Whether both have the same bytes, read in the same way.
    pub fn is_same(&self, other: &Self) -> bool {
        self.version.sha256 == other.version.sha256 && self.settings == other.settings
    }

    /// Whether it was made from the file of that SHA-256, or that file was appended last.
    pub fn ends_in(&self, sha256: &str) -> bool {
        match self.appended.as_str() {
            "" => self.version.sha256 == sha256,
            appended => appended == sha256,
        }
    }
}

/// The result of adding a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is the current version now.
    New(SourceVersion),
    /// The current version holds the same bytes, read in the same way. Nothing was changed.
    Unchanged(SourceVersion),
    /// The current version is not the one that this one was made from. Nothing was changed.
    Moved,
}

const VERSION: &str = "v.id, s.project_id, v.version, v.sha256, v.settings, v.size_bytes, v.rows, v.rejected_rows, v.columns, \
     v.delimiter, v.encoding, v.created_by, v.created_us, v.note, v.format, v.appended";

const SOURCE: &str = "s.id as source_id, s.name, s.settings as source_settings, \
     (select max(w.version) from source_versions w where w.source_id = s.id) as versions";

const CURRENT: &str =
    "from data_sources s join source_versions v on v.source_id = s.id and v.version = s.current_version";

/// The source of that name.
///
/// # Errors
/// When the database fails.
pub async fn find(pool: &AnyPool, project: Uuid, name: &str) -> Result<Option<StoredSource>, StoreError> {
    let sql = format!("select {SOURCE}, {VERSION} {CURRENT} where s.project_id = $1 and s.name = $2");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(project.to_string()).bind(name);
    query.fetch_optional(pool).await?.map(|row| source(&row)).transpose()
}

/// The sources of a project by name: those after `after`, `limit` at most.
///
/// # Errors
/// When the database fails.
pub async fn list(
    pool: &AnyPool,
    project: Uuid,
    after: &str,
    limit: i64,
) -> Result<Vec<StoredSource>, StoreError> {
    let sql = format!(
        "select {SOURCE}, {VERSION} {CURRENT} where s.project_id = $1 and s.name > $2 order by s.name limit $3"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(project.to_string()).bind(after).bind(limit);
    query.fetch_all(pool).await?.iter().map(source).collect()
}

/// The states of the sources of a project, by name.
///
/// # Errors
/// When the database fails.
pub async fn states(pool: &AnyPool, project: Uuid) -> Result<Vec<SourceState>, StoreError> {
    let sql = format!(
        "select s.name, v.version, v.sha256, v.created_by, v.created_us {CURRENT}
         where s.project_id = $1 order by s.name"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(project.to_string()).fetch_all(pool).await?;
    let state = |row: &AnyRow| {
        Ok(SourceState {
            source: row.try_get("name")?,
            version: count(row.try_get("version")?)?,
            sha256: row.try_get("sha256")?,
            created_by: row.try_get("created_by")?,
            created_at: time(row.try_get("created_us")?)?,
        })
    };
    rows.iter().map(state).collect()
}

/// The names of all sources of a project.
///
/// # Errors
/// When the database fails.
pub async fn names(pool: &AnyPool, project: Uuid) -> Result<Vec<String>, StoreError> {
    let sql = "select name from data_sources where project_id = $1 order by name";
    let rows = sqlx::query(sql).bind(project.to_string()).fetch_all(pool).await?;
    rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
}

/// One version of a source.
///
/// # Errors
/// When the database fails.
pub async fn version(pool: &AnyPool, source: Uuid, number: u32) -> Result<Option<StoredVersion>, StoreError> {
    let sql = format!(
        "select {VERSION} from data_sources s join source_versions v on v.source_id = s.id
         where s.id = $1 and v.version = $2"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(source.to_string()).bind(i64::from(number));
    query.fetch_optional(pool).await?.map(|row| stored_version(&row)).transpose()
}

/// The versions of a source, newest first: those below `before`, `limit` at most.
///
/// # Errors
/// When the database fails.
pub async fn versions(
    pool: &AnyPool,
    source: Uuid,
    before: Option<u32>,
    limit: i64,
) -> Result<Vec<SourceVersion>, StoreError> {
    let sql = format!(
        "select {VERSION} from data_sources s join source_versions v on v.source_id = s.id
         where s.id = $1 and v.version < $2 order by v.version desc limit $3"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(source.to_string())
        .bind(before.map_or(i64::MAX, i64::from))
        .bind(limit)
        .fetch_all(pool)
        .await?;
    rows.iter().map(|row| Ok(stored_version(row)?.version)).collect()
}

/// Adds a version to the source of that name, making the source where there is none. The version gets the next number and
/// becomes the current one; its settings become those of the source. `new.version.version` is ignored.
///
/// * `made_from`: the version that has to be the current one still, if it matters; 0: there is none
///
/// # Errors
/// `Conflict` when the project is gone.
pub async fn add_version(
    pool: &AnyPool,
    name: &str,
    new: &StoredVersion,
    made_from: Option<u32>,
) -> Result<Added, StoreError> {
    let mut transaction = begin(pool).await?;
    // Writing first locks the row in every database, so that two uploads at once take turns.
    let source = sqlx::query(
        "insert into data_sources (id, project_id, name, current_version, settings, created_us)
         select $1, $2, $3, 0, $4, cast($5 as bigint)
         where exists (select 1 from projects where id = $2 and deleted_us is null)
         on conflict (project_id, name) do update set settings = excluded.settings returning id",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(new.upload.project.to_string())
    .bind(name)
    .bind(json(&new.settings)?)
    .bind(micros(new.version.created_at))
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or_else(|| StoreError::Conflict("the project was deleted in between".to_owned()))?;
    let source = id(source.try_get("id")?)?;
    let current = current_of(&mut transaction, source).await?;
    let number = current.as_ref().map_or(0, |current| current.version.version);
    if made_from.is_some_and(|from| from != number) {
        transaction.rollback().await?;
        return Ok(Added::Moved);
    }
    if let Some(current) = current.filter(|current| made_from.is_none() && current.is_same(new)) {
        transaction.rollback().await?;
        return Ok(Added::Unchanged(current.version));
    }
    let next = next_number(&mut transaction, source).await?;
    let version =
        insert_version(&mut transaction, "insert into source_versions (source_id", (source, None), next, new)
            .await?;
    sqlx::query("update data_sources set current_version = $2 where id = $1")
        .bind(source.to_string())
        .bind(i64::from(next))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Added::New(version))
}

async fn current_of(
    connection: &mut AnyConnection,
    source: Uuid,
) -> Result<Option<StoredVersion>, StoreError> {
    let sql = format!("select {VERSION} {CURRENT} where s.id = $1");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(source.to_string());
    query.fetch_optional(connection).await?.map(|row| stored_version(&row)).transpose()
}

async fn next_number(connection: &mut AnyConnection, source: Uuid) -> Result<u32, StoreError> {
    let sql = "select coalesce(max(version), 0) + 1 as next from source_versions where source_id = $1";
    let row = sqlx::query(sql).bind(source.to_string()).fetch_one(connection).await?;
    count(row.try_get("next")?)
}

/// Inserts a version into its table, as the `number`th.
///
/// * `into`: the beginning of the statement, up to the columns that say of what it is a version
/// * `of`: their values; the second one is left out where there is one column
pub(super) async fn insert_version(
    connection: &mut AnyConnection,
    into: &str,
    of: (Uuid, Option<&str>),
    number: u32,
    new: &StoredVersion,
) -> Result<SourceVersion, StoreError> {
    let version = SourceVersion { version: number, ..new.version.clone() };
    let second = if of.1.is_some() { ", $17" } else { "" };
    let sql = format!(
        "{into}, id, version, sha256, settings, size_bytes, rows, rejected_rows, columns, delimiter, encoding,
             created_by, created_us, note, format, appended)
         values ($2{second}, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(new.upload.upload.to_string())
        .bind(of.0.to_string())
        .bind(i64::from(number))
        .bind(&version.sha256)
        .bind(json(&new.settings)?)
        .bind(whole(version.size_bytes))
        .bind(whole(version.rows))
        .bind(whole(version.rejected_rows))
        .bind(json(&version.columns)?)
        .bind(&version.delimiter)
        .bind(&version.encoding)
        .bind(&version.created_by)
        .bind(micros(version.created_at))
        .bind(&version.note)
        .bind(&version.format)
        .bind(&new.appended);
    let query = if let Some(second) = of.1 { query.bind(second) } else { query };
    query.execute(connection).await?;
    Ok(version)
}

/// Whether an upload became a version, of a source or in a preview.
///
/// # Errors
/// When the database fails.
pub async fn is_version(pool: &AnyPool, upload: UploadId) -> Result<bool, StoreError> {
    let sql = "select id from source_versions where id = $1 union all select id from preview_versions where id = $1";
    Ok(sqlx::query(sql).bind(upload.upload.to_string()).fetch_optional(pool).await?.is_some())
}

/// The version that an upload became, of a source or in a preview.
///
/// # Errors
/// When the database fails.
pub async fn of_upload(pool: &AnyPool, upload: UploadId) -> Result<Option<SourceVersion>, StoreError> {
    let sql = format!(
        "select {VERSION} from data_sources s join source_versions v on v.source_id = s.id
         where v.id = $1 and s.project_id = $2
         union all
         select {VERSION} from previews s join preview_versions v on v.preview_id = s.id
         where v.id = $1 and s.project_id = $2"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(upload.upload.to_string())
        .bind(upload.project.to_string());
    query.fetch_optional(pool).await?.map(|row| Ok(stored_version(&row)?.version)).transpose()
}

/// Makes an earlier version the current one; false: the source has no such version. The source's settings become those of
/// the version, so that the next file is read as that one was.
///
/// # Errors
/// When the database fails.
pub async fn roll_back(pool: &AnyPool, source: Uuid, number: u32) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update data_sources set current_version = $2, settings =
             (select v.settings from source_versions v where v.source_id = $1 and v.version = $2)
         where id = $1 and exists (select 1 from source_versions v where v.source_id = $1 and v.version = $2)",
    )
    .bind(source.to_string())
    .bind(i64::from(number))
    .execute(pool)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends a source with all its versions, and returns the uploads that are no longer needed. `None`: it was not there.
///
/// # Errors
/// When the database fails.
pub async fn delete(pool: &AnyPool, project: Uuid, name: &str) -> Result<Option<Vec<UploadId>>, StoreError> {
    let mut transaction = begin(pool).await?;
    // Changes nothing, but holds the row: an upload comes before this and is seen below, or makes a new source after it.
    sqlx::query("update data_sources set name = name where project_id = $1 and name = $2")
        .bind(project.to_string())
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    let rows = sqlx::query(
        "select v.id, s.project_id from source_versions v join data_sources s on s.id = v.source_id
         where s.project_id = $1 and s.name = $2",
    )
    .bind(project.to_string())
    .bind(name)
    .fetch_all(&mut *transaction)
    .await?;
    let uploads = rows.iter().map(upload).collect::<Result<_, _>>()?;
    sqlx::query("delete from source_contracts where project_id = $1 and source = $2")
        .bind(project.to_string())
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    let done = sqlx::query("delete from data_sources where project_id = $1 and name = $2")
        .bind(project.to_string())
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok((done.rows_affected() > 0).then_some(uploads))
}

/// Every upload that is a version, of all projects, in previews too.
///
/// # Errors
/// When the database fails.
pub async fn uploads(pool: &AnyPool) -> Result<HashSet<UploadId>, StoreError> {
    let sql = "select v.id, s.project_id from source_versions v join data_sources s on s.id = v.source_id
         union all
         select v.id, s.project_id from preview_versions v join previews s on s.id = v.preview_id";
    sqlx::query(sql).fetch_all(pool).await?.iter().map(upload).collect()
}

fn source(row: &AnyRow) -> Result<StoredSource, StoreError> {
    Ok(StoredSource {
        id: id(row.try_get("source_id")?)?,
        name: row.try_get("name")?,
        settings: parsed(row, "source_settings")?,
        versions: count(row.try_get("versions")?)?,
        current: stored_version(row)?,
    })
}

/// A version, from a row with its columns and its project.
pub(super) fn stored_version(row: &AnyRow) -> Result<StoredVersion, StoreError> {
    Ok(StoredVersion {
        upload: upload(row)?,
        settings: parsed(row, "settings")?,
        version: SourceVersion {
            version: count(row.try_get("version")?)?,
            sha256: row.try_get("sha256")?,
            size_bytes: count(row.try_get("size_bytes")?)?,
            rows: count(row.try_get("rows")?)?,
            rejected_rows: count(row.try_get("rejected_rows")?)?,
            columns: parsed(row, "columns")?,
            delimiter: row.try_get("delimiter")?,
            encoding: row.try_get("encoding")?,
            created_by: row.try_get("created_by")?,
            created_at: time(row.try_get("created_us")?)?,
            note: row.try_get("note")?,
            format: row.try_get("format")?,
        },
        appended: row.try_get("appended")?,
    })
}

/// Where the files of a version are, from a row with its id and its project.
pub(super) fn upload(row: &AnyRow) -> Result<UploadId, StoreError> {
    Ok(UploadId { project: id(row.try_get("project_id")?)?, upload: id(row.try_get("id")?)? })
}

fn parsed<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| StoreError::corrupt(format!("the {column} of a source"), error))
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::corrupt("what is to be saved of a source", error))
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
