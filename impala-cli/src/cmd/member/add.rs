//! `impala member add`

use impala_core::api::{Member, Role};

use crate::context::Context;
use crate::error::CliError;

/// Add a member, or change what one may do
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala member add ben
  impala member add ben --role editor --project ann/weather")]
pub struct Args {
    /// Who
    username: String,
    /// viewer (reads) or editor (uploads, changes canvases)
    #[arg(long, default_value = "viewer", value_parser = ["viewer", "editor"])]
    role: String,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let role: Role = args.role.parse().map_err(CliError::usage)?;
    let member = Member { username: args.username, role };
    let member = client.add_member(&project.owner, &project.slug, &member).await?;
    context.printer.note(&format!("{} is {} of {project}.", member.username, member.role.as_str()));
    Ok(())
}
