//! Commands as people type them, against a real server in this process: exit code, stdout and stderr of each.

mod account;
mod failures;
mod help;
mod settings;
mod support;
