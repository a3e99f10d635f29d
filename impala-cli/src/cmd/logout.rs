//! `impala logout`

use crate::context::Context;
use crate::credentials::Stored;
use crate::error::CliError;

/// Sign out, and forget the stored credentials
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala logout
  impala logout --server https://impala.example.org")]
pub struct Args {}

pub async fn run(_args: Args, context: &Context) -> Result<(), CliError> {
    // Forgotten first: whatever the server says, this machine holds nothing any more.
    let Some(stored) = context.store().take()? else {
        context.printer.note(&format!("Not signed in at {}.", context.server()));
        return Ok(());
    };
    let server = context.server();
    match stored {
        Stored::Session { refresh_token, .. } => {
            let told = context.client()?.logout(&refresh_token).await;
            if let Err(error) = told
                && error.status() != Some(401)
            {
                context
                    .printer
                    .warn(&format!("the server was not told, so the session ends by itself: {error}"));
            }
            context.printer.note(&format!("Signed out of {server}."));
        }
        Stored::Token { .. } => context.printer.note(&format!(
            "Forgot the API token for {server}. It is still good: `impala token revoke` ends it."
        )),
    }
    Ok(())
}
