//! The bytes of uploads that come in several requests: one folder an upload, one file a piece, and no piece is written
//! twice. Which pieces count is in the database; the others are left behind by requests that were cut off, and are removed
//! with their folder.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

/// Where pieces are.
#[derive(Clone, Debug)]
pub struct Parts {
    root: Arc<Path>,
}

/// A piece that is being written. Dropped before it is kept, it leaves nothing.
#[derive(Debug)]
pub struct NewPart {
    /// Where the bytes go.
    pub file: File,
    /// Its name within the upload.
    pub name: String,
    path: PathBuf,
    is_kept: bool,
}

impl Parts {
    /// Pieces in the folder `root`, which is made when the first one comes.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into().into() }
    }

    /// Begins a piece.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn begin(&self, upload: Uuid) -> io::Result<NewPart> {
        let folder = self.folder(upload);
        if !folder.is_dir() {
            fs::create_dir_all(&folder)?;
            File::open(&self.root)?.sync_all()?;
        }
        let name = Uuid::now_v7().to_string();
        let path = folder.join(&name);
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(NewPart { file, name, path, is_kept: false })
    }

    /// Where a piece is.
    pub fn path(&self, upload: Uuid, name: &str) -> PathBuf {
        self.folder(upload).join(name)
    }

    /// Removes all pieces of an upload. It is not an error when there are none.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove(&self, upload: Uuid) -> io::Result<()> {
        match fs::remove_dir_all(self.folder(upload)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    /// The uploads that have pieces.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn uploads(&self) -> io::Result<Vec<Uuid>> {
        let entries = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut ids = Vec::new();
        for entry in entries {
            ids.extend(entry?.file_name().to_str().and_then(|name| name.parse::<Uuid>().ok()));
        }
        Ok(ids)
    }

    fn folder(&self, upload: Uuid) -> PathBuf {
        self.root.join(upload.to_string())
    }
}

impl NewPart {
    /// Forces the bytes and their name to disk, so that they are durable.
    ///
    /// # Errors
    /// When they cannot be.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_all()?;
        self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }

    /// Keeps it: it counts now.
    pub fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for NewPart {
    fn drop(&mut self) {
        if !self.is_kept {
            // A leftover is removed with its folder.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn pieces_stay_once_they_are_kept_and_go_with_their_upload() {
        let dir = tempfile::tempdir().unwrap();
        let parts = Parts::new(dir.path().join("parts"));
        let upload = Uuid::from_u128(7);
        assert!(parts.uploads().unwrap().is_empty());
        let mut kept = parts.begin(upload).unwrap();
        kept.file.write_all(b"abc").unwrap();
        kept.sync().unwrap();
        let path = parts.path(upload, &kept.name);
        kept.keep();
        let dropped = parts.begin(upload).unwrap();
        let other = parts.path(upload, &dropped.name);
        drop(dropped);
        assert_eq!(fs::read(path).unwrap(), b"abc");
        assert!(!other.exists());
        assert_eq!(parts.uploads().unwrap(), [upload]);
        parts.remove(upload).unwrap();
        parts.remove(upload).unwrap();
        assert!(parts.uploads().unwrap().is_empty());
    }
}
