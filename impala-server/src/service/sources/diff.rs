//! What differs between two versions of a source.

use std::time::Duration;

use impala_core::Invalid;
use impala_core::api::{ColumnChange, ColumnDiff, ColumnStats, RowsDiff, SourceDiff, VersionBrief};
use impala_core::source::SourceVersion;

use super::{figures, no_version, read, rows};
use crate::engine::{self, Comparison, Stop};
use crate::service::paths::SourcePath;
use crate::service::runner::{Kept, Key};
use crate::service::{Caller, Error, tables};
use crate::state::AppState;
use crate::store::sql::sources::{StoredSource, StoredVersion};

/// Both versions are read as a whole.
const DIFF_TIMEOUT: Duration = Duration::from_secs(240);

/// Rows of each kind in a sample when nothing is said.
const SAMPLE_ROWS: usize = 20;

/// What is compared with what.
#[derive(Clone, Debug)]
pub struct DiffRequest {
    /// The old version; the one before the new one when left out.
    pub before: Option<u32>,
    /// The new version; the current one when left out.
    pub after: Option<u32>,
    /// Columns that say which row is which; when there are none, a row is all its values.
    pub key: Vec<String>,
    /// Rows of each kind in the sample at most.
    pub sample: usize,
}

impl Default for DiffRequest {
    fn default() -> Self {
        Self { before: None, after: None, key: Vec::new(), sample: SAMPLE_ROWS }
    }
}

/// Compares two versions.
///
/// # Errors
/// `NotFound` or `Forbidden`; `Invalid` when there is no earlier version, and for a key that is not in both; a `Query` that took
/// too long.
pub async fn diff(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: DiffRequest,
) -> Result<SourceDiff, Error> {
    let source = read(app, caller, path).await?;
    let after = match request.after {
        Some(number) => version(app, &source, number).await?,
        None => source.current.clone(),
    };
    let number = after.version.version;
    let before = match request.before.or_else(|| number.checked_sub(1).filter(|number| *number > 0)) {
        Some(number) => version(app, &source, number).await?,
        None => {
            let detail = format!("{}@{number} is the first version; there is no earlier one", source.name);
            return Err(Invalid::at("/before", detail).into());
        }
    };
    let [old, new] = [&before, &after].map(|version| tables::table(app, &source.name, version));
    // The key is checked first: the rest takes long.
    let comparison =
        Comparison { before: old.clone(), after: new.clone(), key: request.key, sample: request.sample };
    comparison.check()?;
    let rows = compare(app, comparison).await?;
    let columns = columns(&figures(app, old).await?, &figures(app, new).await?);
    Ok(SourceDiff {
        source: source.name.clone(),
        same: is_same(&rows, &columns),
        before: brief(before.version),
        after: brief(after.version),
        columns,
        rows,
    })
}

async fn version(app: &AppState, source: &StoredSource, number: u32) -> Result<StoredVersion, Error> {
    let version = rows::version(&app.pool, source.id, number).await?;
    version.ok_or_else(|| no_version(source, number))
}

async fn compare(app: &AppState, comparison: Comparison) -> Result<RowsDiff, Error> {
    let paths = (&comparison.before.path, &comparison.after.path);
    let key = Key::of(&("diff", paths, &comparison.key, comparison.sample));
    let dir = app.uploads.bench().to_owned();
    let work = move |stop: &Stop| engine::diff(comparison, &dir, stop).map(Kept::Diff);
    let (computed, _) = app.runner.cached(key, DIFF_TIMEOUT, || app.now(), work).await?;
    match &computed.kept {
        Kept::Diff(rows) => Ok(rows.clone()),
        _ => Err(Error::internal("taking a diff from the cache", "the entry is not a diff")),
    }
}

fn is_same(rows: &RowsDiff, columns: &[ColumnDiff]) -> bool {
    rows.added == 0
        && rows.removed == 0
        && rows.changed == 0
        && columns.iter().all(|column| column.change == ColumnChange::Same)
}

/// Columns of the new version in its order, then those that are gone.
fn columns(old: &[ColumnStats], new: &[ColumnStats]) -> Vec<ColumnDiff> {
    let of = |list: &[ColumnStats], name: &str| list.iter().find(|column| column.name == name).cloned();
    let there = new.iter().map(|after| {
        let before = of(old, &after.name);
        let change = match &before {
            None => ColumnChange::Added,
            Some(before) if before.column_type != after.column_type => ColumnChange::Retyped,
            Some(_) => ColumnChange::Same,
        };
        ColumnDiff { name: after.name.clone(), change, before, after: Some(after.clone()) }
    });
    let gone = old.iter().filter(|before| of(new, &before.name).is_none()).map(|before| ColumnDiff {
        name: before.name.clone(),
        change: ColumnChange::Removed,
        before: Some(before.clone()),
        after: None,
    });
    there.chain(gone).collect()
}

fn brief(version: SourceVersion) -> VersionBrief {
    VersionBrief {
        version: version.version,
        rows: version.rows,
        sha256: version.sha256,
        created_by: version.created_by,
        created_at: version.created_at,
        note: version.note,
    }
}
