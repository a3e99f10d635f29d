//! The terminal canvas with the servers, profiles and credentials that the command line keeps.

use std::path::PathBuf;
use std::sync::Arc;

use impala_core::api::Session;
use impala_core::client::{BearerToken, Client, ClientOptions, Credentials, RetryPolicy};
use impala_tui::{Home, Setup};

use crate::context::Context;
use crate::credentials::{self, Store, Stored};
use crate::error::CliError;

/// Runs it until it is left.
///
/// # Errors
/// When the terminal is none or is lost, or the keymap file is wrong.
pub async fn run(setup: Setup, home: Kept) -> Result<(), CliError> {
    impala_tui::run(setup, Arc::new(home)).await.map_err(|error| CliError::failed(error.to_string()))
}

/// Servers and credentials as `impala login` keeps them.
pub struct Kept {
    folder: PathBuf,
    /// Profile and server, those of this run first.
    places: Vec<(String, String)>,
    /// Where the first of them listens, when that is elsewhere.
    url: Option<String>,
    /// `IMPALA_TOKEN`, which wins over what is kept at the server of this run.
    token: Option<String>,
}

impl Kept {
    /// What this run would use, then everything else that was ever signed in at.
    ///
    /// # Errors
    /// When the credentials' file cannot be read.
    pub fn new(context: &Context) -> Result<Self, CliError> {
        let folder = context.settings.folder.clone();
        let first = (context.settings.profile.value.clone(), context.server().to_owned());
        let mut places = vec![first.clone()];
        places.extend(credentials::places(&folder)?.into_iter().filter(|place| *place != first));
        Ok(Self { folder, places, url: None, token: context.token.clone() })
    }

    /// Credentials in one folder, kept for `server`, which listens at `url`; `demo` and `open` have them.
    #[cfg(feature = "server")]
    pub fn at(folder: &std::path::Path, server: &str, url: &str) -> Self {
        let place = (crate::config::DEFAULT_PROFILE.to_owned(), server.to_owned());
        Self { folder: folder.to_owned(), places: vec![place], url: Some(url.to_owned()), token: None }
    }

    fn store(&self, server: usize) -> Option<Store> {
        self.places.get(server).map(|(profile, server)| Store::new(&self.folder, profile, server))
    }
}

impl Home for Kept {
    fn servers(&self) -> Vec<String> {
        let several = self.places.iter().any(|(profile, _)| *profile != self.places[0].0);
        let name = |(profile, server): &(String, String)| match several {
            true => format!("{server} (profile {profile})"),
            false => server.clone(),
        };
        self.places.iter().map(name).collect()
    }

    fn client(&self, server: usize) -> Result<Client, String> {
        let (Some((_, url)), Some(store)) = (self.places.get(server), self.store(server)) else {
            return Err("there is no such server".to_owned());
        };
        let credentials: Arc<dyn Credentials> = match &self.token {
            Some(token) if server == 0 => Arc::new(BearerToken(token.clone())),
            _ => Arc::new(store),
        };
        // Someone is waiting at the screen: what does not work is said soon.
        let retry = RetryPolicy { retries: 1, ..RetryPolicy::default() };
        let options = ClientOptions { credentials, retry, ..ClientOptions::default() };
        let url = self.url.as_ref().filter(|_| server == 0).unwrap_or(url);
        Client::new(url, options).map_err(|error| error.to_string())
    }

    fn keep(&self, server: usize, session: &Session) -> Result<(), String> {
        if self.token.is_some() && server == 0 {
            return Err("IMPALA_TOKEN is set, and would win over this; unset it first".to_owned());
        }
        let store = self.store(server).ok_or("there is no such server")?;
        store.set(Some(Stored::of_session(session))).map_err(|error| error.message)
    }

    fn forget(&self, server: usize) -> Result<Option<String>, String> {
        let store = self.store(server).ok_or("there is no such server")?;
        let stored = store.get().map_err(|error| error.message)?;
        store.set(None).map_err(|error| error.message)?;
        Ok(match stored {
            Some(Stored::Session { refresh_token, .. }) => Some(refresh_token),
            _ => None,
        })
    }
}
