//! Why a backup, a restore or a copy ended early.

use std::io;
use std::path::{Path, PathBuf};

use crate::StartError;
use crate::store::{BoxError, StoreError};

/// Why a backup, a restore or a copy failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stores cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("could not {what} {}", path.display())]
    File {
        /// `read`, `write`.
        what: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no instance there.
    #[error("{0}")]
    NoInstance(String),
    /// The instance has lost something, or holds what it never wrote.
    #[error("{0}")]
    Damaged(String),
    /// The archive is not what was written. Lists the faults.
    #[error("the archive is damaged: {}", faults.join("; "))]
    BadArchive {
        /// One line each.
        faults: Vec<String>,
    },
    /// It was made by a newer Impala.
    #[error("{0}")]
    Newer(String),
    /// The tables of the source are older than this program.
    #[error("{0}")]
    Older(String),
    /// The target of a restore or a copy is not empty.
    #[error("{0}")]
    NotEmpty(String),
    /// A server runs on the stores.
    #[error("{0}")]
    InUse(String),
    /// What was read back is not what was written.
    #[error("what was written differs from what was read: {0}")]
    Differs(String),
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
    /// The task itself failed.
    #[error("the work broke off")]
    Broken(#[source] BoxError),
}

impl Error {
    /// A file could not be read or written.
    pub(super) fn file(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { what, path: path.to_owned(), source }
    }

    /// One fault of an archive.
    pub(super) fn bad_archive(fault: impl Into<String>) -> Self {
        Self::BadArchive { faults: vec![fault.into()] }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
