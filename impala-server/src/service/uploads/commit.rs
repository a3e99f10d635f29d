//! From a complete file to a new current version, or to nothing.

use impala_core::Invalid;
use impala_core::api::Upload;
use impala_core::source::{CsvSettings, InputFormat, SourceVersion};

use super::target::Target;
use super::{append, blocking, disk_error};
use crate::engine::csv::{Scanned, write_parquet};
use crate::service::{Error, contracts};
use crate::state::AppState;
use crate::store::sql::previews;
use crate::store::sql::sources::{self, Added, StoredVersion};
use crate::store::uploads::Draft;

/// From a file that is on disk to a version: checks its contracts, and whether it is new.
///
/// # Errors
/// As [`Intaking::finish`](super::Intaking::finish).
pub(super) async fn complete(
    app: &AppState,
    target: Target,
    draft: Draft,
    found: Result<Scanned, Invalid>,
) -> Result<Upload, Error> {
    if let Ok(scanned) = &found {
        check_digest(target.sha256.as_ref(), scanned)?;
    }
    let contracts =
        contracts::of_upload(app, target.id.project, &target.source, target.contract.as_deref()).await?;
    let scanned = match found {
        Ok(scanned) => scanned,
        // For a file with unreadable rows, a contract lists everything that is wrong, not only the first five.
        Err(invalid) => {
            let broken =
                contracts::check(app, &contracts, target.subject(draft.csv(), target.settings.clone())).await;
            return Err(match broken {
                Err(error @ Error::Broken(_)) => error,
                _ => invalid.into(),
            });
        }
    };
    let settings = CsvSettings { format: format_of(&scanned.format), ..target.settings.clone() };
    contracts::check(app, &contracts, target.subject(draft.csv(), settings)).await?;
    if target.appends {
        return append::complete(app, target, draft, scanned, &contracts).await;
    }
    let new = new_version(app, &target, &scanned);
    let before = target.current(app).await?;
    if let Some(current) = before.as_ref().filter(|current| current.is_same(&new)) {
        discard(draft).await?;
        return target.answer(app, true, current.version.clone()).await;
    }
    match commit(app, &target, draft, scanned, None).await? {
        Added::New(version) => {
            let lost = before.map(|before| lost_columns(&before.version, &version)).unwrap_or_default();
            let upload = target.answer(app, false, version).await?;
            Ok(Upload { warnings: [upload.warnings, lost].concat(), ..upload })
        }
        Added::Unchanged(version) => target.answer(app, true, version).await,
        Added::Moved => Err(Error::Conflict("the source was changed in between".to_owned())),
    }
}

/// Columns that are named when a version lacks them or has them in another type; the others are counted.
const MOST_COLUMNS: usize = 4;

/// What blocks and queries may miss in a version that had it in the one before.
fn lost_columns(before: &SourceVersion, now: &SourceVersion) -> Vec<String> {
    let of = |version: &SourceVersion, name: &str| {
        version.columns.iter().find(|column| column.name == name).map(|column| column.column_type)
    };
    let (mut gone, mut retyped) = (Vec::new(), Vec::new());
    for column in &before.columns {
        match of(now, &column.name) {
            None => gone.push(format!("\"{}\"", column.name)),
            // What is asked of numbers works with both kinds.
            Some(new) if new.is_numeric() && column.column_type.is_numeric() => {}
            Some(new) if new != column.column_type => {
                let (old, new) = (column.column_type.as_str(), new.as_str());
                retyped.push(format!("\"{}\" ({old}, now {new})", column.name));
            }
            Some(_) => {}
        }
    }
    let number = before.version;
    if gone.len() == before.columns.len() {
        return vec![format!("it has none of the columns of version {number}")];
    }
    let listed = |names: Vec<String>| match names.len().saturating_sub(MOST_COLUMNS) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..MOST_COLUMNS].join(", ")),
    };
    let gone =
        (!gone.is_empty()).then(|| format!("columns of version {number} that are gone: {}", listed(gone)));
    let retyped = (!retyped.is_empty())
        .then(|| format!("columns of another type than in version {number}: {}", listed(retyped)));
    gone.into_iter().chain(retyped).collect()
}

