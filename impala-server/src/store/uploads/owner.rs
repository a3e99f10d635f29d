//! Which instance the uploads belong to: the file `instance` says it.

use std::fs::{self, File};
use std::io::{self, ErrorKind};

use uuid::Uuid;

use super::{Uploads, sync_dir};

pub(super) const INSTANCE: &str = "instance";

impl Uploads {
    /// The instance that the uploads belong to; `None` before the first claim.
    ///
    /// # Errors
    /// When it cannot be read, or is not an id.
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

    /// Claims them for `instance` if nobody has claimed them before, and returns their owner; `None`: nobody's, and there are
    /// some, which become those of `instance` only if it `takes` them. An empty folder of another instance goes to this one,
    /// unless a server works there.
    ///
    /// # Errors
    /// When something cannot be read, written or locked.
    pub fn claim(&self, instance: Uuid, takes: bool) -> io::Result<Option<Uuid>> {
        // Claims at the same time take turns.
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

    /// Gives them to `instance`, whoever owned them.
    ///
    /// # Errors
    /// When something cannot be written or locked.
    pub fn give(&self, instance: Uuid) -> io::Result<()> {
        let _turn = self.survey()?;
        self.note(instance)
    }

    /// Writes the id whole, or leaves the old one.
    fn note(&self, instance: Uuid) -> io::Result<()> {
        let part = self.bench.path().join(INSTANCE);
        fs::write(&part, format!("{instance}\n"))?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, self.root.join(INSTANCE))?;
        sync_dir(&self.root)
    }
}
