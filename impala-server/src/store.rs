//! Where everything is kept. Nothing here knows who may do what: that is `service`.

pub mod canvases;
mod connect;
mod migrate;
pub mod parts;
pub mod sql;
pub mod uploads;
pub mod violations;

use std::path::Path;

use sqlx::AnyPool;
use sqlx::error::DatabaseError;

pub use connect::{DatabaseConfig, PARAMETERS, connect_with, open_with, unknown_parameter};
pub use migrate::{MIGRATIONS, migrate_to};

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a store did not do what it was asked to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something else is there already, or has changed in between. Says what.
    #[error("{0}")]
    Conflict(String),
    /// The store cannot be reached, or is too busy. Later it may work.
    #[error("the store cannot be reached")]
    Unavailable(#[source] BoxError),
    /// The store is there, and cannot be used as it is. Says why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// There is no room left.
    #[error("the disk is full")]
    Full(#[source] BoxError),
    /// What was read is not what was written.
    #[error("{what} is damaged")]
    Corrupt {
        /// What was read.
        what: String,
        /// What is wrong with it.
        #[source]
        source: BoxError,
    },
}

impl StoreError {
    /// Something read back from a store that makes no sense.
    pub fn corrupt(what: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self::Corrupt { what: what.into(), source: source.into() }
    }
}

/// A failed file operation is a full disk, or a store that cannot be reached.
impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full(error.into()),
            _ => Self::Unavailable(error.into()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(fault) => match fault_kind(&**fault) {
                FaultKind::Conflict(detail) => Self::Conflict(detail.to_owned()),
                FaultKind::Full => Self::Full(error.into()),
                FaultKind::Wrong => Self::corrupt("what goes to the database, or its schema,", error),
                FaultKind::Passing => Self::Unavailable(error.into()),
            },
            sqlx::Error::ColumnDecode { index, .. } => {
                Self::Corrupt { what: format!("column {index} of the database"), source: error.into() }
            }
            sqlx::Error::ColumnNotFound(_) | sqlx::Error::RowNotFound | sqlx::Error::Decode(_) => {
                Self::corrupt("what came from the database", error)
            }
            _ => Self::Unavailable(error.into()),
        }
    }
}

/// What an error of a database means for the caller.
enum FaultKind {
    Conflict(&'static str),
    Full,
    /// It would fail again: a statement or a value that the database does not accept.
    Wrong,
    /// Later it may work: it is starting or stopping (57P0x), ended a statement or a wait that took too long (57014, 55P03),
    /// or chose one of several to give way (40001, 40P01).
    Passing,
}

fn fault_kind(fault: &dyn DatabaseError) -> FaultKind {
    let code = fault.code();
    match code.as_deref().unwrap_or_default() {
        _ if fault.is_unique_violation() => FaultKind::Conflict("it is there already"),
        _ if fault.is_foreign_key_violation() => FaultKind::Conflict("what it belongs to is gone"),
        // `SQLITE_FULL`, and PostgreSQL's `disk_full`.
        "13" | "53100" => FaultKind::Full,
        // PostgreSQL's classes of wrong data and wrong statements. SQLite's codes are shorter numbers.
        code if code.len() == 5 && (code.starts_with("22") || code.starts_with("42")) => FaultKind::Wrong,
        _ => FaultKind::Passing,
    }
}

/// Opens the database at `url` with the usual settings; see [`connect_with`].
///
/// # Errors
/// As [`connect_with`].
pub async fn connect(url: &str) -> Result<AnyPool, StoreError> {
    connect_with(url, &DatabaseConfig::default()).await
}

/// The URL of an SQLite file, made when it is not there.
///
/// # Errors
/// `Unavailable` when the current directory is gone, `Corrupt` when the path is no UTF-8.
pub fn sqlite_url(path: &Path) -> Result<String, StoreError> {
    let path = std::path::absolute(path)?;
    let path = path.to_str().ok_or_else(|| {
        let detail = format!("{} is no UTF-8, which SQLite needs", path.display());
        StoreError::corrupt("the data directory's name", detail)
    })?;
    let mut url = "sqlite://".to_owned();
    for c in path.chars() {
        match c {
            '%' => url.push_str("%25"),
            '?' => url.push_str("%3F"),
            '#' => url.push_str("%23"),
            c => url.push(c),
        }
    }
    url.push_str("?mode=rwc");
    Ok(url)
}

/// Begins a transaction that is going to write.
///
/// SQLite's plain `begin` takes its write lock only at the first change, and fails at once, without waiting, when
/// someone else has written since the first read.
///
/// # Errors
/// `Unavailable` when no connection or lock is available in time.
pub async fn begin(pool: &AnyPool) -> Result<sqlx::Transaction<'static, sqlx::Any>, StoreError> {
    let is_sqlite = pool.connect_options().database_url.scheme() == "sqlite";
    let statement = if is_sqlite { "begin immediate" } else { "begin" };
    Ok(pool.begin_with(statement).await?)
}

#[cfg(test)]
mod tests {
    use sqlx::Executor as _;

    use super::*;

    #[test]
    fn urls_of_files_with_odd_names() {
        let check = |path: &str, expected: &str| {
            assert_eq!(sqlite_url(Path::new(path)).unwrap(), expected);
        };
        check("/var/impala.db", "sqlite:///var/impala.db?mode=rwc");
        check("/a b/50%?#.db", "sqlite:///a b/50%25%3F%23.db?mode=rwc");
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_spoils_no_later_one() {
        let dir = tempfile::tempdir().unwrap();
        let pool = connect(&sqlite_url(&dir.path().join("x.db")).unwrap()).await.unwrap();
        for _ in 0..3 {
            let mut tx = begin(&pool).await.unwrap();
            tx.execute("rollback").await.unwrap();
        }
        begin(&pool).await.unwrap().commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_full_database_says_so_and_works_again_later() {
        let dir = tempfile::tempdir().unwrap();
        let pool = connect(&sqlite_url(&dir.path().join("x.db")).unwrap()).await.unwrap();
        sqlx::query("create table t (x text)").execute(&pool).await.unwrap();
        let insert = async |limit: &'static str| {
            let mut tx = begin(&pool).await?;
            tx.execute(limit).await?;
            sqlx::query("insert into t values ($1)").bind("x".repeat(100_000)).execute(&mut *tx).await?;
            tx.commit().await?;
            Ok::<(), StoreError>(())
        };
        let full = insert("pragma max_page_count = 1").await;
        assert!(matches!(full, Err(StoreError::Full(_))), "{full:?}");
        insert("pragma max_page_count = 10000").await.unwrap();
    }

    #[tokio::test]
    async fn a_database_opens_with_its_rules_set_and_opens_again() {
        let dir = tempfile::tempdir().unwrap();
        let url = sqlite_url(&dir.path().join("50% of ünï?.db")).unwrap();
        for _ in 0..2 {
            let pool = connect(&url).await.unwrap();
            let check = async |pragma: &'static str, expected: &str| {
                let value: (String,) = sqlx::query_as(pragma).fetch_one(&pool).await.unwrap();
                assert_eq!(value.0, expected, "{pragma}");
            };
            check("select journal_mode from pragma_journal_mode", "wal").await;
            check("select cast(foreign_keys as text) from pragma_foreign_keys", "1").await;
            check("select cast(synchronous as text) from pragma_synchronous", "2").await;
            check("select cast(timeout as text) from pragma_busy_timeout", "10000").await;
            pool.close().await;
        }
    }
}
