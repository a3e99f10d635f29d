//! Files that break a contract: the contract goes to the server with them, and all that is wrong comes back.

use std::io::{self, Write as _};
use std::path::Path;

use impala_core::api::{ContractChange, Violation, Violations};
use impala_core::client::{Client, ClientError, Download};
use impala_core::source::SourceRef;

use super::send::Way;
use crate::context::ProjectAddress;
use crate::contract::{ContractArgs, Rejects, Tally};
use crate::error::{CliError, describe};
use crate::printer::ago::count;

/// What the server calls the contract.
const CAME_ALONG: &str = "the contract that came with it";

/// Violations that are told on stderr.
const MOST_TOLD: usize = 20;

/// What the server calls a contract that it has from now on.
///
/// # Errors
/// What the server says.
pub async fn keep_contract(
    client: &Client,
    project: &ProjectAddress,
    contract: &ContractChange,
) -> Result<String, CliError> {
    let kept = client.keep_contract(&project.owner, &project.slug, contract).await;
    kept.map_err(|error| match error.code() {
        Some("unknown_route") => {
            CliError::failed("the server is older than this command and takes no --schema")
                .hint("`impala source check FILE --schema SCHEMA` checks it here, before it is uploaded")
        }
        _ => {
            CliError::from(error).hint_if_missing("`impala project list` shows the projects that you may see")
        }
    })
}

/// Adds all that is wrong to what is told of a file: to the error, and to the rejects file.
pub async fn with_all(error: CliError, args: &ContractArgs, way: Way<'_>) -> CliError {
    // What an earlier run has left there is not of this file.
    let rejects = match args.rejects.as_deref().map(Rejects::create).transpose() {
        Ok(rejects) => rejects,
        Err(fault) => return fault,
    };
    let Some(violations) = error.violations.clone() else { return error };
    let told = match all(way, &violations, rejects).await {
        Ok(Tally { kept, counts }) => CliError { faults: kept, counts, ..error },
        // The first ones came with the refusal.
        Err(fault) => {
            way.context.printer.warn(&format!("only the first violations are told: {}", fault.message));
            error
        }
    };
    describe_few(told, &violations, args)
}

async fn all(way: Way<'_>, violations: &Violations, mut rejects: Option<Rejects>) -> Result<Tally, CliError> {
    let mut lines = way.client.violations(&way.project.owner, &way.project.slug, violations).await?;
    let mut tally = Tally::default();
    let mut rest = Vec::new();
    while let Some(chunk) = lines.chunk().await? {
        rest.extend_from_slice(&chunk);
        let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { continue };
        for line in rest[..end].split(|byte| *byte == b'\n') {
            let violation: Violation = serde_json::from_slice(line)
                .map_err(|error| CliError::failed(format!("the server sent no violation: {error}")))?;
            let Violation { fault, text } = violation;
            if let Some(rejects) = &mut rejects {
                rejects.add(&fault, text.as_bytes()).map_err(not_written)?;
            }
            tally.add(fault);
        }
        rest.drain(..=end);
    }
    rejects.map_or(Ok(()), Rejects::finish).map_err(not_written)?;
    Ok(tally)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn not_written(error: io::Error) -> CliError {
    CliError::failed(format!("could not write the rejects file: {error}"))
}

/// People read a few of them, and are told where all are.
fn describe_few(error: CliError, violations: &Violations, args: &ContractArgs) -> CliError {
    let mut details = describe(&error.faults[..error.faults.len().min(MOST_TOLD)]);
    let more = violations.total - details.len() as u64;
    if more > 0 {
        details.push(format!("and {}", count(more, "more violation")));
    }
    let hint = match &args.rejects {
        Some(rejects) if violations.kept < violations.total => {
            let kept = count(violations.kept, "violation");
            format!("the rows of the first {kept} are in {}", rejects.display())
        }
        Some(rejects) => format!("the rows are in {}", rejects.display()),
        None if error.faults.iter().any(|fault| fault.row.is_some()) => {
            "nothing was changed; --rejects FILE writes the rows that are wrong".to_owned()
        }
        None => {
            "nothing was changed; with --on-drift widen other columns and types are let through".to_owned()
        }
    };
    let message = match &args.schema {
        Some(schema) => error.message.replace(CAME_ALONG, &format!("the contract {}", schema.display())),
        None => error.message.clone(),
    };
    CliError { message, details, ..error }.hint(hint)
}

/// Writes the rows that a version leaves out, and no row where it leaves out none.
///
/// # Errors
/// When they cannot be had or written.
pub async fn write_left_out(
    way: Way<'_>,
    args: &ContractArgs,
    source: &SourceRef,
    rejected_rows: u64,
) -> Result<(), CliError> {
    let Some(path) = &args.rejects else { return Ok(()) };
    let unwritten = |error: io::Error| CliError::file("write", path, &error);
    if rejected_rows == 0 {
        return Rejects::create(path)?.finish().map_err(unwritten);
    }
    let rows = way.client.download_rejects(&way.project.owner, &way.project.slug, source).await;
    let rows = match rows {
        Err(ClientError::Problem(problem)) if problem.status == 403 => {
            let source = source.to_string();
            way.context.printer.warn(&format!(
                "a token of scope upload may not read {source}; {} holds none of the rows that were left out",
                path.display()
            ));
            return Rejects::create(path)?.finish().map_err(unwritten);
        }
        rows => rows?,
    };
    save(rows, path, unwritten).await
}

async fn save(
    mut rows: Download,
    path: &Path,
    unwritten: impl Fn(io::Error) -> CliError,
) -> Result<(), CliError> {
    let mut file = std::fs::File::create(path).map_err(&unwritten)?;
    while let Some(chunk) = rows.chunk().await? {
        file.write_all(&chunk).map_err(&unwritten)?;
    }
    Ok(())
}
