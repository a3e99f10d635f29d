//! The connection to the SQL database: what the URL says, how many connections there are, and time limits.

use std::future::ready;
use std::io::ErrorKind;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};

use super::{StoreError, migrate};

/// How the database is used. PostgreSQL's own settings are ignored with SQLite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// Connections at most. All servers together stay below PostgreSQL's `max_connections`; with SQLite, where one
    /// writes at a time, more only help those who read.
    pub connections: u32,
    /// Longest wait for a connection, or, with SQLite, for other writers; also for PostgreSQL to come back.
    pub acquire_timeout: Duration,
    /// Longest that PostgreSQL works on one statement.
    pub statement_timeout: Duration,
    /// Longest that a statement of PostgreSQL waits for a lock.
    pub lock_timeout: Duration,
    /// When PostgreSQL ends an idle transaction: its server is gone, or hangs.
    pub idle_transaction_timeout: Duration,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            connections: 8,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(10),
            idle_transaction_timeout: Duration::from_secs(60),
        }
    }
}

/// Opens the database at `url`, brings its tables up to date, and keeps a pool of connections.
///
/// # Errors
/// `Refused` when the URL, the sign-in, TLS or the version of the tables does not fit, `Unavailable` when nobody answers,
/// `Corrupt` when the tables are not the ones that their version has.
pub async fn connect_with(url: &str, config: &DatabaseConfig) -> Result<AnyPool, StoreError> {
    sqlx::any::install_default_drivers();
    migrate::migrate(url, config).await?;
    open_with(url, config).await
}

/// As [`connect_with`], with the tables left as they are.
///
/// # Errors
/// As [`connect_with`].
pub async fn open_with(url: &str, config: &DatabaseConfig) -> Result<AnyPool, StoreError> {
    sqlx::any::install_default_drivers();
    check(url)?;
    let fault = |error: sqlx::Error| explain(url, error);
    let settings = settings(url, config);
    AnyPoolOptions::new()
        .max_connections(config.connections)
        .acquire_timeout(config.acquire_timeout)
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move { connection.execute(sqlx::AssertSqlSafe(settings)).await.map(drop) })
        })
        // On a full disk SQLite itself ends the transaction; sqlx goes on counting it, and the connection would
        // refuse every later one. Such a connection is closed instead of being given out.
        .before_acquire(|connection, _| Box::pin(ready(Ok(!connection.is_in_transaction()))))
        .connect(url)
        .await
        .map_err(fault)
}

/// One connection, for work before there is a pool. It has no time limits of PostgreSQL: a migration takes as long as it takes.
pub(super) async fn alone(url: &str, config: &DatabaseConfig) -> Result<AnyConnection, StoreError> {
    check(url)?;
    let connected = tokio::time::timeout(config.acquire_timeout, AnyConnection::connect(url)).await;
    let connected = connected.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut));
    let mut connection = connected.map_err(|error| explain(url, error))?;
    if is_sqlite(url) {
        connection.execute(sqlx::AssertSqlSafe(settings(url, config))).await?;
    }
    Ok(connection)
}

/// Allowed parameters of a PostgreSQL URL, besides `options[NAME]`.
pub const PARAMETERS: &str = "application_name, dbname, host, hostaddr, options, password, port, sslcert, sslkey, sslmode, \
    sslrootcert, statement-cache-capacity, user";

/// Other ways to write some of them.
const SPELLINGS: [&str; 5] = ["ssl-ca", "ssl-cert", "ssl-key", "ssl-mode", "ssl-root-cert"];

/// The first unknown parameter of a PostgreSQL URL. The driver would write its value, which may be a password,
/// into the log, and go on without it.
pub fn unknown_parameter(url: &str) -> Option<String> {
    if is_sqlite(url) {
        return None;
    }
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let mut names =
        query.split('&').filter_map(|part| part.split('=').next()).filter(|name| !name.is_empty());
    let is_known = |name: &str| {
        let is_option = name.strip_prefix("options[").is_some_and(|name| name.ends_with(']'));
        is_option || PARAMETERS.split(", ").any(|known| known == name) || SPELLINGS.contains(&name)
    };
    // A name that is written with escapes is unknown.
    names.find(|name| !is_known(name)).map(str::to_owned)
}

/// Refuses what the driver would ignore.
fn check(url: &str) -> Result<(), StoreError> {
    match unknown_parameter(url) {
        None => Ok(()),
        Some(name) => Err(StoreError::Refused(format!(
            "{}: the database URL has a parameter \"{name}\", which means nothing; there are {PARAMETERS}",
            place(url)
        ))),
    }
}

