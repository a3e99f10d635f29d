//! An upload whose rows come behind those of the current version.

use std::fs::File;

use impala_core::api::Upload;
use impala_core::source::{CsvSettings, SourceRef};

use super::{Target, answer, blocking, commit, disk_error, limits};
use crate::engine::Stop;
use crate::engine::csv::{self, Base, Scanned};
use crate::service::Error;
use crate::state::AppState;
use crate::store::sql::sources::{self, Added, StoredVersion};
use crate::store::uploads::{Draft, UploadId};

/// How often it is begun anew because the source has moved on meanwhile.
const TRIES: u32 = 8;

/// Makes the version. Where there is no source yet, the file is its first version.
///
/// # Errors
/// `Invalid` when the columns do not agree; `Conflict` when others were faster, time and again or with the first version.
pub(super) async fn complete(
    app: &AppState,
    mut target: Target,
    draft: Draft,
    scanned: Scanned,
) -> Result<Upload, Error> {
    let settings = target.settings.clone();
    for _ in 0..TRIES {
        let Some(source) = sources::find(&app.pool, target.id.project, &target.source).await? else {
            target.settings = settings;
            return match commit(app, &target, draft, scanned, Some(0)).await? {
                Added::New(version) | Added::Unchanged(version) => Ok(answer(target.source, false, version)),
                Added::Moved => Err(moved()),
            };
        };
        let base = source.current;
        let (all, found, stored) = join(app, &target, &draft, &scanned, &settings, &base).await?;
        target.settings = stored;
        if let Added::New(version) = commit(app, &target, all, found, Some(base.version.version)).await? {
            let mut upload = answer(target.source, false, version);
            upload.warnings.extend(left_out(scanned.rejected_rows));
            return Ok(upload);
        }
    }
    Err(moved())
}

fn moved() -> Error {
    Error::Conflict("others have uploaded to the source meanwhile; send the file again".to_owned())
}

fn left_out(rows: u64) -> Option<String> {
    match rows {
        0 => None,
        1 => Some("1 row of the new file could not be read and was left out".to_owned()),
        rows => Some(format!("{rows} rows of the new file could not be read and were left out")),
    }
}

/// One file of the rows of both, as a draft of the target.
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
    blocking(move || {
        let joined = uploads.begin(aside).map_err(disk_error)?;
        let out =
            File::options().read(true).write(true).create_new(true).open(joined.csv()).map_err(disk_error)?;
        let kept = uploads.csv(base.upload, &base.version.sha256);
        let base = Base {
            csv: &kept,
            settings: &base.settings,
            delimiter: &base.version.delimiter,
            columns: &base.version.columns,
            name: &name,
        };
        let (found, stored) = csv::append(&base, (&csv, &new), &settings, out, limits, &Stop::never())?;
        Ok((joined.becomes(id), found, stored))
    })
    .await
}
