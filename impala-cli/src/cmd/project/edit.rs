//! `impala project edit`

use impala_core::api::ProjectPatch;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields};

/// Change a project's title or description
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&super::FIELDS), after_help = "Examples:
  impala project edit --title 'Weather of Seattle'
  impala project edit ann/weather --description ''")]
pub struct Args {
    /// OWNER/SLUG or SLUG; the chosen project when left out
    name: Option<String>,
    /// Its name for people
    #[arg(long, required_unless_present = "description")]
    title: Option<String>,
    /// What it is about
    #[arg(long)]
    description: Option<String>,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&super::FIELDS)?;
    let client = context.client()?;
    let address = match &args.name {
        Some(text) => context.address(&client, text).await?,
        None => context.project(&client).await?,
    };
    let patch = ProjectPatch { title: args.title, description: args.description };
    let project = client.edit_project(&address.owner, &address.slug, &patch).await?;
    let text = |_: &_| format!("Changed project {address}.\n");
    context.printer.show(&args.json, &super::FIELDS, &project, |_| address.to_string(), text)
}
