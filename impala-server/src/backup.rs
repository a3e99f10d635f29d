//! Whole instances: into one archive and back, and from one set of stores to another.
//!
//! A [`snapshot`] lists what an instance holds at one moment; a [`walk`] hands it over piece by piece, in one order (documents,
//! files, rows), to a [`sink`]: an archive being written, or the stores of another instance. Reading an archive does the
//! same, so that a restore is a copy out of an archive. Whatever passes is counted and hashed in a [`tally`], which has to
//! be the same on both sides.
//!
//! All of it runs in a blocking thread and holds no more than a few pieces at a time.

mod archive;
mod copy;
mod create;
mod error;
mod fill;
mod instance;
mod restore;
mod rows;
mod sink;
mod snapshot;
mod tables;
mod tally;
mod verify;
mod walk;
mod watch;

pub use archive::Header;
pub use copy::copy;
pub use create::{Output, create};
pub use error::Error;
pub use restore::restore;
pub use tables::{LEFT_OUT, TABLES, Table};
pub use tally::Total;
pub use verify::verify;
pub use watch::Watch;

use serde::Serialize;

/// The result of a backup, a restore, a check or a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Of the archive, or of the source of a copy.
    #[serde(flatten)]
    pub header: Header,
    /// Counts and hashes of everything; they are the same wherever it is stored.
    pub totals: Vec<Total>,
}

/// Runs work that waits for disks, off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce(&tokio::runtime::Handle) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let handle = tokio::runtime::Handle::current();
    match tokio::task::spawn_blocking(move || work(&handle)).await {
        Ok(done) => done,
        Err(fault) => Err(Error::Broken(fault.into())),
    }
}
