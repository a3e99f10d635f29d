//! `impala canvas schema`

use std::path::{Path, PathBuf};

use impala_core::schema;

use crate::canvas_files;
use crate::context::Context;
use crate::error::CliError;

/// Print the JSON Schema of canvas files, for editors
///
/// Draft 2020-12. An editor with yaml-language-server completes and checks a canvas file whose first line is
///
/// # yaml-language-server: $schema=canvas.schema.json
///
/// The commands that write such files leave it there. A server has the same schema at /api/canvas.schema.json.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas schema
  impala canvas schema -o canvas.schema.json")]
pub struct Args {
    /// Where to; - is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.output == Path::new("-") {
        return context.printer.print(&schema::text());
    }
    canvas_files::write(&args.output, &schema::text())?;
    context.printer.note(&format!("Wrote {}.", args.output.display()));
    Ok(())
}
