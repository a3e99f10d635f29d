//! An upload whose rows are appended to the current version.
//!
//! A version remembers what was appended last. The same file again, from a job that is run again, duplicates no rows:
//! the answer is `unchanged`, unless duplicates are allowed.

use std::fs::File;

use impala_core::api::Upload;
use impala_core::source::{CsvSettings, SourceRef, SourceVersion};

use super::commit::{as_read, commit, discard, format_of};
use super::target::{Target, shown};
use super::{disk_error, limits};
use crate::engine::csv::{self, Base, Scanned};
use crate::service::Error;
use crate::service::contracts::{self, Held, Subject};
use crate::state::AppState;
use crate::store::sql::sources::{Added, StoredVersion};
use crate::store::uploads::{Draft, UploadId};

/// How often an append starts over because the source has changed in between.
const TRIES: u32 = 8;

/// Makes the version. Where there is no source yet, the file is its first version.
///
/// # Errors
/// `Invalid` when the columns do not agree; `Conflict` when others were faster, repeatedly or with the first version.
pub(super) async fn complete(
    app: &AppState,
    mut target: Target,
    draft: Draft,
    scanned: Scanned,
    contracts: &[Held],
) -> Result<Upload, Error> {
    let settings = target.settings.clone();
    for _ in 0..TRIES {
        // First: if anything changes between this and the base, the commit finds that the source has changed.
        let newest = target.current(app).await?;
        let preview = target.preview.as_ref().map(|(name, _)| name.as_str());
        // The first rows that a preview appends follow those of the project.
        let Some(base) = shown(app, target.id.project, &target.source, preview).await? else {
            target.settings = settings;
            return match commit(app, &target, draft, scanned, Some(0)).await? {
                Added::New(version) | Added::Unchanged(version) => target.answer(app, false, version).await,
                Added::Moved => Err(moved()),
            };
        };
        if !target.allows_duplicate && base.ends_in(&scanned.sha256) {
            discard(draft).await?;
            return unchanged(app, &target, base).await;
        }
        let (all, found, stored) = join(app, &target, &draft, &scanned, &settings, &base).await?;
        let read = as_read(&stored, &found.format, &found.delimiter);
        let appended = Some((base.version.rows, draft.csv(), scanned.clone()));
        let subject = Subject { appended, ..target.subject(all.csv(), read) };
        contracts::check_unique(app, contracts, subject).await?;
        target.settings = stored;
        target.part = scanned.sha256.clone();
        let number = newest.map_or(0, |newest| newest.version.version);
        if let Added::New(version) = commit(app, &target, all, found, Some(number)).await? {
            return target.answer(app, false, version).await;
        }
    }
    Err(moved())
}

/// The answer when the rows are there already.
pub(super) async fn unchanged(app: &AppState, target: &Target, base: StoredVersion) -> Result<Upload, Error> {
    let StoredVersion { version, .. } = base;
    let SourceVersion { version: number, .. } = version;
    let mut upload = target.answer(app, true, version).await?;
    upload.warnings =
        vec![format!("version {number} ends in the rows of this file already; they were not appended again")];
    Ok(upload)
}

fn moved() -> Error {
    Error::Conflict("others have uploaded to the source in between; send the file again".to_owned())
}

/// One file of the rows of both, as a draft of the target. Rows of the new file that are left out go into its rejects.
async fn join(
    app: &AppState,
    target: &Target,
    draft: &Draft,
    new: &Scanned,
    settings: &CsvSettings,
    base: &StoredVersion,
) -> Result<(Draft, Scanned, CsvSettings), Error> {
    let (uploads, limits, id) = (app.uploads.clone(), limits(app), target.id);
    let aside = UploadId { upload: app.new_id(), ..id };
    let name = SourceRef { name: target.source.clone(), version: Some(base.version.version) }.to_string();
    let (csv, new, settings, base) = (draft.csv(), new.clone(), settings.clone(), base.clone());
    let joined = app.upload_turns.work(move |stop| {
        let joined = uploads.begin(aside).map_err(disk_error)?;
        let out =
            File::options().read(true).write(true).create_new(true).open(joined.csv()).map_err(disk_error)?;
        let kept = uploads.csv(base.upload, &base.version.sha256);
        let base = Base {
            csv: &kept,
            settings: &base.settings,
            delimiter: &base.version.delimiter,
            format: format_of(&base.version.format),
            columns: &base.version.columns,
            name: &name,
        };
        let (mut found, stored) = csv::append(&base, (&csv, &new), &settings, out, limits, stop)?;
        csv::write_rejects(&csv, &new, &joined.rejects(), stop)?;
        found.rejected_rows = new.rejected_rows;
        Ok((joined.becomes(id), found, stored))
    });
    joined.await
}
