//! `impala canvas history`

use impala_core::api::Revision;

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::ago;
use crate::printer::{JsonFields, Table};

const FIELDS: [&str; 4] = ["revision", "saved_by", "saved_at", "note"];

/// List a canvas's revisions, the newest first
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala canvas history seattle-weather
  impala canvas pull seattle-weather --revision 3")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    #[command(flatten)]
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = args.list.client(&FIELDS, context)?;
    let project = context.project(&client).await?;
    let revisions = client.canvas_history(&project.owner, &project.slug, &args.canvas).await?;
    let now = jiff::Timestamp::now();
    let number = |revision: &Revision| revision.revision.to_string();
    args.list.print(context, &FIELDS, &revisions, number, |revisions| {
        Table::of(["#REVISION", "BY", "WHEN", "NOTE"], revisions, |revision| {
            let when = ago(revision.saved_at, now);
            [number(revision), revision.saved_by.clone(), when, revision.note.clone()]
        })
    })
}
