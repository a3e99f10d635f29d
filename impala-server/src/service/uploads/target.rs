//! The target of an upload: a version of a source or of a preview.

use std::path::PathBuf;

use impala_core::api::{PreviewEnd, Upload};
use impala_core::source::{CsvSettings, SourceVersion};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::service::Error;
use crate::service::contracts::Subject;
use crate::service::upload_settings::UploadSettings;
use crate::state::AppState;
use crate::store::sql::previews::{self, Place, PreviewRow};
use crate::store::sql::sources::{self, StoredVersion};
use crate::store::uploads::UploadId;

/// The target of an upload.
pub(in crate::service) struct Target {
    pub(super) id: UploadId,
    pub(super) source: String,
    pub(super) settings: CsvSettings,
    pub(super) note: String,
    /// Whether its rows come behind those of the current version.
    pub(super) appends: bool,
    /// Whether they are appended even when the current version ends in them already.
    pub(super) allows_duplicate: bool,
    /// The preview that it goes to.
    pub(super) preview: Option<(String, Option<SignedDuration>)>,
    /// The contract that came with it.
    pub(super) contract: Option<String>,
    /// SHA-256 of what was appended; empty when nothing was.
    pub(super) part: String,
    pub(super) sha256: Option<[u8; 32]>,
    pub(super) by: String,
}

impl Target {
    /// A version of the source of that name. What the settings leave out is as in its last upload.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::service) async fn new(
        app: &AppState,
        id: UploadId,
        by: &str,
        source: &str,
        settings: UploadSettings,
        sha256: Option<[u8; 32]>,
    ) -> Result<Self, Error> {
        let last = shown(app, id.project, source, settings.preview.as_deref()).await?;
        Ok(Self {
            id,
            source: source.to_owned(),
            settings: settings.over(&last.map(|last| last.settings).unwrap_or_default()),
            note: settings.note,
            appends: settings.append,
            allows_duplicate: settings.allow_duplicate,
            preview: settings.preview.map(|name| (name, settings.life)),
            contract: settings.contract,
            part: String::new(),
            sha256,
            by: by.to_owned(),
        })
    }

    /// Where its version goes, when it goes to a preview.
    pub(super) fn place(&self, app: &AppState) -> Option<Place<'_>> {
        let (preview, life) = self.preview.as_ref()?;
        Some(Place { preview, life: *life, source: &self.source, now: app.now() })
    }

    /// The version that is there already: in the preview that it goes to, or else in the source.
    pub(super) async fn current(&self, app: &AppState) -> Result<Option<StoredVersion>, Error> {
        match self.place(app) {
            Some(place) => Ok(previews::version(&app.pool, self.id.project, &place).await?),
            None => shown(app, self.id.project, &self.source, None).await,
        }
    }

    /// A file of it, to be checked against contracts.
    pub(super) fn subject(&self, file: PathBuf, settings: CsvSettings) -> Subject {
        let (project, by) = (self.id.project, self.by.clone());
        Subject { project, by, file, settings, appended: None }
    }

    /// The answer for the uploader.
    pub(super) async fn answer(
        &self,
        app: &AppState,
        is_unchanged: bool,
        version: SourceVersion,
    ) -> Result<Upload, Error> {
        let upload = answer(self.source.clone(), is_unchanged, version);
        let Some(place) = self.place(app) else { return Ok(upload) };
        let row = match is_unchanged {
            true => previews::prolong(&app.pool, self.id.project, &place).await?,
            false => previews::find(&app.pool, self.id.project, place.preview, place.now).await?,
        };
        Ok(in_preview(upload, row))
    }
}

/// The version that a source shows, through a preview where one is named; then it need not exist yet.
pub(super) async fn shown(
    app: &AppState,
    project: Uuid,
    source: &str,
    preview: Option<&str>,
) -> Result<Option<StoredVersion>, Error> {
    if let Some(preview) = preview {
        let place = Place { preview, life: None, source, now: app.now() };
        if let Some(version) = previews::version(&app.pool, project, &place).await? {
            return Ok(Some(version));
        }
    }
    let found = sources::find(&app.pool, project, source).await?;
    Ok(found.map(|found| StoredVersion { settings: found.settings, ..found.current }))
}

/// An answer that names the preview that the upload went to.
pub(in crate::service) fn in_preview(upload: Upload, row: Option<PreviewRow>) -> Upload {
    Upload {
        preview: row.map(|PreviewRow { name, expires_at, .. }| PreviewEnd { name, expires_at }),
        ..upload
    }
}

/// The answer to an upload.
pub(in crate::service) fn answer(source: String, unchanged: bool, version: SourceVersion) -> Upload {
    let rejected = match version.rejected_rows {
        0 => None,
        1 => Some("1 row could not be read and was left out; it is in the rejects file".to_owned()),
        rows => {
            Some(format!("{rows} rows could not be read and were left out; they are in the rejects file"))
        }
    };
    Upload { source, unchanged, version, warnings: rejected.into_iter().collect(), preview: None }
}
