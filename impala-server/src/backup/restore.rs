//! Bringing an instance back from an archive.
//!
//! The archive is read twice. The first time it is checked. The second time its files go to the target, where nobody sees
//! them yet, and its rows and documents into scratch databases, which are then migrated. From there they are copied.

use std::fs::DirBuilder;
use std::io::Read;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::AnyPool;
use sqlx::Executor as _;
use sqlx::any::AnyPoolOptions;
use tokio::runtime::Handle;

use super::archive::read::{self, Archive};
use super::fill::{Files, Found, Rows, Shared, fill, look, mark};
use super::instance::Instance;
use super::sink::{FileKind, Nowhere, Sink};
use super::snapshot::{Snapshot, newest_schema};
use super::{Error, Report, Watch, blocking};
use crate::Config;
use crate::store::canvases::sql::SqlCanvases;
use crate::store::canvases::{CanvasStore as _, SavedCanvas};
use crate::store::sql::unfinished::Unfinished;
use crate::store::uploads::UploadId;
use crate::store::{self, StoreError};

/// Fills the stores of `config` from an archive. No server may run on them.
///
/// * `replace`: whether an instance that is there is replaced.
///
/// # Errors
/// The reason. Before the archive has been checked and unpacked, nothing has changed; later the target is marked, and the
/// same restore goes on when it is run again.
pub async fn restore(config: Config, archive: PathBuf, replace: bool, watch: Watch) -> Result<Report, Error> {
    blocking(move |handle| {
        let checked = read::read(&archive, &mut Nowhere, &watch)?;
        let target = handle.block_on(Instance::to_write(&config))?;
        let report = into(handle, &target, &archive, &checked, replace, &watch)?;
        handle.block_on(target.close());
        Ok(report)
    })
    .await
}

fn into(
    handle: &Handle,
    target: &Instance,
    path: &Path,
    checked: &Archive,
    replace: bool,
    watch: &Watch,
) -> Result<Report, Error> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let unfinished =
        Unfinished { id: format!("restore {}", checked.seal), what: format!("a restore of {name}") };
    let found = handle.block_on(look(target, &unfinished, replace, Shared::default()))?;
    if found == Found::Nothing {
        handle.block_on(mark(target, &unfinished))?;
    }
    let scratch = Scratch::new(handle, target, checked.manifest.header.schema)?;
    let source = scratch.unpack(handle, target, path, checked, watch)?;
    // Until here, an abandoned restore leaves the old instance in service.
    handle.block_on(mark(target, &unfinished))?;
    let snapshot = handle.block_on(Snapshot::take(&source))?;
    let totals = fill(handle, &source, snapshot, target, Shared::default(), watch)?;
    handle.block_on(source.close());
    Ok(Report { header: checked.manifest.header.clone(), totals })
}

/// Databases that are removed on drop.
struct Scratch {
    folder: PathBuf,
    schema: i64,
    rows: AnyPool,
    documents: AnyPool,
}

impl Scratch {
    fn new(handle: &Handle, target: &Instance, schema: i64) -> Result<Self, Error> {
        // The bench is removed in any case, and with it the password hashes in here.
        let folder = target.uploads.bench().join("restore");
        DirBuilder::new().mode(0o700).create(&folder).map_err(StoreError::from)?;
        let rows = handle.block_on(open(&folder.join("rows.db"), schema))?;
        let documents = handle.block_on(open(&folder.join("documents.db"), newest_schema()))?;
        Ok(Self { folder, schema, rows, documents })
    }

    /// Unpacks an archive that was checked: files into the target, all else in here.
    fn unpack(
        &self,
        handle: &Handle,
        target: &Instance,
        path: &Path,
        checked: &Archive,
        watch: &Watch,
    ) -> Result<Instance, Error> {
        let documents = SqlCanvases::new(self.documents.clone());
        let mut unpacking = Unpacking {
            handle: handle.clone(),
            documents: documents.clone(),
            files: Files::new(target.uploads.clone()),
            rows: Rows::new(handle.clone(), self.rows.clone()),
        };
        if read::read(path, &mut unpacking, watch)?.seal != checked.seal {
            return Err(Error::bad_archive("it was replaced while it was read"));
        }
        unpacking.rows.commit()?;
        let url = store::sqlite_url(&self.folder.join("rows.db"))?;
        if self.schema < newest_schema() {
            handle.block_on(store::migrate_to(&url, newest_schema()))?;
        }
        Ok(Instance {
            url,
            pool: self.rows.clone(),
            canvases: Arc::new(documents),
            has_documents_in_sql: false,
            uploads: target.uploads.clone(),
            _data_dir: None,
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "what a restore needed stays until the next start");
        }
    }
}

/// A database that nobody misses after a power cut, and that need not be on disk at once.
async fn open(path: &Path, schema: i64) -> Result<AnyPool, Error> {
    let url = store::sqlite_url(path)?;
    store::migrate_to(&url, schema).await?;
    let pool = AnyPoolOptions::new().max_connections(4).after_connect(|connection, _| {
        Box::pin(async move {
            for pragma in
                ["pragma busy_timeout = 10000", "pragma foreign_keys = on", "pragma synchronous = off"]
            {
                connection.execute(pragma).await?;
            }
            Ok(())
        })
    });
    Ok(pool.connect(&url).await?)
}

struct Unpacking {
    handle: Handle,
    documents: SqlCanvases,
    files: Files,
    rows: Rows,
}

impl Sink for Unpacking {
    fn document(&mut self, saved: &SavedCanvas, _: &str) -> Result<(), Error> {
        Ok(self.handle.block_on(self.documents.put(saved))?)
    }

    fn begin_upload(&mut self, id: UploadId, sha256: &str) -> Result<(), Error> {
        self.files.begin(id, sha256)
    }

    fn file(&mut self, kind: FileKind, _: u64, content: &mut dyn Read) -> Result<(), Error> {
        self.files.add(kind, content)
    }

    fn end_upload(&mut self) -> Result<(), Error> {
        self.files.end()
    }

    fn table(&mut self, name: &'static str) -> Result<(), Error> {
        self.rows.table(name)
    }

    fn row(&mut self, line: &str) -> Result<(), Error> {
        self.rows.add(line)
    }
}
