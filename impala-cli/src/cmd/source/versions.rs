//! `impala source versions`

use crate::args::ListArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::JsonFields;

/// List a source's versions; * marks the current one
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&super::VERSION_FIELDS), after_help = "Examples:
  impala source versions weather
  impala source versions weather --json version,rows,note")]
pub struct Args {
    /// Name of the source
    source: String,
    #[command(flatten)]
    list: ListArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = args.list.client(&super::VERSION_FIELDS, context)?;
    let project = context.project(&client).await?;
    let versions = client.source_versions(&project.owner, &project.slug, &args.source).await?;
    let source = client.source(&project.owner, &project.slug, &args.source).await?;
    let id = |version: &impala_core::source::SourceVersion| format!("{}@{}", args.source, version.version);
    args.list.print(context, &super::VERSION_FIELDS, &versions, id, |versions| {
        super::version_table(versions, source.current.version)
    })
}
