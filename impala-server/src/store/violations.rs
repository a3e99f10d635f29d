//! What is wrong with files that were refused, for whoever asks for all of it: one file a refusal, a violation a line, packed.
//!
//! They are not in the database, as they are for a day only and may be many. A name says whose they are.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;
use uuid::Uuid;
use zstd::stream::{read, write};

/// Where they are.
#[derive(Clone, Debug)]
pub struct ViolationFiles {
    root: Arc<Path>,
    bench: Arc<Path>,
}

/// Whose violations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViolationsOf {
    /// The project of the source.
    pub project: Uuid,
    /// Username of whoever sent the file.
    pub by: String,
    /// Their id.
    pub id: Uuid,
}

/// Violations that are being written. Dropped before they are kept, they leave nothing.
pub struct NewViolations {
    lines: write::Encoder<'static, BufWriter<NamedTempFile>>,
    path: PathBuf,
    /// Bytes so far, before they are packed.
    pub bytes: u64,
}

impl ViolationFiles {
    /// Files in the folder `root`, which is made when the first one comes. They are written in `bench`.
    pub fn new(root: impl Into<PathBuf>, bench: &Path) -> Self {
        Self { root: root.into().into(), bench: bench.into() }
    }

    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(&self, of: &ViolationsOf) -> io::Result<NewViolations> {
        fs::create_dir_all(&self.root)?;
        let file = BufWriter::new(NamedTempFile::new_in(&self.bench)?);
        Ok(NewViolations { lines: write::Encoder::new(file, 0)?, path: self.path(of), bytes: 0 })
    }

    /// The lines of a file, as they are unpacked; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(&self, of: &ViolationsOf) -> io::Result<Option<impl Read + use<>>> {
        match File::open(self.path(of)) {
            Ok(file) => Ok(Some(read::Decoder::with_buffer(BufReader::new(file))?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes files that are older.
    ///
    /// # Errors
    /// When the folder cannot be read, or something in it cannot be removed.
    pub fn sweep(&self, age: Duration) -> io::Result<()> {
        // The time by the clock of the file system, which need not be the clock of this machine.
        let now = tempfile::tempfile_in(&self.bench)?.metadata()?.modified()?;
        let files = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            files => files?,
        };
        for file in files {
            let path = file?.path();
            let is_due = |changed: SystemTime| now.duration_since(changed).is_ok_and(|since| since >= age);
            match fs::metadata(&path).and_then(|file| file.modified()) {
                Ok(changed) if is_due(changed) => remove(&path)?,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn path(&self, of: &ViolationsOf) -> PathBuf {
        self.root.join(format!("{}.{}.{}.ndjson.zst", of.project, of.by, of.id))
    }
}

/// Another server may have been faster.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl NewViolations {
    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.bytes += line.len() as u64 + 1;
        self.lines.write_all(line)?;
        self.lines.write_all(b"\n")
    }

    /// Makes the file visible, whole.
    ///
    /// # Errors
    /// When it cannot be written or renamed.
    pub fn keep(self) -> io::Result<()> {
        let file = self.lines.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_are_there_whole_for_whom_they_are_and_for_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let files = ViolationFiles::new(folder.path().join("violations"), folder.path());
        files.sweep(Duration::ZERO).unwrap();
        let of = ViolationsOf { project: Uuid::from_u128(1), by: "ann".to_owned(), id: Uuid::from_u128(2) };
        let mut new = files.begin(&of).unwrap();
        new.write(b"{\"row\":1}").unwrap();
        assert!(files.open(&of).unwrap().is_none(), "it is not whole yet");
        new.write(b"{\"row\":2}").unwrap();
        assert_eq!(new.bytes, 20);
        new.keep().unwrap();
        let mut text = String::new();
        files.open(&of).unwrap().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "{\"row\":1}\n{\"row\":2}\n");
        assert!(files.open(&ViolationsOf { by: "bob".to_owned(), ..of.clone() }).unwrap().is_none());
        files.sweep(Duration::from_secs(3_600)).unwrap();
        assert!(files.open(&of).unwrap().is_some());
        files.sweep(Duration::ZERO).unwrap();
        assert!(files.open(&of).unwrap().is_none());
    }
}
