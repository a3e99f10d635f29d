//! Contracts: those of sources, and those that come with an upload. A file that breaks one is refused, by any user and any
//! kind of upload.

mod check;
mod kept;
mod violations;

use impala_core::api::{ContractChange, Role, Scope, SourceContract};
use impala_core::table_schema::TableSchema;
use impala_core::{Invalid, name};

use super::paths::SourcePath;
use super::{Caller, Error, access};
use crate::engine::csv;
use crate::state::AppState;
use crate::store::sql::contracts as rows;

pub(super) use check::{Held, Subject, came_along, check, check_unique, of_upload};
pub use kept::keep;
pub(super) use kept::{check_known, sweep};
pub use violations::open as open_violations;

/// Longest contract, in bytes of JSON.
const MOST_BYTES: usize = 256 << 10;

/// The contract of a source.
///
/// # Errors
/// `Forbidden`; `NotFound`, also when it has none.
pub async fn open(app: &AppState, caller: &Caller, path: &SourcePath) -> Result<SourceContract, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let found = rows::find(&app.pool, project.id, &path.source).await?;
    found.ok_or_else(|| Error::not_found("contract of the source", &path.source))
}

/// Gives a source a contract. The source need not be there yet, and versions that are there stay.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for an invalid contract.
pub async fn set(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    wanted: ContractChange,
) -> Result<SourceContract, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    name::check_slug("/name", &path.source)?;
    check_sense(&wanted)?;
    let (by, now) = (caller.user.username.as_str(), app.now());
    rows::set(&app.pool, project.id, &path.source, &wanted, (by, now)).await?;
    let ContractChange { schema, on_drift } = wanted;
    Ok(SourceContract { schema, on_drift, set_by: by.to_owned(), set_at: now })
}

/// Whether it is a valid contract.
fn check_sense(wanted: &ContractChange) -> Result<(), Invalid> {
    let json = wanted.schema.to_string();
    if json.len() > MOST_BYTES {
        let detail = format!("has {} bytes; a contract has {MOST_BYTES} at most", json.len());
        return Err(Invalid::at("/schema", detail));
    }
    csv::check_rules(&TableSchema::read(json.as_bytes())?)
}

/// Takes the contract of a source away.
///
/// # Errors
/// `Forbidden`; `NotFound`, also when it has none.
pub async fn remove(app: &AppState, caller: &Caller, path: &SourcePath) -> Result<(), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    match rows::remove(&app.pool, project.id, &path.source).await? {
        true => Ok(()),
        false => Err(Error::not_found("contract of the source", &path.source)),
    }
}
