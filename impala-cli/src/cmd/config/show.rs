//! `impala config show`

use serde::Serialize;

use crate::config::Origin;
use crate::context::{Context, TOKEN_VARIABLE};
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields, Table};

const FIELDS: [&str; 3] = ["name", "value", "origin"];

/// Show the settings that count here
///
/// A flag wins over the environment, that over impala.toml in this folder or above, that over your config.toml.
///
/// impala.toml is meant for git: it may say server, project, profile and canvases, the folder of the project's canvas
/// files; never credentials.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala config show
  impala config show --origin
  impala config show --json name,value")]
pub struct Args {
    /// Say where each comes from
    #[arg(long)]
    origin: bool,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    value: String,
    origin: String,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let entries = entries(context);
    context.printer.list(
        &args.json,
        &FIELDS,
        &entries,
        |entry| entry.name.to_owned(),
        |entries| {
            let mut table = match args.origin {
                true => Table::new(["SETTING", "VALUE", "FROM"]),
                false => Table::new(["SETTING", "VALUE"]),
            };
            for entry in entries {
                table.row(
                    [entry.name, entry.value.as_str(), entry.origin.as_str()]
                        .into_iter()
                        .take(2 + usize::from(args.origin)),
                );
            }
            table
        },
    )
}

fn entries(context: &Context) -> Vec<Entry> {
    let settings = &context.settings;
    let entry = |name, value: String, origin: &Origin| Entry { name, value, origin: origin.to_string() };
    let (project, project_origin) = match &settings.project {
        Some(project) => (project.value.clone(), project.origin.clone()),
        None => ("(none)".to_owned(), Origin::Default),
    };
    let (canvases, canvases_origin) = match &settings.canvases {
        Some(folder) => (folder.value.display().to_string(), folder.origin.clone()),
        None => ("(none)".to_owned(), Origin::Default),
    };
    let store = context.store();
    let (token, token_origin) = match &context.token {
        Some(_) => ("(set)", Origin::Environment(TOKEN_VARIABLE)),
        None if store.get().ok().flatten().is_some() => ("(set)", Origin::File(store.path().to_owned())),
        None => ("(none)", Origin::Default),
    };
    let color = format!("{:?}", settings.color.value).to_lowercase();
    vec![
        entry("server", settings.server.value.clone(), &settings.server.origin),
        entry("project", project, &project_origin),
        entry("canvases", canvases, &canvases_origin),
        entry("profile", settings.profile.value.clone(), &settings.profile.origin),
        entry("color", color, &settings.color.origin),
        entry("token", token.to_owned(), &token_origin),
    ]
}
