//! What an instance holds at one moment.
//!
//! Rows are read in one transaction and put aside in temporary files, so that it is short however large the uploads are.
//! Which revision of each canvas belongs to them is noted as close to that as can be: in the same transaction when documents
//! are in the same database, otherwise just before it, so that no document knows of something that the rows do not.
//! Revisions and files never change, and can be read afterwards; only deletions can take them away, and those are
//! [settled](Snapshot::settle) when all has been read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek as _, Write as _};

use futures_util::TryStreamExt as _;
use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};
use uuid::Uuid;

use super::instance::Instance;
use super::tables::{self, Table};
use super::{Error, rows};
use crate::store::uploads::UploadId;
use crate::store::{self, StoreError, sql};

/// What an instance holds at one moment.
pub struct Snapshot {
    /// The number of the newest migration that has run there.
    pub schema: i64,
    /// Canvases by id, with the newest revision that belongs here.
    pub canvases: Vec<(Uuid, u64)>,
    /// Versions of sources, by project and id.
    pub versions: Vec<Version>,
    tables: Vec<Spool>,
    /// Ids, by table, of rows that do not belong here: what refers to them does not either.
    gone: Gone,
    /// A restore or a copy into these stores that has not ended.
    unfinished: Option<String>,
}

type Gone = BTreeMap<&'static str, BTreeSet<String>>;

/// A version whose files are copied.
pub struct Version {
    /// Where its files are.
    pub upload: UploadId,
    /// What its files are called.
    pub sha256: String,
    /// Whether rows were left out, and are in a file of their own.
    pub has_rejects: bool,
    source: String,
}

/// The rows of a table, put aside in a file that no one else can open.
struct Spool {
    table: &'static Table,
    lines: File,
}

/// Canvases whose newest revisions are asked for together.
const HEADS: usize = 200;

impl Snapshot {
    /// Takes one.
    ///
    /// # Errors
    /// `NoInstance`, `Newer`, or what a store says.
    pub async fn take(instance: &Instance) -> Result<Self, Error> {
        let mut newest = HashMap::new();
        if !instance.has_documents_in_sql {
            // An unknown database is reported below, with a better message.
            let rows =
                sqlx::query("select id from canvases").fetch_all(&instance.pool).await.unwrap_or_default();
            newest = heads(instance, &ids(&rows)?).await?;
        }
        let mut connection = AnyConnection::connect(&instance.url).await?;
        begin(&mut connection).await?;
        let mut snapshot = Self::read(&mut connection).await?;
        let canvases = snapshot.canvas_ids(&mut connection).await?;
        if instance.has_documents_in_sql {
            newest = newest_in_sql(&mut connection).await?;
        }
        connection.execute("rollback").await?;
        connection.close().await?;
        let unknown: Vec<Uuid> = canvases.iter().filter(|id| !newest.contains_key(id)).copied().collect();
        if !instance.has_documents_in_sql {
            newest.extend(heads(instance, &unknown).await?);
        }
        for id in canvases {
            match newest.get(&id) {
                Some(revision) => snapshot.canvases.push((id, *revision)),
                // An interrupted deletion left it.
                None => snapshot.leave_out("canvases", id.to_string()),
            }
        }
        Ok(snapshot)
    }

    async fn read(connection: &mut AnyConnection) -> Result<Self, Error> {
        let schema = tables::schema(connection).await?;
        let schema = schema.ok_or_else(|| Error::NoInstance("the database is not Impala's".to_owned()))?;
        refuse_newer(schema, "the database")?;
        let mut spools = Vec::new();
        for table in tables::TABLES {
            spools.extend(spool(connection, table).await?);
        }
        let mut snapshot = Self {
            schema,
            canvases: Vec::new(),
            versions: versions(connection).await?,
            tables: spools,
            gone: Gone::new(),
            unfinished: unfinished(connection).await?,
        };
        let deleted =
            sqlx::query("select id from projects where deleted_us is not null").fetch_all(connection).await?;
        for row in deleted {
            snapshot.leave_out("projects", row.try_get("id")?);
        }
        Ok(snapshot)
    }

    /// Refuses stores that hold half an instance.
    ///
    /// # Errors
    /// `Damaged` when they do.
    pub fn refuse_unfinished(&self) -> Result<(), Error> {
        match &self.unfinished {
            None => Ok(()),
            Some(what) => {
                Err(Error::Damaged(format!("{what} into these stores has not ended; run it again first")))
            }
        }
    }