pub(super) fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// The first statements on each connection.
///
/// SQLite forgets these with each connection. `synchronous = full`: what was answered as saved is still there after a power
/// cut; in WAL mode that costs one fsync a commit, which uploads and edits do not notice.
///
/// For PostgreSQL: the SQL is written for READ COMMITTED, whatever the database's own default is.
fn settings(url: &str, config: &DatabaseConfig) -> String {
    let ms = |duration: Duration| duration.as_millis().min(i32::MAX as u128);
    if is_sqlite(url) {
        return format!(
            "pragma busy_timeout = {}; pragma foreign_keys = on; pragma synchronous = full",
            ms(config.acquire_timeout)
        );
    }
    let name = if url.contains("application_name=") { "" } else { "set application_name = 'impala'; " };
    format!(
        "{name}set default_transaction_isolation = 'read committed'; set statement_timeout = {}; \
         set lock_timeout = {}; set idle_in_transaction_session_timeout = {}",
        ms(config.statement_timeout),
        ms(config.lock_timeout),
        ms(config.idle_transaction_timeout)
    )
}

/// Explains why a first connection failed, and where; never the password.
pub(super) fn explain(url: &str, error: sqlx::Error) -> StoreError {
    let place = place(url);
    let refused = |what: String| StoreError::Refused(format!("{place}: {what}"));
    match &error {
        sqlx::Error::Configuration(why) => refused(format!(
            "the database URL cannot be used: {why}; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE or sqlite://PATH"
        )),
        sqlx::Error::Tls(why) => refused(no_tls(why)),
        sqlx::Error::Io(why) if is_of_tls(url, why) => refused(no_tls(why)),
        sqlx::Error::Database(fault) => match fault.code().as_deref() {
            Some("28P01" | "28000") => {
                refused(format!("{}; check user and password in the database URL", fault.message()))
            }
            Some("3D000") => refused(format!("{}; make it: createdb --encoding UTF8 NAME", fault.message())),
            _ => error.into(),
        },
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => {
            StoreError::Unavailable(Box::new(At { place, error }))
        }
        _ => error.into(),
    }
}

fn no_tls(why: impl std::fmt::Display) -> String {
    format!("no TLS connection: {why}; sslmode and sslrootcert in the database URL say what is asked for")
}

/// A certificate that is not accepted, or missing, is reported as an error of reading.
fn is_of_tls(url: &str, error: &std::io::Error) -> bool {
    match error.kind() {
        ErrorKind::InvalidData => true,
        ErrorKind::NotFound | ErrorKind::PermissionDenied => url.contains("sslrootcert="),
        _ => false,
    }
}

/// The database cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("{place} does not answer")]
struct At {
    place: String,
    #[source]
    error: sqlx::Error,
}

/// Scheme, host and database of a URL; what may be secret is left out.
fn place(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    if scheme.is_empty() { "the database".to_owned() } else { format!("{scheme}://{place}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_hold_no_secret() {
        let check = |url: &str, expected: &str| assert_eq!(place(url), expected);
        check("postgres://ann:s3cr@t@db:5432/impala?password=x", "postgres://db:5432/impala");
        check("sqlite:///var/impala.db?mode=rwc", "sqlite:///var/impala.db");
        check("nonsense:secret", "the database");
    }

    #[tokio::test]
    async fn a_url_that_cannot_be_is_refused_without_its_password() {
        let check = async |url: &str, expected: &str| {
            let error = connect_with(url, &DatabaseConfig::default()).await.unwrap_err();
            assert!(matches!(error, StoreError::Refused(_)), "{error:?}");
            let error = error.to_string();
            assert!(error.contains(expected) && !error.contains("s3cret"), "{error}");
        };
        check("mysql://ann:s3cret@db/x", "mysql://db/x: the database URL cannot be used").await;
        check("postgres://ann:s3cret@db/x?sslmode=maybe", "\"maybe\"").await;
        check("postgres://db/x?sslmode=require&sslpassword=s3cret", "\"sslpassword\"").await;
        check("s3cret", "expected postgres://USER").await;
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_named() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let url = format!("postgres://ann:s3cret@{free}/x");
        let error = connect_with(&url, &DatabaseConfig::default()).await.unwrap_err();
        let StoreError::Unavailable(source) = error else { panic!("{error:?}") };
        assert_eq!(source.to_string(), format!("postgres://{free}/x does not answer"));
    }
}
