//! `impala token list`

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonArgs, JsonFields, Table};

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
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let tokens = context.client()?.tokens().await?;
    context.printer.list(
        &args.json,
        &FIELDS,
        &tokens,
        |token| token.id.to_string(),
        |tokens| {
            let now = jiff::Timestamp::now();
            let mut table = Table::new(["ID", "NAME", "SCOPES", "PROJECT", "LAST USED", "ENDS"]);
            for token in tokens {
                let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
                table.row([
                    token.id.to_string(),
                    token.name.clone(),
                    scopes.join(","),
                    token.project.clone().unwrap_or_else(|| "(all)".to_owned()),
                    token.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(at, now)),
                    token
                        .expires_at
                        .map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d").to_string()),
                ]);
            }
            table
        },
    )
}
