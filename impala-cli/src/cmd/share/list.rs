//! `impala share list`

use impala_core::api::Share;
use jiff::Timestamp;

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::{ago, day, or_never};
use crate::printer::{JsonFields, Table};

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
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = args.list.client(&FIELDS, context)?;
    let project = context.project(&client).await?;
    let shares = client.shares([&project.owner, &project.slug, &args.canvas]).await?;
    let now = Timestamp::now();
    let id = |share: &Share| share.id.to_string();
    args.list.print(context, &FIELDS, &shares, id, |shares| {
        Table::of(["ID", "NAME", "STATE", "BY", "LAST OPENED", "ENDS"], shares, |share| {
            [
                id(share),
                share.name.clone(),
                state(share, now).to_owned(),
                share.created_by.clone(),
                or_never(share.last_used_at, |at| ago(at, now)),
                or_never(share.expires_at, day),
            ]
        })
    })
}

fn state(share: &Share, now: Timestamp) -> &'static str {
    match share {
        share if share.expires_at.is_some_and(|end| end <= now) => "ended",
        share if share.paused => "paused",
        _ => "open",
    }
}
