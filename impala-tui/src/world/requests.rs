//! What is asked of the server about a project and what is in it, a function for each request.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use impala_core::Canvas;
use impala_core::api::{
    BlockAnswer, CanvasData, CanvasDraft, CanvasName, CanvasView, Choices, ColumnStats, Member, Preview,
    Revision, Upload,
};
use impala_core::client::{Client, ClientError, CsvChoices, UploadBody, UploadRequest};
use impala_core::parameter::Parameter;
use impala_core::source::{Source, SourceRef, SourceVersion};

use super::paths::expanded;
use crate::action::{Failure, Outcome, ProjectContent, Sent};
use crate::effect::{CanvasAt, ProjectAt};

/// Told how far an upload is.
pub type Progress = Arc<dyn Fn(Sent) + Send + Sync>;

/// How long a preview waits for the next key.
const PAUSE: Duration = Duration::from_millis(120);

/// Choices that a parameter offers at most.
const MOST_CHOICES: u32 = 2_000;

/// What came of it, with what went wrong in words for people.
pub(super) fn done<T>(result: Result<T, ClientError>) -> Outcome<T> {
    result.map_err(Failure::from)
}

pub(super) async fn project(client: &Client, at: &ProjectAt) -> Outcome<Box<ProjectContent>> {
    let (owner, slug) = (&at.owner, &at.slug);
    let (project, canvases, sources, members) = tokio::join!(
        client.project(owner, slug),
        client.canvases(owner, slug),
        client.sources(owner, slug),
        client.members(owner, slug),
    );
    // A token that may not see members may see the rest.
    let members: Vec<Member> = members.unwrap_or_default();
    let (project, canvases, sources) = (done(project)?, done(canvases)?, done(sources)?);
    Ok(Box::new(ProjectContent { project, canvases, sources, members }))
}

pub(super) async fn delete_project(client: &Client, at: &ProjectAt) -> Outcome<()> {
    done(client.delete_project(&at.owner, &at.slug).await)
}

pub(super) async fn set_member(client: &Client, at: &ProjectAt, member: &Member) -> Outcome<()> {
    done(client.add_member(&at.owner, &at.slug, member).await).map(drop)
}

pub(super) async fn remove_member(client: &Client, at: &ProjectAt, name: &str) -> Outcome<()> {
    done(client.remove_member(&at.owner, &at.slug, name).await)
}

pub(super) async fn source(client: &Client, at: &ProjectAt, name: &str) -> Outcome<Box<Source>> {
    done(client.source(&at.owner, &at.slug, name).await).map(Box::new)
}

pub(super) async fn stats(client: &Client, at: &ProjectAt, source: &SourceRef) -> Outcome<Vec<ColumnStats>> {
    done(client.source_stats(&at.owner, &at.slug, source).await)
}

pub(super) async fn versions(client: &Client, at: &ProjectAt, name: &str) -> Outcome<Vec<SourceVersion>> {
    done(client.source_versions(&at.owner, &at.slug, name).await)
}

pub(super) async fn rows(
    client: &Client,
    at: &ProjectAt,
    source: &SourceRef,
    offset: u64,
    limit: u64,
) -> Outcome<Box<Preview>> {
    done(client.preview(&at.owner, &at.slug, source, offset, limit).await).map(Box::new)
}

pub(super) async fn roll_back(
    client: &Client,
    at: &ProjectAt,
    name: &str,
    version: u32,
) -> Outcome<Box<Source>> {
    done(client.rollback(&at.owner, &at.slug, name, version).await).map(Box::new)
}

pub(super) async fn readers(client: &Client, at: &ProjectAt, name: &str) -> Outcome<Vec<CanvasName>> {
    done(client.canvases_of_source(&at.owner, &at.slug, name).await)
}

pub(super) async fn delete_source(client: &Client, at: &ProjectAt, name: &str) -> Outcome<()> {
    done(client.delete_source(&at.owner, &at.slug, name).await)
}

