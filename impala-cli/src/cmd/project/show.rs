//! `impala project show`

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonArgs, JsonFields, table};

/// Show a project
#[derive(Debug, clap::Args)]
#[command(alias = "view", add = JsonFields(&super::FIELDS), after_help = "Examples:
  impala project show
  impala project show ann/weather --json title,role")]
pub struct Args {
    /// OWNER/SLUG or SLUG; the chosen project when left out
    name: Option<String>,
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
    let project = client.project(&address.owner, &address.slug).await?;
    let text = |_: &_| {
        table::pairs([
            ("project", address.to_string()),
            ("title", project.title.clone()),
            ("description", project.description.clone()),
            ("your role", project.role.as_str().to_owned()),
            ("created", ago(project.created_at, jiff::Timestamp::now())),
        ])
    };
    context.printer.show(&args.json, &super::FIELDS, &project, |_| address.to_string(), text)
}
