//! Making an archive.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;

use super::archive::Header;
use super::archive::write::Writer;
use super::instance::Instance;
use super::snapshot::Snapshot;
use super::walk::walk;
use super::{Error, Report, Watch, blocking};
use crate::Config;

/// Where an archive goes.
pub enum Output {
    /// A file that appears when it is complete, and that only its owner can read.
    File {
        /// Which.
        path: PathBuf,
        /// Whether one that is there is replaced.
        replace: bool,
    },
    /// Anything else. What was written when it fails says of itself that it was cut off.
    Stream(Box<dyn Write + Send>),
}

/// Writes all that the instance of `config` holds into one archive. A server may run on it.
///
/// # Errors
/// The reason; there is no file then.
pub async fn create(config: Config, output: Output, watch: Watch) -> Result<Report, Error> {
    blocking(move |handle| match output {
        Output::Stream(stream) => Ok(write(handle, &config, BufWriter::new(stream), &watch)?.0),
        Output::File { path, replace } => write_file(handle, &config, &path, replace, &watch),
    })
    .await
}

fn write_file(
    handle: &Handle,
    config: &Config,
    path: &Path,
    replace: bool,
    watch: &Watch,
) -> Result<Report, Error> {
    let fault = |error: io::Error| Error::file("write", path, error);
    if !replace && path.symlink_metadata().is_ok() {
        return Err(Error::NotEmpty(format!("there is a file {} already", path.display())));
    }
    if path.metadata().is_ok_and(|data| !data.is_file()) {
        let what = "expected a regular file, or - for standard output";
        return Err(fault(io::Error::new(io::ErrorKind::InvalidInput, what)));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Temporary files are private from the first byte on.
    let file = tempfile::Builder::new().prefix(".impala-backup-").tempfile_in(folder).map_err(fault)?;
    let (report, file) = write(handle, config, BufWriter::new(file), watch)?;
    let file = file.into_inner().map_err(|error| fault(error.into_error()))?;
    file.as_file().sync_all().map_err(fault)?;
    match replace {
        true => file.persist(path).map_err(|error| fault(error.error))?,
        false => file.persist_noclobber(path).map_err(|error| fault(error.error))?,
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(fault)?;
    Ok(report)
}

fn write<W: Write>(handle: &Handle, config: &Config, to: W, watch: &Watch) -> Result<(Report, W), Error> {
    let instance = handle.block_on(Instance::to_read(config))?;
    let snapshot = handle.block_on(Snapshot::take(&instance))?;
    snapshot.refuse_unfinished()?;
    let header = Header::new(snapshot.schema);
    let mut writer = Writer::new(to, &header)?;
    let totals = walk(handle, &instance, snapshot, &mut writer, watch)?;
    let to = writer.finish(totals.clone())?;
    handle.block_on(instance.close());
    Ok((Report { header, totals }, to))
}
