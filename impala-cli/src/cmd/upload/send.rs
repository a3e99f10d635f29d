//! Sends one file: not at all when the server has it, in pieces when it is large, else in one go.

use std::path::Path;

use impala_core::api::Upload;
use impala_core::client::{
    Client, ClientError, ResumableUpload, UploadBody, UploadMemory as _, UploadRequest,
};
use impala_core::source::SourceRef;

use super::files::{body_of, name_of};
use super::memory::Memory;
use super::{Args, refused, report};
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

/// Sends one file in the way that suits it, and writes the rejects file.
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
    let upload = match attempt(args, way, source, path, meters).await {
        Ok(upload) => upload,
        Err(error) => return Err(refused::with_all(error, &args.contract, way).await),
    };
    let version = Some(upload.version.version).filter(|_| upload.preview.is_none());
    let made = SourceRef { name: upload.source.clone(), version };
    let rejected_rows = if version.is_some() { upload.version.rejected_rows } else { 0 };
    refused::write_left_out(way, &args.contract, &made, rejected_rows).await?;
    Ok(upload)
}

async fn attempt(
    args: &Args,
    way: Way<'_>,
    source: &str,
    path: &Path,
    meters: &Meters,
) -> Result<Upload, CliError> {
    let Way { client, project, context } = way;
    let body = body_of(path).await?;
    let resumable = resumable(args, project, source, &body);
    let ask = async || {
        known(args, client, project, source, &body).await.map_err(|error| report::refused(error, path))
    };
    let mut known = ask().await?;
    let unheard = unheard(client, resumable.as_ref()).await;
    if unheard.is_some() && known.is_none() {
        // It may have been made between the two questions.
        known = ask().await?;
    }
    match (unheard, known) {
        (Some(own), Some(known)) if own.version.version == known.version.version => {
            meters.aside(|| tell_what_is_doubtful(&own, path, context));
            return Ok(own);
        }
        (_, Some(known)) => {
            // What it says of an append is why nothing was appended.
            for warning in known.warnings.iter().filter(|_| args.append) {
                context.printer.warn(&format!("{source}: {warning}"));
            }
            return Ok(known);
        }
        (Some(own), None) if args.append && is_kept(way, &own).await => return Ok(own),
        _ => {}
    }
    let meter = meters.meter(source, body.length());
    let sent_sha256 = sha256_of(&body);
    let sent = match resumable {
        Some(upload) => {
            let upload = ResumableUpload { progress: Some(meter.callback()), ..upload };
            in_pieces(client, upload, &meter, context).await
        }
        None => {
            let request =
                UploadRequest { choices: args.choices(path), note: args.note.clone(), body, progress: None };
            in_one_go(way, source, path, request, &meter).await
        }
    };
    match sent {
        Err(error) if is_final(&error) && has_changed(path, sent_sha256).await => {
            let message =
                format!("{} changed while it was sent; the server kept nothing of it", name_of(path));
            Err(CliError::new(Exit::Temporary, message)
                .hint("run the command again when the file is complete"))
        }
        sent => sent,
    }
}

/// Whether the server, or the file, is at fault, and not the way between.
fn is_final(error: &CliError) -> bool {
    !matches!(error.exit, Exit::Unreachable | Exit::Temporary)
}

fn sha256_of(body: &UploadBody) -> Option<[u8; 32]> {
    match body {
        UploadBody::File { sha256, .. } => Some(*sha256),
        _ => None,
    }
}

/// Whether a file is another one than when it was hashed. What the server found in it is then of no file at all.
async fn has_changed(path: &Path, sha256: Option<[u8; 32]>) -> bool {
    let Some(sha256) = sha256 else { return false };
    body_of(path).await.is_ok_and(|body| sha256_of(&body) != Some(sha256))
}

/// The file as one that goes in pieces; `None` for one that goes in one go.
fn resumable(
    args: &Args,
    project: &ProjectAddress,
    source: &str,
    body: &UploadBody,
) -> Option<ResumableUpload> {
    let UploadBody::File { path, length, sha256 } = body else { return None };
    (*length > ONE_GO_BYTES || args.append).then(|| ResumableUpload {
        project: project.to_string(),
        source: source.to_owned(),
        choices: args.choices(path),
        append: args.append,
        note: args.note.clone(),
        path: path.clone(),
        length: *length,
        sha256: *sha256,
        progress: None,
    })
}

/// What the same command made, which was ended before it heard so.
async fn unheard(client: &Client, upload: Option<&ResumableUpload>) -> Option<Upload> {
    client.unheard_upload(&Memory::of(upload?, client.base_url())).await
}

/// Whether rows that were appended are in the source still, though it has moved on. Sent again, they would be there twice.
async fn is_kept(way: Way<'_>, own: &Upload) -> bool {
    let Way { client, project, context } = way;
    if own.preview.is_some() {
        return true;
    }
    let versions =
        client.source_versions(&project.owner, &project.slug, &own.source).await.unwrap_or_default();
    // A source that was deleted and made again has versions of the same numbers.
    if !versions.contains(&own.version) {
        return false;
    }
    let (name, version) = (&own.source, own.version.version);
    let current = versions.iter().map(|version| version.version).max().unwrap_or(version);
    if current != version {
        context.printer.warn(&format!(
            "{name}: the rows came into {name}@{version} by an earlier run; {name}@{current} is current now"
        ));
    }
    true
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
