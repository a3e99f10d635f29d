//! What is said of uploads: of each file, and of all of them.

use std::path::Path;

use impala_core::api::Upload;
use impala_core::client::{Client, ClientError, UploadBody};

use super::files::name_of;
use crate::context::{Context, ProjectAddress};
use crate::error::CliError;
use crate::printer::ago::{count, size};

/// Why a file was not taken, with its name and what to do.
pub fn refused(error: ClientError, path: &Path) -> CliError {
    let is_of_the_file = error.status() == Some(422);
    // A quote that is never closed swallows all rows after it: to leave them out helps nobody.
    let has_bad_rows = match &error {
        ClientError::Problem(problem) => {
            problem.errors.iter().any(|fault| fault.row.is_some() && !fault.detail.contains("never closed"))
        }
        _ => false,
    };
    let error =
        CliError::from(error).hint_if_missing("`impala project list` shows the projects that you may see");
    let name = name_of(path);
    match (is_of_the_file, has_bad_rows) {
        _ if error.violations.is_some() => error.at(&name),
        (false, _) => error,
        (true, false) => error.at(&name),
        (true, true) => error
            .at(&name)
            .hint("the file changed nothing; mend it, or leave such rows out with --on-bad-rows skip"),
    }
}

/// `weather@2: 1,461 rows, 6 columns`; the id alone when quiet.
pub fn describe(upload: &Upload, is_quiet: bool) -> String {
    let version = &upload.version;
    let id = match &upload.preview {
        Some(preview) => format!("{}@{}", upload.source, preview.name),
        None => format!("{}@{}", upload.source, version.version),
    };
    if is_quiet {
        return id;
    }
    let rows = count(version.rows, "row");
    let columns = count(version.columns.len() as u64, "column");
    let skipped = match version.rejected_rows {
        0 => String::new(),
        number => format!(", {} left out", count(number, "row")),
    };
    let unchanged = if upload.unchanged { " (unchanged)" } else { "" };
    let end = upload
        .preview
        .as_ref()
        .map(|preview| preview.expires_at.strftime(", until %Y-%m-%d %H:%M UTC").to_string());
    let end = end.unwrap_or_default();
    format!("{id}: {rows}, {columns}, {}{skipped}{end}{unchanged}", size(version.size_bytes))
}

/// What `--dry-run` says of a file.
///
/// # Errors
/// What the server says.
pub async fn say_what_would_be(
    client: &Client,
    project: &ProjectAddress,
    source: &str,
    path: &Path,
    body: &UploadBody,
    context: &Context,
) -> Result<(), CliError> {
    let current = match client.source(&project.owner, &project.slug, source).await {
        Ok(current) => Some(current),
        Err(error) if error.status() == Some(404) => {
            // A project that is not there is an error, a source that is not there is a new one.
            client.project(&project.owner, &project.slug).await?;
            None
        }
        Err(error) => return Err(error.into()),
    };
    let is_same = match (&current, body) {
        (Some(current), UploadBody::File { sha256, .. }) => current.current.sha256 == hex(sha256),
        _ => false,
    };
    let length = body.length().map(|length| format!(" ({})", size(length))).unwrap_or_default();
    let what = match &current {
        Some(_) if is_same => "it is the current version already".to_owned(),
        Some(current) => format!("version {} of a source that is there", current.versions + 1),
        None => "a new source".to_owned(),
    };
    context.printer.note(&format!("Would send {}{length} to {project} as {source}: {what}.", path.display()));
    Ok(())
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
