//! Commands as people type them, against a real server in this process: exit code, stdout and stderr of each.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod as_code;
mod backups;
mod blocks;
mod canvas_files;
mod canvases;
mod checks;
mod contracts;
mod doctor;
mod documentation;
mod editors;
mod embedded;
mod failures;
mod help;
mod live;
mod log;
mod manners;
mod messages;
#[cfg(feature = "tui")]
mod panics;
mod pipelines;
mod pipes;
mod previews;
mod projects;
mod prompts;
mod pruning;
mod pty;
mod relay;
mod serve_settings;
mod settings;
mod shares;
mod sources;
mod support;
mod surface;
mod terminal;
mod uploads;
