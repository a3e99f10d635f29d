//! The stores of an instance, opened from its configuration without a server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::{AnyPool, Row as _};

use super::{Error, tables};
use crate::Config;
use crate::data_dir::DataDir;
use crate::store::canvases::CanvasStore;
use crate::store::canvases::sql::SqlCanvases;
use crate::store::uploads::Uploads;
use crate::store::{self, DatabaseConfig, StoreError};

/// The stores of one instance.
pub struct Instance {
    /// URL of the database.
    pub url: String,
    /// Rows.
    pub pool: AnyPool,
    /// Documents.
    pub canvases: Arc<dyn CanvasStore>,
    /// Whether the documents are in the database too.
    pub has_documents_in_sql: bool,
    /// Files.
    pub uploads: Uploads,
    /// Locked as long as this lives, when it is to be written.
    pub _data_dir: Option<DataDir>,
}

impl Instance {
    /// Opens an instance to read it; a server may run on it.
    ///
    /// # Errors
    /// `NoInstance` when there is none.
    pub async fn to_read(config: &Config) -> Result<Self, Error> {
        let url = match &config.database_url {
            Some(url) => url.clone(),
            None => there(&config.data_dir.join("impala.db"))?,
        };
        let root = uploads_dir(config);
        if !root.is_dir() {
            return Err(Error::NoInstance(format!("there is no folder {} with uploads", root.display())));
        }
        let pool = store::open_with(&url, &patient(config)).await?;
        let uploads = Uploads::open(root).map_err(StoreError::from)?;
        Self::with(config, url, pool, uploads, None).await
    }

    /// Opens an instance to write it, making it where there is none. No server may run on it.
    ///
    /// # Errors
    /// `Start` or `InUse` when one does.
    pub async fn to_write(config: &Config) -> Result<Self, Error> {
        let is_elsewhere = config.database_url.is_some() && config.uploads_dir.is_some();
        let data_dir = if is_elsewhere { None } else { Some(DataDir::open(&config.data_dir)?) };
        let url = match (&config.database_url, &data_dir) {
            (Some(url), _) => url.clone(),
            (None, Some(data_dir)) => store::sqlite_url(&data_dir.database()?)?,
            (None, None) => return Err(Error::NoInstance("no database is named".to_owned())),
        };
        refuse_others(&url).await?;
        let pool = store::connect_with(&url, &patient(config)).await?;
        let uploads = Uploads::open(uploads_dir(config)).map_err(StoreError::from)?;
        Self::with(config, url, pool, uploads, data_dir).await
    }

    /// Whether another process uses the uploads folder: a server, perhaps one on another machine.
    ///
    /// # Errors
    /// `InUse` when one does.
    pub fn refuse_others_at_work(&self) -> Result<(), Error> {
        match self.uploads.survey().map_err(StoreError::from)?.is_alone {
            true => Ok(()),
            false => Err(Error::InUse(format!(
                "a server or a backup is at work on the uploads in {}; stop it first",
                self.uploads.root().display()
            ))),
        }
    }

    async fn with(
        config: &Config,
        url: String,
        pool: AnyPool,
        uploads: Uploads,
        data_dir: Option<DataDir>,
    ) -> Result<Self, Error> {
        let has_documents_in_sql = config.mongodb_url.is_none();
        let canvases = match has_documents_in_sql && is_older(&pool).await? {
            true => Arc::new(SqlCanvases::of_older(pool.clone())),
            false => crate::run::canvas_store(config, &pool).await?,
        };
        // A server starts without its documents; half an instance is no use here.
        canvases.check().await?;
        Ok(Self { url, pool, canvases, has_documents_in_sql, uploads, _data_dir: data_dir })
    }

    /// Closes the stores, so that their files are at rest.
    pub async fn close(self) {
        self.canvases.close().await;
        self.pool.close().await;
    }
}

/// Whether the database is from before canvas heads had a project.
async fn is_older(pool: &AnyPool) -> Result<bool, Error> {
    let columns = tables::columns(&mut *pool.acquire().await?, "canvas_heads").await?;
    Ok(!columns.iter().any(|column| column.name == "project_id"))
}

/// A server's time limits are for requests.
fn patient(config: &Config) -> DatabaseConfig {
    DatabaseConfig {
        statement_timeout: Duration::ZERO,
        idle_transaction_timeout: Duration::ZERO,
        ..config.database.clone()
    }
}

fn uploads_dir(config: &Config) -> PathBuf {
    config.uploads_dir.clone().unwrap_or_else(|| config.data_dir.join("uploads"))
}

/// The URL of an SQLite file that must exist.
fn there(path: &Path) -> Result<String, Error> {
    if !path.is_file() {
        return Err(Error::NoInstance(format!("there is no database {}", path.display())));
    }
    Ok(store::sqlite_url(path)?.replace("?mode=rwc", "?mode=rw"))
}

/// How long to wait for connections of programs that have just ended.
const LINGER: Duration = Duration::from_secs(3);

/// Refuses a PostgreSQL database that servers are connected to: they need not share the data directory.
async fn refuse_others(url: &str) -> Result<(), Error> {
    sqlx::any::install_default_drivers();
    if !url.starts_with("postgres") {
        return Ok(());
    }
    let pool = store::open_with(url, &DatabaseConfig { connections: 1, ..DatabaseConfig::default() }).await?;
    // They are recognised by the application name, which this connection has too.
    let sql = "select cast(count(*) as bigint) as n from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
             and application_name = current_setting('application_name')";
    let begun = tokio::time::Instant::now();
    let others = loop {
        let others: i64 = sqlx::query(sql).fetch_one(&pool).await?.try_get("n")?;
        if others == 0 || begun.elapsed() > LINGER {
            break others;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    pool.close().await;
    match others {
        0 => Ok(()),
        _ => Err(Error::InUse("a server is connected to the database; stop it first".to_owned())),
    }
}
