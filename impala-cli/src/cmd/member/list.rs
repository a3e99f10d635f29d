//! `impala member list`

use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields, Table};

/// List the members of a project
#[derive(Debug, clap::Args)]
#[command(
    add = JsonFields(&super::FIELDS),
    visible_alias = "ls",
    after_help = "Examples:
  impala member list
  impala member list --json username,role"
)]
pub struct Args {
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&super::FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let members = client.members(&project.owner, &project.slug).await?;
    context.printer.list(
        &args.json,
        &super::FIELDS,
        &members,
        |member| member.username.clone(),
        |members| {
            let mut table = Table::new(["USER", "ROLE"]);
            for member in members {
                table.row([member.username.as_str(), member.role.as_str()]);
            }
            table
        },
    )
}
