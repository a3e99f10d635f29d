//! The archive: a tar file, compressed with zstd.
//!
//! ```text
//! impala-backup.json                              the header: format, versions, time
//! documents/000001.ndjson ...                     revisions of canvases, one a line
//! uploads/PROJECT/UPLOAD/SHA256.{csv,parquet,...} files as they are kept
//! rows/TABLE/000001.ndjson ...                    rows by key, one a line
//! manifest.json                                   the totals, and size and SHA-256 of every member above
//! manifest.sha256                                 the SHA-256 of the manifest
//! ```
//!
//! The manifest comes last, when everything is known: an archive without it is one that was cut off.

pub mod read;
pub mod write;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Total;

/// What this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// Names of members.
pub const HEADER: &str = "impala-backup.json";
pub const MANIFEST: &str = "manifest.json";
pub const SEAL: &str = "manifest.sha256";

/// The start of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Of the archive itself.
    pub format: u32,
    /// The version of Impala that wrote it.
    pub impala: String,
    /// The number of the newest migration of its tables.
    pub schema: i64,
    /// When it was begun.
    pub created_at: Timestamp,
}

impl Header {
    /// For what is read now.
    pub fn new(schema: i64) -> Self {
        let now = Timestamp::now();
        // Whole seconds: nobody needs more, and people read it.
        let created_at = Timestamp::from_second(now.as_second()).unwrap_or(now);
        Self { format: FORMAT, impala: env!("CARGO_PKG_VERSION").to_owned(), schema, created_at }
    }
}

/// The end of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// As at the start.
    pub header: Header,
    /// What there is of everything.
    pub totals: Vec<Total>,
    /// Every member before this one, in order.
    pub members: Vec<Member>,
}

/// A member of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its path.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}
