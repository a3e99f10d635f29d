//! The connection to MongoDB: time limits, retries, and the meaning of its errors.

use std::time::Duration;

use mongodb::error::{Error, ErrorKind, WriteFailure};
use mongodb::options::{Acknowledgment, ClientOptions, ReadConcern, WriteConcern};
use mongodb::{Client, Database};

use crate::store::StoreError;

/// Longest that a step may take, with all its tries, before the caller gets an error.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// A MongoDB that is up answers within milliseconds; a replica set chooses a new primary within about this long.
const SELECTION_TIMEOUT: Duration = Duration::from_secs(3);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Connections to one MongoDB. What is to be done is a few milliseconds each.
const CONNECTIONS: u32 = 32;

/// Tries of a step whose answer got lost.
const TRIES: u32 = 3;

/// The database when the URL names none.
const DATABASE: &str = "impala";

/// A URL that is invalid, or cannot be used. Says why, and repeats no password.
#[derive(Debug, thiserror::Error)]
#[error("{0}; expected mongodb://USER:PASSWORD@HOST:PORT/DATABASE")]
pub struct WrongUrl(String);

/// The database of that URL. Time-outs and pool size in the URL apply; write concerns in it do not, as those are what
/// the store promises.
///
/// # Errors
/// When the URL is invalid.
pub async fn open(url: &str) -> Result<Database, WrongUrl> {
    let mut options = ClientOptions::parse(url).await.map_err(|error| wrong_url(url, &error))?;
    options.app_name.get_or_insert_with(|| "impala".to_owned());
    options.server_selection_timeout.get_or_insert(SELECTION_TIMEOUT);
    options.connect_timeout.get_or_insert(CONNECT_TIMEOUT);
    options.max_pool_size.get_or_insert(CONNECTIONS);
    // A save that is confirmed is on the disks of most members, and what is read will not be rolled back.
    options.write_concern = Some(WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build());
    options.read_concern = Some(ReadConcern::majority());
    let client = Client::with_options(options).map_err(|error| wrong_url(url, &error))?;
    Ok(client.default_database().unwrap_or_else(|| client.database(DATABASE)))
}

/// The driver's message may hold parts of the URL.
fn wrong_url(url: &str, error: &Error) -> WrongUrl {
    let mut why = error.to_string();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    if let Some((secret, _)) = rest.rsplit_once('@') {
        for part in std::iter::once(secret).chain(secret.split(':')).filter(|part| !part.is_empty()) {
            why = why.replace(part, "…");
        }
    }
    WrongUrl(why)
}

/// Does a step that may be done twice, and retries it when its answer got lost or the server is about to change. `step` gets
/// whether it was tried before.
///
/// # Errors
/// What the last try says, or that `patience` has ended.
pub async fn insist<T, Step: Future<Output = Result<T, Error>>>(
    patience: Duration,
    step: impl Fn(bool) -> Step,
) -> Result<T, Error> {
    let tries = async {
        let mut tried = 0;
        loop {
            match step(tried > 0).await {
                Err(error) if tried + 1 < TRIES && is_lost(&error) => {
                    tracing::debug!(%error, "asking MongoDB again");
                    tried += 1;
                }
                done => return done,
            }
        }
    };
    let late = || Error::from(std::io::Error::new(std::io::ErrorKind::TimedOut, "MongoDB does not answer"));
    tokio::time::timeout(patience, tries).await.unwrap_or_else(|_| Err(late()))
}

/// The server shuts down, starts, or is no longer the primary: another one answers, or the same a little later.
const PASSING: [i32; 9] = [91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

fn is_lost(error: &Error) -> bool {
    match &*error.kind {
        ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. } | ErrorKind::InvalidResponse { .. } => {
            true
        }
        ErrorKind::Command(command) => PASSING.contains(&command.code),
        _ => false,
    }
}

const DUPLICATE: i32 = 11000;

const DISK_FULL: i32 = 14031;

fn code(error: &Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::Command(error) => Some(error.code),
        _ => None,
    }
}

/// Whether something of that id is there already.
pub fn is_duplicate(error: &Error) -> bool {
    code(error) == Some(DUPLICATE)
}

const UNAUTHORIZED: i32 = 13;

/// Whether MongoDB answers, and refuses the sign-in: waiting does not help then.
pub fn is_refusal(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let error = error.downcast_ref::<Error>();
    error.is_some_and(|error| matches!(&*error.kind, ErrorKind::Authentication { .. }))
}

/// What a failed step means.
pub fn fault(error: Error) -> StoreError {
    match &*error.kind {
        ErrorKind::Bson(_) => StoreError::corrupt("what MongoDB answered", error),
        _ if code(&error) == Some(DISK_FULL) => StoreError::Full(error.into()),
        _ if code(&error) == Some(UNAUTHORIZED) => StoreError::Refused(format!(
            "MongoDB lets the user of its URL not do this: {error}; it needs the role readWrite on the database"
        )),
        _ => StoreError::Unavailable(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wrong_url_is_told_without_its_password() {
        for url in [
            "mongodb://ann:geheim@host:70000/impala",
            "mongodb://ann:geh/eim@host/impala",
            "mongodb://ann:geheim@ho/st:x/impala",
            "mongodb://ann:geh%eim@host/impala",
            "mongo://ann:geheim@host/impala",
            "mongodb://ann:geheim@host/impala?tls=maybe",
            "mongodb://ann:geheim@/impala",
        ] {
            let error = open(url).await.unwrap_err().to_string();
            assert!(!error.contains("geh") && !error.contains("eim"), "{error}");
            assert!(error.contains("mongodb://USER:PASSWORD@HOST"), "{error}");
        }
    }

    #[tokio::test]
    async fn the_path_names_the_database_and_the_promise_stands() {
        let check = async |url: &str, expected: &str| {
            let database = open(url).await.unwrap();
            assert_eq!(database.name(), expected);
            let concern = database.write_concern().unwrap();
            assert_eq!((&concern.w, concern.journal), (&Some(Acknowledgment::Majority), Some(true)));
        };
        check("mongodb://localhost/canvases", "canvases").await;
        check("mongodb://localhost", "impala").await;
        check("mongodb://localhost/x?w=0&journal=false", "x").await;
    }
}
