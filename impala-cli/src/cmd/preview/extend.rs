//! `impala preview extend`

use crate::context::Context;
use crate::error::CliError;
use crate::printer::ago::minute;
use crate::when::parse_life;

/// Change how long a preview lives
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala preview extend pr-123 --ttl 30d
  impala preview extend pr-123 --ttl 1h")]
pub struct Args {
    /// Name of the preview
    preview: String,
    /// How long from now, 1m to 90d; also shorter than before
    #[arg(long, alias = "expires", value_name = "SPAN", value_parser = parse_life)]
    ttl: u64,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let view = client.change_preview([&project.owner, &project.slug, &args.preview], args.ttl).await?;
    if context.printer.is_quiet {
        return context.printer.line(&view.preview.name);
    }
    let end = minute(view.preview.expires_at);
    context.printer.note(&format!("The preview {} lives until {end}.", view.preview.name));
    Ok(())
}
