//! Texts that are kept in files, as they would be lost otherwise.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::private;

/// The files of texts that were kept, which are written wherever there is time for it.
#[derive(Clone, Default)]
pub struct KeptFiles(Arc<Mutex<Vec<PathBuf>>>);

impl KeptFiles {
    /// Writes a text into a file of its own, and returns where that is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let folder = private::folder()?;
        let file = folder.path().join(name);
        private::write(&file, text)?;
        let _ = folder.keep();
        self.add(std::slice::from_ref(&file));
        Ok(file)
    }

    /// Adds files that were written by others.
    pub fn add(&self, files: &[PathBuf]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(files);
    }

    pub(super) fn all(&self) -> Vec<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Files that hold what would be lost otherwise. When the program ends, they are named where its message is read: on the screen
/// that the shell shows.
#[derive(Default)]
pub struct Kept {
    /// Where they are.
    pub files: KeptFiles,
    /// What could not be written, and why.
    lost: Vec<String>,
}

impl Kept {
    /// Writes a text as the program ends: what cannot be written is named then.
    pub fn write_at_last(&mut self, name: &str, text: &str) {
        if let Err(error) = self.files.write(name, text) {
            self.lost.push(format!("{name} is not saved and cannot be kept: {error}"));
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let files = self.files.all().into_iter().filter(|file| file.exists());
        let kept = files.map(|file| format!("What was being edited is kept in {}", file.display()));
        for line in kept.chain(self.lost.iter().cloned()) {
            // Nobody may be there to read it: the terminal may be gone.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
}
