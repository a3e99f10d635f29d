//! `impala register`

use crate::args::PasswordArgs;
use crate::context::Context;
use crate::credentials::Stored;
use crate::error::CliError;

/// Make an account on the server, and sign in
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala register
  impala register --server https://impala.example.org --username ann
  echo \"$PASSWORD\" | impala register --username ann --password-stdin")]
pub struct Args {
    #[command(flatten)]
    password: PasswordArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let credentials = args.password.read(context.may_ask(), true).await?;
    let session = context.client()?.register(&credentials).await?;
    context.store().set(Some(Stored::of_session(&session)))?;
    context.printer.note(&format!(
        "Registered and signed in as {} at {}.",
        session.user.username,
        context.server()
    ));
    super::login::warn_of_token(context);
    Ok(())
}
