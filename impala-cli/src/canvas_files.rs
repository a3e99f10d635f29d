//! Canvases as files: which files are meant, what they say, and how they are written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use impala_core::lint::{Positions, Spot};
use impala_core::{Canvas, Invalid, document, name as names};

use crate::context::Context;
use crate::error::{CliError, Exit, describe};
use crate::files;
use crate::printer::ago::count;

/// The endings of files that may hold a canvas.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// What a file in a folder holds somewhere if it is a canvas, right or wrong.
const MARK: &str = "impala/v";

/// A file and its text.
#[derive(Clone, Debug)]
pub struct Text {
    /// Where it is; `-` is stdin.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// A canvas and the file that says it.
#[derive(Clone, Debug)]
pub struct CanvasFile {
    /// Where it is; `-` is stdin.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
    /// What that means.
    pub canvas: Canvas,
}

/// The files that were meant.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// All files, those in folders by path.
    pub texts: Vec<Text>,
    /// The folders among what was named.
    pub folders: Vec<PathBuf>,
}

/// Whether a path stands for stdin or stdout.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// What stdin is called.
pub const STDIN: &str = "stdin";

/// A path for people.
pub fn name(path: &Path) -> String {
    if is_standard(path) { STDIN.to_owned() } else { path.display().to_string() }
}

/// Reads files, and in folders all that hold canvases; without any, the folder that `impala.toml` names.
///
/// # Errors
/// Usage, when nothing is named; else what cannot be read.
pub fn find(named: &[PathBuf], context: &Context) -> Result<Found, CliError> {
    let configured = context.settings.canvases.as_ref().map(|setting| setting.value.clone());
    let named = match (named, configured) {
        ([], Some(folder)) if !folder.exists() => {
            let message =
                format!("there is no folder {}, which impala.toml names as canvases", folder.display());
            return Err(CliError::failed(message)
                .hint("`impala canvas pull` makes it, with the project's canvases; or make it yourself"));
        }
        ([], Some(folder)) => vec![folder],
        ([], None) => {
            return Err(CliError::usage("which files?")
                .hint("name files or folders, or set canvases = \"FOLDER\" in impala.toml"));
        }
        (named, _) => named.to_vec(),
    };
    let mut found = Found::default();
    let mut others = 0;
    for path in &named {
        let path = path.clone();
        if is_standard(&path) {
            found.texts.push(Text { path, text: files::read_stdin()? });
        } else if path.is_dir() {
            let (texts, left_out) = in_folder(&path)?;
            found.folders.push(path);
            found.texts.extend(texts);
            others += left_out;
        } else {
            let text = read(&path)?;
            found.texts.push(Text { path, text });
        }
    }
    if others > 0 {
        context.printer.note(&format!("({} left out: no canvas)", count(others, "other file")));
    }
    if found.texts.is_empty() {
        let folders: Vec<String> = named.iter().map(|path| path.display().to_string()).collect();
        return Err(CliError::failed(format!("there is no canvas in {}", folders.join(", ")))
            .hint("`impala canvas pull -o FOLDER` gets those of the project"));
    }
    Ok(found)
}

/// The canvases in a folder, and how many other files of such names are there.
///
/// # Errors
/// What cannot be read.
pub fn in_folder(folder: &Path) -> Result<(Vec<Text>, u64), CliError> {
    let mut texts = Vec::new();
    let mut others = 0;
    for path in files_below(folder)? {
        let text = read(&path)?;
        match text.contains(MARK) {
            true => texts.push(Text { path, text }),
            false => others += 1,
        }
    }
    Ok((texts, others))
}

/// Reads a canvas's file.
///
/// # Errors
/// When it cannot be read; where there is none but a canvas may be called so, what makes one of that.
pub fn read(path: &Path) -> Result<String, CliError> {
    files::read(path).map_err(|error| match path.to_str() {
        Some(slug) if !path.exists() && names::check_slug("", slug).is_ok() => error.hint(format!(
            "a file is wanted; of a canvas that is called so, `impala canvas pull {slug} -o {slug}.yaml` makes one"
        )),
        _ => error,
    })
}

/// Files that may be canvases, in folders below too, by path. What is hidden stays so.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let failed = |error| CliError::file("read", folder, &error);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        // Links to folders are not followed, so that no circle is walked.
        if entry.file_type().map_err(failed)?.is_dir() && !is_hidden {
            paths.extend(files_below(&path)?);
        } else if !is_hidden && ENDINGS.contains(&ending.as_str()) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

impl Found {
    /// What the files say.
    ///
    /// # Errors
    /// All faults of all files; two files that say what one canvas is.
    pub fn canvases(self) -> Result<Vec<CanvasFile>, CliError> {
        let total = self.texts.len();
        let mut canvases = Vec::new();
        let mut wrong = Vec::new();
        for Text { path, text } in self.texts {
            match parse(&text) {
                Ok(canvas) => canvases.push(CanvasFile { path, text, canvas }),
                Err(invalid) => wrong.push((name(&path), invalid)),
            }
        }
        match (wrong.len(), total) {
            (0, _) => check_slugs(&canvases).map(|()| canvases),
            (1, 1) => Err(wrong.remove(0)).map_err(|(name, invalid)| CliError::invalid(&name, invalid)),
            (bad, _) => {
                let message = format!("{bad} of {} cannot be taken", count(total as u64, "file"));
                let lines = |(name, invalid): (String, Invalid)| {
                    describe(&invalid.errors).into_iter().map(move |line| format!("{name}: {line}"))
                };
                let mut error =
                    CliError::new(Exit::Refused, message).hint("`impala canvas lint` says lines and columns");
                error.details = wrong.into_iter().flat_map(lines).collect();
                Err(error)
            }
        }
    }
}

fn check_slugs(files: &[CanvasFile]) -> Result<(), CliError> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for file in files {
        let slug = file.canvas.metadata.slug.as_str();
        if let Some(first) = seen.insert(slug, &file.path) {
            let message = format!("{} and {} both say what canvas {slug} is", name(first), name(&file.path));
            return Err(CliError::new(Exit::Refused, message).hint("give one of them another metadata.slug"));
        }
    }
    Ok(())
}

/// Reads a document, in YAML or JSON.
///
/// # Errors
/// Everything found wrong.
pub fn parse(text: &str) -> Result<Canvas, Invalid> {
    document::read_canvas(&document::from_text(text)?)
}

/// Whether a file is written as JSON, by its name.
pub fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

/// The canonical text for a file that holds `before` so far: the comments at its top stay.
pub fn canonical(path: &Path, before: &str, canvas: &Canvas) -> String {
    let is_json = is_json(path) || (is_standard(path) && document::from_json(before).is_ok());
    match is_json {
        true => document::to_json(canvas),
        false => format!("{}{}", document::header(before), document::to_yaml(canvas)),
    }
}

/// The first comment that the canonical text cannot keep.
pub fn inner_comment(text: &str) -> Option<Spot> {
    let header = document::header(text).lines().count() as u64;
    Positions::of(text).comments.into_iter().find(|spot| spot.line > header)
}

/// Replaces a canvas's file as a whole. Its folder is made when missing.
///
/// # Errors
/// When it cannot be written; then the old one stays as it was.
pub fn write(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| CliError::file("make the folder", folder, &error))?;
    }
    files::write_whole(path, text.as_bytes())
}
