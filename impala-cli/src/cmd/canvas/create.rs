//! `impala canvas create`

use impala_core::Canvas;

use crate::context::Context;
use crate::error::CliError;

/// Make an empty canvas
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas create weather --title 'Seattle weather'
  impala block add weather --mark line --x date --y temp_max --source weather")]
pub struct Args {
    /// Its name in addresses: a-z, 0-9, - and _
    slug: String,
    /// Its name for people
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
    /// What it shows
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let mut canvas = Canvas::new(&args.slug, args.title);
    canvas.metadata.description = args.description;
    canvas.check().map_err(|invalid| CliError::invalid(&args.slug, invalid))?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    client.create_canvas(&project.owner, &project.slug, &canvas).await?;
    if context.printer.is_quiet {
        return context.printer.line(&args.slug);
    }
    context.printer.note(&format!(
        "Made canvas {}. `impala block add {} --help` fills it, `impala canvas pull` makes a file of it.",
        args.slug, args.slug
    ));
    Ok(())
}
