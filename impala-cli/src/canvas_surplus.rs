//! Canvases of a project that no file says: which of them have come from a file, so that `--prune` may delete them.
//!
//! One has when this folder has pulled or applied it, or where nothing is known of that, as in a fresh clone, when a revision
//! of it was applied from a file. That revision is its base. One without a base was made on the server, and stays.

use std::path::{Path, PathBuf};

use impala_core::Canvas;
use impala_core::api::{CanvasSummary, CanvasView};

use crate::canvas_base::Place;
use crate::canvas_files::CanvasFile;
use crate::canvas_memory::{Memory, sha256};
use crate::context::Context;
use crate::error::CliError;

/// A canvas that no file says.
#[derive(Clone, Debug)]
pub struct Surplus {
    /// As the server lists it.
    pub canvas: CanvasSummary,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a canvas comes from that no file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file, and it still says what that said.
    File,
    /// A file, and someone has edited it since this revision.
    Edited(u64),
    /// Somebody made it on the server.
    Server,
}

impl Surplus {
    /// Why it stays: who made it.
    pub fn why_kept(&self) -> String {
        let (slug, by) = (&self.canvas.slug, &self.canvas.revision.saved_by);
        format!(
            "Canvas {slug} is kept: it was made on the server (last saved by {by}), and never came from a file."
        )
    }
}

/// What folders remember of canvases whose files are gone.
pub struct Memories(Vec<Memory>);

impl Memories {
    /// Those of folders, and of the files in them.
    pub fn of(folders: &[PathBuf], files: &[CanvasFile], place: &Place<'_>, context: &Context) -> Self {
        let in_folders = folders.iter().map(|folder| folder.join("any.yaml"));
        let paths = in_folders.chain(files.iter().map(|file| file.path.clone()));
        let mut memories: Vec<Memory> = Vec::new();
        for path in paths {
            let memory = Memory::of(Path::new(&path), place.project, context);
            if !memories.contains(&memory) {
                memories.push(memory);
            }
        }
        Self(memories)
    }

    /// What is deleted is not known any more.
    pub fn forget(&self, slug: &str, context: &Context) {
        self.0.iter().for_each(|memory| memory.forget(slug, context));
    }
}

/// The project's canvases that are not among `files`.
///
/// # Errors
/// When the server cannot be asked.
pub async fn find(
    files: &[&Canvas],
    memories: &Memories,
    place: &Place<'_>,
) -> Result<Vec<Surplus>, CliError> {
    let all = place.client.canvases(&place.project.owner, &place.project.slug).await?;
    let is_said = |canvas: &CanvasSummary| files.iter().any(|file| file.metadata.slug == canvas.slug);
    let mut found = Vec::new();
    for canvas in all.into_iter().filter(|canvas| !is_said(canvas)) {
        let origin = origin(&canvas, memories, place).await?;
        found.push(Surplus { canvas, origin });
    }
    Ok(found)
}

async fn origin(canvas: &CanvasSummary, memories: &Memories, place: &Place<'_>) -> Result<Origin, CliError> {
    let Some(base) = base(canvas, memories, place).await? else { return Ok(Origin::Server) };
    let (then, now) = (base.revision.revision, canvas.revision.revision);
    if then == now {
        return Ok(Origin::File);
    }
    let current = place.revision(&canvas.slug, now).await?;
    Ok(match current.is_none_or(|current| current.canvas == base.canvas) {
        true => Origin::File,
        false => Origin::Edited(then),
    })
}

async fn base(
    canvas: &CanvasSummary,
    memories: &Memories,
    place: &Place<'_>,
) -> Result<Option<CanvasView>, CliError> {
    for known in memories.0.iter().filter_map(|memory| memory.known(&canvas.slug)) {
        // Numbers start again when a canvas is created again: then it is another one.
        let view = place.revision(&canvas.slug, known.revision).await?;
        if let Some(view) = view.filter(|view| sha256(&view.canvas) == known.sha256) {
            return Ok(Some(view));
        }
    }
    let history = place.history(&canvas.slug).await?;
    match history.iter().find(|revision| revision.is_applied()) {
        Some(applied) => place.revision(&canvas.slug, applied.revision).await,
        None => Ok(None),
    }
}
