//! `impala share list`

use impala_core::api::Share;
use jiff::Timestamp;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonArgs, JsonFields, Table};

const FIELDS: [&str; 7] = ["id", "name", "paused", "created_by", "created_at", "expires_at", "last_used_at"];

/// List the share links of a canvas
#[derive(Debug, clap::Args)]
#[command(
    add = JsonFields(&FIELDS),
    visible_alias = "ls",
    after_help = "Examples:
  impala share list seattle-weather
  impala share list seattle-weather --json id,name,last_used_at"
)]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let shares = client.shares([&project.owner, &project.slug, &args.canvas]).await?;
    let id = |share: &Share| share.id.to_string();
    context.printer.list(&args.json, &FIELDS, &shares, id, |shares| {
        let now = Timestamp::now();
        let mut table = Table::new(["ID", "NAME", "STATE", "BY", "LAST OPENED", "ENDS"]);
        for share in shares {
            let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
            table.row([
                share.id.to_string(),
                share.name.clone(),
                state(share, now).to_owned(),
                share.created_by.clone(),
                share.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(at, now)),
                share.expires_at.map_or_else(|| "never".to_owned(), day),
            ]);
        }
        table
    })
}

fn state(share: &Share, now: Timestamp) -> &'static str {
    match share {
        share if share.expires_at.is_some_and(|end| end <= now) => "ended",
        share if share.paused => "paused",
        _ => "open",
    }
}
