//! The HTTP API against the real server, with SQLite in a temporary folder.

mod auth;
mod support;
