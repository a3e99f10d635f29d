//! `impala backup copy`

use impala_server::backup;

use super::restore::hint_force;
use super::{FIELDS, place, table, work};
use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields};

/// Move a server to other stores: from SQLite to PostgreSQL and MongoDB, or back
///
/// Each end is a data folder, a settings file of a server (a name that ends in .toml), or env for what the environment says.
/// URLs with passwords stand in the settings file or in the environment, never here. The source may be served meanwhile: what is
/// copied is one moment of it, so stop it to lose nothing. The target must be stopped. A copy that is cut short leaves a target
/// that is not served; run it again, and it goes on. In the end all is read back and compared by counts and hashes.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala backup copy --from ~/.local/share/impala --to /etc/impala.toml
  impala backup copy --from env --to ./impala-data")]
pub struct Args {
    /// What is copied: a data folder, a settings file, or env
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// Where it goes: a data folder, a settings file, or env
    #[arg(long, value_name = "PLACE")]
    to: String,
    /// Replace all that the target holds
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    json: JsonArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    if args.from == args.to {
        return Err(CliError::usage("--from and --to are the same place"));
    }
    let (from, to) = (place::named(&args.from)?, place::named(&args.to)?);
    let report = work("Copying", context, |watch| backup::copy(from, to, args.force, watch));
    let report = report.map_err(hint_force)?;
    context.printer.show(&args.json, &FIELDS, &report, |_| args.to.clone(), table)?;
    context.printer.note("\nBoth ends hold the same: counts and hashes were compared.");
    Ok(())
}
