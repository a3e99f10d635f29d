//! `impala upload`

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use impala_core::FieldError;
use impala_core::api::{PreviewEnd, Upload};
use impala_core::client::{Client, CsvChoices};
use impala_core::source::SourceVersion;
use serde::Serialize;

use crate::context::{Context, ProjectAddress};
use crate::contract::{ContractArgs, Tally, as_violations};
use crate::csv_args::CsvArgs;
use crate::error::{CliError, Exit};
use crate::printer::ago::count;
use crate::printer::{JsonArgs, JsonFields};
use crate::progress::Meters;
use crate::reports::{self, ReportArgs, Suite};
use crate::when::parse_life;

mod files;
mod memory;
mod refused;
mod report;
mod send;

pub use files::{body_of, named_files};
#[cfg(feature = "server")]
pub use files::{name_of, nameless};
#[cfg(feature = "server")]
pub use send::send;

const FIELDS: [&str; 9] = [
    "file",
    "source",
    "unchanged",
    "version",
    "preview",
    "warnings",
    "error",
    "violations",
    "violations_total",
];

/// Send CSV files: each becomes a new version of its source
///
/// A source is called after its file, unless --name says otherwise. The same bytes again make no new version, and are not
/// even sent. The server reads the whole file before it takes it: a bad one changes nothing, and each fault is named with
/// row and column. With --schema the contract goes along, and the server takes only what keeps it; where the server keeps a
/// contract for the source (`impala source schema NAME --set`), the file is held to that, too.
///
/// Files above 16 MB go in pieces. When the connection breaks or the command is ended, the same command goes on where it
/// was, for a day; a version that the ended command made after all is told as new. Under another HOME, and of files that went
/// in one piece, that is not known: they are told as unchanged.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala upload weather.csv
  impala upload weather.csv --type station=string --null-values NA,-
  impala upload data/*.csv --on-error continue
  impala upload today.csv --name sales --append
  impala upload data/*.csv --preview pr-123 --ttl 3d
  impala upload sales.csv --schema sales.schema.json --report github --rejects bad.csv
  curl -s https://example.org/sales.csv | impala upload - --name sales
  impala upload report.csv --note \"$CI_COMMIT\" --error-on-unchanged")]
pub struct Args {
    /// CSV, TSV, NDJSON or Parquet files; - reads stdin
    #[arg(required_unless_present = "json", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Name of the source, for a single file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What the version says of itself, such as a commit
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// Put the rows behind those of the current version, when the columns agree
    #[arg(long)]
    append: bool,
    /// Append also when the last upload has appended the same file already
    #[arg(long, requires = "append")]
    allow_duplicate: bool,
    /// Make versions that only this preview shows, such as pr-123; the current ones stay as they are
    #[arg(long, value_name = "NAME")]
    preview: Option<String>,
    /// How long the preview lives from now, 1m to 90d; as in its last upload, or 7d, when left out
    #[arg(long, alias = "expires", value_name = "SPAN", value_parser = parse_life, requires = "preview")]
    ttl: Option<u64>,
    /// End with exit code 9 when nothing changed
    #[arg(long)]
    error_on_unchanged: bool,
    /// After a file that is refused: begin no others (those under way go to their end; with --jobs 1 none is), or go on
    #[arg(long, value_name = "WHAT", value_parser = ["fail", "continue"], default_value = "fail")]
    on_error: String,
    /// Files sent at once
    #[arg(short, long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=8))]
    jobs: u8,
    /// Only say what would be sent, and whether it is new
    #[arg(short = 'n', long)]
    dry_run: bool,
    #[command(flatten)]
    contract: ContractArgs,
    /// What the server calls the contract.
    #[arg(skip)]
    contract_id: Option<String>,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    csv: CsvArgs,
    #[command(flatten)]
    json: JsonArgs,
}

impl Args {
    /// What was chosen for a file.
    fn choices(&self, path: &Path) -> CsvChoices {
        CsvChoices {
            preview: self.preview.clone(),
            ttl_s: self.ttl,
            allow_duplicate: self.allow_duplicate,
            contract: self.contract_id.clone(),
            ..self.csv.choices(path)
        }
    }
}

/// One file's answer, for `--json`.
#[derive(Serialize)]
struct Told {
    file: String,
    source: String,
    unchanged: Option<bool>,
    version: Option<SourceVersion>,
    preview: Option<PreviewEnd>,
    warnings: Vec<String>,
    error: Option<String>,
    /// What is wrong with the file, by row and column: what of a contract it breaks, or rows that cannot be read.
    violations: Vec<FieldError>,
    violations_total: u64,
}

/// What became of one file.
enum Delivery {
    Sent(Box<Upload>),
    Failed(CliError),
    /// Another had failed before it was begun.
    NotBegun,
}

pub async fn run(mut args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    args.report.check_beside(&args.json)?;
    if args.contract.rejects.is_some() && args.files.len() > 1 {
        return Err(CliError::usage("--rejects is for a single file"));
    }
    let contract = args.contract.change(context)?;
    if args.files.is_empty() {
        return Err(
            CliError::usage("which files should be sent?").hint("`impala upload FILE...`; - reads stdin")
        );
    }
    let named = named_files(&args.files, args.name.as_deref())?;
    if args.append && args.files.iter().any(|path| path.as_os_str() == "-") {
        // What is sent in one go is sent again when its answer is lost, and then its rows would come twice.
        return Err(CliError::usage("--append needs a file, not stdin").hint("write it to a file first"));
    }
    let client = context.client()?;
    let project = context.project(&client).await?;
    if args.dry_run {
        for (path, source) in &named {
            let body = body_of(path).await?;
            report::say_what_would_be(&client, &project, source, path, &body, context).await?;
        }
        return Ok(());
    }
    args.contract_id = match &contract {
        Some(contract) => Some(refused::keep_contract(&client, &project, contract).await?),
        None => None,
    };
    let deliveries = send_all(&args, &named, &client, &project, context).await?;
    let suites: Vec<Suite> =
        named.iter().zip(&deliveries).filter_map(|((path, _), delivery)| suite(path, delivery)).collect();
    args.report.write(&suites, context)?;
    if args.json.json.is_some() {
        let told: Vec<Told> =
            named.iter().zip(&deliveries).filter_map(|(file, delivery)| told(file, delivery)).collect();
        context.printer.list(&args.json, &FIELDS, &told, |_| String::new(), |_| Default::default())?;
    }
    conclude(&args, &named, deliveries, context)
}

/// Sends some at once, and tells of each in the order in which they were named.
async fn send_all(
    args: &Args,
    named: &[(PathBuf, String)],
    client: &Client,
    project: &ProjectAddress,
    context: &Context,
) -> Result<Vec<Delivery>, CliError> {
    let meters = Meters::new(&context.printer);
    let has_failed = AtomicBool::new(false);
    let (has_failed, meters) = (&has_failed, &meters);
    let (stops, way) = (args.on_error == "fail", send::Way { client, project, context });
    let jobs = named.iter().map(|(path, source)| async move {
        if stops && has_failed.load(Ordering::Relaxed) {
            return Delivery::NotBegun;
        }
        match send::deliver(args, way, source, path, meters).await {
            Ok(upload) => Delivery::Sent(Box::new(upload)),
            Err(error) => {
                has_failed.store(true, Ordering::Relaxed);
                Delivery::Failed(error)
            }
        }
    });
    let jobs: Vec<_> = jobs.collect();
    let mut stream = futures_util::stream::iter(jobs).buffered(usize::from(args.jobs));
    let mut deliveries = Vec::new();
    while let Some(delivery) = stream.next().await {
        if let Delivery::Sent(upload) = &delivery {
            meters.aside(|| tell(args, upload, context))?;
        }
        if let (Delivery::Failed(error), false) = (&delivery, stops) {
            meters.aside(|| context.printer.error(error));
        }
        deliveries.push(delivery);
    }
    Ok(deliveries)
}

fn tell(args: &Args, upload: &Upload, context: &Context) -> Result<(), CliError> {
    let is_written = args.contract.rejects.is_some();
    if upload.version.rejected_rows > 0 && upload.preview.is_none() && !is_written {
        let (source, version) = (&upload.source, upload.version.version);
        context.printer.note(&format!("See them: impala source download {source}@{version} --rejects -o -"));
    }
    if args.json.json.is_none() {
        args.report.tell(&(report::describe(upload, context.printer.is_quiet) + "\n"), &context.printer)?;
    }
    Ok(())
}

/// What became of a file, for reports; nothing of one that was not begun.
fn suite(path: &Path, delivery: &Delivery) -> Option<Suite> {
    match delivery {
        Delivery::Sent(_) => Some(reports::file::suite(path, None, &Tally::default(), 0)),
        Delivery::Failed(error) if error.faults.is_empty() => {
            let only = Tally::of([FieldError::at("", error.message.clone())]);
            Some(reports::file::suite(path, None, &only, 0))
        }
        Delivery::Failed(error) => {
            let tally = match error.counts.is_empty() {
                true => Tally::of(as_violations(&error.faults)),
                false => Tally { kept: error.faults.clone(), counts: error.counts.clone() },
            };
            let total = error.violations.as_ref().map_or(0, |violations| violations.total);
            Some(reports::file::suite(path, None, &tally, total.saturating_sub(tally.total())))
        }
        Delivery::NotBegun => None,
    }
}

fn told((path, source): &(PathBuf, String), delivery: &Delivery) -> Option<Told> {
    let (upload, error) = match delivery {
        Delivery::Sent(upload) => (Some(upload), None),
        Delivery::Failed(error) => (None, Some(error)),
        Delivery::NotBegun => return None,
    };
    // Of a flag that is wrong nothing is said here: it is no fault of the file.
    let broken = error.filter(|error| error.exit == Exit::Refused);
    let faults = broken.map(|error| as_violations(&error.faults)).unwrap_or_default();
    let violations: Vec<FieldError> = faults.into_iter().filter(|fault| fault.pointer.is_empty()).collect();
    let told = violations.iter().map(FieldError::count).sum();
    let total = broken.and_then(|error| error.violations.as_ref()).map_or(told, |all| all.total);
    Some(Told {
        file: path.display().to_string(),
        source: source.clone(),
        unchanged: upload.map(|upload| upload.unchanged),
        version: upload.map(|upload| upload.version.clone()),
        preview: upload.and_then(|upload| upload.preview.clone()),
        warnings: upload.map(|upload| upload.warnings.clone()).unwrap_or_default(),
        error: error.map(|error| error.message.clone()),
        violations,
        violations_total: total,
    })
}

/// The last word: what was sent and what not, and what the shell is told.
fn conclude(
    args: &Args,
    named: &[(PathBuf, String)],
    deliveries: Vec<Delivery>,
    context: &Context,
) -> Result<(), CliError> {
    let unchanged = deliveries
        .iter()
        .filter(|delivery| matches!(delivery, Delivery::Sent(upload) if upload.unchanged))
        .count();
    let summary = summary(named, &deliveries);
    let mut failures = deliveries.into_iter().filter_map(|delivery| match delivery {
        Delivery::Failed(error) => Some(error),
        _ => None,
    });
    let first = failures.next();
    if named.len() > 1 {
        context.printer.note(&summary);
    }
    match first {
        // They have been told one by one.
        Some(error) if args.on_error == "continue" => Err(CliError::silent(error.exit)),
        Some(error) => {
            failures.for_each(|other| context.printer.error(&other));
            Err(error)
        }
        None if args.error_on_unchanged && unchanged > 0 => {
            Err(CliError::new(Exit::Unchanged, "nothing changed"))
        }
        None => Ok(()),
    }
}

/// `3 files: 1 new version, 0 unchanged, 1 refused: b.csv; 1 not begun: c.csv.`
fn summary(named: &[(PathBuf, String)], deliveries: &[Delivery]) -> String {
    let which = |is_meant: fn(&Delivery) -> bool| -> Vec<String> {
        let meant = named.iter().zip(deliveries).filter(|(_, delivery)| is_meant(delivery));
        meant.map(|((path, _), _)| path.display().to_string()).collect()
    };
    let new = which(|delivery| matches!(delivery, Delivery::Sent(upload) if !upload.unchanged)).len();
    let unchanged = which(|delivery| matches!(delivery, Delivery::Sent(upload) if upload.unchanged)).len();
    let others = [
        (
            "refused",
            which(|delivery| matches!(delivery, Delivery::Failed(error) if error.exit == Exit::Refused)),
        ),
        (
            "failed",
            which(|delivery| matches!(delivery, Delivery::Failed(error) if error.exit != Exit::Refused)),
        ),
        ("not begun", which(|delivery| matches!(delivery, Delivery::NotBegun))),
    ];
    let others = others.iter().filter(|(_, files)| !files.is_empty());
    let others: Vec<String> =
        others.map(|(word, files)| format!("{} {word}: {}", files.len(), files.join(", "))).collect();
    let others = if others.is_empty() { String::new() } else { format!(", {}", others.join("; ")) };
    let (files, new) = (count(named.len() as u64, "file"), count(new as u64, "new version"));
    format!("{files}: {new}, {unchanged} unchanged{others}.")
}
