//! Sends one file: not at all when the server has it, in pieces when it is large, else in one go.

use std::path::Path;

use impala_core::api::Upload;
use impala_core::client::{
    Client, ClientError, ResumableUpload, UploadBody, UploadMemory as _, UploadRequest,
};

use super::files::{body_of, name_of};
use super::memory::Memory;
use super::{Args, report};
use crate::context::{Context, ProjectAddress};
use crate::error::{CliError, Exit};
use crate::printer::Printer;
use crate::progress::{Meter, Meters};

/// Larger files go in pieces.
const ONE_GO_BYTES: u64 = 16_000_000;

const GO_ON: &str = "the server keeps what it has for a day: the same command goes on from there";

/// Where files go, and who tells of it.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    pub client: &'a Client,
    pub project: &'a ProjectAddress,
    pub context: &'a Context,
}

/// Sends one file in the way that suits it.
///
/// # Errors
/// What the server says, each fault under the file's name.
pub async fn deliver(
    args: &Args,
    way: Way<'_>,
    source: &str,
    path: &Path,
    meters: &Meters,
) -> Result<Upload, CliError> {
    let Way { client, project, context } = way;
    #[cfg(feature = "server")]
    keep_contract(args, path).await?;
    let body = body_of(path).await?;
    if let Some(known) =
        known(args, client, project, source, &body).await.map_err(|error| report::refused(error, path))?
    {
        // What it says of an append is why nothing was appended.
        for warning in known.warnings.iter().filter(|_| args.append) {
            context.printer.warn(&format!("{source}: {warning}"));
        }
        return Ok(known);
    }
    let meter = meters.meter(source, body.length());
    match body {
        UploadBody::File { path, length, sha256 } if length > ONE_GO_BYTES || args.append => {
            let upload = ResumableUpload {
                project: project.to_string(),
                source: source.to_owned(),
                choices: args.choices(&path),
                append: args.append,
                note: args.note.clone(),
                path,
                length,
                sha256,
                progress: Some(meter.callback()),
            };
            in_pieces(client, upload, &meter, context).await
        }
        body => {
            let request =
                UploadRequest { choices: args.choices(path), note: args.note.clone(), body, progress: None };
            in_one_go(way, source, path, request, &meter).await
        }
    }
}

/// Violations that are told when a file is not sent, and that reports hold; `impala source check` tells all.
#[cfg(feature = "server")]
const MOST_TOLD: usize = 20;
#[cfg(feature = "server")]
const MOST_KEPT: usize = 10_000;

/// Nothing is sent that breaks its contract.
#[cfg(feature = "server")]
async fn keep_contract(args: &Args, path: &Path) -> Result<(), CliError> {
    use std::sync::{Arc, Mutex, PoisonError};

    let Some(schema_path) = &args.contract.schema else { return Ok(()) };
    if path == Path::new("-") {
        return Err(CliError::usage("--schema needs a file, which is read several times, not stdin"));
    }
    let schema = crate::contract::read(schema_path)?;
    let first = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&first);
    let sink: crate::contract::Sink = Box::new(move |fault, _| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            kept.push(fault.clone());
        }
        Ok(())
    });
    let settings = args.csv.settings(path);
    let (checked, _) = crate::contract::check(path, settings, schema, &args.contract.on_drift, sink).await?;
    if checked.violations == 0 {
        return Ok(());
    }
    let (name, violations) = (name_of(path), crate::printer::ago::count(checked.violations, "violation"));
    let message =
        format!("{name} breaks the contract {} and was not sent: {violations}", schema_path.display());
    let mut error = CliError::new(Exit::Refused, message);
    error.faults = std::mem::take(&mut *first.lock().unwrap_or_else(PoisonError::into_inner));
    error.details = crate::error::describe(&error.faults[..error.faults.len().min(MOST_TOLD)]);
    let (file, schema) = (path.display(), schema_path.display());
    Err(error.hint(format!("`impala source check {file} --schema {schema}` tells all of them")))
}

/// What the server says to a file that it has.
async fn known(
    args: &Args,
    client: &Client,
    project: &ProjectAddress,
    source: &str,
    body: &UploadBody,
) -> Result<Option<Upload>, ClientError> {
    let UploadBody::File { path, sha256, .. } = body else { return Ok(None) };
    let (choices, sha256) = (args.choices(path), report::hex(sha256));
    let known =
        client.known_upload([&project.owner, &project.slug, source], &choices, args.append, &sha256).await;
    match known {
        // A server that is older than the question.
        Err(error) if error.code() == Some("unknown_route") => Ok(None),
        known => known,
    }
}

async fn in_pieces(
    client: &Client,
    upload: ResumableUpload,
    meter: &Meter,
    context: &Context,
) -> Result<Upload, CliError> {
    let path = upload.path.clone();
    let memory = Memory::of(&upload, client.base_url());
    if memory.recall().is_some() {
        meter.aside(|| {
            context.printer.note(&format!("{}: going on where the last upload ended", path.display()));
        });
    }
    let mut reminder = Reminder { printer: &context.printer, is_due: true };
    let sent = client.upload_resumably(&upload, &memory).await;
    reminder.is_due = false;
    let upload = sent.map_err(|error| {
        let error = report::refused(error, &path);
        match error.exit {
            Exit::Unreachable | Exit::Temporary => CliError { hint: Some(GO_ON.to_owned()), ..error },
            _ => error,
        }
    })?;
    meter.aside(|| tell_what_is_doubtful(&upload, &path, context));
    Ok(upload)
}

/// Says after Ctrl-C that nothing is lost.
struct Reminder<'a> {
    printer: &'a Printer,
    is_due: bool,
}

impl Drop for Reminder<'_> {
    fn drop(&mut self) {
        if self.is_due {
            self.printer.note(&format!("\nInterrupted; {GO_ON}."));
        }
    }
}

/// Sends one file in one go, with a bar, and tells of what is doubtful in it.
///
/// # Errors
/// What the server says, each fault under the file's name.
#[cfg(feature = "server")]
pub async fn send(
    client: &Client,
    project: &ProjectAddress,
    source: &str,
    path: &Path,
    request: UploadRequest,
    context: &Context,
) -> Result<Upload, CliError> {
    let meters = Meters::new(&context.printer);
    let meter = meters.meter(source, request.body.length());
    in_one_go(Way { client, project, context }, source, path, request, &meter).await
}

async fn in_one_go(
    way: Way<'_>,
    source: &str,
    path: &Path,
    request: UploadRequest,
    meter: &Meter,
) -> Result<Upload, CliError> {
    let Way { client, project, context } = way;
    let request = UploadRequest { progress: Some(meter.callback()), ..request };
    let sent = client.upload(&project.owner, &project.slug, source, request).await;
    let upload = sent.map_err(|error| report::refused(error, path))?;
    meter.aside(|| tell_what_is_doubtful(&upload, path, context));
    Ok(upload)
}

fn tell_what_is_doubtful(upload: &Upload, path: &Path, context: &Context) {
    for warning in &upload.warnings {
        context.printer.warn(&format!("{}: {warning}", upload.source));
    }
    if let Some(encoding) = upload.version.encoding.strip_suffix(" (detected)") {
        let name = name_of(path);
        context.printer.note(&format!(
            "note: {name} was read as {encoding}, which is a guess; --encoding says otherwise"
        ));
    }
}
