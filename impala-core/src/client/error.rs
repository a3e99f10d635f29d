//! What can go wrong between a client and its server.

use std::time::Duration;

use super::CredentialError;
use crate::api::Problem;

/// Why a request failed, by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server's address is not a valid URL.
    #[error("\"{url}\" is not a server's address: {reason}")]
    BadUrl {
        /// What was given.
        url: String,
        /// Why it is invalid.
        reason: String,
    },
    /// No connection, or it broke.
    #[error("could not reach {url}: {reason}")]
    Unreachable {
        /// The server.
        url: String,
        /// What the system said.
        reason: String,
    },
    /// The server was reached and then kept silent.
    #[error("{url} gave no answer within {} s", after.as_secs())]
    TimedOut {
        /// The server.
        url: String,
        /// How long the client waited.
        after: Duration,
    },
    /// The server said what is wrong.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// Something answered that does not speak Impala's API, or another version of it.
    #[error("unexpected answer from {url}: {detail}")]
    Unexpected {
        /// What was asked.
        url: String,
        /// The status of the answer.
        status: u16,
        /// What is wrong with it.
        detail: String,
    },
    /// A server, or a proxy in front of it, is busy and gives no details: 408, 425, 429, 502, 503 or 504.
    #[error("{url} is busy or not up for now (status {status})")]
    Busy {
        /// The server.
        url: String,
        /// The status of the answer.
        status: u16,
    },
    /// The stored credentials could not be read or kept.
    #[error("{0}")]
    Credentials(#[source] CredentialError),
    /// What was to be sent could not be read, or what came could not be written.
    #[error("{what}: {source}")]
    File {
        /// What was tried with which file.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl ClientError {
    /// The HTTP status that the server answered with, if it did.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Problem(problem) => Some(problem.status),
            Self::Unexpected { status, .. } | Self::Busy { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The stable word of the server's problem: `not_found`, `stale_revision`.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(&problem.code),
            _ => None,
        }
    }
}

/// An error with all its causes in one line. Those of reqwest say little by themselves.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}
