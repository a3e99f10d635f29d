//! `impala member list`

use impala_core::api::Member;

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonFields, Table};

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
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = args.list.client(&super::FIELDS, context)?;
    let project = context.project(&client).await?;
    let members = client.members(&project.owner, &project.slug).await?;
    let username = |member: &Member| member.username.clone();
    args.list.print(context, &super::FIELDS, &members, username, |members| {
        Table::of(["USER", "ROLE"], members, |member| [username(member), member.role.as_str().to_owned()])
    })
}
