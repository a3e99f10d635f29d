//! `impala backup create`

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use impala_server::backup::{self, Output};

use super::place::Place;
use super::{FIELDS, name, table, work};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::{JsonArgs, JsonFields};

/// Write everything that a server keeps into one archive
///
/// The server may run meanwhile: what is written is one moment of it. The archive holds users with the hashes of their
/// passwords, tokens, projects, sources with all versions as they were uploaded, and canvases with all revisions: keep it as
/// safe as the server. Only you can read the file (mode 0600). The secret that signs access tokens is not in it: a server that
/// is restored elsewhere makes its own, and users who were signed in stay so. Previews, which end by themselves, and uploads that
/// have not come whole are not in it either.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala backup create impala.tar.zst
  impala backup create --data-dir /srv/impala /backup/impala-$(date +%F).tar.zst
  impala backup create - | ssh backup@example.org 'cat > impala.tar.zst'")]
pub struct Args {
    /// Where the archive goes; - is stdout
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace a file that is there
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
    let is_stdout = args.file == Path::new("-");
    if is_stdout && std::io::stdout().is_terminal() {
        return Err(CliError::usage("an archive is not text for a terminal").hint("name a file, or pipe it"));
    }
    if is_stdout && args.json.json.is_some() {
        return Err(CliError::usage("stdout is for the archive, or for --json"));
    }
    let output = match is_stdout {
        true => Output::Stream(Box::new(std::io::stdout())),
        false => Output::File { path: args.file.clone(), replace: args.force },
    };
    let report = work("Backing up", context, |watch| backup::create(config, output, watch));
    let report = report.map_err(|error| match error.exit {
        Exit::Conflict => error.hint("--force replaces it"),
        _ => error,
    })?;
    if is_stdout {
        return Ok(());
    }
    context.printer.show(&args.json, &FIELDS, &report, |_| name(&args.file), table)?;
    context
        .printer
        .note(&format!("\nIt is all in {}. `impala backup verify` reads it again.", name(&args.file)));
    Ok(())
}
