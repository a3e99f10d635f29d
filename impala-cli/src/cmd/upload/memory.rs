//! Under which id an upload was begun, kept from one process to the next: a small private file for each server, project,
//! source, file content and way of reading it. What it holds is no secret, but nobody else's business either.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy as _;
use impala_core::client::{ResumableUpload, UploadMemory};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::report::hex;
use crate::files;

/// Servers forget uploads sooner.
const OLD: Duration = Duration::from_secs(8 * 24 * 60 * 60);

/// What is kept of an upload.
#[derive(Serialize, Deserialize)]
struct Kept {
    id: Uuid,
    /// For people who look into the folder.
    server: String,
    file: String,
}

/// The file in which one upload is remembered; without a home folder there is none, and each process starts from the beginning.
pub struct Memory {
    path: Option<PathBuf>,
    server: String,
    file: String,
}

impl Memory {
    /// The memory of an upload to a server.
    pub fn of(upload: &ResumableUpload, server: &str) -> Self {
        let mut hash = Sha256::new();
        let settings = upload.settings();
        for part in [server, &upload.project, &upload.source, &settings, &upload.note] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update(upload.sha256);
        let name = format!("{}.json", &hex(&hash.finalize())[..32]);
        Self {
            path: folder().map(|folder| folder.join(name)),
            server: server.to_owned(),
            file: upload.path.display().to_string(),
        }
    }
}

/// `$XDG_STATE_HOME/impala/uploads`.
fn folder() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.state_dir().unwrap_or_else(|| base.cache_dir()).join("impala").join("uploads"))
}

impl UploadMemory for Memory {
    fn recall(&self) -> Option<Uuid> {
        let text = files::read_if_there(self.path.as_deref()?).ok()??;
        Some(serde_json::from_str::<Kept>(&text).ok()?.id)
    }

    fn keep(&self, id: Uuid) {
        let Some(path) = &self.path else { return };
        let kept = Kept { id, server: self.server.clone(), file: self.file.clone() };
        // Where it cannot be kept, the file is sent once more another time.
        if let Ok(json) = serde_json::to_vec(&kept) {
            let _ = files::replace(path, &json);
        }
        path.parent().into_iter().for_each(remove_old);
    }

    fn forget(&self) {
        if let Some(path) = &self.path {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn remove_old(folder: &Path) {
    let is_old = |path: &Path| {
        let changed = path.metadata().and_then(|data| data.modified()).ok()?;
        Some(SystemTime::now().duration_since(changed).ok()? > OLD)
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_old(&entry.path()) == Some(true) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_remembered_until_it_is_over_and_privately() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/a.json");
        let memory =
            Memory { path: Some(path.clone()), server: "http://h".to_owned(), file: "a.csv".to_owned() };
        assert_eq!(memory.recall(), None);
        memory.keep(Uuid::from_u128(7));
        assert_eq!(memory.recall(), Some(Uuid::from_u128(7)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "nonsense").unwrap();
        assert_eq!(memory.recall(), None);
        memory.forget();
        memory.forget();
        assert!(!path.exists());
    }
}
