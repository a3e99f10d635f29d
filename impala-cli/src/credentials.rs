//! Credentials on disk: `credentials.json` in the config folder, readable by its owner alone, by profile and server.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use impala_core::api::Session;
use impala_core::client::{Bearer, CredentialError, Credentials, Renewal, RenewalLock};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::CliError;
use crate::files;

/// What is kept for a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Stored {
    /// Signed in by password.
    Session {
        /// Who.
        username: String,
        /// A JWT.
        access_token: String,
        /// When that ends.
        expires_at: Timestamp,
        /// Good for one refresh.
        refresh_token: String,
    },
    /// Signed in by an API token.
    Token {
        /// Whose.
        username: String,
        /// The secret.
        token: String,
    },
}

impl Stored {
    /// What to keep of a session that begins now.
    pub fn of_session(session: &Session) -> Self {
        let seconds = i64::try_from(session.expires_in).unwrap_or(0);
        Self::Session {
            username: session.user.username.clone(),
            access_token: session.access_token.clone(),
            expires_at: Timestamp::now() + jiff::SignedDuration::from_secs(seconds.min(86_400 * 365)),
            refresh_token: session.refresh_token.clone(),
        }
    }

    /// Who is signed in.
    pub fn username(&self) -> &str {
        match self {
            Self::Session { username, .. } | Self::Token { username, .. } => username,
        }
    }

    fn bearer(&self) -> Bearer {
        match self {
            Self::Session { access_token, expires_at, .. } => {
                Bearer { token: access_token.clone(), expires_at: Some(*expires_at) }
            }
            Self::Token { token, .. } => Bearer { token: token.clone(), expires_at: None },
        }
    }
}

/// By profile, then by server.
type Contents = BTreeMap<String, BTreeMap<String, Stored>>;

/// Every profile and server that credentials in `folder` are kept for.
///
/// # Errors
/// When the file cannot be read or is no such file.
#[cfg(feature = "tui")]
pub fn places(folder: &Path) -> Result<Vec<(String, String)>, CliError> {
    let contents = Store::new(folder, "", "").read()?;
    let of_profile = |(profile, servers): (String, BTreeMap<String, Stored>)| {
        servers.into_keys().map(move |server| (profile.clone(), server))
    };
    Ok(contents.into_iter().flat_map(of_profile).collect())
}

/// The credentials of one profile at one server.
#[derive(Clone, Debug)]
pub struct Store {
    path: PathBuf,
    profile: String,
    server: String,
}

impl Store {
    /// The credentials in `folder`. Nothing is read yet.
    pub fn new(folder: &Path, profile: &str, server: &str) -> Self {
        Self {
            path: folder.join("credentials.json"),
            profile: profile.to_owned(),
            server: server.trim_end_matches('/').to_owned(),
        }
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is kept.
    ///
    /// # Errors
    /// When the file cannot be read or is no such file.
    pub fn get(&self) -> Result<Option<Stored>, CliError> {
        let contents = self.read()?;
        Ok(contents.get(&self.profile).and_then(|servers| servers.get(&self.server)).cloned())
    }

    /// Keeps credentials, or with `None` forgets them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set(&self, stored: Option<Stored>) -> Result<(), CliError> {
        let lock = self.lock()?;
        self.set_locked(stored)?;
        drop(lock);
        Ok(())
    }

    /// Forgets the credentials, and returns what they were. A renewal on its way comes to its end first: the server knows the
    /// refresh token that it brings, and no longer the one before.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn take(&self) -> Result<Option<Stored>, CliError> {
        if self.get()?.is_none() {
            return Ok(None);
        }
        let lock = self.lock()?;
        let stored = self.get()?;
        self.set_locked(None)?;
        drop(lock);
        Ok(stored)
    }

    fn set_locked(&self, stored: Option<Stored>) -> Result<(), CliError> {
        let mut contents = self.read()?;
        let servers = contents.entry(self.profile.clone()).or_default();
        match stored {
            Some(stored) => servers.insert(self.server.clone(), stored),
            None => servers.remove(&self.server),
        };
        contents.retain(|_, servers| !servers.is_empty());
        let text = serde_json::to_string_pretty(&contents).unwrap_or_default() + "\n";
        files::replace(&self.path, text.as_bytes())
    }

    fn read(&self) -> Result<Contents, CliError> {
        let Some(text) = files::read_if_there(&self.path)? else {
            return Ok(Contents::new());
        };
        serde_json::from_str(&text).map_err(|error| {
            CliError::failed(format!("{} is damaged: {error}", self.path.display()))
                .hint("remove that file and sign in again with `impala login`")
        })
    }

    /// Waits until no other process changes the file.
    fn lock(&self) -> Result<File, CliError> {
        if let Some(folder) = self.path.parent() {
            files::make_folder(folder)?;
        }
        let path = self.path.with_extension("lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        open.and_then(|file| file.lock().map(|()| file))
            .map_err(|error| CliError::file("lock", &path, &error))
    }
}

