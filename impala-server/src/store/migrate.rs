//! Brings the tables of a database up to date: by one server at a time, never backwards, and for SQLite with a copy of the
//! file as it was.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::migrate::{Migrate as _, MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, Connection as _, Executor as _};

use super::StoreError;
use super::connect::{self, DatabaseConfig};

/// All migrations that this version knows, in order.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// The table of sqlx.
const TABLE: &str = "_sqlx_migrations";

/// Brings the tables up to date. Servers that start at once take turns: PostgreSQL has a lock for that, SQLite's
/// file gets one.
pub(super) async fn migrate(url: &str, config: &DatabaseConfig) -> Result<(), StoreError> {
    let file = sqlite_file(url)?;
    let _turn = turn(file.as_deref()).await?;
    let mut connection = connect::alone(url, config).await?;
    if file.is_some() {
        // SQLite changes to WAL only while nobody else is connected.
        connection.execute("pragma journal_mode = wal").await?;
    }
    connection.lock().await.map_err(fault)?;
    let found = found(&mut connection).await?;
    let pending: Vec<_> = MIGRATIONS.iter().filter(|migration| migration.version > found).collect();
    if let (Some(file), Some(next)) = (&file, pending.first())
        && found > 0
    {
        copy(&mut connection, file, found, next.version).await?;
    }
    let newest = pending.last().map(|migration| migration.version);
    for migration in pending {
        connection.apply(TABLE, migration).await.map_err(fault)?;
        tracing::debug!(version = migration.version, "the tables of the database are one version further");
    }
    match newest {
        Some(version) if found == 0 => tracing::info!(version, "made the tables of the database"),
        Some(version) => {
            tracing::info!(version, from = found, "brought the tables of the database up to date");
        }
        None => {}
    }
    // This releases the lock.
    connection.close().await?;
    Ok(())
}

/// Brings the tables of a database that nobody else uses to an earlier version.
///
/// # Errors
/// As [`super::connect_with`].
pub async fn migrate_to(url: &str, version: i64) -> Result<(), StoreError> {
    sqlx::any::install_default_drivers();
    let mut connection = connect::alone(url, &DatabaseConfig::default()).await?;
    MIGRATIONS.run_to(version, &mut connection).await.map_err(fault)?;
    connection.close().await?;
    Ok(())
}

/// The version of the tables; 0 for a database without any.
async fn found(connection: &mut AnyConnection) -> Result<i64, StoreError> {
    connection.ensure_migrations_table(TABLE).await.map_err(fault)?;
    let applied = connection.list_applied_migrations(TABLE).await.map_err(fault)?;
    let found = applied.last().map_or(0, |migration| migration.version);
    if found > newest() {
        return Err(StoreError::Refused(format!(
            "the database was made by a newer Impala: its tables are at version {found}, and this program knows those up \
             to {}; run the newer program, or go back to a copy from before the upgrade",
            newest()
        )));
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.version <= found) {
        match applied.iter().find(|done| done.version == migration.version) {
            None => return Err(fault(MigrateError::VersionTooOld(migration.version, found))),
            Some(done) if done.checksum != migration.checksum => {
                return Err(fault(MigrateError::VersionMismatch(done.version)));
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

fn fault(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => error.into(),
        error => StoreError::corrupt("the database's schema", error),
    }
}

/// The file of an SQLite database; `None` for any other.
fn sqlite_file(url: &str) -> Result<Option<PathBuf>, StoreError> {
    if !connect::is_sqlite(url) {
        return Ok(None);
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|error| connect::explain(url, error))?;
    Ok(Some(options.get_filename().to_owned()))
}

/// Locks the folder of an SQLite file until dropped. Not the file: SQLite has locks of its own there, which would be released when
/// this one is closed.
async fn turn(file: Option<&Path>) -> Result<Option<File>, StoreError> {
    let Some(file) = file else {
        return Ok(None);
    };
    let dir = std::path::absolute(file)?.parent().map(Path::to_owned).unwrap_or_default();
    let locked = tokio::task::spawn_blocking(move || {
        let dir = File::open(dir)?;
        // Where folders cannot be locked, servers that share one SQLite file are on their own.
        if let Err(error) = dir.lock() {
            tracing::debug!(%error, "the folder of the database cannot be locked");
        }
        Ok::<_, std::io::Error>(dir)
    });
    let locked = locked.await.map_err(|error| StoreError::Unavailable(error.into()))?;
    Ok(Some(locked?))
}

/// Keeps the database as it was, in a file beside it: complete, or not at all.
async fn copy(connection: &mut AnyConnection, file: &Path, found: i64, next: i64) -> Result<(), StoreError> {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".before-{next:04}"));
    let kept = PathBuf::from(name);
    let mut name = kept.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    // Left by an interrupted copy.
    if let Err(error) = fs::remove_file(&part)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error.into());
    }
    let text = part.to_str().ok_or_else(|| StoreError::Refused(format!("{} is no UTF-8", part.display())))?;
    sqlx::query("vacuum into $1").bind(text).execute(connection).await?;
    fs::set_permissions(&part, Permissions::from_mode(0o600))?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, &kept)?;
    if let Some(dir) = std::path::absolute(&kept)?.parent() {
        File::open(dir)?.sync_all()?;
    }
    tracing::info!(copy = %kept.display(), version = found, "the database is upgraded; a copy of the old one is kept");
    Ok(())
}