    async fn canvas_ids(&self, connection: &mut AnyConnection) -> Result<Vec<Uuid>, Error> {
        let sql =
            "select c.id from canvases c join projects p on p.id = c.project_id where p.deleted_us is null";
        let mut ids = ids(&sqlx::query(sql).fetch_all(connection).await?)?;
        ids.sort_unstable();
        Ok(ids)
    }

    fn leave_out(&mut self, table: &'static str, id: String) {
        self.gone.entry(table).or_default().insert(id);
    }

    /// Leaves out what was deleted while documents and files were read: `canvases` and `versions` no longer exist. The result
    /// is a state that existed: this one without what was deleted since.
    ///
    /// # Errors
    /// `Damaged` when a file is missing of what was not deleted.
    pub async fn settle(
        &mut self,
        instance: &Instance,
        canvases: &[Uuid],
        versions: &[usize],
    ) -> Result<(), Error> {
        for id in canvases {
            self.leave_out("canvases", id.to_string());
        }
        if canvases.is_empty() && versions.is_empty() {
            return Ok(());
        }
        for (table, sql) in [
            ("projects", "select id from projects where deleted_us is null"),
            ("data_sources", "select id from data_sources"),
            ("canvases", "select id from canvases"),
        ] {
            let rows = sqlx::query(sql).fetch_all(&instance.pool).await?;
            let there = rows.iter().map(|row| row.try_get("id")).collect::<Result<BTreeSet<String>, _>>()?;
            for id in self.ids_of(table)? {
                if !there.contains(&id) {
                    self.leave_out(table, id);
                }
            }
        }
        match versions
            .iter()
            .filter_map(|index| self.versions.get(*index))
            .find(|version| !self.is_gone(version))
        {
            None => Ok(()),
            Some(lost) => Err(Error::Damaged(format!(
                "files of version {} in project {} are missing, and it was not deleted: {}/{}",
                lost.upload.upload, lost.upload.project, lost.upload.project, lost.upload.upload
            ))),
        }
    }

    fn is_gone(&self, version: &Version) -> bool {
        let has = |table, id: &str| self.gone.get(table).is_some_and(|gone| gone.contains(id));
        has("data_sources", &version.source) || has("projects", &version.upload.project.to_string())
    }

    fn ids_of(&mut self, table: &str) -> Result<Vec<String>, Error> {
        let mut ids = Vec::new();
        for spool in self.tables.iter_mut().filter(|spool| spool.table.name == table) {
            spool.each(|line| {
                ids.extend(
                    rows::from_line(table, line)?.get("id").and_then(Value::as_str).map(str::to_owned),
                );
                Ok(())
            })?;
        }
        Ok(ids)
    }

    /// Hands over the rows of each table: `begin` gets its name, `row` each line.
    ///
    /// # Errors
    /// Those of the two.
    pub fn each_row(
        &mut self,
        mut take: impl FnMut(&'static str, Option<&str>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let gone = &mut self.gone;
        for spool in &mut self.tables {
            let table = spool.table;
            take(table.name, None)?;
            spool.each(|line| match belongs(table, line, gone)? {
                true => take(table.name, Some(line)),
                false => Ok(()),
            })?;
        }
        Ok(())
    }
}

/// Whether a row stays: neither it nor what it refers to was deleted. Otherwise what refers to it goes too.
fn belongs(table: &Table, line: &str, gone: &mut Gone) -> Result<bool, Error> {
    if gone.is_empty() {
        return Ok(true);
    }
    let row = rows::from_line(table.name, line)?;
    let is_gone = |table: &str, column: &str| {
        let id = row.get(column).and_then(Value::as_str);
        id.is_some_and(|id| gone.get(table).is_some_and(|ids| ids.contains(id)))
    };
    if is_gone(table.name, "id") {
        return Ok(false);
    }
    if !table.references.iter().any(|(column, referred)| is_gone(referred, column)) {
        return Ok(true);
    }
    let id = row.get("id").and_then(Value::as_str).map(str::to_owned);
    gone.entry(table.name).or_default().extend(id);
    Ok(false)
}

impl Spool {
    fn each(&mut self, mut take: impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
        self.lines.rewind().map_err(StoreError::from)?;
        for line in BufReader::new(&self.lines).lines() {
            take(&line.map_err(StoreError::from)?)?;
        }
        Ok(())
    }
}

/// Begins a transaction that sees one moment, and writes nothing.
async fn begin(connection: &mut AnyConnection) -> Result<(), Error> {
    if tables::is_postgres(connection) {
        connection.execute("set statement_timeout = 0").await?;
        connection.execute("begin isolation level repeatable read, read only").await?;
    } else {
        connection.execute("pragma busy_timeout = 10000").await?;
        connection.execute("begin").await?;
    }
    Ok(())
}

async fn spool(connection: &mut AnyConnection, table: &'static Table) -> Result<Option<Spool>, Error> {
    let columns = tables::columns(connection, table.name).await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let sql = rows::select(connection, table, &columns);
    let mut lines = BufWriter::new(tempfile::tempfile().map_err(StoreError::from)?);
    let mut found = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
    while let Some(row) = found.try_next().await? {
        writeln!(lines, "{}", rows::to_line(&row, &columns)?).map_err(StoreError::from)?;
    }
    let lines = lines.into_inner().map_err(|error| StoreError::from(error.into_error()))?;
    Ok(Some(Spool { table, lines }))
}

async fn unfinished(connection: &mut AnyConnection) -> Result<Option<String>, Error> {
    if tables::columns(connection, "unfinished_restores").await?.is_empty() {
        return Ok(None);
    }
    let row = sqlx::query("select what from unfinished_restores").fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get("what")).transpose()?)
}

