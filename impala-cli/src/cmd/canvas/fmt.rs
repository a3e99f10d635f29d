//! `impala canvas fmt`

use std::path::PathBuf;

use crate::canvas_files::{self, CanvasFile, is_standard};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::ago::count;

/// Write canvas files in their canonical form
///
/// The form that `impala canvas pull` gives: fixed order of fields, defaults left out, blocks in reading order. Comments at the
/// top of a file stay. Works without a server.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala canvas fmt canvases/
  impala canvas fmt --check canvases/
  impala canvas fmt - < weather.yaml")]
pub struct Args {
    /// Files or folders; - reads stdin and writes to stdout
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Change nothing; end with exit code 7 when a file is not in its canonical form
    #[arg(long)]
    check: bool,
    /// Drop comments that are not at the top of a file
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let files = canvas_files::find(&args.files, context)?.canvases()?;
    if !args.check && !args.force {
        files.iter().try_for_each(check_comments)?;
    }
    let mut changed = Vec::new();
    for CanvasFile { path, text, canvas } in &files {
        let canonical = canvas_files::canonical(path, text, canvas);
        if is_standard(path) && !args.check {
            context.printer.raw(canonical.as_bytes())?;
        } else if canonical != *text {
            changed.push(canvas_files::name(path));
            if !args.check {
                canvas_files::write(path, &canonical)?;
            }
        }
    }
    for name in &changed {
        context.printer.line(name)?;
    }
    if changed.is_empty() && !files.iter().any(|file| is_standard(&file.path)) {
        context.printer.note(&format!("Nothing to change in {}.", count(files.len() as u64, "file")));
    }
    if args.check && !changed.is_empty() {
        let message =
            format!("{} of {} not in canonical form", changed.len(), count(files.len() as u64, "file"));
        return Err(CliError::new(Exit::Refused, message).hint("`impala canvas fmt` writes them so"));
    }
    Ok(())
}

/// A comment within the document has no place in the canonical form.
fn check_comments(file: &CanvasFile) -> Result<(), CliError> {
    let Some(spot) = canvas_files::inner_comment(&file.text) else {
        return Ok(());
    };
    let place = format!("{}:{}:{}", canvas_files::name(&file.path), spot.line, spot.column);
    Err(CliError::new(Exit::Refused, format!("{place}: this comment would go; nothing was written")).hint(
        "comments at the top of a file stay, and so do metadata.description and text blocks; --force drops the others",
    ))
}
