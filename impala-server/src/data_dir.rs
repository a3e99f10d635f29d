//! The folder that everything is kept in: made private, locked against a second server, and home of the secret.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::StartError;

/// The folder, locked as long as this lives. The lock goes with the process, however it ends.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Opens the folder, making it when it is not there, and takes its lock.
    ///
    /// # Errors
    /// `DataDir` when it cannot be made or written, or another server holds it.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        let fault = |error: io::Error| StartError::DataDir { path: path.to_owned(), source: error };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fault)?;
        let lock =
            private_file(&path.join("lock"), OpenOptions::new().write(true).create(true).truncate(false))
                .map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database of the embedded default: private from its first byte, also in a folder that others may read.
    /// SQLite gives the files beside it the same rights.
    ///
    /// # Errors
    /// `DataDir` when it cannot be made.
    pub fn database(&self) -> Result<PathBuf, StartError> {
        let path = self.path.join("impala.db");
        private_file(&path, OpenOptions::new().write(true).create(true).truncate(false))
            .map_err(|source| StartError::DataDir { path: self.path.clone(), source })?;
        Ok(path)
    }

    /// Whether it can be written, tested by writing.
    ///
    /// # Errors
    /// Why not: full, read-only, gone.
    pub fn check_writable(&self) -> io::Result<()> {
        let mut probe = tempfile::Builder::new().prefix(".ready-").tempfile_in(&self.path)?;
        probe.write_all(b"ready")
    }

    /// The secret of that name; made of 32 random bytes when it is not there.
    ///
    /// # Errors
    /// `Secret` when it cannot be read or written, is too short, or others may read it.
    pub fn secret(&self, name: &str) -> Result<Vec<u8>, StartError> {
        let path = self.path.join(name);
        match read_secret(&path) {
            Err(StartError::Secret { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                make_secret(&self.path, &path)?;
                read_secret(&path)
            }
            secret => secret,
        }
    }
}

/// Fewer bytes could be guessed, and are weaker than the hash they are a key of.
const SECRET_BYTES: usize = 32;

/// No secret is longer; a wrong path is.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Reads a secret from a file that the operator keeps. White space around it is ignored. A file that anyone may read causes
/// only a warning: that is how Docker hands secrets to a container.
///
/// # Errors
/// `Secret` when it cannot be read, or is shorter than 32 bytes.
pub fn read_secret(path: &Path) -> Result<Vec<u8>, StartError> {
    let fault = |source: io::Error| StartError::Secret { path: path.to_owned(), source };
    let file = File::open(path).map_err(fault)?;
    let is_of_a_container = path.starts_with("/run/secrets");
    if file.metadata().map_err(fault)?.permissions().mode() & 0o007 != 0 && !is_of_a_container {
        tracing::warn!(path = %path.display(), "anyone on this machine may read the secret; run chmod 600 on it");
    }
    let mut secret = Vec::new();
    file.take(SECRET_BYTES_MAX).read_to_end(&mut secret).map_err(fault)?;
    let secret = secret.trim_ascii().to_vec();
    if secret.len() < SECRET_BYTES {
        let detail = format!("it holds {} bytes; at least {SECRET_BYTES} are needed", secret.len());
        return Err(fault(io::Error::other(detail)));
    }
    Ok(secret)
}

/// Written whole under another name first: nobody ever reads half a secret, and the first of two to come wins.
fn make_secret(dir: &Path, path: &Path) -> Result<(), StartError> {
    let fault = |source: io::Error| StartError::Secret { path: path.to_owned(), source };
    let mut bytes = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| fault(io::Error::other(error)))?;
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(fault)?;
    file.write_all(hex::encode(bytes).as_bytes()).map_err(fault)?;
    file.as_file().sync_all().map_err(fault)?;
    match file.persist_noclobber(path) {
        Ok(_) => File::open(dir).and_then(|dir| dir.sync_all()).map_err(fault),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(fault(error.error)),
    }
}

fn private_file(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(dir.path()).unwrap();
        let secret = data_dir.secret("key").unwrap();
        assert_eq!(secret.len(), 64);
        assert_eq!(data_dir.secret("key").unwrap(), secret);
        let mode = std::fs::metadata(dir.path().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn secrets_that_are_none_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let check = |bytes: &[u8], expected: &str| {
            std::fs::write(&path, bytes).unwrap();
            let error = read_secret(&path).unwrap_err();
            let detail = std::error::Error::source(&error).unwrap().to_string();
            assert!(detail.contains(expected), "{detail}");
        };
        check(b"short", "5 bytes; at least 32");
        check(&[b' '; 100], "0 bytes; at least 32");
        std::fs::write(&path, format!("  {}\n", "x".repeat(32))).unwrap();
        assert_eq!(read_secret(&path).unwrap(), [b'x'; 32]);
    }

    #[test]
    fn a_folder_serves_one_server_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::open(dir.path()).unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(StartError::InUse { .. })));
        drop(first);
        assert!(DataDir::open(dir.path()).is_ok());
    }
}
