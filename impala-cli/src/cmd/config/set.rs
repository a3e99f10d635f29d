//! `impala config set`

use impala_core::client::{Client, ClientOptions};

use crate::config::{Repair, parse_color};
use crate::context::Context;
use crate::error::CliError;

/// Set one of your settings
///
/// With --profile NAME, server and project are those of that profile. Comments in config.toml stay; lines that are not
/// TOML become comments, and the file as it was stays beside it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala config set server https://impala.example.org
  impala config set project ann/weather
  impala config set server https://impala.work.example --profile work
  impala config set color --unset")]
pub struct Args {
    /// server, project, profile or color
    #[arg(value_parser = ["server", "project", "profile", "color"])]
    name: String,
    /// What it is from now on
    #[arg(required_unless_present = "unset")]
    value: Option<String>,
    /// Remove it, so that the default counts again
    #[arg(long, conflicts_with = "value")]
    unset: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if let Some(value) = &args.value {
        check(&args.name, value)?;
    }
    let file = context.settings.user_file();
    let repair = file.set(&args.name, args.value.as_deref())?;
    if let Some(Repair { lines, copy }) = repair {
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let (verb, lines) = match lines.as_slice() {
            [line] => ("was not TOML and is a comment", format!("line {line}")),
            lines => ("were not TOML and are comments", format!("lines {}", lines.join(", "))),
        };
        context.printer.warn(&format!(
            "{lines} of {} {verb} now; the file as it was is {}",
            file.path().display(),
            copy.display()
        ));
    }
    let path = file.path().display();
    match &args.value {
        Some(value) => context.printer.note(&format!("{} is {value} ({path}).", args.name)),
        None => context.printer.note(&format!("{} is no longer set ({path}).", args.name)),
    }
    Ok(())
}

fn check(name: &str, value: &str) -> Result<(), CliError> {
    match name {
        "server" => Client::new(value, ClientOptions::default()).map(drop).map_err(CliError::from),
        "color" => parse_color(value).map(drop),
        "project" if value.split('/').count() > 2 || value.split('/').any(str::is_empty) => {
            Err(CliError::usage(format!("\"{value}\" is not a project; write OWNER/SLUG or SLUG")))
        }
        _ if value.is_empty() => Err(CliError::usage(format!("{name} cannot be empty; --unset removes it"))),
        _ => Ok(()),
    }
}
