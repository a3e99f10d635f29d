//! Reading and writing the user's small files, so that none is ever half-written or readable by others.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use impala_core::name;

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

/// Reads a text file that has to be there.
///
/// # Errors
/// When it cannot be read; [`missing`] when there is none.
pub fn read(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(path),
        _ => CliError::file("read", path, &error),
    })
}

/// A file that is not there, with the one beside it that may have been meant.
pub fn missing(path: &Path) -> CliError {
    let shown = path.display();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten();
    let mut names: Vec<String> = beside.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    // By their stems: an ending that all have makes nothing alike.
    let stem = |name: &str| Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let given = stem(&path.to_string_lossy());
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    let near = name::nearest(&given, stems.iter().map(String::as_str));
    let near = near.and_then(|near| names.iter().find(|name| stem(name) == near));
    let message = match near.map(|near| folder.map_or_else(|| near.into(), |folder| folder.join(near))) {
        Some(near) => format!("there is no file {shown}; did you mean {}?", near.display()),
        None => format!("there is no file {shown}"),
    };
    CliError::failed(message)
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
    let path = &behind_links(path);
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
    let mut file = WholeFile::create(path)?;
    file.add(bytes)?;
    file.finish()
}

/// A file that is written beside its place and gets its name when it is whole. A device or a pipe is written to directly: a
/// file in its place would take it from everybody.
pub struct WholeFile {
    file: File,
    path: PathBuf,
    /// Where it is until it is whole.
    begun: Option<PathBuf>,
}

impl WholeFile {
    /// Begins it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path) -> Result<Self, CliError> {
        let path = behind_links(path);
        let is_replaced = path.metadata().map_or(true, |data| data.is_file());
        let begun = is_replaced.then(|| temporary_beside(&path));
        let file = match &begun {
            Some(begun) => File::create(begun),
            None => OpenOptions::new().write(true).open(&path),
        };
        let file = file.map_err(|error| CliError::file("write", &path, &error))?;
        Ok(Self { file, path, begun })
    }

    /// Adds to its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.file.write_all(bytes).map_err(|error| CliError::file("write", &self.path, &error))
    }

    /// Has it on disk, and gives it its name.
    ///
    /// # Errors
    /// When it cannot be written; then the old one stays as it was.
    pub fn finish(mut self) -> Result<(), CliError> {
        let Some(begun) = self.begun.clone() else { return Ok(()) };
        let named = self.file.sync_all().and_then(|()| fs::rename(begun, &self.path));
        named.map_err(|error| CliError::file("write", &self.path, &error))?;
        self.begun = None;
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(begun) = &self.begun {
            // The reason that counts was told.
            let _ = fs::remove_file(begun);
        }
    }
}

/// The file that a link leads to, so that the link stays one.
fn behind_links(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_a_link_to_it_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        for write in [write_whole, replace] {
            fs::write(&file, "old").expect("written");
            write(&link, b"new").expect("written");
            assert_eq!(fs::read_to_string(&file).expect("read"), "new");
            assert!(link.is_symlink());
        }
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 2);
    }

    #[test]
    fn what_is_not_finished_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        write_whole(&path, b"old").expect("written");
        let mut file = WholeFile::create(&path).expect("begun");
        file.add(b"half").expect("written");
        drop(file);
        assert_eq!(fs::read_to_string(&path).expect("read"), "old");
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1);
    }

    #[test]
    fn a_pipe_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || fs::read_to_string(path)
        });
        write_whole(&path, b"told").expect("written");
        assert_eq!(reader.join().expect("no panic").expect("read"), "told");
        assert!(path.metadata().expect("there").file_type().is_fifo());
    }
}
