//! `impala login`

use std::sync::Arc;

use impala_core::api::{API_TOKEN_PREFIX, Credentials};
use impala_core::client::{BearerToken, ClientError};

use crate::args::PasswordArgs;
use crate::config::{Origin, PROJECT_FILE};
use crate::context::{Context, TOKEN_VARIABLE};
use crate::credentials::Stored;
use crate::error::CliError;
use crate::prompt;

/// Sign in, by password or by API token
///
/// What is kept is a token, never the password, in a file that only you can read. With --server, the first server that you sign
/// in at becomes that of later commands; for another one it is said how to switch.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala login
  impala login --server https://impala.example.org --username ann
  echo \"$PASSWORD\" | impala login --username ann --password-stdin
  impala login --token-stdin < token.txt

Scripts need no login: they set IMPALA_TOKEN to an API token, see `impala token create --help`.")]
pub struct Args {
    #[command(flatten)]
    password: PasswordArgs,
    /// Read an API token from stdin
    #[arg(long, alias = "with-token", conflicts_with_all = ["username", "password_stdin"])]
    token_stdin: bool,
    /// Ask for an API token instead of a password
    #[arg(long, conflicts_with_all = ["username", "password_stdin", "token_stdin"])]
    token: bool,
}

pub fn run(args: Args, context: &Context) -> Result<(), CliError> {
    if args.token_stdin || args.token {
        let token = match args.token_stdin {
            true => prompt::secret_from_stdin("token")?,
            false if context.may_ask() => prompt::token()?,
            false => {
                return Err(CliError::usage("there is no terminal to ask for the token on")
                    .hint("pipe it in, with --token-stdin"));
            }
        };
        return crate::block_on(async { keep(by_token(token, context).await?, context) });
    }
    let credentials = args.password.read(context.may_ask(), false)?;
    crate::block_on(async { keep(by_password(&credentials, context).await?, context) })
}

fn keep(stored: Stored, context: &Context) -> Result<(), CliError> {
    let username = stored.username().to_owned();
    context.store().set(Some(stored))?;
    context.printer.note(&format!("Signed in as {username} at {}.", context.server()));
    warn_of_token(context);
    remember_server(context)
}

/// Makes the server that `--server` named the one of later commands, where those have none yet; otherwise says which they go
/// to, and how to switch.
pub fn remember_server(context: &Context) -> Result<(), CliError> {
    let (server, usual) = (context.server(), &context.settings.usual_server);
    if usual.value.trim_end_matches('/') == server {
        return Ok(());
    }
    let flag = context.profile_flag();
    let later = format!("Later commands{}{flag}", if flag.is_empty() { "" } else { " with" });
    if let Some(file) = context.free_settings() {
        file.set("server", Some(server))?;
        let path = file.path().display();
        context.printer.note(&format!("{later} go to this server, too ({path})."));
        return Ok(());
    }
    let switch = format!("`impala config set server {server}{flag}` switches");
    let (reason, switch) = match &usual.origin {
        Origin::Environment(name) => (format!("{name} is set"), format!("set it to {server} to switch")),
        Origin::File(path) if path.ends_with(PROJECT_FILE) => {
            (path.display().to_string(), format!("there, `--server {server}` goes to this one"))
        }
        Origin::File(path) => (path.display().to_string(), switch),
        _ => ("signed in there, too".to_owned(), switch),
    };
    context.printer.note(&format!("{later} go to {} as before ({reason}); {switch}.", usual.value));
    Ok(())
}

async fn by_password(credentials: &Credentials, context: &Context) -> Result<Stored, CliError> {
    let session = context.client()?.login(credentials).await;
    let session = session.map_err(|error| refused(error, "no account yet? `impala register` makes one"))?;
    Ok(Stored::of_session(&session))
}

async fn by_token(token: String, context: &Context) -> Result<Stored, CliError> {
    if !token.starts_with(API_TOKEN_PREFIX) {
        return Err(CliError::usage(format!("that is not an API token: one begins with {API_TOKEN_PREFIX}")));
    }
    let client = context.client_with(Arc::new(BearerToken(token.clone())))?;
    let hint = "the token may have ended or been revoked; `impala token create` makes a new one";
    let me = client.me().await.map_err(|error| refused(error, hint))?;
    Ok(Stored::Token { username: me.user.username, token })
}

/// An error of signing in, for which "sign in" would be no hint.
fn refused(error: ClientError, hint: &str) -> CliError {
    let is_refused = error.status() == Some(401);
    let error = CliError::from(error);
    if is_refused { CliError { hint: Some(hint.to_owned()), ..error } } else { error }
}

/// A token in the environment wins over what was just kept; a person should know.
pub fn warn_of_token(context: &Context) {
    if context.token.is_some() {
        context.printer.warn(&format!("{TOKEN_VARIABLE} is set, and wins over this login"));
    }
}
