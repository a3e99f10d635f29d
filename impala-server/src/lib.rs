//! Impala's server: it owns users, projects, sources and canvases.
//!
//! A request goes `http` -> `service` -> `store` and `engine`, never back.

pub mod engine;
