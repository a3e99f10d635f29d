//! `impala man`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Child, Command as Program, Stdio};

use clap::Command;
use impala_core::name;

use crate::context::Context;
use crate::error::CliError;
use crate::topics::{self, TOPICS};

/// Open a page of the manual, or write all of them
///
/// On a terminal `man` shows it; elsewhere it is printed as roff.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala man
  impala man canvas apply
  impala man exit-codes
  impala man --dir ~/.local/share/man/man1")]
pub struct Args {
    /// Command or topic that the page is about
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    about: Vec<String>,
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let pages = pages()?;
    let Some(dir) = &args.dir else {
        let (file, words) = page_on(&args.about)?;
        let page = pages.iter().find(|(name, _)| *name == file).map_or(&[][..], |(_, page)| page);
        return match context.printer.is_terminal && shown(page)? {
            true => Ok(()),
            false if context.printer.is_terminal => context.printer.print(&help_on(&words)),
            false => context.printer.raw(page),
        };
    };
    std::fs::create_dir_all(dir).map_err(|error| CliError::file("make the folder", dir, &error))?;
    for (name, page) in &pages {
        let path = dir.join(name);
        std::fs::write(&path, page).map_err(|error| CliError::file("write", &path, &error))?;
    }
    context.printer.note(&format!("Wrote {} pages to {}.", pages.len(), Path::new(dir).display()));
    Ok(())
}

/// The file of the page on a command or topic, and the words by which it is called.
fn page_on(about: &[String]) -> Result<(String, Vec<String>), CliError> {
    if let [only] = about
        && TOPICS.iter().any(|(topic, _)| topic == only)
    {
        return Ok((format!("impala-{only}.7"), vec![only.clone()]));
    }
    let tree = crate::whole_command();
    let (mut command, mut words) = (&tree, Vec::new());
    for word in about {
        let Some(next) = command.find_subcommand(word) else {
            let topics = TOPICS.iter().map(|(name, _)| *name).filter(|_| words.is_empty());
            let near = name::nearest(word, command.get_subcommands().map(Command::get_name).chain(topics));
            let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
            return Err(CliError::usage(format!("there is no page on \"{}\"{near}", about.join(" "))));
        };
        command = next;
        words.push(next.get_name().to_owned());
    }
    let names: Vec<&str> = ["impala"].into_iter().chain(words.iter().map(String::as_str)).collect();
    Ok((format!("{}.1", names.join("-")), words))
}

/// Has `man` show a page; false where it is not there or cannot.
fn shown(page: &[u8]) -> Result<bool, CliError> {
    let Ok(mut man) =
        Program::new("man").args(["-l", "-"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn()
    else {
        return Ok(false);
    };
    if let Some(mut stdin) = man.stdin.take() {
        // One that is left early has read enough.
        let _ = stdin.write_all(page);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::failed(format!("could not start: {error}")))?;
    Ok(runtime.block_on(left(man)))
}

/// Waits until a pager is left. Ctrl-C is for the pager, which has the terminal.
async fn left(mut man: Child) -> bool {
    let mut done = tokio::task::spawn_blocking(move || man.wait());
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            biased;
            _ = &mut interrupted => interrupted.set(tokio::signal::ctrl_c()),
            status = &mut done => return status.is_ok_and(|status| status.is_ok_and(|status| status.success())),
        }
    }
}

/// What `--help` says of a command, or the text of a topic.
fn help_on(words: &[String]) -> String {
    let topic = TOPICS.iter().find(|(name, _)| words == [*name]);
    if let Some((_, text)) = topic {
        return (*text).to_owned();
    }
    let mut command = crate::command();
    command.build();
    let at = words.iter().try_fold(&mut command, |command, word| command.find_subcommand_mut(word));
    at.map(|command| command.render_long_help().to_string()).unwrap_or_default()
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
