//! The rules: who may do what, what is right, and in which order it is done. No type of the web framework here.

pub mod access;
pub mod caller;
pub mod error;
pub mod health;
pub mod idempotency;
pub mod jwt;
pub mod members;
pub mod page;
pub mod passwords;
pub mod projects;
pub mod secrets;
pub mod sign_in_limit;
pub mod tokens;
pub mod users;

pub use caller::Caller;
pub use error::Error;