/// The detected format of a file, so that it is read in the same way again.
pub(super) fn format_of(format: &str) -> Option<InputFormat> {
    format.split('.').next().and_then(|word| word.parse().ok())
}

/// How to read a file again, with what was detected the first time.
pub(super) fn as_read(settings: &CsvSettings, format: &str, delimiter: &str) -> CsvSettings {
    let delimiter = Some(delimiter.to_owned()).filter(|delimiter| delimiter != "none");
    CsvSettings { format: format_of(format), delimiter, ..settings.clone() }
}

/// Removes the files of an upload that made no version.
pub(super) async fn discard(draft: Draft) -> Result<(), Error> {
    blocking(move || {
        drop(draft);
        Ok(())
    })
    .await
}

/// Publishes the files and then commits the row that makes them a version.
///
/// * `made_from`: the version that has to be the current one still, if it matters
pub(super) async fn commit(
    app: &AppState,
    target: &Target,
    draft: Draft,
    scanned: Scanned,
    made_from: Option<u32>,
) -> Result<Added, Error> {
    let new = new_version(app, target, &scanned);
    publish(app, draft, scanned, &new.version.sha256).await?;
    let added = match target.place(app) {
        Some(place) => {
            previews::add_version(&app.pool, &place, &new, made_from).await.map(|(added, _)| added)
        }
        None => sources::add_version(&app.pool, &target.source, &new, made_from).await,
    };
    let is_kept = match &added {
        Ok(Added::New(_)) => true,
        Ok(Added::Unchanged(_) | Added::Moved) => false,
        // If that is unknown, the files stay: the next start sweeps them if no version names them.
        Err(_) => sources::is_version(&app.pool, target.id).await.unwrap_or(true),
    };
    if !is_kept {
        let (uploads, id) = (app.uploads.clone(), target.id);
        blocking(move || uploads.remove(id).map_err(disk_error)).await?;
    }
    // Uploads to a preview change nothing for listeners of the project.
    if matches!(added, Ok(Added::New(_))) && target.preview.is_none() {
        app.events.changed(target.id.project);
    }
    Ok(added?)
}

fn check_digest(expected: Option<&[u8; 32]>, scanned: &Scanned) -> Result<(), Error> {
    match expected.map(hex::encode) {
        Some(announced) if announced != scanned.sha256 => {
            Err(Error::Digest { announced, received: scanned.sha256.clone() })
        }
        _ => Ok(()),
    }
}

fn new_version(app: &AppState, target: &Target, scanned: &Scanned) -> StoredVersion {
    StoredVersion {
        upload: target.id,
        settings: target.settings.clone(),
        version: SourceVersion {
            // The store gives it the next number.
            version: 0,
            sha256: scanned.sha256.clone(),
            size_bytes: scanned.size_bytes,
            rows: scanned.rows,
            rejected_rows: scanned.rejected_rows,
            columns: scanned.columns.clone(),
            delimiter: scanned.delimiter.clone(),
            encoding: scanned.encoding.clone(),
            format: scanned.format.clone(),
            created_by: target.by.clone(),
            created_at: app.now(),
            note: target.note.clone(),
        },
        appended: target.part.clone(),
    }
}

async fn publish(app: &AppState, draft: Draft, scanned: Scanned, sha256: &str) -> Result<(), Error> {
    let (uploads, sha256) = (app.uploads.clone(), sha256.to_owned());
    let written = app.upload_turns.work(move |stop| {
        // Those of an append are written already, and its file holds none.
        let rejects = (scanned.rejected_rows > 0 && !draft.rejects().exists()).then(|| draft.rejects());
        write_parquet(&draft.csv(), &scanned, &draft.parquet(), rejects.as_deref(), stop)?;
        uploads.publish(draft, &sha256).map_err(disk_error)
    });
    written.await
}
