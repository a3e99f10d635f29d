//! `impala project list`

use impala_core::api::Project;

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonFields, Table};

/// List the projects that you may see
#[derive(Debug, clap::Args)]
#[command(
    add = JsonFields(&super::FIELDS),
    visible_alias = "ls",
    after_help = "Examples:
  impala project list
  impala project list --json owner,slug,role"
)]
pub struct Args {
    #[command(flatten)]
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let projects = args.list.client(&super::FIELDS, context)?.projects().await?;
    let now = jiff::Timestamp::now();
    let address = |project: &Project| format!("{}/{}", project.owner, project.slug);
    args.list.print(context, &super::FIELDS, &projects, address, |projects| {
        Table::of(["PROJECT", "TITLE", "ROLE", "CREATED"], projects, |project| {
            let role = project.role.as_str().to_owned();
            [address(project), project.title.clone(), role, ago(project.created_at, now)]
        })
    })
}
