//! Commands as people type them, against a real server in this process: exit code, stdout and stderr of each.

mod account;
mod blocks;
mod canvases;
mod embedded;
mod failures;
mod help;
mod projects;
mod settings;
mod sources;
mod support;
