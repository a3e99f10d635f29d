//! The one error that http sees, by what the caller can do about it.

use std::fmt;

use impala_core::api::{Revision, Violations};
use impala_core::{FieldError, Invalid};
use serde::{Deserialize, Serialize};

use crate::engine::QueryError;
use crate::store::{BoxError, StoreError};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or the caller may not know of it.
    #[error("there is no {kind} \"{name}\"{hint}")]
    NotFound {
        /// `project`, `source`, `canvas`, ...
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What there is instead: empty, or as [`impala_core::name::suggestion`] makes it.
        hint: String,
    },
    /// The caller has not signed in, or the credentials are not valid. Says which, and what to do.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The caller may see it, but not do this. Says what is needed.
    #[error("{0}")]
    Forbidden(String),
    /// Something is there already, or two wanted to change the same at once.
    #[error("{0}")]
    Conflict(String),
    /// What was sent breaks the rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A file is not what a contract says that it is.
    #[error("{0}")]
    Broken(Box<Broken>),
    /// A change must say which revision it changes.
    #[error("the change does not say which revision it is for")]
    PreconditionRequired,
    /// Someone else has saved in between.
    #[error("revision {} was saved by {} in between", current.revision, current.saved_by)]
    Stale {
        /// The current revision.
        current: Box<Revision>,
    },
    /// The bytes that came are not those that were announced.
    #[error("the bytes have the SHA-256 {received}, where Content-Digest announced {announced}")]
    Digest {
        /// What `Content-Digest` said, in hexadecimal.
        announced: String,
        /// What was received, in hexadecimal.
        received: String,
    },
    /// The bytes of one request do not match its `Upload-Checksum`.
    #[error("the bytes are not those that Upload-Checksum announced")]
    Checksum,
    /// It was there once. Says what became of it.
    #[error("{0}")]
    Gone(String),
    /// Someone else is working on it, and the result is not known yet.
    #[error("{0}")]
    Busy(String),
    /// More bytes than may be sent.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// Bytes that may be sent.
        limit: u64,
    },
    /// Too often, or too many at once.
    #[error("too many requests")]
    TooMany {
        /// When to come again, in seconds.
        retry_after_s: u64,
    },
    /// A query failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The server's disk is full.
    #[error("the disk is full")]
    StorageFull(#[source] BoxError),
    /// A store failed.
    #[error(transparent)]
    Store(StoreError),
    /// Something that the server needs does not work.
    #[error("{what} cannot be used")]
    NotReady {
        /// `MongoDB`, `the database`, ...
        what: &'static str,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The server itself is at fault.
    #[error("{what}")]
    Internal {
        /// What was being done.
        what: &'static str,
        /// What went wrong.
        #[source]
        source: BoxError,
    },
}

/// What a file breaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    /// `the contract of the source "sales"`.
    pub contract: String,
    /// How much is wrong, and where all of it is listed.
    pub violations: Violations,
    /// The first violations, by row and column.
    pub first: Vec<FieldError>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violations { total, rows, .. } = self.violations;
        let s = |number| if number == 1 { "" } else { "s" };
        write!(f, "the file breaks {}: {total} violation{} in {rows} row{}", self.contract, s(total), s(rows))
    }
}

impl Error {
    /// There is no `kind` called `name`, or the caller may not know of it.
    pub fn not_found(kind: &'static str, name: impl Into<String>) -> Self {
        Self::NotFound { kind, name: name.into(), hint: String::new() }
    }

    /// The server is at fault.
    pub fn internal(what: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Internal { what, source: source.into() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(detail) => Self::Conflict(detail),
            StoreError::Full(source) => Self::StorageFull(source),
            error @ (StoreError::Unavailable(_) | StoreError::Refused(_) | StoreError::Corrupt { .. }) => {
                Self::Store(error)
            }
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Invalid(error.into())
    }
}
