//! `impala project list`

use impala_core::api::Project;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonArgs, JsonFields, Table};

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
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&super::FIELDS)?;
    let projects = context.client()?.projects().await?;
    let address = |project: &Project| format!("{}/{}", project.owner, project.slug);
    context.printer.list(&args.json, &super::FIELDS, &projects, address, |projects| {
        let now = jiff::Timestamp::now();
        let mut table = Table::new(["PROJECT", "TITLE", "ROLE", "CREATED"]);
        for project in projects {
            let role = project.role.as_str().to_owned();
            table.row([address(project), project.title.clone(), role, ago(project.created_at, now)]);
        }
        table
    })
}
