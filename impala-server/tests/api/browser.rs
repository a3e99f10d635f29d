//! The pages in a real Chromium: `tests/browser/page.mjs` has the steps.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::services::{leave_out, say};
use crate::support::{Server, TestClock};

const CHROMIUM: &str = "/usr/bin/chromium";

/// Where `scripts/test-services install` puts what Node needs; `None` where something is missing.
fn node_modules() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folder = std::env::var_os("IMPALA_NODE_TOOLS").map_or(home.join(".cache/impala/node"), PathBuf::from);
    let has_node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let is_there = |name: &str| folder.join("node_modules").join(name).is_dir();
    let missing = [
        (!Path::new(CHROMIUM).exists(), "Chromium"),
        (!has_node, "Node"),
        (!is_there("playwright-core") || !is_there("axe-core"), "playwright-core or axe-core"),
    ];
    match missing.into_iter().find(|(is_missing, _)| *is_missing) {
        Some((_, what)) => {
            leave_out(&format!("{what} is not installed; scripts/test-services install gets it"));
            None
        }
        None => Some(folder),
    }
}

/// Registers, uploads, makes a canvas, arranges it, sees others' changes, shares it: at 1280 and 390 px, light and dark, with
/// scripts and without, and with nothing that axe calls serious. `IMPALA_SCREENSHOTS` names a folder for pictures of it all.
#[tokio::test]
async fn the_pages_in_a_real_browser() {
    let Some(modules) = node_modules() else { return };
    let server = Server::start_with(|config| config.events.recheck = Duration::from_millis(200)).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("node");
    command.arg(root.join("tests/browser/page.mjs")).arg(server.anyone().url).arg(modules);
    command.arg(root.join("../examples/seattle-weather.csv")).args(std::env::var_os("IMPALA_SCREENSHOTS"));
    let clock = Arc::clone(&server.clock);
    tokio::task::spawn_blocking(move || follow(command, &clock)).await.unwrap();
}

/// Runs the steps, and lets the clock go on when they say so.
fn follow(mut command: Command, clock: &TestClock) {
    let mut node = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut answers, lines) =
        (node.stdin.take().unwrap(), BufReader::new(node.stdout.take().unwrap()).lines());
    let mut said = String::new();
    for line in lines.map(Result::unwrap) {
        if let Some(hours) = line.strip_prefix("advance ").and_then(|rest| rest.strip_suffix(" hours")) {
            clock.advance(SignedDuration::from_hours(hours.parse().unwrap()));
            writeln!(answers, "done").unwrap();
        }
        // Weights and times are of interest also when all is well.
        if line.starts_with("  ") {
            say(&line);
        }
        said += &(line + "\n");
    }
    assert!(node.wait().unwrap().success(), "{said}");
}
