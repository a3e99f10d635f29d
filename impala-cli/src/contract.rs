//! Contracts: what `impala source check` and `impala upload --schema` have in common.

#[cfg(feature = "server")]
pub mod local;
mod rejects;
mod tally;

use std::path::{Path, PathBuf};

use impala_core::Invalid;
use impala_core::api::{ContractChange, OnDrift};
use impala_core::table_schema::TableSchema;

use crate::context::Context;
use crate::error::CliError;
pub use rejects::Rejects;
pub use tally::{Counts, Tally, as_violations};

/// What a contract is kept in and how strictly.
#[derive(Clone, Debug, clap::Args)]
pub struct ContractArgs {
    /// The contract: a Table Schema (Frictionless Data) as JSON, with constraints required, unique, enum, pattern, minimum,
    /// maximum, minLength and maxLength. Properties of one's own may stand there; a rule that is not checked is refused
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// Columns and types that the contract does not have: refuse them, or let them through
    #[arg(long, value_name = "WHAT", value_parser = ["fail", "widen"], default_value = "fail")]
    pub on_drift: String,
    /// Write the rows that break the contract here: row, reason and line, as CSV
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

impl ContractArgs {
    /// The contract, as a server takes it; `None` without one.
    ///
    /// # Errors
    /// When it cannot be read, or is not a contract.
    pub fn change(&self, context: &Context) -> Result<Option<ContractChange>, CliError> {
        let Some(path) = &self.schema else { return Ok(None) };
        let on_drift = if self.on_drift == "widen" { OnDrift::Widen } else { OnDrift::Fail };
        Ok(Some(ContractChange { schema: change(path, context)?, on_drift }))
    }
}

/// Reads a contract as it is written.
///
/// # Errors
/// As [`read`].
pub fn change(path: &Path, context: &Context) -> Result<serde_json::Value, CliError> {
    read_both(path, context).map(|(_, written)| written)
}

fn read_both(path: &Path, context: &Context) -> Result<(TableSchema, serde_json::Value), CliError> {
    let json = std::fs::read(path).map_err(|error| CliError::file("read", path, &error))?;
    let both = TableSchema::read(&json).and_then(|schema| {
        let written = serde_json::from_slice(&json).map_err(|error| Invalid::at("", error.to_string()))?;
        Ok((schema, written))
    });
    let (schema, written) =
        both.map_err(|invalid| CliError::invalid(&path.display().to_string(), invalid))?;
    for warning in schema.warnings() {
        context.printer.warn(&format!("{}: {warning}", path.display()));
    }
    Ok((schema, written))
}

/// Reads a contract.
///
/// # Errors
/// When it cannot be read, or is not a contract.
#[cfg(feature = "server")]
pub fn read(path: &Path, context: &Context) -> Result<TableSchema, CliError> {
    read_both(path, context).map(|(schema, _)| schema)
}
