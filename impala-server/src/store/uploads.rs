//! Uploaded files: the bytes as they came, and the Parquet made from them.
//!
//! One upload is one folder, `PROJECT/UPLOAD/`, that holds `SHA256.csv`, `SHA256.parquet` and perhaps
//! `SHA256.rejects.csv`. It is filled under `tmp/`, forced to disk, and appears by one rename; the row that
//! makes it a version is committed after that. So a crash leaves either a folder under `tmp/` or one that no row
//! names, and [`Uploads::sweep`] removes both at start. No two uploads share a file: one can be removed
//! without asking who else needs it.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

/// Where uploaded files are.
#[derive(Clone, Debug)]
pub struct Uploads {
    root: Arc<Path>,
}

/// Where the files of one upload are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadId {
    /// Its project.
    pub project: Uuid,
    /// The id of its version.
    pub upload: Uuid,
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that were never finished.
    pub unfinished: u32,
    /// Uploads that no version names.
    pub strays: u32,
}

impl Uploads {
    /// Opens the folder, making it where there is none. All of its files are removed from under it only.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(root.join("tmp"))?;
        Ok(Self { root: root.into() })
    }

    /// Begins an upload: an empty folder under `tmp/`, which goes when the draft is dropped.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn begin(&self, id: UploadId) -> io::Result<Draft> {
        let dir = self.tmp().join(id.upload.to_string());
        fs::create_dir(&dir)?;
        Ok(Draft { id, dir: Some(dir) })
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

    /// Removes the files of one upload. It is no fault when there are none.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove(&self, id: UploadId) -> io::Result<()> {
        self.discard(&self.folder(id))
    }

    /// Removes the files of a project. It is no fault when there are none.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove_project(&self, project: Uuid) -> io::Result<()> {
        self.discard(&self.root.join(project.to_string()))
    }

    /// Removes unfinished uploads and those that are not among `known`. For the start only: an upload that is under way
    /// has no row yet.
    ///
    /// # Errors
    /// When something cannot be read or removed.
    pub fn sweep(&self, known: &HashSet<UploadId>) -> io::Result<Swept> {
        let mut swept = Swept::default();
        for unfinished in entries(&self.tmp())? {
            remove_any(&unfinished)?;
            swept.unfinished += 1;
        }
        for project_dir in entries(&self.root)? {
            // Whatever is not called by an id was not put there by us, and stays.
            let Some(project) = id_of(&project_dir) else {
                continue;
            };
            for dir in entries(&project_dir)? {
                if id_of(&dir).is_some_and(|upload| !known.contains(&UploadId { project, upload })) {
                    self.discard(&dir)?;
                    swept.strays += 1;
                }
            }
            if !known.iter().any(|id| id.project == project) {
                self.discard(&project_dir)?;
            }
        }
        Ok(swept)
    }

    /// Whether files can be written: for the readiness of the server.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> io::Result<()> {
        tempfile::tempfile_in(self.tmp()).map(drop)
    }

    fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    fn folder(&self, id: UploadId) -> PathBuf {
        self.root.join(id.project.to_string()).join(id.upload.to_string())
    }

    /// Moves a folder out of sight by one rename and then removes it, so that no half of it is ever seen.
    fn discard(&self, dir: &Path) -> io::Result<()> {
        let hidden = self.tmp().join(format!("removed-{}", Uuid::now_v7()));
        match fs::rename(dir, &hidden) {
            Ok(()) => fs::remove_dir_all(hidden),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

const CSV: &str = "upload.csv";
const PARQUET: &str = "upload.parquet";
const REJECTS: &str = "upload.rejects.csv";

/// An upload under way. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Draft {
    id: UploadId,
    dir: Option<PathBuf>,
}

impl Draft {
    /// What it will be.
    pub const fn id(&self) -> UploadId {
        self.id
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

fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn id_of(path: &Path) -> Option<Uuid> {
    path.file_name()?.to_str()?.parse().ok()
}

fn remove_any(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(upload: u128) -> UploadId {
        UploadId { project: Uuid::from_u128(1), upload: Uuid::from_u128(upload) }
    }

    fn published(uploads: &Uploads, upload: u128) -> UploadId {
        let draft = uploads.begin(id(upload)).unwrap();
        fs::write(draft.csv(), "a\n1\n").unwrap();
        fs::write(draft.parquet(), "parquet").unwrap();
        uploads.publish(draft, "ff").unwrap();
        id(upload)
    }

    fn leftovers(uploads: &Uploads) -> usize {
        entries(&uploads.tmp()).unwrap().len()
    }

    #[test]
    fn a_published_upload_is_found_under_its_hash() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let id = published(&uploads, 7);
        assert_eq!(fs::read_to_string(uploads.csv(id, "ff")).unwrap(), "a\n1\n");
        assert!(uploads.parquet(id, "ff").exists() && !uploads.rejects(id, "ff").exists());
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn a_dropped_draft_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let draft = uploads.begin(id(7)).unwrap();
        fs::write(draft.csv(), "a\n1\n").unwrap();
        drop(draft);
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn a_draft_without_parquet_is_not_published() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let draft = uploads.begin(id(7)).unwrap();
        fs::write(draft.csv(), "a\n1\n").unwrap();
        assert!(uploads.publish(draft, "ff").is_err());
        assert!(!uploads.csv(id(7), "ff").exists());
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn a_sweep_keeps_what_versions_name_and_what_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let kept = published(&uploads, 7);
        let stray = published(&uploads, 8);
        std::mem::forget(uploads.begin(id(9)).unwrap());
        fs::write(dir.path().join(".gitkeep"), "").unwrap();
        let swept = uploads.sweep(&HashSet::from([kept])).unwrap();
        assert_eq!(swept, Swept { unfinished: 1, strays: 1 });
        assert!(uploads.csv(kept, "ff").exists() && !uploads.csv(stray, "ff").exists());
        assert!(dir.path().join(".gitkeep").exists());
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn removing_twice_is_no_fault() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let id = published(&uploads, 7);
        uploads.remove(id).unwrap();
        uploads.remove(id).unwrap();
        uploads.remove_project(id.project).unwrap();
        uploads.remove_project(id.project).unwrap();
        assert!(entries(dir.path()).unwrap().iter().all(|path| path.ends_with("tmp")));
    }
}
