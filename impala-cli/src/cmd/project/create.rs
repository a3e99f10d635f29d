//! `impala project create`

use impala_core::api::ProjectCreate;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields};

/// Make a project, and choose it when none was chosen yet
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&super::FIELDS), after_help = "Examples:
  impala project create weather
  impala project create weather --title 'Weather of the west coast'")]
pub struct Args {
    /// Its name in addresses: a-z, 0-9, - and _
    slug: String,
    /// Its name for people
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
    /// What it is about
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&super::FIELDS)?;
    let body = ProjectCreate { slug: args.slug, title: args.title, description: args.description };
    let project = context.client()?.create_project(&body).await?;
    let address = format!("{}/{}", project.owner, project.slug);
    let is_first = context.settings.project.is_none();
    if is_first {
        context.settings.user_file().set("project", Some(&address))?;
    }
    let text = |_: &_| format!("Made project {address}.\n");
    context.printer.show(&args.json, &super::FIELDS, &project, |_| address.clone(), text)?;
    if is_first {
        context
            .printer
            .note("It is the project that commands are about from now on, see `impala project use`.");
    }
    Ok(())
}
