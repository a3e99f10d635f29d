//! The command line `impala`.
//!
//! * `args`, `cmd`: what can be typed; one file a command, whose doc comment is its help
//! * `config`, `credentials`, `context`: which server, project and token a run uses
//! * `habits`: what people type who come from another tool
//! * `completion`, `names`: what a shell completes; `topics`: help on what is not a command
//! * `printer`: the only place that prints
//! * `error`: exit codes and hints
//! * `changes`, `block_fields`, `csv_args`: what differs between two canvases; flags to fields and settings
//! * `reports`: what checks found, as JUnit XML, annotations or Markdown
//! * `canvas_files`, `canvas_memory`, `canvas_base`: canvases as files, and which revision a file comes from
//! * `canvas_surplus`: canvases that no file says, and which of them came from one
//! * `terminal_canvas` (feature `tui`): the terminal canvas with the credentials kept here
//! * `contract`: contracts of files; with the feature `server` files are held against one without a server
//! * `embedded` (feature `server`): a server inside this process, for `demo` and `open`

use std::ffi::OsString;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{CommandFactory as _, FromArgMatches as _};

mod args;
mod block_fields;
mod canvas_base;
mod canvas_files;
mod canvas_memory;
mod canvas_surplus;
mod changes;
mod cmd;
mod completion;
mod config;
mod context;
mod contract;
mod credentials;
mod csv_args;
#[cfg(feature = "server")]
mod embedded;
mod error;
mod files;
mod habits;
mod help;
mod names;
mod picture;
mod printer;
mod progress;
mod prompt;
mod reports;
#[cfg(feature = "tui")]
mod terminal_canvas;
mod topics;
mod when;

use args::Cli;
use context::Context;
use error::{CliError, Exit};
use printer::Printer;

/// The command line, with help for a terminal.
fn command() -> clap::Command {
    help::for_terminals(Cli::command())
}

/// The command line as it is declared, for completions and manual pages.
fn whole_command() -> clap::Command {
    Cli::command()
}

/// The tree of commands, as tests walk it.
#[doc(hidden)]
pub fn command_tree() -> clap::Command {
    whole_command()
}

/// The fields of a command's `--json`, as shells complete them.
#[doc(hidden)]
pub fn json_fields(command: &clap::Command) -> Option<&'static [&'static str]> {
    command.get::<printer::JsonFields>().map(|fields| fields.0)
}

/// Runs what was typed, and returns what the shell is told.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    completion::answer();
    let exit = match parse(arguments.into_iter().collect()) {
        Ok(cli) => run(cli),
        Err(exit) => exit,
    };
    ExitCode::from(exit as u8)
}

fn parse(arguments: Vec<OsString>) -> Result<Cli, Exit> {
    let arguments = habits::translated(arguments);
    if let Some(text) = topics::asked_for(&arguments) {
        let printer = Printer::new(ColorChoice::Auto, false);
        return Err(conclude(printer.print(text), &printer));
    }
    let color = args::color_of(&arguments);
    let command = command();
    let fail = |error: CliError| conclude(Err(error), &Printer::new(color, false));
    if let Some(error) = topics::unknown(&arguments, &command) {
        return Err(fail(error));
    }
    let matches = command.clone().try_get_matches_from(with_help_flag(arguments.clone()));
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        match habits::instead(&error, &arguments, &command) {
            Some(error) => fail(error),
            None => tell(&error, color),
        }
    })
}

/// Prints what clap says. Help and version are no errors: they go to stdout.
fn tell(error: &clap::Error, color: ColorChoice) -> Exit {
    let printer = Printer::new(color, false);
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        printer.tell(text.trim_end());
        return Exit::Usage;
    }
    conclude(printer.print(&text), &printer)
}

/// `impala help canvas apply` is `impala canvas apply --help`.
fn with_help_flag(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|argument| argument == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

fn run(mut cli: Cli) -> Exit {
    if cli.command.has_color_of_its_own() {
        cli.global.color = None;
    }
    let context = match Context::new(&cli.global) {
        Ok(context) => context,
        Err(error) => return conclude(Err(error), &Printer::new(ColorChoice::Auto, cli.global.quiet)),
    };
    if let Some(first) = context.faults.first().filter(|_| !cli.command.bears_wrong_settings()) {
        context.faults.iter().for_each(|fault| context.printer.error(fault));
        return first.exit;
    }
    let result = cmd::run(cli.command, &context).map_err(|error| context.explain(error));
    conclude(result, &context.printer)
}

/// Says why the command failed, and whether its output is not whole. Its own exit code says more than that of the output.
fn conclude(result: Result<(), CliError>, printer: &Printer) -> Exit {
    let faults = [result, printer.outcome()].map(Result::err);
    let faults: Vec<CliError> = faults.into_iter().flatten().collect();
    faults.iter().for_each(|fault| printer.error(fault));
    faults.first().map_or(Exit::Done, |fault| fault.exit)
}

/// Runs a future on a runtime of this thread, until it is done or Ctrl-C is pressed.
fn block_on<F: Future<Output = Result<(), CliError>>>(future: F) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("could not start: {error}")))?;
    let result = runtime.block_on(async {
        tokio::select! {
            // First, so that it is listened for before anything is begun.
            biased;
            _ = tokio::signal::ctrl_c() => Err(CliError::silent(Exit::Interrupted)),
            result = future => result,
        }
    });
    // A prompt may still be waiting for a line that nobody will type.
    runtime.shutdown_background();
    result
}
