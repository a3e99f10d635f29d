//! Contracts that sources keep: a file that breaks one is refused, whoever sends it and in whatever way.

use std::path::PathBuf;

use impala_core::api::{ContractChange, OnDrift, Role, Scope, SourceContract};
use impala_core::source::CsvSettings;
use impala_core::table_schema::TableSchema;
use impala_core::{FieldError, Invalid, name};
use uuid::Uuid;

use super::paths::SourcePath;
use super::uploads::{blocking, limits};
use super::{Caller, Error, access};
use crate::engine::Stop;
use crate::engine::csv::{self, Contract, check_contract};
use crate::state::AppState;
use crate::store::sql::contracts as rows;

/// Violations that are told one by one; the rest is counted.
const MOST_TOLD: usize = 50;

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
/// `NotFound`, `Forbidden`; `Invalid` for a contract that is none.
pub async fn set(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    wanted: ContractChange,
) -> Result<SourceContract, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Write).await?;
    name::check_slug("/name", &path.source)?;
    let json = wanted.schema.to_string();
    if json.len() > MOST_BYTES {
        let detail = format!("has {} bytes; a contract has {MOST_BYTES} at most", json.len());
        return Err(Invalid::at("/schema", detail).into());
    }
    csv::check_rules(&read(&json)?)?;
    let (by, now) = (caller.user.username.as_str(), app.now());
    rows::set(&app.pool, project.id, &path.source, &wanted, (by, now)).await?;
    let ContractChange { schema, on_drift } = wanted;
    Ok(SourceContract { schema, on_drift, set_by: by.to_owned(), set_at: now })
}

fn read(json: &str) -> Result<TableSchema, Invalid> {
    TableSchema::read(json.as_bytes())
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

/// Holds a file that has come whole against the contract of its source, if that has one.
///
/// # Errors
/// `Invalid` with the first violations, by row and column, when it breaks it.
pub(super) async fn keep(
    app: &AppState,
    project: Uuid,
    source: &str,
    file: PathBuf,
    settings: CsvSettings,
) -> Result<(), Error> {
    let Some(contract) = rows::find(&app.pool, project, source).await? else { return Ok(()) };
    let (limits, folder) = (limits(app), app.uploads.bench().to_owned());
    let found = blocking(move || {
        let schema = read(&contract.schema.to_string())?;
        let on_drift = match contract.on_drift {
            OnDrift::Fail => csv::OnDrift::Fail,
            OnDrift::Widen => csv::OnDrift::Widen,
        };
        let mut told = Vec::new();
        let mut report = |fault: FieldError, _: &[u8]| {
            if told.len() < MOST_TOLD {
                told.push(fault);
            }
            Ok(())
        };
        let contract = Contract { settings: &settings, schema: &schema, on_drift, limits, folder: &folder };
        let checked = check_contract(&file, &contract, &Stop::never(), &mut report)?;
        Ok((checked.violations, told))
    });
    let (violations, mut told) = found.await?;
    if violations == 0 {
        return Ok(());
    }
    let more = violations - told.len() as u64;
    if more > 0 {
        told.push(FieldError::at("", format!("and {more} more; impala source check tells all of them")));
    }
    let count = if violations == 1 { "1 violation".to_owned() } else { format!("{violations} violations") };
    told.insert(
        0,
        FieldError::at("", format!("the file breaks the contract of the source \"{source}\": {count}")),
    );
    Err(Invalid { errors: told }.into())
}
