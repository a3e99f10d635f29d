//! Which tables go into a backup, and what their columns are.

use sqlx::{AnyConnection, Row as _};

use super::Error;
use crate::store::StoreError;

/// A table whose rows are copied.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its primary key: rows are read in this order.
    pub key: &'static [&'static str],
    /// Columns that name the `id` of a row of another table, with that table.
    pub references: &'static [(&'static str, &'static str)],
}

const fn table(
    name: &'static str,
    key: &'static [&'static str],
    references: &'static [(&'static str, &'static str)],
) -> Table {
    Table { name, key, references }
}

/// Every table that is copied; each comes after those that it refers to. A test compares this with the schema.
pub const TABLES: &[Table] = &[
    table("users", &["id"], &[]),
    table("refresh_tokens", &["hash"], &[("user_id", "users")]),
    table("idempotent_answers", &["user_id", "key"], &[("user_id", "users")]),
    table("projects", &["id"], &[("owner_id", "users")]),
    table("members", &["project_id", "user_id"], &[("project_id", "projects"), ("user_id", "users")]),
    table("api_tokens", &["id"], &[("user_id", "users"), ("project_id", "projects")]),
    table("data_sources", &["id"], &[("project_id", "projects")]),
    table("source_versions", &["id"], &[("source_id", "data_sources")]),
    table("source_contracts", &["project_id", "source"], &[("project_id", "projects")]),
    table("canvases", &["id"], &[("project_id", "projects")]),
    table("shares", &["id"], &[("canvas_id", "canvases")]),
];

/// Every table that is not copied, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("_sqlx_migrations", "each database keeps its own; the number goes into the header"),
    ("canvas_documents", "documents are copied through their store, which may be another one"),
    ("canvas_heads", "belongs to canvas_documents"),
    ("instance", "what is filled becomes an instance of its own"),
    ("preview_versions", "belongs to previews"),
    ("previews", "they end by themselves within days; whatever made them makes them again"),
    ("resumable_parts", "belongs to resumable_uploads"),
    ("resumable_uploads", "an incomplete upload is not data yet; its client starts again"),
    ("upload_contracts", "clients send them again"),
    ("unfinished_restores", "says something of this database only"),
];

/// The table of that name, if it is one that is copied.
pub fn find(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// What a column holds. Impala's schema has no other types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    BigInt,
    Double,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// The columns of a table by name; empty when there is no such table.
///
/// # Errors
/// `Corrupt` for a column of a type that Impala's tables do not have.
pub async fn columns(connection: &mut AnyConnection, table: &str) -> Result<Vec<Column>, Error> {
    let sql = if is_postgres(connection) {
        "select cast(column_name as text) as name, cast(data_type as text) as type from information_schema.columns
         where table_schema = current_schema() and table_name = $1"
    } else {
        "select name, type from pragma_table_info($1)"
    };
    let rows = sqlx::query(sql).bind(table).fetch_all(connection).await?;
    let mut columns = Vec::new();
    for row in rows {
        let (name, kind): (String, String) = (row.try_get("name")?, row.try_get("type")?);
        columns.push(Column { kind: kind_of(table, &name, &kind)?, name });
    }
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(columns)
}

fn kind_of(table: &str, column: &str, kind: &str) -> Result<Kind, StoreError> {
    match kind.to_ascii_lowercase().as_str() {
        "text" => Ok(Kind::Text),
        "bigint" => Ok(Kind::BigInt),
        "double precision" => Ok(Kind::Double),
        other => {
            Err(StoreError::corrupt("the database's schema", format!("{table}.{column} is of type {other}")))
        }
    }
}

/// Whether it is PostgreSQL; it is SQLite otherwise.
pub fn is_postgres(connection: &AnyConnection) -> bool {
    connection.backend_name() == "PostgreSQL"
}

/// The number of the newest migration that has run; `None` when it is not an Impala database.
///
/// # Errors
/// When the database fails.
pub async fn schema(connection: &mut AnyConnection) -> Result<Option<i64>, Error> {
    let postgres = "select cast(count(*) as bigint) as n from information_schema.tables
         where table_schema = current_schema() and table_name = '_sqlx_migrations'";
    let sqlite = "select count(*) as n from sqlite_master where name = '_sqlx_migrations'";
    let sql = if is_postgres(connection) { postgres } else { sqlite };
    let there: i64 = sqlx::query(sql).fetch_one(&mut *connection).await?.try_get("n")?;
    if there == 0 {
        return Ok(None);
    }
    let newest =
        sqlx::query("select max(version) as version from _sqlx_migrations").fetch_one(connection).await?;
    Ok(newest.try_get("version")?)
}
