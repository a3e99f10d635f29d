//! `impala backup verify`

use std::path::PathBuf;

use impala_server::backup;

use super::{FIELDS, name, table, work};
use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields};

/// Read an archive to its end, and check every byte of it
///
/// It says what is in it, or everything that is wrong: members that are missing, too many or changed, an end that is cut
/// off, rows without their documents or files. It ends with exit code 7 then.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala backup verify impala.tar.zst
  impala backup verify impala.tar.zst --json all")]
pub struct Args {
    /// The archive
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    json: JsonArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let report = work("Checking", context, |watch| backup::verify(args.file.clone(), watch))
        .map_err(|error| error.at(&name(&args.file)))?;
    context.printer.show(&args.json, &FIELDS, &report, |_| name(&args.file), table)?;
    let header = &report.header;
    context.printer.note(&format!("\nIt is whole: of {}, by impala {}.", header.created_at, header.impala));
    Ok(())
}
