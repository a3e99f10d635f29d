//! `impala project use`

use std::path::Path;

use crate::config::PROJECT_FILE;
use crate::context::Context;
use crate::error::CliError;
use crate::files;

/// Choose the project that commands are about
///
/// The choice is kept in your settings, or with --here in a file impala.toml that counts in this folder and below.
#[derive(Debug, clap::Args)]
#[command(
    name = "use",
    after_help = "Examples:
  impala project use ann/weather
  impala project use ann/weather --here"
)]
pub struct Args {
    /// OWNER/SLUG or SLUG
    name: String,
    /// Choose it for this folder and those below, with its server, in a new file impala.toml
    #[arg(long)]
    here: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let address = context.address(&client, &args.name).await?;
    client.project(&address.owner, &address.slug).await?;
    let path = if args.here {
        let path = Path::new(PROJECT_FILE);
        if files::read_if_there(path)?.is_some() {
            return Err(CliError::usage(format!("there is a file {PROJECT_FILE} here already; edit it")));
        }
        let mut document = toml_edit::DocumentMut::new();
        document["server"] = toml_edit::value(context.server());
        document["project"] = toml_edit::value(address.to_string());
        std::fs::write(path, document.to_string()).map_err(|error| CliError::file("write", path, &error))?;
        path.to_owned()
    } else {
        let file = context.settings.user_file();
        file.set("project", Some(&address.to_string()))?;
        file.path().to_owned()
    };
    context.printer.note(&format!("Commands are about {address} from now on ({}).", path.display()));
    let wins = context.settings.project.as_ref().map(|project| &project.origin);
    if let Some(origin @ (crate::config::Origin::Environment(_) | crate::config::Origin::Flag(_))) = wins {
        context.printer.warn(&format!("{origin} is set, and wins over this choice"));
    }
    Ok(())
}
