//! `impala ping`

use crate::context::Context;
use crate::error::CliError;

/// Ask whether the server can do its work
///
/// For health checks and scripts that wait for a server: it asks once, says nothing when all is well, and tells by its exit
/// code: 0 ready, 3 not reached, 5 reached but not ready.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala ping --server http://127.0.0.1:5001
  until impala ping -q; do sleep 1; done")]
pub struct Args {}

pub async fn run(_: Args, context: &Context) -> Result<(), CliError> {
    context.client()?.ready().await?;
    context.printer.note(&format!("{} is ready.", context.settings.server.value));
    Ok(())
}
