//! Uploaded files: the bytes as they came, and the Parquet made from them.
//!
//! One upload is one folder, `PROJECT/UPLOAD/`, that holds `SHA256.csv`, `SHA256.parquet` and perhaps
//! `SHA256.rejects.csv`. It is filled under `tmp/`, forced to disk, and appears by one rename; the row that
//! makes it a version is committed after that. So a crash leaves either a folder under `tmp/` or one that no row
//! names, and [`Uploads::sweep`] removes both. No two uploads share a file: one can be removed without asking who
//! else needs it. Several servers may share the folder: each has its own bench under `tmp/`.
//! The file `instance` says whose uploads these are.

mod bench;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::parts::Parts;
use bench::Bench;
pub use bench::Survey;

/// Where uploaded files are.
#[derive(Clone, Debug)]
pub struct Uploads {
    root: Arc<Path>,
    bench: Arc<Bench>,
}

/// Where the files of one upload are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadId {
    /// Its project.
    pub project: Uuid,
    /// The id of its version.
    pub upload: Uuid,
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that were never finished.
    pub unfinished: u32,
    /// Uploads that no version names.
    pub strays: u32,
}

impl Uploads {
    /// Opens the folder, making it where there is none. It blocks while another server sweeps it.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        let tmp = root.join(TMP);
        fs::create_dir_all(&tmp)?;
        Ok(Self { root: root.into(), bench: Arc::new(Bench::open(&tmp)?) })
    }

    /// Where all of it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where what is not finished may lie. It goes when the last clone of this goes, or, after a crash, at the next start of a
    /// server.
    pub fn bench(&self) -> &Path {
        self.bench.path()
    }

    /// Whether there are files of that upload. If so, there are all of them.
    pub fn has(&self, id: UploadId) -> bool {
        self.folder(id).is_dir()
    }

    /// Whether there are files of no upload at all.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(!entries(&self.root)?.iter().any(|path| id_of(path).is_some()))
    }

    /// The instance whose uploads these are; `None` before the first claim.
    ///
    /// # Errors
    /// When it cannot be read, or is no id.
    pub fn owner(&self) -> io::Result<Option<Uuid>> {
        let path = self.root.join(INSTANCE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let wrong = |_| io::Error::new(ErrorKind::InvalidData, format!("{} holds no id", path.display()));
        text.trim().parse().map(Some).map_err(wrong)
    }

    /// Makes them those of `instance` where nobody has claimed them before, and says whose they are; `None`: nobody's, and there
    /// are some, which may become those of `instance` only if it `takes` them. What another instance has claimed and left
    /// empty goes to this one, unless a server is at work there.
    ///
    /// # Errors
    /// When something cannot be read, written or locked.
    pub fn claim(&self, instance: Uuid, takes: bool) -> io::Result<Option<Uuid>> {
        // Who claims at once comes one after the other.
        let survey = self.survey()?;
        let is_empty = self.is_empty()?;
        match self.owner()? {
            Some(owner) if owner == instance => {}
            Some(_) if is_empty && survey.is_alone => self.note(instance)?,
            None if is_empty || takes => self.note(instance)?,
            owner => return Ok(owner),
        }
        Ok(Some(instance))
    }

    /// Makes them those of `instance`, whosesoever they were.
    ///
    /// # Errors
    /// When something cannot be written or locked.
    pub fn give(&self, instance: Uuid) -> io::Result<()> {
        let _turn = self.survey()?;
        self.note(instance)
    }

    /// All of the id, or what was there before.
    fn note(&self, instance: Uuid) -> io::Result<()> {
        let part = self.bench.path().join(INSTANCE);
        fs::write(&part, format!("{instance}\n"))?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, self.root.join(INSTANCE))?;
        sync_dir(&self.root)
    }

    /// Begins an upload: an empty folder under `tmp/`, which goes when the draft is dropped.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn begin(&self, id: UploadId) -> io::Result<Draft> {
        let dir = self.bench.path().join(id.upload.to_string());
        fs::create_dir(&dir)?;
        Ok(Draft { id, dir: Some(dir), _bench: Arc::clone(&self.bench) })
    }

    /// Makes a finished draft visible under its names. All its files are on disk when this returns.
    ///
    /// # Errors
    /// When something cannot be written; the draft is gone then.
    pub fn publish(&self, mut draft: Draft, sha256: &str) -> io::Result<()> {
        let Some(dir) = draft.dir.clone() else {
            return Err(io::Error::other("the draft was published before"));
        };
        for (from, extension) in [(CSV, "csv"), (PARQUET, "parquet"), (REJECTS, "rejects.csv")] {
            let to = dir.join(format!("{sha256}.{extension}"));
            match fs::rename(dir.join(from), &to) {
                Ok(()) => File::open(&to)?.sync_all()?,
                Err(error) if error.kind() == ErrorKind::NotFound && from == REJECTS => {}
                Err(error) => return Err(error),
            }
        }
        sync_dir(&dir)?;
        let project = self.root.join(draft.id.project.to_string());
        fs::create_dir_all(&project)?;
        sync_dir(&self.root)?;
        fs::rename(&dir, project.join(draft.id.upload.to_string()))?;
        draft.dir = None;
        sync_dir(&project)
    }

    /// The pieces of uploads that come in several requests. A sweep leaves them alone.
    pub fn parts(&self) -> Parts {
        Parts::new(self.root.join("parts"))
    }

    /// The bytes as they came.
    pub fn csv(&self, id: UploadId, sha256: &str) -> PathBuf {
        self.folder(id).join(format!("{sha256}.csv"))
    }

    /// The Parquet made from them.
    pub fn parquet(&self, id: UploadId, sha256: &str) -> PathBuf {
        self.folder(id).join(format!("{sha256}.parquet"))
    }

    /// The rows that were left out.
    pub fn rejects(&self, id: UploadId, sha256: &str) -> PathBuf {
        self.folder(id).join(format!("{sha256}.rejects.csv"))
    }

    /// Removes the files of one upload. It is no fault when there are none.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove(&self, id: UploadId) -> io::Result<()> {
        self.discard(&self.folder(id))
    }

    /// Removes the files of a project. It is no fault when there are none.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove_project(&self, project: Uuid) -> io::Result<()> {
        self.discard(&self.root.join(project.to_string()))
    }

    /// Looks which servers work here. No other one begins to while the answer lives.
    ///
    /// # Errors
    /// When something cannot be read or locked.
    pub fn survey(&self) -> io::Result<Survey> {
        Survey::of(&self.tmp(), &self.bench)
    }

    /// Removes the unfinished uploads of servers that have ended, and uploads that are not among `known`, which was read
    /// after the survey. With an `age`, only those that have been there longer: the row of one that another server, or
    /// this one, has just put there is still to come. Nobody is at work without it.
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
            // Whatever is not called by an id was not put there by us, and stays.
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

    /// Removes what servers left that have ended; says how many uploads that were.
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

    /// Whether files can be written: for the readiness of the server.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> io::Result<()> {
        tempfile::tempfile_in(self.bench.path()).map(drop)
    }

    fn tmp(&self) -> PathBuf {
        self.root.join(TMP)
    }

    fn folder(&self, id: UploadId) -> PathBuf {
        self.root.join(id.project.to_string()).join(id.upload.to_string())
    }

    /// Moves a folder out of sight by one rename and then removes it, so that no half of it is ever seen.
    fn discard(&self, dir: &Path) -> io::Result<()> {
        let hidden = self.bench.path().join(format!("removed-{}", Uuid::now_v7()));
        match fs::rename(dir, &hidden) {
            Ok(()) => fs::remove_dir_all(hidden),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

const TMP: &str = "tmp";
const INSTANCE: &str = "instance";
const CSV: &str = "upload.csv";
const PARQUET: &str = "upload.parquet";
const REJECTS: &str = "upload.rejects.csv";

/// An upload under way. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Draft {
    id: UploadId,
    dir: Option<PathBuf>,
    _bench: Arc<Bench>,
}

impl Draft {
    /// What it will be.
    pub const fn id(&self) -> UploadId {
        self.id
    }

    /// Makes it a draft of another upload.
    #[must_use]
    pub fn becomes(mut self, id: UploadId) -> Self {
        self.id = id;
        self
    }

    /// Where the bytes go as they come.
    pub fn csv(&self) -> PathBuf {
        self.path(CSV)
    }

    /// Where the Parquet goes.
    pub fn parquet(&self) -> PathBuf {
        self.path(PARQUET)
    }

    /// Where the rows go that are left out.
    pub fn rejects(&self) -> PathBuf {
        self.path(REJECTS)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.clone().unwrap_or_default().join(name)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(dir) = &self.dir
            && let Err(error) = fs::remove_dir_all(dir)
        {
            tracing::warn!(%error, dir = %dir.display(), "an unfinished upload stays until the next start");
        }
    }
}

fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn id_of(path: &Path) -> Option<Uuid> {
    path.file_name()?.to_str()?.parse().ok()
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

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(upload: u128) -> UploadId {
        UploadId { project: Uuid::from_u128(1), upload: Uuid::from_u128(upload) }
    }

    #[test]
    fn a_folder_belongs_to_who_claimed_it_first() {
        let dir = tempfile::tempdir().unwrap();
        let [one, other] = [1, 2].map(Uuid::from_u128);
        let uploads = Uploads::open(dir.path()).unwrap();
        assert_eq!(uploads.owner().unwrap(), None);
        published(&uploads, 7);
        assert_eq!(uploads.claim(one, false).unwrap(), None, "nobody knows whose these are");
        assert_eq!(uploads.claim(one, true).unwrap(), Some(one));
        assert_eq!(uploads.claim(other, true).unwrap(), Some(one));
        uploads.remove_project(Uuid::from_u128(1)).unwrap();
        let at_work = Uploads::open(dir.path()).unwrap();
        assert_eq!(uploads.claim(other, false).unwrap(), Some(one), "a server is at work there");
        drop(at_work);
        assert_eq!(uploads.claim(other, false).unwrap(), Some(other), "there is nothing to lose");
        uploads.give(one).unwrap();
        assert_eq!(uploads.owner().unwrap(), Some(one));
        fs::write(dir.path().join(INSTANCE), "nonsense").unwrap();
        assert!(uploads.owner().is_err());
    }

    fn published(uploads: &Uploads, upload: u128) -> UploadId {
        let draft = uploads.begin(id(upload)).unwrap();
        fs::write(draft.csv(), "a\n1\n").unwrap();
        fs::write(draft.parquet(), "parquet").unwrap();
        uploads.publish(draft, "ff").unwrap();
        id(upload)
    }

    fn leftovers(uploads: &Uploads) -> usize {
        let benches = entries(&uploads.tmp()).unwrap().into_iter().filter(|path| path.is_dir());
        benches.flat_map(|bench| entries(&bench).unwrap()).filter(|path| !path.ends_with("lock")).count()
    }

    #[test]
    fn a_published_upload_is_found_under_its_hash() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let id = published(&uploads, 7);
        assert_eq!(fs::read_to_string(uploads.csv(id, "ff")).unwrap(), "a\n1\n");
        assert!(uploads.parquet(id, "ff").exists() && !uploads.rejects(id, "ff").exists());
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn a_dropped_draft_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let draft = uploads.begin(id(7)).unwrap();
        fs::write(draft.csv(), "a\n1\n").unwrap();
        drop(draft);
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn a_draft_without_parquet_is_not_published() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let draft = uploads.begin(id(7)).unwrap();
        fs::write(draft.csv(), "a\n1\n").unwrap();
        assert!(uploads.publish(draft, "ff").is_err());
        assert!(!uploads.csv(id(7), "ff").exists());
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn a_sweep_keeps_what_versions_name_and_what_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let (kept, stray) = (published(&uploads, 7), published(&uploads, 8));
        // The bench of a server that was killed: nobody holds its lock.
        let bench = uploads.tmp().join(Uuid::now_v7().to_string());
        fs::create_dir_all(bench.join(id(9).upload.to_string())).unwrap();
        fs::write(bench.join("lock"), "").unwrap();
        fs::write(dir.path().join(".gitkeep"), "").unwrap();
        let survey = uploads.survey().unwrap();
        assert!(survey.is_alone && survey.abandoned == [bench], "{survey:?}");
        let swept = uploads.sweep(&survey, &HashSet::from([kept]), None).unwrap();
        assert_eq!(swept, Swept { unfinished: 1, strays: 1 });
        assert!(uploads.csv(kept, "ff").exists() && !uploads.csv(stray, "ff").exists());
        assert!(dir.path().join(".gitkeep").exists());
        assert_eq!(leftovers(&uploads), 0);
    }

    #[test]
    fn a_sweep_leaves_alone_what_another_server_has_under_way() {
        let dir = tempfile::tempdir().unwrap();
        let [uploads, other] = [(); 2].map(|()| Uploads::open(dir.path()).unwrap());
        let draft = other.begin(id(7)).unwrap();
        let published = published(&other, 8);
        let survey = uploads.survey().unwrap();
        assert!(!survey.is_alone);
        let sweep = |age| uploads.sweep(&survey, &HashSet::new(), Some(age)).unwrap();
        assert_eq!(sweep(Duration::from_secs(3_600)), Swept::default());
        assert!(uploads.csv(published, "ff").exists());
        assert_eq!(sweep(Duration::ZERO), Swept { unfinished: 0, strays: 1 });
        fs::write(draft.csv(), "a\n1\n").unwrap();
        drop(survey);
        drop((draft, other));
        assert!(uploads.survey().unwrap().is_alone);
    }

    #[test]
    fn removing_twice_is_no_fault() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(dir.path()).unwrap();
        let id = published(&uploads, 7);
        uploads.remove(id).unwrap();
        uploads.remove(id).unwrap();
        uploads.remove_project(id.project).unwrap();
        uploads.remove_project(id.project).unwrap();
        assert!(entries(dir.path()).unwrap().iter().all(|path| path.ends_with("tmp")));
    }
}
