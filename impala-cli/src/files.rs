//! Reading and writing the user's small files, so that none is ever half-written or readable by others.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// Reads a text file; `None` when there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<String>, CliError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        // A file where a folder should be: there is no such file below it.
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(None),
        Err(error) => Err(CliError::file("read", path, &error)),
    }
}

/// All that stdin holds, as text.
///
/// # Errors
/// When it is no UTF-8.
pub fn read_stdin() -> Result<String, CliError> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .read_to_string(&mut text)
        .map_err(|error| CliError::failed(format!("could not read stdin: {error}")))?;
    Ok(text)
}

/// Replaces a file as a whole; only the user can read it. Its folder is made when missing.
///
/// # Errors
/// When it cannot be written; then the old one stays as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let temporary = temporary_beside(path);
    let written = write_private(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // The reason that counts is the first one.
        let _ = fs::remove_file(&temporary);
        CliError::file("write", path, &error)
    })
}

/// Replaces a file as a whole, readable as the user's other files are.
///
/// # Errors
/// When it cannot be written; then the old one stays as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let temporary = temporary_beside(path);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // The reason that counts is the first one.
        let _ = fs::remove_file(&temporary);
        CliError::file("write", path, &error)
    })
}

/// Makes a folder that only the user can enter.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> Result<(), CliError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| CliError::file("make the folder", folder, &error))
}

/// Opens a file to write that only the user can read; it must not exist.
///
/// # Errors
/// When it exists or cannot be made.
pub fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A name for a temporary file in the same folder, so that it can be renamed.
pub fn temporary_beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // One that a killed process of the same number left behind.
    let _ = fs::remove_file(path);
    let mut file = create_private(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
