//! `impala upload`

use std::path::{Path, PathBuf};

use impala_core::api::Upload;
use impala_core::client::{Client, ClientError, UploadBody, UploadRequest};
use impala_core::name;
use serde::Serialize;

use crate::context::{Context, ProjectAddress};
use crate::csv_args::CsvArgs;
use crate::error::{CliError, Exit};
use crate::printer::JsonArgs;
use crate::printer::ago::{count, size};
use crate::progress::Meter;

const FIELDS: [&str; 5] = ["file", "source", "unchanged", "version", "warnings"];

/// Send CSV files: each becomes a new version of its source
///
/// A source is called after its file, unless --name says otherwise. The same bytes again make no new version. The server
/// reads the whole file before it takes it: a bad one changes nothing, and each fault is named with row and column.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala upload weather.csv
  impala upload weather.csv --type station=string --null-values NA,-
  curl -s https://example.org/sales.csv | impala upload - --name sales
  impala upload report.csv --note \"$CI_COMMIT\" --error-on-unchanged")]
pub struct Args {
    /// CSV files; - reads stdin
    #[arg(required_unless_present = "json", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Name of the source, for a single file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What the version says of itself, such as a commit
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// End with exit code 9 when nothing changed
    #[arg(long)]
    error_on_unchanged: bool,
    /// Only say what would be sent, and whether it is new
    #[arg(short = 'n', long)]
    dry_run: bool,
    #[command(flatten)]
    csv: CsvArgs,
    #[command(flatten)]
    json: JsonArgs,
}

/// One file's answer.
#[derive(Serialize)]
struct Sent {
    file: String,
    #[serde(flatten)]
    upload: Upload,
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    if args.files.is_empty() {
        return Err(
            CliError::usage("which files should be sent?").hint("`impala upload FILE...`; - reads stdin")
        );
    }
    let named = named_files(&args.files, args.name.as_deref())?;
    let client = context.client()?;
    let project = context.project(&client).await?;
    let mut sent = Vec::new();
    let result = send_all(&args, &named, &client, &project, &mut sent, context).await;
    if args.json.json.is_some() && (result.is_ok() || !sent.is_empty()) {
        context.printer.list(&args.json, &FIELDS, &sent, |_| String::new(), |_| Default::default())?;
    }
    if result.is_err() && !args.dry_run && named.len() > 1 {
        context.printer.note(&what_was_sent(&named, sent.len()));
    }
    result?;
    if args.error_on_unchanged && sent.iter().any(|sent| sent.upload.unchanged) {
        return Err(CliError::new(Exit::Unchanged, "nothing changed"));
    }
    Ok(())
}

/// Sends one after another, up to the first that is refused. `sent` is what was taken.
async fn send_all(
    args: &Args,
    named: &[(PathBuf, String)],
    client: &Client,
    project: &ProjectAddress,
    sent: &mut Vec<Sent>,
    context: &Context,
) -> Result<(), CliError> {
    for (path, source) in named {
        let body = body_of(path).await?;
        if args.dry_run {
            say_what_would_be(client, project, source, path, &body, context).await?;
            continue;
        }
        let request =
            UploadRequest { choices: args.csv.choices(), note: args.note.clone(), body, progress: None };
        let upload = send(client, project, source, path, request, context).await?;
        if upload.version.rejected_rows > 0 {
            let version = upload.version.version;
            context
                .printer
                .note(&format!("See them: impala source download {source}@{version} --rejects -o -"));
        }
        let line = describe(&upload, context.printer.is_quiet);
        sent.push(Sent { file: path.display().to_string(), upload });
        if args.json.json.is_none() {
            context.printer.line(&line)?;
        }
    }
    Ok(())
}

/// `Sent: a.csv. Not sent: b.csv, c.csv.`
fn what_was_sent(named: &[(PathBuf, String)], sent: usize) -> String {
    let list = |files: &[(PathBuf, String)]| match files {
        [] => "nothing".to_owned(),
        files => files.iter().map(|(path, _)| path.display().to_string()).collect::<Vec<_>>().join(", "),
    };
    let (taken, left) = named.split_at(sent.min(named.len()));
    format!("Sent: {}. Not sent: {}.", list(taken), list(left))
}

/// The files with the sources that they are versions of.
///
/// # Errors
/// Usage, when nothing names one, or two would be the same.
pub fn named_files(files: &[PathBuf], name: Option<&str>) -> Result<Vec<(PathBuf, String)>, CliError> {
    if name.is_some() && files.len() > 1 {
        return Err(CliError::usage("--name is for a single file"));
    }
    let mut named: Vec<(PathBuf, String)> = Vec::new();
    for path in files {
        if path.is_dir() {
            return Err(CliError::usage(format!("{} is a folder; name the files in it", path.display())));
        }
        let source = source_name(path, name)?;
        if let Some((other, _)) = named.iter().find(|(_, taken)| *taken == source) {
            let (other, path) = (other.display(), path.display());
            return Err(CliError::usage(format!("{other} and {path} would both be source \"{source}\""))
                .hint("send them one by one, with --name"));
        }
        named.push((path.clone(), source));
    }
    Ok(named)
}

