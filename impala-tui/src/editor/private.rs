//! Folders and files that nobody else on this machine may read: what is typed in an editor is as secret as the project.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::TempDir;

/// A new folder among those for temporary files.
pub fn folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("impala-");
    #[cfg(unix)]
    builder.permissions(mode(0o700));
    builder.tempdir()
}

/// Writes a file that is not there yet.
pub fn write(file: &Path, text: &str) -> io::Result<()> {
    create(file)?.write_all(text.as_bytes())
}

fn create(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Takes a file that something else has written from all others, and the folder that it is in. A link is left as it is: it leads to
/// what is not ours.
pub fn close(file: &Path) {
    #[cfg(unix)]
    {
        let is_file = file.symlink_metadata().is_ok_and(|found| found.is_file());
        if is_file {
            let _ = std::fs::set_permissions(file, mode(0o600));
        }
        if let Some(folder) = file.parent() {
            let _ = std::fs::set_permissions(folder, mode(0o700));
        }
    }
    #[cfg(not(unix))]
    let _ = file;
}

#[cfg(unix)]
fn mode(bits: u32) -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(bits)
}