pub(super) async fn choices(client: &Client, at: &ProjectAt, parameter: &Parameter) -> Outcome<Choices> {
    let (Some(source), Some(field)) = (&parameter.source, &parameter.field) else {
        return Ok(Choices { values: parameter.options.clone(), truncated: false });
    };
    done(client.choices(&at.owner, &at.slug, source, field, MOST_CHOICES).await)
}

pub(super) async fn upload(
    client: &Client,
    at: &ProjectAt,
    source: &str,
    path: &str,
    choices: CsvChoices,
    progress: Progress,
) -> Outcome<Box<Upload>> {
    let body = UploadBody::file(Path::new(&expanded(path))).await.map_err(Failure::from)?;
    let progress = Some(of_file(&body, progress));
    let request = UploadRequest { choices, note: String::new(), body, progress };
    done(client.upload(&at.owner, &at.slug, source, request).await).map(Box::new)
}

/// Tells of the bytes of a file with its length and the time that they took.
fn of_file(body: &UploadBody, progress: Progress) -> impala_core::client::Progress {
    let bytes_total = match body {
        UploadBody::File { length, .. } => *length,
        _ => 0,
    };
    let begun = Instant::now();
    Arc::new(move |bytes| {
        let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        progress(Sent { bytes, bytes_total, elapsed_ms });
    })
}

pub(super) async fn create_canvas(
    client: &Client,
    at: &ProjectAt,
    canvas: &Canvas,
) -> Outcome<Box<CanvasView>> {
    done(client.create_canvas(&at.owner, &at.slug, canvas).await).map(Box::new)
}

/// Whatever its revision.
pub(super) async fn delete_canvas(client: &Client, at: &CanvasAt) -> Outcome<()> {
    let view = canvas(client, at).await?;
    done(client.delete_canvas(&at.project.owner, &at.project.slug, &at.slug, &view.etag).await)
}

pub(super) async fn canvas(client: &Client, at: &CanvasAt) -> Outcome<Box<CanvasView>> {
    done(client.canvas(&at.project.owner, &at.project.slug, &at.slug).await).map(Box::new)
}

pub(super) async fn canvas_at(client: &Client, at: &CanvasAt, revision: u64) -> Outcome<Box<CanvasView>> {
    done(client.canvas_at([&at.project.owner, &at.project.slug, &at.slug], revision).await).map(Box::new)
}

pub(super) async fn answers(
    client: &Client,
    at: &ProjectAt,
    draft: &CanvasDraft,
) -> Outcome<Box<CanvasData>> {
    done(client.answer_draft(&at.owner, &at.slug, draft).await).map(Box::new)
}

pub(super) async fn preview(
    client: &Client,
    at: &ProjectAt,
    draft: &CanvasDraft,
) -> Outcome<Box<BlockAnswer>> {
    tokio::time::sleep(PAUSE).await;
    let first = answers(client, at, draft).await?.blocks.into_values().next();
    first.map(Box::new).ok_or_else(|| Failure::new("text needs no answer"))
}

pub(super) async fn save(
    client: &Client,
    at: &CanvasAt,
    canvas: &Canvas,
    over: &str,
) -> Outcome<Box<CanvasView>> {
    done(client.replace_canvas(&at.project.owner, &at.project.slug, canvas, over).await).map(Box::new)
}

pub(super) async fn history(client: &Client, at: &CanvasAt) -> Outcome<Vec<Revision>> {
    done(client.canvas_history(&at.project.owner, &at.project.slug, &at.slug).await)
}

/// Over whatever revision is the newest.
pub(super) async fn restore(client: &Client, at: &CanvasAt, revision: u64) -> Outcome<Box<CanvasView>> {
    let view = canvas(client, at).await?;
    let path = [at.project.owner.as_str(), &at.project.slug, &at.slug];
    done(client.restore_canvas(path, revision, &view.etag).await).map(Box::new)
}
