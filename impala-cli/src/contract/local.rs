//! A file held against a contract here, without a server.

use std::path::Path;

use impala_core::FieldError;
use impala_core::source::CsvSettings;
use impala_core::table_schema::TableSchema;
use impala_server::engine::Stop;
use impala_server::engine::csv::{Checked, Contract, CsvLimits, IngestError, OnDrift, check_contract};

use crate::error::CliError;

/// Gets each violation, and the row as it is written where it is about one row.
pub type Sink = Box<dyn FnMut(&FieldError, &[u8]) -> std::io::Result<()> + Send>;

/// Checks a file, off the async threads so that Ctrl-C is heard.
///
/// # Errors
/// When it cannot be read as a table at all.
pub async fn check(
    path: &Path,
    settings: CsvSettings,
    schema: TableSchema,
    on_drift: &str,
    mut sink: Sink,
) -> Result<(Checked, Sink), CliError> {
    let on_drift = if on_drift == "widen" { OnDrift::Widen } else { OnDrift::Fail };
    let file = path.to_owned();
    let work = move || {
        let folder = tempfile::tempdir().map_err(IngestError::Io)?;
        let mut report = |fault: FieldError, raw: &[u8]| sink(&fault, raw);
        let limits = CsvLimits { field_bytes: 16 << 20, ..CsvLimits::default() };
        let folder = folder.path();
        let (settings, schema) = (&settings, &schema);
        let contract = Contract { settings, schema, on_drift, limits, folder, appended: None };
        let checked = check_contract(&file, &contract, &Stop::never(), &mut report)?;
        Ok::<_, IngestError>((checked, sink))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|fault| CliError::failed(format!("the check broke off: {fault}")))?;
    done.map_err(|error| match error {
        IngestError::Refused(invalid) => CliError::invalid(&path.display().to_string(), invalid),
        IngestError::Io(error) => CliError::file("read", path, &error),
        other => CliError::failed(format!("{}: {other}", path.display())),
    })
}