async fn versions(connection: &mut AnyConnection) -> Result<Vec<Version>, Error> {
    let sql = "select v.id, v.source_id, s.project_id, v.sha256, v.rejected_rows
         from source_versions v join data_sources s on s.id = v.source_id join projects p on p.id = s.project_id
         where p.deleted_us is null";
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    let version = |row: &sqlx::any::AnyRow| {
        let upload =
            UploadId { project: sql::id(row.try_get("project_id")?)?, upload: sql::id(row.try_get("id")?)? };
        let has_rejects = row.try_get::<i64, _>("rejected_rows")? > 0;
        Ok(Version { upload, sha256: row.try_get("sha256")?, has_rejects, source: row.try_get("source_id")? })
    };
    let mut versions = rows.iter().map(version).collect::<Result<Vec<_>, StoreError>>()?;
    versions.sort_by_key(|version| (version.upload.project, version.upload.upload));
    Ok(versions)
}

async fn newest_in_sql(connection: &mut AnyConnection) -> Result<HashMap<Uuid, u64>, Error> {
    let sql = "select canvas_id, max(revision) as revision from canvas_documents group by canvas_id";
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    let newest = rows
        .iter()
        .map(|row| Ok((sql::id(row.try_get("canvas_id")?)?, sql::count(row.try_get("revision")?)?)));
    Ok(newest.collect::<Result<_, StoreError>>()?)
}

async fn heads(instance: &Instance, ids: &[Uuid]) -> Result<HashMap<Uuid, u64>, Error> {
    let mut newest = HashMap::new();
    for part in ids.chunks(HEADS) {
        let heads = instance.canvases.heads(part).await?;
        newest.extend(heads.into_iter().map(|head| (head.id, head.revision.revision)));
    }
    Ok(newest)
}

fn ids(rows: &[sqlx::any::AnyRow]) -> Result<Vec<Uuid>, StoreError> {
    rows.iter().map(|row| sql::id(row.try_get("id")?)).collect()
}

/// The number of the newest migration that this program knows.
pub fn newest_schema() -> i64 {
    store::MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Refuses tables that this program does not know yet.
pub fn refuse_newer(schema: i64, what: &str) -> Result<(), Error> {
    match newest_schema() {
        known if schema > known => Err(Error::Newer(format!(
            "{what} is of a newer Impala: its schema is {schema}, and this one knows those up to {known}; update Impala first"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refers_to_the_gone_goes_too_and_nothing_else() {
        let mut gone = Gone::from([("projects", BTreeSet::from(["p".to_owned()]))]);
        let mut check = |table: &str, line: &str, expected: bool| {
            let table = tables::find(table).unwrap();
            assert_eq!(belongs(table, line, &mut gone).unwrap(), expected, "{line}");
        };
        check("projects", r#"{"id":"p","owner_id":"u"}"#, false);
        check("members", r#"{"project_id":"p","user_id":"u"}"#, false);
        check("members", r#"{"project_id":"q","user_id":"u"}"#, true);
        check("api_tokens", r#"{"id":"t","user_id":"u","project_id":null}"#, true);
        check("canvases", r#"{"id":"c","project_id":"p"}"#, false);
        check("canvases", r#"{"id":"d","project_id":"q"}"#, true);
        check("shares", r#"{"id":"s","canvas_id":"c"}"#, false);
        check("shares", r#"{"id":"r","canvas_id":"d"}"#, true);
    }
}
