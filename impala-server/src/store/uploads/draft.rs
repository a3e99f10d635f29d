//! An upload in progress: filled out of sight, and made visible by one rename.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;

use super::bench::Bench;
use super::{UploadId, Uploads, sync_dir};

const CSV: &str = "upload.csv";
const PARQUET: &str = "upload.parquet";
const REJECTS: &str = "upload.rejects.csv";

/// An upload under way. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Draft {
    id: UploadId,
    dir: Option<PathBuf>,
    _bench: Arc<Bench>,
}

impl Draft {
    /// The upload that it becomes.
    pub const fn id(&self) -> UploadId {
        self.id
    }

    /// Makes it a draft of another upload.
    #[must_use]
    pub fn becomes(mut self, id: UploadId) -> Self {
        self.id = id;
        self
    }

    /// Where the bytes go as they come.
    pub fn csv(&self) -> PathBuf {
        self.path(CSV)
    }

    /// Where the Parquet goes.
    pub fn parquet(&self) -> PathBuf {
        self.path(PARQUET)
    }

    /// Where the rows go that are left out.
    pub fn rejects(&self) -> PathBuf {
        self.path(REJECTS)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.clone().unwrap_or_default().join(name)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(dir) = &self.dir
            && let Err(error) = fs::remove_dir_all(dir)
        {
            tracing::warn!(%error, dir = %dir.display(), "an unfinished upload stays until the next start");
        }
    }
}

impl Uploads {
    /// Begins an upload: an empty folder under `tmp/`, which is removed when the draft is dropped.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn begin(&self, id: UploadId) -> io::Result<Draft> {
        let dir = self.bench.path().join(id.upload.to_string());
        fs::create_dir(&dir)?;
        Ok(Draft { id, dir: Some(dir), _bench: Arc::clone(&self.bench) })
    }

    /// Makes a finished draft visible under its names. All its files are on disk when this returns.
    ///
    /// # Errors
    /// When something cannot be written; the draft is gone then.
    pub fn publish(&self, mut draft: Draft, sha256: &str) -> io::Result<()> {
        let Some(dir) = draft.dir.clone() else {
            return Err(io::Error::other("the draft was published before"));
        };
        for (from, extension) in [(CSV, "csv"), (PARQUET, "parquet"), (REJECTS, "rejects.csv")] {
            let to = dir.join(format!("{sha256}.{extension}"));
            match fs::rename(dir.join(from), &to) {
                Ok(()) => File::open(&to)?.sync_all()?,
                Err(error) if error.kind() == ErrorKind::NotFound && from == REJECTS => {}
                Err(error) => return Err(error),
            }
        }
        sync_dir(&dir)?;
        let project = self.root.join(draft.id.project.to_string());
        fs::create_dir_all(&project)?;
        sync_dir(&self.root)?;
        fs::rename(&dir, project.join(draft.id.upload.to_string()))?;
        draft.dir = None;
        sync_dir(&project)
    }
}
