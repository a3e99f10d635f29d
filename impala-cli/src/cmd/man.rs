//! `impala man`

use std::path::{Path, PathBuf};

use clap::Command;

use crate::context::Context;
use crate::error::CliError;
use crate::topics::{self, TOPICS};

/// Print the manual page, or write all of them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala man | man -l -
  impala man --dir ~/.local/share/man/man1")]
pub struct Args {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let pages = pages()?;
    let Some(dir) = &args.dir else {
        return pages.first().map_or(Ok(()), |(_, page)| context.printer.raw(page));
    };
    std::fs::create_dir_all(dir).map_err(|error| CliError::file("make the folder", dir, &error))?;
    for (name, page) in &pages {
        let path = dir.join(name);
        std::fs::write(&path, page).map_err(|error| CliError::file("write", &path, &error))?;
    }
    context.printer.note(&format!("Wrote {} pages to {}.", pages.len(), Path::new(dir).display()));
    Ok(())
}

/// File names and pages: the one of `impala` first, then one for each command below it and for each topic.
fn pages() -> Result<Vec<(String, Vec<u8>)>, CliError> {
    let mut command = crate::whole_command();
    command.build();
    let mut pages = Vec::new();
    add(&command, "", &mut pages)
        .map_err(|error| CliError::failed(format!("could not make the pages: {error}")))?;
    pages.extend(TOPICS.map(|(name, text)| (format!("impala-{name}.7"), topics::page(name, text))));
    Ok(pages)
}

fn add(command: &Command, parent: &str, pages: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    let name = match parent {
        "" => command.get_name().to_owned(),
        parent => format!("{parent}-{}", command.get_name()),
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().name(name.clone())).title(name.to_uppercase()).render(&mut page)?;
    pages.push((format!("{name}.1"), page));
    command.get_subcommands().try_for_each(|subcommand| add(subcommand, &name, pages))
}
