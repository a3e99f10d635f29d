//! Which revision of a canvas the files of a folder come from, kept in `.impala/canvases.json` beside `impala.toml`, or beside the
//! file where there is none. It belongs to one checkout: git is told to ignore it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use impala_core::api::CanvasView;
use impala_core::{Canvas, document};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canvas_files::is_standard;
use crate::context::{Context, ProjectAddress};
use crate::error::CliError;
use crate::files;

const FOLDER: &str = ".impala";
const FILE: &str = "canvases.json";

/// The revision that was pulled or applied last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its number.
    pub revision: u64,
    /// SHA-256 of its canonical YAML: numbers start again when a canvas is created again.
    pub sha256: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// By server, project and canvas: `http://127.0.0.1:5001 ann/weather rain`.
    #[serde(default)]
    canvases: BTreeMap<String, Known>,
}

/// What is known of the canvases of a project in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    folder: Option<PathBuf>,
    prefix: String,
}

impl Memory {
    /// The memory that a file belongs to. Of stdin nothing is known.
    pub fn of(file: &Path, project: &ProjectAddress, context: &Context) -> Self {
        let beside = || match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let root = || context.settings.root.clone().unwrap_or_else(beside);
        let folder = (!is_standard(file)).then(|| root().join(FOLDER));
        Self { folder, prefix: format!("{} {project}", context.server()) }
    }

    /// The revision that was pulled or applied last.
    pub fn known(&self, slug: &str) -> Option<Known> {
        self.read().canvases.remove(&self.key(slug))
    }

    /// Notes the revision that a file has been made from, or that has been made from it.
    pub fn keep(&self, view: &CanvasView, context: &Context) {
        let known = Known { revision: view.revision.revision, sha256: sha256(&view.canvas) };
        let Some(folder) = &self.folder else { return };
        let mut kept = self.read();
        let before = kept.canvases.insert(self.key(&view.canvas.metadata.slug), known.clone());
        if before == Some(known) {
            return;
        }
        note(folder, &kept, context);
    }

    /// Forgets a canvas that is no more.
    pub fn forget(&self, slug: &str, context: &Context) {
        let Some(folder) = &self.folder else { return };
        let mut kept = self.read();
        if kept.canvases.remove(&self.key(slug)).is_some() {
            note(folder, &kept, context);
        }
    }

    fn key(&self, slug: &str) -> String {
        format!("{} {slug}", self.prefix)
    }

    /// What cannot be read is not known: then the server's history decides.
    fn read(&self) -> Kept {
        let path = self.folder.as_ref().map(|folder| folder.join(FILE));
        let text = path.and_then(|path| files::read_if_there(&path).ok().flatten());
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
}

/// The deed itself is done by now, so that what cannot be noted is not an error.
fn note(folder: &Path, kept: &Kept, context: &Context) {
    if let Err(error) = write(folder, kept) {
        let message = format!("which revision the file comes from is not noted: {}", error.message);
        context.printer.warn(&message);
    }
}

fn write(folder: &Path, kept: &Kept) -> Result<(), CliError> {
    std::fs::create_dir_all(folder).map_err(|error| CliError::file("make the folder", folder, &error))?;
    let ignore = folder.join(".gitignore");
    if files::read_if_there(&ignore)?.is_none() {
        files::write_whole(&ignore, b"*\n")?;
    }
    let text = serde_json::to_string_pretty(kept).unwrap_or_default() + "\n";
    files::write_whole(&folder.join(FILE), text.as_bytes())
}

/// SHA-256 of a canvas's canonical YAML, in hexadecimal.
pub fn sha256(canvas: &Canvas) -> String {
    Sha256::digest(document::to_yaml(canvas)).iter().map(|byte| format!("{byte:02x}")).collect()
}
