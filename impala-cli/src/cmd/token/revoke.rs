//! `impala token revoke`

use crate::context::Context;
use crate::error::CliError;

/// End an API token
#[derive(Debug, clap::Args)]
#[command(aliases = ["rm", "delete"], after_help = "Examples:
  impala token revoke ci
  impala token revoke 0198f3c2-0000-7000-8000-000000000000")]
pub struct Args {
    /// Its id, or its name when only one has it
    token: String,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let tokens = client.tokens().await?;
    let matches: Vec<_> = tokens
        .iter()
        .filter(|token| token.id.to_string() == args.token || token.name == args.token)
        .collect();
    let [token] = matches[..] else {
        let what = match matches.len() {
            0 => format!("you have no token \"{}\"", args.token),
            number => format!("{number} tokens are called \"{}\"; give the id", args.token),
        };
        return Err(CliError::failed(what).hint("`impala token list` shows them with their ids"));
    };
    client.revoke_token(&token.id).await?;
    context.printer.note(&format!("Revoked token \"{}\".", token.name));
    Ok(())
}
