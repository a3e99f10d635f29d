//! The HTTP API against the real server: with SQLite in a temporary folder, and all of it again with the stores of production.

#![allow(clippy::unwrap_used, reason = "a test ends there, and clippy sees tests only in test functions")]

mod access;
mod appends;
mod auth;
mod backup;
mod browser;
mod canvases;
mod checks;
mod contracts;
mod data;
mod down;
mod events;
mod faults;
mod idempotency;
mod instances;
mod jwt;
mod kills;
mod lost_answers;
mod members;
mod mongodb_users;
mod nginx;
mod nul;
mod postgresql;
mod postgresql_faults;
mod previews;
mod process;
mod production;
mod projects;
mod proxies;
mod render;
mod routes;
mod services;
mod shares;
mod sources;
mod sql;
mod stop;
mod stores;
mod strays;
mod support;
mod system;
mod tokens;
mod tus;
mod two_servers;
mod upgrades;
mod web;
