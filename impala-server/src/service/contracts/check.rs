//! Checking files against contracts.

use std::path::PathBuf;

use impala_core::FieldError;
use impala_core::api::{ContractChange, OnDrift, Violations};
use impala_core::source::CsvSettings;
use impala_core::table_schema::TableSchema;
use uuid::Uuid;

use super::violations::Keeper;
use super::{kept, rows};
use crate::engine::Stop;
use crate::engine::csv::{self, Appended, Contract, CsvLimits, Scanned, asks_for_unique, check_contract};
use crate::service::Error;
use crate::service::error::Broken;
use crate::service::uploads::limits;
use crate::state::AppState;
use crate::store::uploads::Uploads;
use crate::store::violations::ViolationsOf;

/// Violations that are listed with the refusal; all of them can be asked for.
const MOST_TOLD: usize = 50;

/// A contract that a file has to keep.
#[derive(Clone, Debug)]
pub(in crate::service) struct Held {
    /// `the contract of the source "sales"`.
    name: String,
    schema: TableSchema,
    on_drift: csv::OnDrift,
}

impl Held {
    fn new(name: String, contract: &ContractChange) -> Result<Self, Error> {
        let schema = TableSchema::read(contract.schema.to_string().as_bytes())?;
        let on_drift = match contract.on_drift {
            OnDrift::Fail => csv::OnDrift::Fail,
            OnDrift::Widen => csv::OnDrift::Widen,
        };
        Ok(Self { name, schema, on_drift })
    }
}

/// What is checked against contracts.
#[derive(Clone, Debug)]
pub(in crate::service) struct Subject {
    pub project: Uuid,
    /// Username of the sender.
    pub by: String,
    /// The complete file.
    pub file: PathBuf,
    /// How it is read.
    pub settings: CsvSettings,
    /// Rows that were there before, and the file that was appended to them.
    pub appended: Option<(u64, PathBuf, Scanned)>,
}

/// The contracts that an upload has to keep: that of its source, if it has one, and that which came along.
///
/// # Errors
/// `Invalid` when there is no such contract any more.
pub(in crate::service) async fn of_upload(
    app: &AppState,
    project: Uuid,
    source: &str,
    id: Option<&str>,
) -> Result<Vec<Held>, Error> {
    let mut held = Vec::new();
    if let Some(own) = rows::find(&app.pool, project, source).await? {
        let contract = ContractChange { schema: own.schema, on_drift: own.on_drift };
        held.push(Held::new(format!("the contract of the source \"{source}\""), &contract)?);
    }
    held.extend(came_along(app, project, id).await?);
    Ok(held)
}

/// The contract that came with an upload.
///
/// # Errors
/// As [`of_upload`].
pub(in crate::service) async fn came_along(
    app: &AppState,
    project: Uuid,
    id: Option<&str>,
) -> Result<Vec<Held>, Error> {
    let Some(id) = id else { return Ok(Vec::new()) };
    let contract = kept::find(app, project, id).await?;
    Ok(vec![Held::new("the contract that came with it".to_owned(), &contract)?])
}

/// Checks a file against contracts, each when it is its turn, unless nobody waits for it any more.
///
/// # Errors
/// `Broken` with the first contract that it breaks.
pub(in crate::service) async fn check(
    app: &AppState,
    contracts: &[Held],
    subject: Subject,
) -> Result<(), Error> {
    for contract in contracts {
        let (contract, subject) = (contract.clone(), subject.clone());
        let (uploads, limits, id) = (app.uploads.clone(), limits(app), app.new_id());
        let checked =
            app.upload_turns.work(move |stop| check_one(&contract, &subject, (&uploads, id), limits, stop));
        checked.await?;
    }
    Ok(())
}

/// Checks appended rows, which are valid by themselves, against those that they were appended to.
///
/// # Errors
/// As [`check`].
pub(in crate::service) async fn check_unique(
    app: &AppState,
    contracts: &[Held],
    subject: Subject,
) -> Result<(), Error> {
    let wanted = contracts.iter().filter(|contract| asks_for_unique(&contract.schema));
    check(app, &wanted.cloned().collect::<Vec<_>>(), subject).await
}

fn check_one(
    held: &Held,
    subject: &Subject,
    (uploads, id): (&Uploads, Uuid),
    limits: CsvLimits,
    stop: &Stop,
) -> Result<(), Error> {
    let Subject { project, by, file, settings, appended } = subject;
    let mut keeper = Keeper::new(uploads, ViolationsOf { project: *project, by: by.clone(), id });
    let mut first = Vec::new();
    let mut report = |fault: FieldError, raw: &[u8]| {
        keeper.add(&fault, raw)?;
        if first.len() < MOST_TOLD {
            first.push(fault);
        }
        Ok(())
    };
    let contract = Contract {
        settings,
        schema: &held.schema,
        on_drift: held.on_drift,
        limits,
        folder: uploads.bench(),
        appended: appended.as_ref().map(|(rows_before, file, scanned)| Appended {
            rows_before: *rows_before,
            file,
            scanned,
        }),
    };
    let checked = check_contract(file, &contract, stop, &mut report)?;
    if checked.violations == 0 {
        return Ok(());
    }
    let violations = Violations { id, total: checked.violations, kept: keeper.keep()?, rows: checked.rows };
    Err(Error::Broken(Box::new(Broken { contract: held.name.clone(), violations, first })))
}
