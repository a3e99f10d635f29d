//! `impala share create`

use impala_core::api::{Share, ShareCreate};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::minute;
use crate::printer::{JsonArgs, JsonFields};
use crate::when::{End, parse_end_or_never};

const FIELDS: [&str; 7] = ["url", "id", "name", "paused", "created_by", "created_at", "expires_at"];

/// Make a share link for a canvas, and print it: it is shown only now
///
/// Anyone who has the link reads this canvas and nothing else, without signing in, until it ends or is revoked. The link goes to
/// stdout, the rest to stderr.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala share create seattle-weather
  impala share create seattle-weather --name 'Board meeting' --expires 7d
  curl $(impala share create seattle-weather -q)")]
pub struct Args {
    /// Name of the canvas
    canvas: String,
    /// Whom or what it is for
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// When it ends: a span such as 90d or 12h, a day such as 2027-01-31, or never
    #[arg(long, alias = "ttl", value_name = "WHEN", default_value = "30d", value_parser = parse_end_or_never)]
    expires: End,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Created {
    url: String,
    #[serde(flatten)]
    share: Share,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let body = ShareCreate { name: args.name, expires_at: args.expires.0 };
    let made = client.create_share([&project.owner, &project.slug, &args.canvas], &body).await?;
    let created = Created { url: format!("{}{}", context.server(), made.path), share: made.share };
    let text = |created: &Created| format!("{}\n", created.url);
    context.printer.show(&args.json, &FIELDS, &created, |created| created.url.clone(), text)?;
    let end = match created.share.expires_at {
        Some(end) => format!("until {}", minute(end)),
        None => "for ever".to_owned(),
    };
    context.printer.note(&format!(
        "Anyone who has this link reads {} {end}. It is shown only this once; `impala share revoke {} {}` ends it.",
        args.canvas, args.canvas, created.share.id
    ));
    Ok(())
}
