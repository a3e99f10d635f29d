//! `impala whoami`

use serde::Serialize;

use crate::context::{Context, TOKEN_VARIABLE};
use crate::credentials::Stored;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields, table};

const FIELDS: [&str; 6] = ["username", "server", "profile", "credentials", "kind", "token"];

/// Say who is signed in where, and which credentials won
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala whoami
  impala whoami --json username,server")]
pub struct Args {
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Whoami {
    username: String,
    server: String,
    profile: String,
    /// Where the credentials come from.
    credentials: String,
    kind: &'static str,
    token: Option<String>,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let store = context.store();
    let (credentials, kind) = match (&context.token, store.get()?) {
        (Some(_), _) => (TOKEN_VARIABLE.to_owned(), "API token"),
        (None, Some(Stored::Token { .. })) => (store.path().display().to_string(), "API token"),
        (None, Some(Stored::Session { .. })) => (store.path().display().to_string(), "session"),
        (None, None) => {
            return Err(CliError::new(
                crate::error::Exit::Forbidden,
                format!("not signed in at {}", context.server()),
            )
            .hint("sign in with `impala login`"));
        }
    };
    let me = context.client()?.me().await?;
    let whoami = Whoami {
        username: me.user.username,
        server: context.server().to_owned(),
        profile: context.settings.profile.value.clone(),
        credentials,
        kind,
        token: me.token.map(|token| token.name),
    };
    let text = |whoami: &Whoami| {
        let token = whoami.token.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
        table::pairs([
            ("user", whoami.username.clone()),
            ("server", format!("{} (from {})", whoami.server, context.settings.server.origin)),
            ("profile", whoami.profile.clone()),
            ("credentials", format!("{}{token} from {}", whoami.kind, whoami.credentials)),
        ])
    };
    context.printer.show(&args.json, &FIELDS, &whoami, |whoami| whoami.username.clone(), text)
}
