//! Sources: uploading by a plain form, one of them, going back, deleting.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use impala_core::FieldError;
use impala_core::source::SourceVersion;
use serde::Deserialize;

use super::fields::{Submitted, number};
use super::human::page;
use super::projects::{confirm, whole};
use super::see;
use super::viewer::SignedIn;
use crate::http::error::Rejection;
use crate::http::extract::{Path, Query};
use crate::http::form::Form;
use crate::http::peer::Peer;
use crate::http::uploads::{self, Refusal};
use crate::http::{auth, cookie};
use crate::service::paths::{ProjectPath, SourcePath};
use crate::service::sources::{PreviewRequest, VersionRequest};
use crate::service::upload_settings::UploadSettings;
use crate::service::{Error, projects, sources};
use crate::state::AppState;
use crate::web::FORM_TOKEN;
use crate::web::source::{Detail, PREVIEW_ROWS, show as template};

/// Which rows of which version are looked at.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Look {
    version: Option<u32>,
    #[serde(default)]
    offset: u64,
}

/// A source.
pub async fn show(
    State(app): State<AppState>,
    by: SignedIn,
    Path(path): Path<SourcePath>,
    Query(look): Query<Look>,
) -> Result<Response, Error> {
    let caller = &by.caller;
    let project = projects::show(&app, caller, &path.owner, &path.slug).await?;
    let source = sources::open(&app, caller, &path).await?;
    let versions = sources::versions(&app, caller, &path, &whole()).await?.items;
    let request = PreviewRequest { version: look.version, offset: look.offset, limit: Some(PREVIEW_ROWS) };
    let preview = sources::preview(&app, caller, &path, request).await?;
    let stats = match sources::stats(&app, caller, &path, VersionRequest { version: look.version }).await {
        Ok(stats) => Some(stats),
        // The page is of use without them.
        Err(Error::Query(_)) => None,
        Err(error) => return Err(error),
    };
    let is_shown = |version: &&SourceVersion| Some(version.version) == look.version;
    let detail = Detail {
        project: &project,
        source: &source,
        shown: versions.iter().find(is_shown).unwrap_or(&source.current),
        versions: &versions,
        preview: &preview,
        stats: stats.as_deref(),
    };
    Ok(page(template(&by.shell, &detail)))
}

/// Uploads by a plain form. The token comes first, so that nothing of the file is read for another page.
pub async fn upload(
    State(app): State<AppState>,
    Path(path): Path<ProjectPath>,
    request: Request,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let secret = cookie::session(&parts.headers, Peer::known(&parts.extensions));
    let secret = secret.ok_or(Error::Unauthorized("this needs a sign-in"))?.to_owned();
    let by = SignedIn::from_request_parts(&mut parts, &app).await?;
    let headers = parts.headers.clone();
    let limit = app.config.limits.upload_bytes;
    let mut form = Form::of(Request::from_parts(parts, body), limit, uploads::IDLE).await?;
    let token = match form.next().await? {
        Some(mut field) if field.name() == Some(FORM_TOKEN) => uploads::text(&mut field).await?,
        _ => {
            let detail = format!("the form begins with the field \"{FORM_TOKEN}\"");
            return Err(Rejection::Malformed(FieldError::at("", detail)).into());
        }
    };
    auth::check_change(&headers, &secret, &token)?;
    crate::service::uploads::check_access(&app, &by.caller, &path).await?;
    let settings = UploadSettings::default();
    let upload = uploads::take_form(&app, &by.caller, &path, settings, &mut form).await?;
    Ok(see(format!("/{}/{}/sources/{}", path.owner, path.slug, upload.source)).into_response())
}

/// Makes an earlier version the current one.
pub async fn roll_back(
    State(app): State<AppState>,
    Path(path): Path<SourcePath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    let version = number("/version", form.fields.get("version"))?;
    sources::roll_back(&app, &form.by.caller, &path, version).await?;
    Ok(see(format!("/{}/{}/sources/{}", path.owner, path.slug, path.source)))
}

/// Deletes a source whose name was typed.
pub async fn delete(
    State(app): State<AppState>,
    Path(path): Path<SourcePath>,
    form: Submitted,
) -> Result<Redirect, Error> {
    confirm(form.fields.get("confirm"), &path.source)?;
    sources::delete(&app, &form.by.caller, &path).await?;
    Ok(see(format!("/{}/{}#sources", path.owner, path.slug)))
}
