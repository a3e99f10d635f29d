//! The HTTP API against the real server, with SQLite in a temporary folder.

mod access;
mod auth;
mod idempotency;
mod jwt;
mod members;
mod projects;
mod routes;
mod stop;
mod support;
mod system;
mod tokens;
