//! Impala's server: it owns users, projects, sources and canvases.
//!
//! A request goes `http` -> `service` -> `store` and `engine`, never back. In reading order: [`config`], [`settings`], [`state`],
//! `http` (the route table), `service` (the rules), `store`, `engine`.

pub mod backup;
pub mod config;
pub mod data_dir;
pub mod engine;
mod http;
mod run;
pub mod service;
pub mod settings;
pub mod state;
pub mod store;
mod web;

pub use config::Config;
pub use http::app;
pub use run::{Running, StartError, connect, connect_with, run, serve, start, start_with, stop_signal};
pub use state::AppState;
