//! The rules: who may do what, what is right, and in which order it is done. No type of the web framework here.

pub mod access;
pub mod blocks;
pub mod browser;
pub mod caller;
pub mod canvases;
pub mod choices;
pub mod data;
pub mod error;
pub mod events;
pub mod expected;
pub mod health;
pub mod idempotency;
pub mod jwt;
pub mod members;
pub mod page;
pub mod passwords;
pub mod paths;
pub mod projects;
pub mod query;
pub mod recovery;
pub mod render;
pub mod resumable;
pub mod runner;
pub mod secrets;
pub mod shares;
pub mod sign_in_limit;
pub mod sources;
pub mod tables;
pub mod tokens;
pub mod upload_settings;
pub mod uploads;
pub mod users;
pub mod warnings;

pub use caller::Caller;
pub use error::Error;
