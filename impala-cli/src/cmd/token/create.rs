//! `impala token create`

use impala_core::api::{ApiTokenCreate, Scope};
use serde::Serialize;

use crate::config::{Origin, Setting};
use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields};
use crate::when::{End, parse_end_or_never};

const FIELDS: [&str; 7] = ["secret", "id", "name", "scopes", "project", "created_at", "expires_at"];

/// Make an API token, and print it: it is shown only now
///
/// With --project it may touch that project only. The token goes to stdout, the rest to stderr.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala token create ci --scope upload --project ann/weather --expires 90d
  export IMPALA_TOKEN=$(impala token create laptop --scope read,write)")]
pub struct Args {
    /// What it is for
    name: String,
    /// What it may do, separated by commas: read, upload, write, admin
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "read")]
    scope: Vec<Scope>,
    /// When it ends: a span such as 90d or 12h, a day such as 2027-01-31, or never
    #[arg(long, alias = "ttl", value_name = "WHEN", default_value = "never", value_parser = parse_end_or_never)]
    expires: End,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Created {
    secret: String,
    #[serde(flatten)]
    token: impala_core::api::ApiToken,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    // The project that is chosen for other commands does not bind a token without a word.
    let project = match &context.settings.project {
        Some(Setting { value, origin: Origin::Flag(_) }) => {
            Some(context.address(&client, value).await?.to_string())
        }
        _ => None,
    };
    let body = ApiTokenCreate { name: args.name, scopes: args.scope, project, expires_at: args.expires.0 };
    let created = client.create_token(&body).await?;
    let created = Created { secret: created.secret, token: created.token };
    let text = |created: &Created| format!("{}\n", created.secret);
    context.printer.show(&args.json, &FIELDS, &created, |created| created.secret.clone(), text)?;
    context.printer.note(&format!(
        "Made token \"{}\". It is shown only this once; `impala token revoke {}` ends it.",
        created.token.name, created.token.id
    ));
    Ok(())
}
