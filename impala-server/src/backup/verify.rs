//! Checking an archive.

use std::path::PathBuf;

use super::archive::read;
use super::sink::Nowhere;
use super::{Error, Report, Watch, blocking};

/// Reads an archive to its end: every member, every row and document, every hash.
///
/// # Errors
/// `BadArchive` with everything that is wrong.
pub async fn verify(archive: PathBuf, watch: Watch) -> Result<Report, Error> {
    blocking(move |_| {
        let manifest = read::read(&archive, &mut Nowhere, &watch)?.manifest;
        Ok(Report { header: manifest.header, totals: manifest.totals })
    })
    .await
}
