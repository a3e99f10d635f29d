//! `impala token list`

use impala_core::api::ApiToken;

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::{ago, day, or_never};
use crate::printer::{JsonFields, Table};

const FIELDS: [&str; 7] = ["id", "name", "scopes", "project", "created_at", "expires_at", "last_used_at"];

/// List your API tokens
#[derive(Debug, clap::Args)]
#[command(
    add = JsonFields(&FIELDS),
    visible_alias = "ls",
    after_help = "Examples:
  impala token list
  impala token list --json id,name,last_used_at"
)]
pub struct Args {
    #[command(flatten)]
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let tokens = args.list.client(&FIELDS, context)?.tokens().await?;
    let now = jiff::Timestamp::now();
    let id = |token: &ApiToken| token.id.to_string();
    args.list.print(context, &FIELDS, &tokens, id, |tokens| {
        Table::of(["ID", "NAME", "SCOPES", "PROJECT", "LAST USED", "ENDS"], tokens, |token| {
            let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            [
                token.id.to_string(),
                token.name.clone(),
                scopes.join(","),
                token.project.clone().unwrap_or_else(|| "(all)".to_owned()),
                or_never(token.last_used_at, |at| ago(at, now)),
                or_never(token.expires_at, day),
            ]
        })
    })
}
