//! Rows as lines of JSON that are the same on every database, and back.

use serde_json::{Map, Value};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row as _};

use super::Error;
use super::tables::{Column, Kind, Table, is_postgres};
use crate::store::StoreError;

/// Reads all rows in the order of their key, byte by byte: databases differ in how they sort text for people.
pub fn select(connection: &AnyConnection, table: &Table, columns: &[Column]) -> String {
    let collation = if is_postgres(connection) { "\"C\"" } else { "binary" };
    let key: Vec<String> = table
        .key
        .iter()
        .map(|name| match columns.iter().find(|column| column.name == *name) {
            Some(Column { kind: Kind::Text, .. }) => format!("\"{name}\" collate {collation}"),
            _ => format!("\"{name}\""),
        })
        .collect();
    format!("select {} from \"{}\" order by {}", names(columns), table.name, key.join(", "))
}

fn names(columns: &[Column]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    names.join(", ")
}

/// A row as a JSON object, its columns by name. A double is text: the shortest that reads back as the same number.
pub fn to_line(row: &AnyRow, columns: &[Column]) -> Result<String, Error> {
    let mut line = String::from("{");
    for (index, Column { name, kind }) in columns.iter().enumerate() {
        let value = match kind {
            Kind::Text => row.try_get::<Option<String>, _>(index)?.map(Value::from),
            Kind::BigInt => row.try_get::<Option<i64>, _>(index)?.map(Value::from),
            Kind::Double => {
                row.try_get::<Option<f64>, _>(index)?.map(|number| Value::from(format!("{number:?}")))
            }
        };
        let comma = if index == 0 { "" } else { "," };
        line += &format!("{comma}{}:{}", Value::from(name.as_str()), value.unwrap_or(Value::Null));
    }
    line.push('}');
    Ok(line)
}

/// A line as its columns.
pub fn from_line(table: &str, line: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(line)
        .map_err(|error| Error::bad_archive(format!("a row of {table} is no JSON object: {error}")))
}

/// Adds rows to one table.
pub struct Inserter {
    table: &'static str,
    columns: Vec<Column>,
    sql: String,
}

impl Inserter {
    /// For a table with these columns.
    pub fn new(table: &'static str, columns: Vec<Column>) -> Self {
        let places: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
        let sql = format!("insert into \"{table}\" ({}) values ({})", names(&columns), places.join(", "));
        Self { table, columns, sql }
    }

    /// Adds the row of a line, which has to have exactly the columns of the table.
    pub async fn insert(&self, connection: &mut AnyConnection, line: &str) -> Result<(), Error> {
        let row = from_line(self.table, line)?;
        if row.len() != self.columns.len() {
            return Err(self.fault(&format!(
                "has {} columns, where the table has {}",
                row.len(),
                self.columns.len()
            )));
        }
        let mut query = sqlx::query(AssertSqlSafe(self.sql.as_str()));
        for column in &self.columns {
            let value =
                row.get(&column.name).ok_or_else(|| self.fault(&format!("has no {}", column.name)))?;
            query = bind(query, column.kind, value)
                .ok_or_else(|| self.fault(&format!("has a wrong {}", column.name)))?;
        }
        query.execute(connection).await.map_err(|error| self.refused(error))?;
        Ok(())
    }

    fn fault(&self, what: &str) -> Error {
        Error::bad_archive(format!("a row of {} {what}", self.table))
    }

    fn refused(&self, error: sqlx::Error) -> Error {
        match StoreError::from(error) {
            StoreError::Conflict(why) => self.fault(&format!("cannot be added: {why}")),
            error => error.into(),
        }
    }
}

type Bound<'q> = Query<'q, Any, AnyArguments>;

fn bind<'q>(query: Bound<'q>, kind: Kind, value: &Value) -> Option<Bound<'q>> {
    let is_null = value.is_null();
    Some(match kind {
        Kind::Text if is_null => query.bind(None::<String>),
        Kind::Text => query.bind(value.as_str()?.to_owned()),
        Kind::BigInt if is_null => query.bind(None::<i64>),
        Kind::BigInt => query.bind(value.as_i64()?),
        Kind::Double if is_null => query.bind(None::<f64>),
        Kind::Double => query.bind(value.as_str()?.parse::<f64>().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::tables;
    use sqlx::{Connection as _, Executor as _};

    /// Impala's tables hold no doubles and no odd keys yet; those that come later are copied as exactly.
    #[tokio::test]
    async fn values_of_every_type_come_back_as_they_were() {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect("sqlite::memory:").await.unwrap();
        connection.execute("create table users (id text, n bigint, x double precision)").await.unwrap();
        let columns = tables::columns(&mut connection, "users").await.unwrap();
        let inserter = Inserter::new("users", columns.clone());
        let lines = [
            r#"{"id":"a\"\n\u0001ß日本","n":-9223372036854775808,"x":"0.1"}"#,
            r#"{"id":"b","n":9223372036854775807,"x":"5e-324"}"#,
            r#"{"id":"c","n":null,"x":null}"#,
            r#"{"id":"d","n":0,"x":"1.2345678901234568e17"}"#,
        ];
        for line in lines {
            inserter.insert(&mut connection, line).await.unwrap();
        }
        let sql = select(&connection, tables::find("users").unwrap(), &columns);
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        let found: Vec<String> = rows.iter().map(|row| to_line(row, &columns).unwrap()).collect();
        assert_eq!(found, lines);
        for wrong in [
            "[]",
            "{}",
            r#"{"id":1,"n":1,"x":null}"#,
            r#"{"id":"e","n":1,"y":null}"#,
            r#"{"id":"e","n":"1","x":null}"#,
        ] {
            let refused = inserter.insert(&mut connection, wrong).await;
            assert!(matches!(refused, Err(Error::BadArchive { .. })), "{wrong}");
        }
    }
}
