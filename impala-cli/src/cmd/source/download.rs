//! `impala source download`

use std::path::{Path, PathBuf};

use impala_core::client::Download;
use impala_core::source::SourceRef;

use crate::context::Context;
use crate::error::CliError;
use crate::files::WholeFile;
use crate::printer::ago::size;
use crate::progress::Meter;

/// Get a source's file, byte for byte as it was uploaded
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala source download weather
  impala source download weather@2 -o old.csv
  impala source download weather -o - | head
  impala source download weather --rejects    The rows that --on-bad-rows skip left out")]
pub struct Args {
    /// Name of the source, perhaps with a version: weather@2
    source: SourceRef,
    /// Get the rows that could not be read and were left out, instead of the file
    #[arg(long)]
    rejects: bool,
    /// Where to; - is stdout. NAME.csv when left out, or as the file that was sent ended; with --rejects NAME.rejects.csv
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(short, long)]
    force: bool,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    let client = context.client()?;
    let project = context.project(&client).await?;
    let mut download = match args.rejects {
        true => client.download_rejects(&project.owner, &project.slug, &args.source).await?,
        false => client.download(&project.owner, &project.slug, &args.source).await?,
    };
    let by_name = || format!("{}.{}", args.source.name, download.ending().unwrap_or("csv")).into();
    let path: PathBuf = args.output.clone().unwrap_or_else(by_name);
    if path == Path::new("-") {
        while context.printer.is_heard()
            && let Some(chunk) = download.chunk().await?
        {
            context.printer.raw(&chunk)?;
        }
        return Ok(());
    }
    if !args.force && path.exists() {
        return Err(
            CliError::usage(format!("{} is there already", path.display())).hint("--force replaces it")
        );
    }
    let meter = Meter::new(&args.source.to_string(), download.length(), &context.printer);
    let bytes = keep(&mut download, &path, &meter).await?;
    drop(meter);
    context.printer.note(&format!("Wrote {} ({}).", path.display(), size(bytes)));
    Ok(())
}

async fn keep(download: &mut Download, path: &Path, meter: &Meter) -> Result<u64, CliError> {
    let mut file = WholeFile::create(path)?;
    let mut bytes = 0;
    while let Some(chunk) = download.chunk().await? {
        file.add(&chunk)?;
        bytes += chunk.len() as u64;
        meter.at(bytes);
    }
    file.finish()?;
    Ok(bytes)
}
