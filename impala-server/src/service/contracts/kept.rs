//! Contracts that come with uploads. They are sent once, are called by their hash, and are kept while uploads name them, so that
//! one goes along however a file is sent: in one request, in pieces, in a form.

use impala_core::Invalid;
use impala_core::api::{ContractChange, KeptContract, Role, Scope};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{check_sense, rows};
use crate::service::paths::ProjectPath;
use crate::service::uploads::{blocking, disk_error};
use crate::service::{Caller, Error, access};
use crate::state::AppState;

/// How long a contract is kept that no upload names: longer than an upload that is cut off can be taken up.
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long violations are kept.
const VIOLATIONS_LIFE: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// Contracts of uploads that a project may have at a time.
const MOST: u64 = 1_000;

/// Keeps a contract for uploads that name it.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for an invalid contract; `Conflict` when there are too many.
pub async fn keep(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    contract: ContractChange,
) -> Result<KeptContract, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Upload).await?;
    check_sense(&contract)?;
    let json = serde_json::to_vec(&contract).map_err(|error| Error::internal("naming a contract", error))?;
    let id = hex::encode(Sha256::digest(json));
    let is_new = rows::kept(&app.pool, project.id, &id).await?.is_none();
    if is_new && rows::count_kept(&app.pool, project.id).await? >= MOST {
        let detail = format!(
            "{MOST} different contracts have come with uploads within a week; give the source one instead: \
             impala source schema NAME --set FILE"
        );
        return Err(Error::Conflict(detail));
    }
    rows::keep(&app.pool, project.id, &id, &contract, app.now()).await?;
    Ok(KeptContract { id })
}

/// Whether an upload may name that contract: checked before its first byte is taken.
///
/// # Errors
/// `Invalid` when it is not there.
pub(in crate::service) async fn check_known(
    app: &AppState,
    project: Uuid,
    id: Option<&str>,
) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    let contract = find(app, project, id).await?;
    Ok(rows::keep(&app.pool, project, id, &contract, app.now()).await?)
}

/// # Errors
/// `Invalid` when it is not there.
pub(super) async fn find(app: &AppState, project: Uuid, id: &str) -> Result<ContractChange, Error> {
    let found = rows::kept(&app.pool, project, id).await?;
    let unknown = || Invalid::at("/contract", "there is no such contract; POST it to contracts first");
    Ok(found.ok_or_else(unknown)?)
}

/// Removes contracts that no upload has named for long, and old violations.
///
/// # Errors
/// When a store fails.
pub(in crate::service) async fn sweep(app: &AppState) -> Result<(), Error> {
    let before = app.now().checked_sub(LIFE).unwrap_or(jiff::Timestamp::MIN);
    rows::forget_kept(&app.pool, before).await?;
    let files = app.uploads.violations();
    blocking(move || files.sweep(VIOLATIONS_LIFE).map_err(disk_error)).await
}
