//! Leftovers of crashes: found by which servers are running, and removed.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Survey, UploadId, Uploads, entries, id_of};

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that were never finished.
    pub unfinished: u32,
    /// Uploads that no version names.
    pub strays: u32,
}

impl Uploads {
    /// Surveys which servers work here. No other one starts while the answer lives.
    ///
    /// # Errors
    /// When something cannot be read or locked.
    pub fn survey(&self) -> io::Result<Survey> {
        Survey::of(&self.tmp(), &self.bench)
    }

    /// Removes the unfinished uploads of servers that have ended, and uploads that are not among `known`, which was read
    /// after the survey. With an `age`, only those that have been there longer: the row of one that another server, or
    /// this one, has just put there may still be to come. Without it, no server may be running.
    ///
    /// # Errors
    /// When something cannot be read or removed.
    pub fn sweep(
        &self,
        survey: &Survey,
        known: &HashSet<UploadId>,
        age: Option<Duration>,
    ) -> io::Result<Swept> {
        let mut swept = Swept { unfinished: self.clear(survey)?, strays: 0 };
        let now = self.now()?;
        let is_due = |dir: &Path| match age {
            Some(age) => is_older(dir, now, age),
            None => Ok(true),
        };
        for project_dir in entries(&self.root)? {
            // A name that is not an id was not put there by Impala, and stays.
            let Some(project) = id_of(&project_dir) else {
                continue;
            };
            for dir in entries(&project_dir).or_else(gone)? {
                let is_stray =
                    id_of(&dir).is_some_and(|upload| !known.contains(&UploadId { project, upload }));
                if is_stray && is_due(&dir)? {
                    self.discard(&dir)?;
                    swept.strays += 1;
                }
            }
            if age.is_none() && !known.iter().any(|id| id.project == project) {
                self.discard(&project_dir)?;
            }
        }
        Ok(swept)
    }

    /// Removes what ended servers left; returns how many uploads that were.
    fn clear(&self, survey: &Survey) -> io::Result<u32> {
        let mut uploads = 0;
        for bench in &survey.abandoned {
            let left = if bench.is_dir() { entries(bench)? } else { Vec::new() };
            uploads += left.iter().filter(|path| id_of(path).is_some()).count();
            remove_any(bench)?;
        }
        Ok(u32::try_from(uploads).unwrap_or(u32::MAX))
    }

    /// The time by the clock of the file system, which need not be the clock of this machine.
    fn now(&self) -> io::Result<SystemTime> {
        tempfile::tempfile_in(self.bench.path())?.metadata()?.modified()
    }
}

/// Another server has removed the project in between.
fn gone(error: io::Error) -> io::Result<Vec<PathBuf>> {
    if error.kind() == ErrorKind::NotFound { Ok(Vec::new()) } else { Err(error) }
}

/// Whether nothing in the folder was added, removed or renamed for so long.
fn is_older(dir: &Path, now: SystemTime, age: Duration) -> io::Result<bool> {
    match fs::metadata(dir).and_then(|dir| dir.modified()) {
        Ok(changed) => Ok(now.duration_since(changed).is_ok_and(|since| since >= age)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn remove_any(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}
