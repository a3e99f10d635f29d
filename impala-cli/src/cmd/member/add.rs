//! `impala member add`

use impala_core::api::{Member, Role};
use impala_core::client::ClientError;

use crate::context::Context;
use crate::error::{CliError, Exit};

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
    let added = client.add_member(&project.owner, &project.slug, &member).await;
    let member = added.map_err(|error| {
        let is_unknown = matches!(&error, ClientError::Problem(problem)
            if problem.status == 422 && problem.errors.iter().any(|fault| fault.pointer == "/username"));
        let error = CliError::from(error);
        // Someone who is not there is as missing as any other thing.
        if is_unknown { CliError { exit: Exit::Failed, ..error } } else { error }
    })?;
    if context.printer.is_quiet {
        return context.printer.line(&member.username);
    }
    context.printer.note(&format!("{} is {} of {project}.", member.username, member.role.as_str()));
    Ok(())
}