fn source_name(path: &Path, name: Option<&str>) -> Result<String, CliError> {
    let source = match name {
        Some(name) => name.to_owned(),
        None if path == Path::new("-") => {
            return Err(CliError::usage("stdin has no name").hint("give --name NAME"));
        }
        None => name::slug_from(&path.file_stem().unwrap_or_default().to_string_lossy()),
    };
    if source.is_empty() {
        return Err(
            CliError::usage(format!("no name can be made of {}", path.display())).hint("give --name NAME")
        );
    }
    name::check_slug("", &source).map_err(|error| CliError::usage(error.detail))?;
    Ok(source)
}

/// The bytes of a file, or of stdin.
///
/// # Errors
/// When there is no such file.
pub async fn body_of(path: &Path) -> Result<UploadBody, CliError> {
    if path == Path::new("-") {
        return Ok(UploadBody::stream(stdin()?));
    }
    Ok(UploadBody::file(path).await?)
}

/// Stdin as a stream of its own, without the lock and buffer that lines are read with.
fn stdin() -> Result<tokio::fs::File, CliError> {
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned();
    let owned = owned.map_err(|error| CliError::file("read", Path::new("stdin"), &error))?;
    Ok(tokio::fs::File::from_std(owned.into()))
}

/// Sends one file, with a bar, and tells of what is doubtful in it.
///
/// # Errors
/// What the server says, each fault under the file's name.
pub async fn send(
    client: &Client,
    project: &ProjectAddress,
    source: &str,
    path: &Path,
    request: UploadRequest,
    context: &Context,
) -> Result<Upload, CliError> {
    let meter = Meter::new(source, request.body.length(), &context.printer);
    let request = UploadRequest { progress: Some(meter.callback()), ..request };
    let sent = client.upload(&project.owner, &project.slug, source, request).await;
    drop(meter);
    let upload = sent.map_err(|error| refused(error, path))?;
    for warning in &upload.warnings {
        context.printer.warn(&format!("{source}: {warning}"));
    }
    if let Some(encoding) = upload.version.encoding.strip_suffix(" (detected)") {
        let name = name_of(path);
        context.printer.note(&format!(
            "note: {name} was read as {encoding}, which is a guess; --encoding says otherwise"
        ));
    }
    Ok(upload)
}

fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() }
}

fn refused(error: ClientError, path: &Path) -> CliError {
    let is_of_the_file = error.status() == Some(422);
    // A quote that is never closed swallows all rows after it: to leave them out helps nobody.
    let has_bad_rows = match &error {
        ClientError::Problem(problem) => {
            problem.errors.iter().any(|fault| fault.row.is_some() && !fault.detail.contains("never closed"))
        }
        _ => false,
    };
    let error =
        CliError::from(error).hint_if_missing("`impala project list` shows the projects that you may see");
    let name = name_of(path);
    match (is_of_the_file, has_bad_rows) {
        (false, _) => error,
        (true, false) => error.at(&name),
        (true, true) => error
            .at(&name)
            .hint("the file changed nothing; mend it, or leave such rows out with --on-bad-rows skip"),
    }
}

/// `weather@2: 1,461 rows, 6 columns`; the id alone when quiet.
pub fn describe(upload: &Upload, is_quiet: bool) -> String {
    let version = &upload.version;
    let id = format!("{}@{}", upload.source, version.version);
    if is_quiet {
        return id;
    }
    let rows = count(version.rows, "row");
    let columns = count(version.columns.len() as u64, "column");
    let skipped = match version.rejected_rows {
        0 => String::new(),
        number => format!(", {} left out", count(number, "row")),
    };
    let unchanged = if upload.unchanged { " (unchanged)" } else { "" };
    format!("{id}: {rows}, {columns}, {}{skipped}{unchanged}", size(version.size_bytes))
}

async fn say_what_would_be(
    client: &Client,
    project: &ProjectAddress,
    source: &str,
    path: &Path,
    body: &UploadBody,
    context: &Context,
) -> Result<(), CliError> {
    let current = match client.source(&project.owner, &project.slug, source).await {
        Ok(current) => Some(current),
        Err(error) if error.status() == Some(404) => {
            // A project that is not there is an error, a source that is not there is a new one.
            client.project(&project.owner, &project.slug).await?;
            None
        }
        Err(error) => return Err(error.into()),
    };
    let is_same = match (&current, body) {
        (Some(current), UploadBody::File { sha256, .. }) => current.current.sha256 == hex(sha256),
        _ => false,
    };
    let length = body.length().map(|length| format!(" ({})", size(length))).unwrap_or_default();
    let what = match &current {
        Some(_) if is_same => "it is the current version already".to_owned(),
        Some(current) => format!("version {} of a source that is there", current.versions + 1),
        None => "a new source".to_owned(),
    };
    context.printer.note(&format!("Would send {}{length} to {project} as {source}: {what}.", path.display()));
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_called_after_their_files() {
        let check = |path: &str, name, expected: Result<&str, &str>| {
            let result = source_name(Path::new(path), name).map_err(|error| error.message);
            assert_eq!(result.as_deref().map_err(String::as_str), expected);
        };
        check("data/Sales 2024 (v2).csv", None, Ok("sales-2024-v2"));
        check("-", Some("sales"), Ok("sales"));
        check("-", None, Err("stdin has no name"));
        check("日本.csv", None, Err("no name can be made of 日本.csv"));
    }
}
