//! The files of an upload, and the sources that they are versions of.

use std::path::{Path, PathBuf};

use impala_core::client::UploadBody;
use impala_core::{name, source};

use crate::error::CliError;
use crate::files;

/// The files with the sources that they are versions of.
///
/// # Errors
/// Usage, when nothing names one, or two would be the same.
pub fn named_files(files: &[PathBuf], name: Option<&str>) -> Result<Vec<(PathBuf, String)>, CliError> {
    if name.is_some() && files.len() > 1 {
        return Err(CliError::usage("--name is for a single file"));
    }
    let mut named: Vec<(PathBuf, String)> = Vec::new();
    for path in files {
        if path.is_dir() {
            return Err(CliError::usage(format!("{} is a folder; name the files in it", path.display())));
        }
        let source = source_name(path, name)?;
        if let Some((other, _)) = named.iter().find(|(_, taken)| *taken == source) {
            let (other, path) = (other.display(), path.display());
            return Err(CliError::usage(format!("{other} and {path} would both be source \"{source}\""))
                .hint("send them one by one, with --name"));
        }
        named.push((path.clone(), source));
    }
    Ok(named)
}

fn source_name(path: &Path, name: Option<&str>) -> Result<String, CliError> {
    let source = match name {
        Some(name) => name.to_owned(),
        None if let Some(nameless) = nameless(path) => {
            return Err(CliError::usage(format!("{nameless} has no name")).hint("give --name NAME"));
        }
        None => name::slug_from(source::stem(&path.file_name().unwrap_or_default().to_string_lossy())),
    };
    if source.is_empty() {
        return Err(
            CliError::usage(format!("no name can be made of {}", path.display())).hint("give --name NAME")
        );
    }
    name::check_slug("", &source).map_err(|error| CliError::usage(error.detail))?;
    Ok(source)
}

/// What a path stands for that is the name of no file: stdin, or what the process has open, as in `upload <(command)`.
pub fn nameless(path: &Path) -> Option<String> {
    let is_open_file = ["/dev/fd", "/dev/stdin", "/proc"].iter().any(|folder| path.starts_with(folder));
    match path {
        path if path == Path::new("-") => Some("stdin".to_owned()),
        // A pipe that somebody has made has the name that they gave it; files of /dev/shm are files.
        path if is_open_file => Some(path.display().to_string()),
        _ => None,
    }
}

/// The bytes of a file, or of stdin.
///
/// # Errors
/// When there is no such file.
pub async fn body_of(path: &Path) -> Result<UploadBody, CliError> {
    if path == Path::new("-") {
        return Ok(UploadBody::stream(stdin()?));
    }
    if !path.exists() {
        return Err(files::missing(path).hint("a file is wanted: CSV, TSV, NDJSON or Parquet; - reads stdin"));
    }
    Ok(UploadBody::file(path).await?)
}

/// Stdin as a stream of its own, without the lock and buffer that lines are read with.
fn stdin() -> Result<tokio::fs::File, CliError> {
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned();
    let owned = owned.map_err(|error| CliError::file("read", Path::new("stdin"), &error))?;
    Ok(tokio::fs::File::from_std(owned.into()))
}

/// How messages call a file.
pub fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_called_after_their_files() {
        let check = |path: &str, name, expected: Result<&str, &str>| {
            let result = source_name(Path::new(path), name).map_err(|error| error.message);
            assert_eq!(result.as_deref().map_err(String::as_str), expected);
        };
        check("data/Sales 2024 (v2).csv", None, Ok("sales-2024-v2"));
        check("sales.csv.gz", None, Ok("sales"));
        check("-", Some("sales"), Ok("sales"));
        check("-", None, Err("stdin has no name"));
        check("/dev/fd/63", None, Err("/dev/fd/63 has no name"));
        check("/dev/fd/63", Some("sales"), Ok("sales"));
        check("/dev/stdin", None, Err("/dev/stdin has no name"));
        check("/proc/self/fd/0", None, Err("/proc/self/fd/0 has no name"));
        check("/dev/shm/sales.csv", None, Ok("sales"));
        check("日本.csv", None, Err("no name can be made of 日本.csv"));
    }
}
