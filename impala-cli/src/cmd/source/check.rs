//! `impala source check`

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::context::Context;
use crate::contract::local::{self, Sink};
use crate::contract::{self, ContractArgs, Rejects, Tally, as_violations};
use crate::csv_args::CsvArgs;
use crate::error::{CliError, Exit};
use crate::printer::ago::count;
use crate::printer::table::one_line;
use crate::printer::{JsonArgs, JsonFields, JsonStream};
use crate::reports::{self, ReportArgs};

const FIELDS: [&str; 6] = ["row", "line", "column", "rule", "value", "detail"];

/// Check a file against a contract, without a server
///
/// Every row is looked at, and every violation is told by row and column. Rows are counted from 1, the header not counted.
/// Memory stays flat whatever the file's size. Ends with exit code 7 when the contract is broken.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala source schema sales --write sales.schema.json
  impala source check today.csv --schema sales.schema.json
  impala source check today.csv --schema sales.schema.json --report junit=check.xml,github --rejects bad.csv")]
pub struct Args {
    /// File to check
    file: PathBuf,
    #[command(flatten)]
    contract: ContractArgs,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    csv: CsvArgs,
    #[command(flatten)]
    json: JsonArgs,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    args.report.check_beside(&args.json)?;
    let Some(schema_path) = &args.contract.schema else {
        return Err(CliError::usage("which contract?")
            .hint("--schema FILE; `impala source schema NAME --write FILE` makes one"));
    };
    check_kind(&args.file)?;
    let schema = contract::read(schema_path, context)?;
    let told = Arc::new(Mutex::new(Told { tally: Tally::default(), json: args.json.stream(&FIELDS)? }));
    let prints = args.json.json.is_none() && !context.printer.is_quiet;
    let sink = sink(&args, prints, Arc::clone(&told), context)?;
    let settings = args.csv.settings(&args.file);
    let checked = local::check(&args.file, settings, schema.clone(), &args.contract.on_drift, sink).await;
    let (checked, sink) = match checked {
        Ok(checked) => checked,
        Err(error) => return Err(unreadable(error, &args, context)?),
    };
    // Whatever it has written is on disk then.
    drop(sink);
    let Told { tally, json } = std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
    if let Some(json) = json {
        context.printer.print(json.end())?;
    }
    args.report.write(&[reports::file::suite(&args.file, Some(&schema), &tally, 0)], context)?;
    let name = args.file.display();
    if checked.violations == 0 {
        context.printer.note(&format!("{name} keeps the contract: {}.", count(checked.rows, "row")));
        return Ok(());
    }
    let violations = count(checked.violations, "violation");
    let error = CliError::new(
        Exit::Refused,
        format!("{name} breaks the contract: {violations} in {}", count(checked.rows, "row")),
    );
    Err(match &args.contract.rejects {
        Some(path) => error.hint(format!("the rows are in {}", path.display())),
        None => error,
    })
}

/// What is checked is read several times: a device or a pipe cannot be.
fn check_kind(path: &Path) -> Result<(), CliError> {
    let is_once = |path: &Path| path.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir());
    if path == Path::new("-") || is_once(path) {
        let name = crate::cmd::upload::name_of(path);
        return Err(CliError::usage(format!(
            "{name} can be read only once, and is to be read several times"
        ))
        .hint("write it into a file first"));
    }
    Ok(())
}

/// A file that is not a table is told in every form, too.
fn unreadable(error: CliError, args: &Args, context: &Context) -> Result<CliError, CliError> {
    let faults = as_violations(&error.faults);
    if !faults.is_empty() {
        let tally = Tally::of(faults.iter().cloned());
        args.report.write(&[reports::file::suite(&args.file, None, &tally, 0)], context)?;
        if let Some(json) = args.json.write(&FIELDS, &faults)? {
            context.printer.print(&json)?;
        }
    }
    Ok(error)
}

/// What has been found so far.
#[derive(Default)]
struct Told {
    tally: Tally,
    json: Option<JsonStream>,
}

/// Prints each violation, counts it, and writes the rows into the rejects file.
fn sink(args: &Args, prints: bool, told: Arc<Mutex<Told>>, context: &Context) -> Result<Sink, CliError> {
    let (printer, report) = (context.printer.clone(), args.report.clone());
    let mut rejects = args.contract.rejects.as_deref().map(Rejects::create).transpose()?;
    Ok(Box::new(move |fault, raw| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let printed = match &mut told.json {
            Some(json) => printer.print(&json.item(fault)?),
            // Names of columns may hold line feeds.
            None if prints => report.tell(&(one_line(&fault.to_string()) + "\n"), &printer),
            None => Ok(()),
        };
        printed.map_err(|error| std::io::Error::other(error.message))?;
        rejects.as_mut().map_or(Ok(()), |rejects| rejects.add(fault, raw))?;
        told.tally.add(fault.clone());
        Ok(())
    }))
}
