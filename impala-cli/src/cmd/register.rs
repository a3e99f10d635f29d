//! `impala register`

use crate::args::PasswordArgs;
use crate::context::Context;
use crate::credentials::Stored;
use crate::error::CliError;

/// Make an account on the server, and sign in
///
/// With --server, the first server that you sign in at becomes that of later commands; for another one it is said how to switch.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala register
  impala register --server https://impala.example.org --username ann
  echo \"$PASSWORD\" | impala register --username ann --password-stdin")]
pub struct Args {
    #[command(flatten)]
    password: PasswordArgs,
}

pub fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let credentials = args.password.read(context.may_ask(), true)?;
    crate::block_on(async {
        let session = context.client()?.register(&credentials).await?;
        context.store().set(Some(Stored::of_session(&session)))?;
        let (username, server) = (session.user.username, context.server());
        context.printer.note(&format!("Registered and signed in as {username} at {server}."));
        super::login::warn_of_token(context);
        super::login::remember_server(context)
    })
}
