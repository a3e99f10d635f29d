//! Users, tokens, projects and sources: plain functions over one pool. The URL picks the database; the SQL is written
//! once, with `$1` placeholders and nothing but text, bigint and double precision.
//!
//! Ids are texts. Times are bigints, microseconds since 1970.

pub mod canvases;
pub mod contracts;
pub mod idempotency;
pub mod instance;
pub mod members;
pub mod previews;
pub mod projects;
pub mod resumable;
pub mod sessions;
pub mod shares;
pub mod sources;
pub mod tokens;
pub mod unfinished;
pub mod users;

use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// A time as it is stored.
pub fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A stored time.
///
/// # Errors
/// `Corrupt` when it is beyond the year 9999.
pub fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|error| StoreError::corrupt("a time in the database", error))
}

/// A stored id.
///
/// # Errors
/// `Corrupt` when it is not an id.
pub fn id(text: &str) -> Result<Uuid, StoreError> {
    text.parse()
        .map_err(|error| StoreError::corrupt("an id in the database", Box::new(error) as super::BoxError))
}

/// A stored word of a closed set, such as a role.
///
/// # Errors
/// `Corrupt` when it is not in the set.
pub fn word<T: std::str::FromStr<Err = String>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error: String| StoreError::corrupt("a word in the database", error))
}

/// A stored count.
///
/// # Errors
/// `Corrupt` when it is negative or too large.
pub fn count<T: TryFrom<i64>>(number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::corrupt("a count in the database", format!("it is {number}")))
}
