//! `impala backup`

use std::future::Future;
use std::path::Path;
use std::pin::pin;

use clap::Subcommand;
use impala_server::backup::{Error, Report, Total, Watch};

use crate::context::Context;
use crate::embedded;
use crate::error::{CliError, Exit};
use crate::printer::Table;
use crate::printer::ago::grouped;
use crate::progress::Meter;

mod copy;
mod create;
mod place;
mod restore;
mod verify;

/// Fields of a report for `--json`.
const FIELDS: [&str; 5] = ["format", "impala", "schema", "created_at", "totals"];

/// Back up a whole server, restore it, move it to other stores
///
/// These work on the stores themselves, for the server's administrator: where they are is said as for `impala serve`.
#[derive(Debug, Subcommand)]
pub enum Command {
    Create(create::Args),
    Verify(verify::Args),
    Restore(restore::Args),
    Copy(copy::Args),
}

pub fn run(command: Command, context: &Context) -> Result<(), CliError> {
    match command {
        Command::Create(args) => create::run(&args, context),
        Command::Verify(args) => verify::run(&args, context),
        Command::Restore(args) => restore::run(&args, context),
        Command::Copy(args) => copy::run(&args, context),
    }
}

/// Does work that can be stopped by Ctrl-C, and then tidies up after itself, and says how far it is.
///
/// * `what`: what is being done, for the bar.
fn work<W>(what: &str, context: &Context, begin: impl FnOnce(Watch) -> W) -> Result<Report, CliError>
where
    W: Future<Output = Result<Report, Error>>,
{
    let meter = Meter::new(what, None, &context.printer);
    let callback = meter.callback();
    let watch = Watch::new(move |bytes| callback(bytes));
    embedded::runtime()?.block_on(async {
        let stop = impala_server::stop_signal().map_err(embedded::refused)?;
        let mut work = pin!(begin(watch.clone()));
        let done = tokio::select! {
            done = &mut work => done,
            () = stop => {
                watch.stop();
                work.await
            }
        };
        drop(meter);
        done.map_err(explain)
    })
}

fn explain(error: Error) -> CliError {
    let message = with_causes(&error);
    match error {
        Error::Stopped => CliError::silent(Exit::Interrupted),
        Error::Start(impala_server::StartError::InUse { .. }) => CliError::new(Exit::Conflict, message),
        Error::Start(error) => embedded::refused(error),
        Error::NotEmpty(_) | Error::InUse(_) => CliError::new(Exit::Conflict, message),
        Error::BadArchive { mut faults } if faults.len() > 1 => {
            let mut error =
                CliError::new(Exit::Refused, format!("the archive is damaged: {} faults", faults.len()));
            let more = faults.len().saturating_sub(SHOWN);
            faults.truncate(SHOWN);
            faults.extend((more > 0).then(|| format!("and {more} more")));
            error.details = faults;
            error
        }
        Error::BadArchive { .. }
        | Error::Newer(_)
        | Error::Older(_)
        | Error::Damaged(_)
        | Error::Differs(_) => CliError::new(Exit::Refused, message),
        Error::NoInstance(_) => CliError::failed(message)
            .hint("--data-dir or --config says where the server keeps its data, as for `impala serve`"),
        Error::Store(_) | Error::File { .. } | Error::Broken(_) => CliError::failed(message),
    }
}

/// Faults of an archive that are told one by one.
const SHOWN: usize = 10;

fn with_causes(error: &Error) -> String {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let text = cause.to_string();
        // A layer that only passes an error on says nothing new.
        if !message.ends_with(&text) {
            message += &format!(": {text}");
        }
        source = cause.source();
    }
    message
}

/// What there is of everything.
fn table(report: &Report) -> String {
    let mut table = Table::new(["WHAT", "#COUNT", "SHA-256"]);
    for Total { name, count, sha256 } in &report.totals {
        table.row([name.replace('_', " "), grouped(*count), sha256.clone()]);
    }
    table.to_text(None)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
