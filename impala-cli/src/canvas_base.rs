//! Whether a file may be saved over the canvas as it stands on the server, or whether that would undo an edit that the file does
//! not know of.
//!
//! The file comes from a *base*: the revision that was last pulled or applied in this folder, or where nothing is known of that,
//! as in a fresh clone, the newest revision that was saved from a file. What was saved after the base is an edit that may get
//! lost. It does not when the file holds it already, block by block, or when it came from an earlier commit of this very file.

use std::path::Path;
use std::process::{Command, Stdio};

use impala_core::Canvas;
use impala_core::api::{CanvasView, Revision};
use impala_core::client::Client;
use impala_core::merge::{self, Side};

use crate::canvas_files::{self, CanvasFile};
use crate::canvas_memory::{Memory, sha256};
use crate::context::ProjectAddress;
use crate::error::CliError;

/// Commits of a file that are looked at.
const COMMITS: &str = "--max-count=50";

/// Revisions that are looked at to find one that says the same as a file.
const REVISIONS: usize = 50;

/// How a file stands to the canvas on the server.
#[derive(Clone, Debug)]
pub enum Standing {
    /// There is no such canvas.
    New,
    /// Both say the same.
    Same(CanvasView),
    /// The file may be saved over it.
    Onto(CanvasView),
    /// It was edited since the file's base, if that is known.
    Behind(CanvasView, Option<Box<CanvasView>>),
}

impl Standing {
    /// The canvas as it stands on the server.
    pub fn current(&self) -> Option<&CanvasView> {
        match self {
            Self::New => None,
            Self::Same(view) | Self::Onto(view) | Self::Behind(view, _) => Some(view),
        }
    }
}

/// Where canvases are.
pub struct Place<'a> {
    /// The way to the server.
    pub client: &'a Client,
    /// Their project.
    pub project: &'a ProjectAddress,
}

impl Place<'_> {
    fn at<'a>(&'a self, slug: &'a str) -> [&'a str; 3] {
        [&self.project.owner, &self.project.slug, slug]
    }

    /// The canvas as it stands; `None` when there is none.
    ///
    /// # Errors
    /// When the server cannot be asked, or has no such project.
    pub async fn current(&self, slug: &str) -> Result<Option<CanvasView>, CliError> {
        let (owner, project) = (&self.project.owner, &self.project.slug);
        match self.client.canvas(owner, project, slug).await {
            Ok(view) => Ok(Some(view)),
            Err(error) if error.status() == Some(404) => {
                // A project that is not there is an error, a canvas that is not there is a new one.
                self.client.project(owner, project).await?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A canvas as it was.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn revision(&self, slug: &str, revision: u64) -> Result<Option<CanvasView>, CliError> {
        match self.client.canvas_at(self.at(slug), revision).await {
            Ok(view) => Ok(Some(view)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Its revisions, the newest first.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn history(&self, slug: &str) -> Result<Vec<Revision>, CliError> {
        let [owner, project, slug] = self.at(slug);
        Ok(self.client.canvas_history(owner, project, slug).await?)
    }

    /// How a file stands to its canvas.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn standing(&self, file: &CanvasFile, memory: &Memory) -> Result<Standing, CliError> {
        let slug = &file.canvas.metadata.slug;
        let Some(current) = self.current(slug).await? else {
            return Ok(Standing::New);
        };
        if current.canvas == file.canvas {
            return Ok(Standing::Same(current));
        }
        let base = self.base(file, &current, memory).await?;
        let is_current = base.as_ref().is_some_and(|base| base.canvas == current.canvas);
        let holds_all = base.as_ref().is_some_and(|base| holds(&file.canvas, &base.canvas, &current.canvas));
        let is_earlier = || current.revision.is_applied() && is_committed(&file.path, &current.canvas);
        Ok(match is_current || holds_all || is_earlier() {
            true => Standing::Onto(current),
            false => Standing::Behind(current, base.map(Box::new)),
        })
    }

    async fn base(
        &self,
        file: &CanvasFile,
        current: &CanvasView,
        memory: &Memory,
    ) -> Result<Option<CanvasView>, CliError> {
        let slug = &file.canvas.metadata.slug;
        if let Some(known) = memory.known(slug) {
            let base = match known.revision == current.revision.revision {
                true => Some(current.clone()),
                false => self.revision(slug, known.revision).await?,
            };
            if let Some(base) = base.filter(|base| sha256(&base.canvas) == known.sha256) {
                return Ok(Some(base));
            }
        }
        if current.revision.is_applied() {
            return Ok(Some(current.clone()));
        }
        let history = self.history(slug).await?;
        match history.iter().find(|revision| revision.is_applied()) {
            Some(applied) => self.revision(slug, applied.revision).await,
            None => self.saying(&history, &file.canvas).await,
        }
    }

    /// The newest revision that says the same as a canvas.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn saying(
        &self,
        history: &[Revision],
        canvas: &Canvas,
    ) -> Result<Option<CanvasView>, CliError> {
        for revision in history.iter().take(REVISIONS) {
            let view = self.revision(&canvas.metadata.slug, revision.revision).await?;
            if let Some(view) = view.filter(|view| view.canvas == *canvas) {
                return Ok(Some(view));
            }
        }
        Ok(None)
    }
}

/// Whether a file has all that turned `base` into `current`.
fn holds(file: &Canvas, base: &Canvas, current: &Canvas) -> bool {
    let merged = merge::merge(base, file, current, |_| Side::Mine);
    merged.conflicts.is_empty() && merged.canvas == *file
}

/// Whether an earlier commit of a file says what a canvas says: then it has grown out of it. Git's plumbing is asked, which
/// runs nothing that a repository's settings name.
fn is_committed(path: &Path, canvas: &Canvas) -> bool {
    let (Some(name), false) =
        (path.file_name().and_then(|name| name.to_str()), canvas_files::is_standard(path))
    else {
        return false;
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
        let output = command.output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    };
    let commits = git(&["rev-list", COMMITS, "HEAD", "--", name]).unwrap_or_default();
    commits.lines().any(|commit| {
        let text = git(&["cat-file", "blob", &format!("{commit}:./{name}")]);
        text.and_then(|text| canvas_files::parse(&text).ok()).is_some_and(|committed| committed == *canvas)
    })
}
