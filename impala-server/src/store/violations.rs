//! Violations of files that were refused: one file a refusal, a violation a line, packed.
//!
//! They are not in the database, as they are kept for a day only and may be many. The name says whose they are.

use std::fs::{self, File, Metadata};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

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
    /// Username of the sender of the file.
    pub by: String,
    /// Their id.
    pub id: Uuid,
}

/// How much may be kept for one user.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Files.
    pub files: usize,
    /// Bytes of them, packed.
    pub bytes: u64,
}

/// Violations that are being written. Dropped before they are kept, they leave nothing.
pub struct NewViolations {
    lines: write::Encoder<'static, BufWriter<NamedTempFile>>,
    files: ViolationFiles,
    of: ViolationsOf,
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
        Ok(NewViolations {
            lines: write::Encoder::new(file, 0)?,
            files: self.clone(),
            of: of.clone(),
            bytes: 0,
        })
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
        for (path, file) in self.all()? {
            if now.duration_since(file.modified()?).is_ok_and(|since| since >= age) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Removes the oldest files of a user until one more of so many bytes fits in.
    fn make_room(&self, by: &str, room: Room, new_bytes: u64) -> io::Result<()> {
        let mut own: Vec<(String, u64, PathBuf)> = Vec::new();
        for (path, file) in self.all()? {
            // PROJECT.BY.ID: names of users hold no dot, and ids rise with time.
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let mut parts = name.split('.').skip(1);
            if let (Some(owner), Some(id)) = (parts.next(), parts.next())
                && owner == by
            {
                own.push((id.to_owned(), file.len(), path));
            }
        }
        own.sort();
        let mut bytes = new_bytes + own.iter().map(|(_, bytes, _)| bytes).sum::<u64>();
        let mut left = own.len();
        for (_, own_bytes, path) in own {
            if left < room.files && bytes <= room.bytes {
                break;
            }
            remove(&path)?;
            (left, bytes) = (left - 1, bytes - own_bytes);
        }
        Ok(())
    }

    /// All files. Those that another server has just removed are left out.
    fn all(&self) -> io::Result<Vec<(PathBuf, Metadata)>> {
        let files = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            files => files?,
        };
        let mut all = Vec::new();
        for file in files {
            let path = file?.path();
            match fs::metadata(&path) {
                Ok(file) => all.push((path, file)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    fn path(&self, of: &ViolationsOf) -> PathBuf {
        self.root.join(format!("{}.{}.{}.ndjson.zst", of.project, of.by, of.id))
    }
}

/// Another server may have removed it already.
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

    /// Makes the file visible, whole. The oldest files of the same user are removed where `room` is exceeded.
    ///
    /// # Errors
    /// When it cannot be written or renamed, or an old one cannot be removed.
    pub fn keep(self, room: Room) -> io::Result<()> {
        let file = self.lines.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.files.make_room(&self.of.by, room, file.as_file().metadata()?.len())?;
        file.persist(self.files.path(&self.of)).map(drop).map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { files: 3, bytes: 1 << 20 };

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
        new.keep(ROOM).unwrap();
        let mut text = String::new();
        files.open(&of).unwrap().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "{\"row\":1}\n{\"row\":2}\n");
        assert!(files.open(&ViolationsOf { by: "bob".to_owned(), ..of.clone() }).unwrap().is_none());
        files.sweep(Duration::from_secs(3_600)).unwrap();
        assert!(files.open(&of).unwrap().is_some());
        files.sweep(Duration::ZERO).unwrap();
        assert!(files.open(&of).unwrap().is_none());
    }

    #[test]
    fn the_oldest_of_a_person_go_when_there_are_too_many_or_they_are_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let files = ViolationFiles::new(folder.path().join("violations"), folder.path());
        // Projects are in reverse order, so that the order of ids is what counts.
        let of = |by: &str, id: u128| ViolationsOf {
            project: Uuid::from_u128(100 - id),
            by: by.to_owned(),
            id: Uuid::from_u128(id),
        };
        let keep = |by: &str, id: u128, room: Room| {
            let mut new = files.begin(&of(by, id)).unwrap();
            new.write(b"{}").unwrap();
            new.keep(room).unwrap();
        };
        let kept = |by: &str| -> Vec<u128> {
            (1..9).filter(|id| files.open(&of(by, *id)).unwrap().is_some()).collect()
        };
        keep("bob", 1, ROOM);
        (1..=5).for_each(|id| keep("ann", id, ROOM));
        assert_eq!((kept("ann"), kept("bob")), (vec![3, 4, 5], vec![1]));
        let bytes = files.all().unwrap()[0].1.len();
        keep("ann", 6, Room { files: 9, bytes: 2 * bytes });
        assert_eq!(kept("ann"), [5, 6]);
        keep("ann", 7, Room { files: 9, bytes: 0 });
        assert_eq!((kept("ann"), kept("bob")), (vec![7], vec![1]), "what has just come is there");
    }
}
