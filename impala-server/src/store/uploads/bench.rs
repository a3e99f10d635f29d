//! Which servers work in an uploads folder. Each has a bench: a folder under `tmp/` with a lock that ends with the
//! process, however that ends. So a bench without a lock belongs to nobody any more and may be removed at once, and
//! any other bench is left alone.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// Where one server puts unfinished files. It is removed on drop.
#[derive(Debug)]
pub(super) struct Bench {
    dir: PathBuf,
    _lock: File,
}

const LOCK: &str = "lock";

impl Bench {
    /// Makes a bench in `tmp`. Waits while another server takes a survey.
    ///
    /// # Errors
    /// When something cannot be written or locked.
    pub(super) fn open(tmp: &Path) -> io::Result<Self> {
        let _gate = Gate::enter(tmp)?;
        let dir = tmp.join(Uuid::now_v7().to_string());
        fs::create_dir(&dir)?;
        let lock = File::create_new(dir.join(LOCK))?;
        lock.lock()?;
        Ok(Self { dir, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, dir = %self.dir.display(), "unfinished uploads stay until the next start");
            }
            _ => {}
        }
    }
}

/// Held by one server at a time: during a survey no server starts.
#[derive(Debug)]
struct Gate {
    _lock: File,
}

const GATE: &str = "gate";

impl Gate {
    fn enter(tmp: &Path) -> io::Result<Self> {
        let lock = File::options().write(true).create(true).truncate(false).open(tmp.join(GATE))?;
        lock.lock()?;
        Ok(Self { _lock: lock })
    }
}

/// What there is under `tmp/`. As long as it lives, no other server starts to work.
#[derive(Debug)]
pub struct Survey {
    /// Whether no other server works in this uploads folder.
    pub is_alone: bool,
    pub(super) abandoned: Vec<PathBuf>,
    _gate: Gate,
}

impl Survey {
    pub(super) fn of(tmp: &Path, own: &Bench) -> io::Result<Self> {
        let gate = Gate::enter(tmp)?;
        let mut survey = Self { is_alone: true, abandoned: Vec::new(), _gate: gate };
        for path in super::entries(tmp)? {
            if path == own.dir || path.ends_with(GATE) {
                continue;
            }
            if is_at_work(&path)? {
                survey.is_alone = false;
            } else {
                survey.abandoned.push(path);
            }
        }
        Ok(survey)
    }
}

fn is_at_work(bench: &Path) -> io::Result<bool> {
    let lock = match File::open(bench.join(LOCK)) {
        Ok(lock) => lock,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    match lock.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
