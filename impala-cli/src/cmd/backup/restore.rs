//! `impala backup restore`

use std::path::PathBuf;

use impala_server::backup;

use super::place::Place;
use super::{FIELDS, name, table, work};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::{JsonArgs, JsonFields};

/// Bring a server back from an archive
///
/// The archive is checked first, as `impala backup verify` does. The server must be stopped. A restore that is cut short leaves
/// stores that are not served; run it again, and it goes on.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala backup restore impala.tar.zst --data-dir /srv/impala
  impala backup restore impala.tar.zst --config /etc/impala.toml --force")]
pub struct Args {
    /// The archive
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace all that the stores hold
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    json: JsonArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let config = args.place.stores()?;
    let report =
        work("Restoring", context, |watch| backup::restore(config, args.file.clone(), args.force, watch));
    let report = report.map_err(hint_force)?;
    context.printer.show(&args.json, &FIELDS, &report, |_| name(&args.file), table)?;
    context
        .printer
        .note("\nIt is all there: every row, document and file was read back. `impala serve` serves it.");
    Ok(())
}

/// Says how to go on where something is in the way.
pub fn hint_force(error: CliError) -> CliError {
    match error.exit {
        Exit::Conflict if error.message.contains("not empty") => {
            error.hint("--force replaces all that is there")
        }
        _ => error,
    }
}
