//! Uploaded files: the bytes as they came, and the Parquet made from them.
//!
//! One upload is one folder, `PROJECT/UPLOAD/`, that holds `SHA256.csv`, `SHA256.parquet` and perhaps
//! `SHA256.rejects.csv`. It is filled under `tmp/`, forced to disk, and appears by one rename; the row that
//! makes it a version is committed after that. So a crash leaves either a folder under `tmp/` or one that no row
//! names, and [`Uploads::sweep`] removes both. No two uploads share a file: one can be removed without asking who
//! else needs it. Several servers may share the folder: each has its own bench under `tmp/`.
//! The file `instance` says which instance the uploads belong to.

mod bench;
mod draft;
mod owner;
mod sweep;

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use super::parts::Parts;
use super::violations::ViolationFiles;
use bench::Bench;
pub use bench::Survey;
pub use draft::Draft;
pub use sweep::Swept;

/// Where uploaded files are.
#[derive(Clone, Debug)]
pub struct Uploads {
    root: Arc<Path>,
    bench: Arc<Bench>,
}

/// Where the files of one upload are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadId {
    /// Its project.
    pub project: Uuid,
    /// The id of its version.
    pub upload: Uuid,
}

impl Uploads {
    /// Opens the folder, making it where there is none. It blocks while another server sweeps it.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        let tmp = root.join(TMP);
        fs::create_dir_all(&tmp)?;
        Ok(Self { root: root.into(), bench: Arc::new(Bench::open(&tmp)?) })
    }

    /// Where all of it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where unfinished files belong. It is removed with the last clone of this, or, after a crash, at the next start of a
    /// server.
    pub fn bench(&self) -> &Path {
        self.bench.path()
    }

    /// Whether there are files of that upload. If so, there are all of them.
    pub fn has(&self, id: UploadId) -> bool {
        self.folder(id).is_dir()
    }

    /// Whether there are files of no upload at all.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(!entries(&self.root)?.iter().any(|path| id_of(path).is_some()))
    }

    /// The pieces of uploads that come in several requests. A sweep leaves them alone.
    pub fn parts(&self) -> Parts {
        Parts::new(self.root.join("parts"))
    }

    /// What was wrong with files that were refused. A sweep of uploads leaves it alone.
    pub fn violations(&self) -> ViolationFiles {
        ViolationFiles::new(self.root.join("violations"), self.bench())
    }

    /// The bytes as they came.
    pub fn csv(&self, id: UploadId, sha256: &str) -> PathBuf {
        self.folder(id).join(format!("{sha256}.csv"))
    }

    /// The Parquet made from them.
    pub fn parquet(&self, id: UploadId, sha256: &str) -> PathBuf {
        self.folder(id).join(format!("{sha256}.parquet"))
    }

    /// The rows that were left out.
    pub fn rejects(&self, id: UploadId, sha256: &str) -> PathBuf {
        self.folder(id).join(format!("{sha256}.rejects.csv"))
    }

    /// Removes the files of one upload. It is not an error when there are none.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove(&self, id: UploadId) -> io::Result<()> {
        self.discard(&self.folder(id))
    }

    /// Removes the files of a project. It is not an error when there are none.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove_project(&self, project: Uuid) -> io::Result<()> {
        self.discard(&self.root.join(project.to_string()))
    }

    /// Whether files can be written: for the readiness of the server.
    ///
    /// # Errors
    /// The reason.
    pub fn check(&self) -> io::Result<()> {
        tempfile::tempfile_in(self.bench.path()).map(drop)
    }

    fn tmp(&self) -> PathBuf {
        self.root.join(TMP)
    }

    fn folder(&self, id: UploadId) -> PathBuf {
        self.root.join(id.project.to_string()).join(id.upload.to_string())
    }

    /// Hides a folder by one rename and then removes it, so that it is never visible in part.
    fn discard(&self, dir: &Path) -> io::Result<()> {
        let hidden = self.bench.path().join(format!("removed-{}", Uuid::now_v7()));
        match fs::rename(dir, &hidden) {
            Ok(()) => fs::remove_dir_all(hidden),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

const TMP: &str = "tmp";

fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn id_of(path: &Path) -> Option<Uuid> {
    path.file_name()?.to_str()?.parse().ok()
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests;