fn told(error: CliError) -> CredentialError {
    error.message.into()
}

impl Credentials for Store {
    fn bearer(&self) -> Result<Option<Bearer>, CredentialError> {
        Ok(self.get().map_err(told)?.map(|stored| stored.bearer()))
    }

    fn renew(&self, rejected: &str) -> Result<Renewal, CredentialError> {
        let lock = self.lock().map_err(told)?;
        let Some(stored) = self.get().map_err(told)? else {
            return Ok(Renewal::Impossible);
        };
        let bearer = stored.bearer();
        match stored {
            // Another process was faster while this one waited for the lock.
            _ if bearer.token != rejected => Ok(Renewal::Done(bearer)),
            Stored::Token { .. } => Ok(Renewal::Impossible),
            Stored::Session { refresh_token, .. } => {
                Ok(Renewal::Locked(Box::new(Locked { store: self.clone(), refresh_token, _lock: lock })))
            }
        }
    }
}

struct Locked {
    store: Store,
    refresh_token: String,
    /// Released when dropped.
    _lock: File,
}

impl RenewalLock for Locked {
    fn refresh_token(&self) -> &str {
        &self.refresh_token
    }

    fn keep(self: Box<Self>, session: &Session) -> Result<Bearer, CredentialError> {
        let stored = Stored::of_session(session);
        let bearer = stored.bearer();
        self.store.set_locked(Some(stored)).map_err(told)?;
        Ok(bearer)
    }

    fn forget(self: Box<Self>) -> Result<(), CredentialError> {
        self.store.set_locked(None).map_err(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(access_token: &str) -> Stored {
        Stored::Session {
            username: "ann".to_owned(),
            access_token: access_token.to_owned(),
            expires_at: Timestamp::UNIX_EPOCH,
            refresh_token: format!("refresh-{access_token}"),
        }
    }

    #[test]
    fn each_profile_and_server_has_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = |profile: &str, server: &str| Store::new(folder.path(), profile, server);
        store("default", "http://a/").set(Some(session("1"))).expect("kept");
        store("work", "http://a").set(Some(session("2"))).expect("kept");
        assert_eq!(store("default", "http://a").get().ok().flatten(), Some(session("1")));
        assert_eq!(store("default", "http://b").get().ok().flatten(), None);
        store("default", "http://a").set(None).expect("forgotten");
        assert_eq!(store("default", "http://a").get().ok().flatten(), None);
        assert_eq!(store("work", "http://a").get().ok().flatten(), Some(session("2")));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(&folder.path().join("new"), "default", "http://a");
        store.set(Some(session("1"))).expect("kept");
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(store.path()), 0o600);
        assert_eq!(mode(&folder.path().join("new")), 0o700);
    }

    #[test]
    fn a_token_that_another_process_has_renewed_is_taken_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path(), "default", "http://a");
        store.set(Some(session("new"))).expect("kept");
        assert!(matches!(store.renew("old"), Ok(Renewal::Done(bearer)) if bearer.token == "new"));
        let Ok(Renewal::Locked(lock)) = store.renew("new") else { panic!("it can be renewed") };
        assert_eq!(lock.refresh_token(), "refresh-new");
        lock.forget().expect("forgotten");
        assert!(matches!(store.renew("new"), Ok(Renewal::Impossible)));
    }

    #[test]
    fn what_is_taken_is_what_a_renewal_on_its_way_has_brought() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path(), "default", "http://a");
        assert_eq!(store.take().ok().flatten(), None);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing was made");
        store.set(Some(session("old"))).expect("kept");
        let Ok(Renewal::Locked(lock)) = store.renew("old") else { panic!("it can be renewed") };
        let (other, (begun, begins)) = (store.clone(), std::sync::mpsc::channel());
        let taking = std::thread::spawn(move || {
            begun.send(()).expect("somebody waits");
            other.take().ok().flatten()
        });
        begins.recv().expect("it begins");
        let user = impala_core::api::User {
            id: Default::default(),
            username: "ann".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        let renewed = Session {
            access_token: "new".to_owned(),
            refresh_token: "refresh-new".to_owned(),
            token_type: "Bearer".to_owned(),
            expires_in: 900,
            user,
        };
        lock.keep(&renewed).expect("kept");
        let taken = taking.join().expect("no panic");
        assert!(
            matches!(&taken, Some(Stored::Session { refresh_token, .. }) if refresh_token == "refresh-new"),
            "{taken:?}"
        );
        assert_eq!(store.get().ok().flatten(), None);
    }

    #[test]
    fn a_damaged_file_is_said_to_be_so() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("credentials.json"), "{").expect("a file");
        let error = Store::new(folder.path(), "default", "x").get().expect_err("damaged");
        assert!(error.message.contains("is damaged") && error.hint.is_some());
    }
}
