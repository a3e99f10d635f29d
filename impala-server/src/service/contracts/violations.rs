//! All violations of a file that was refused, kept for a day at most for the user who sent it.

use std::io::{self, Read};

use impala_core::FieldError;
use impala_core::api::{Role, Scope, Violation};
use uuid::Uuid;

use crate::service::paths::ViolationsPath;
use crate::service::uploads::{blocking, disk_error};
use crate::service::{Caller, Error, access};
use crate::state::AppState;
use crate::store::uploads::Uploads;
use crate::store::violations::{NewViolations, Room, ViolationsOf};

/// So many are kept at most: nobody reads more, and a file that is wrong in every field must not fill the disk.
const MOST: u64 = 1_000_000;

/// They are so many bytes at most, before they are packed.
const MOST_BYTES: u64 = 256 << 20;

/// What is kept for one user, of all their projects: beyond it the oldest are removed before their day is over.
const ROOM: Room = Room { files: 500, bytes: 1 << 30 };

/// Writes violations as they are found; the file is made with the first one.
pub(super) struct Keeper<'a> {
    uploads: &'a Uploads,
    of: ViolationsOf,
    file: Option<NewViolations>,
    kept: u64,
}

impl<'a> Keeper<'a> {
    pub fn new(uploads: &'a Uploads, of: ViolationsOf) -> Self {
        Self { uploads, of, file: None, kept: 0 }
    }

    /// * `raw`: the row as it is written; empty when it is not about one
    pub fn add(&mut self, fault: &FieldError, raw: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            empty => empty.insert(self.uploads.violations().begin(&self.of)?),
        };
        if self.kept >= MOST || file.bytes >= MOST_BYTES {
            return Ok(());
        }
        self.kept += 1;
        let text = String::from_utf8_lossy(raw).into_owned();
        let line = serde_json::to_vec(&Violation { fault: fault.clone(), text })?;
        file.write(&line)
    }

    /// Makes them visible, and returns how many there are.
    pub fn keep(self) -> Result<u64, Error> {
        if let Some(file) = self.file {
            file.keep(ROOM).map_err(disk_error)?;
        }
        Ok(self.kept)
    }
}

/// The violations of a file that the caller has sent, a line of JSON each.
///
/// # Errors
/// `NotFound` when there are none, or no longer; `Forbidden`.
pub async fn open(
    app: &AppState,
    caller: &Caller,
    path: &ViolationsPath,
) -> Result<Box<dyn Read + Send>, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Editor, Scope::Upload).await?;
    let id = Uuid::parse_str(&path.id).unwrap_or_default();
    let of = ViolationsOf { project: project.id, by: caller.user.username.clone(), id };
    let files = app.uploads.violations();
    let found = blocking(move || files.open(&of).map_err(disk_error)).await?;
    let found = found.ok_or_else(|| Error::not_found("list of violations", path.id.clone()))?;
    Ok(Box::new(found))
}
