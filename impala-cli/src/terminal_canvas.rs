//! The terminal canvas with the servers, profiles and credentials that the command line keeps.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use impala_core::api::Session;
use impala_core::client::{BearerToken, Client, ClientOptions, Credentials, RetryPolicy};
use impala_tui::{End, Flags, Home, Setup, Target, quoted};

use crate::config::UserFile;
use crate::context::Context;
use crate::credentials::{self, Store, Stored};
use crate::error::{CliError, Exit};
use crate::picture::Style;

/// What opens `target`, by flags and settings.
pub fn setup(flags: Flags, target: Target, context: &Context) -> Setup {
    flags.setup(target, Style::of(context).ink(), &context.settings.folder)
}

/// Runs it until it is left.
///
/// # Errors
/// When the terminal is lost, or the keymap file is wrong; without a word when a signal ended it.
pub async fn run(setup: Setup, home: Kept) -> Result<(), CliError> {
    let end = impala_tui::run(setup, Arc::new(home)).await;
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::InvalidInput => CliError::usage(error.to_string()),
        _ => CliError::failed(error.to_string()),
    };
    let exit = match end.map_err(failed)? {
        End::Left => return Ok(()),
        End::Signal(1) => Exit::HungUp,
        End::Signal(2) => Exit::Interrupted,
        End::Signal(_) => Exit::Terminated,
    };
    Err(CliError::silent(exit))
}

/// Servers and credentials as `impala login` keeps them.
pub struct Kept {
    folder: PathBuf,
    /// Profile and server, those of this run first.
    places: Vec<(String, String)>,
    /// Where the first of them listens, when that is elsewhere.
    url: Option<String>,
    /// The flags that this run was given of those that say which server.
    flags: String,
    /// Where the first server that is signed in at becomes that of later runs, if it is another one than theirs so far.
    settings: Option<(UserFile, String)>,
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
        let usual = context.settings.usual_server.value.trim_end_matches('/').to_owned();
        let settings = context.free_settings().map(|file| (file, usual));
        Ok(Self { folder, places, url: None, flags: flags(context), settings, token: context.token.clone() })
    }

    /// Credentials in one folder, kept for `server`, which listens at `url`; `demo` and `open` have them.
    #[cfg(feature = "server")]
    pub fn at(folder: &std::path::Path, server: &str, url: &str) -> Self {
        let place = (crate::config::DEFAULT_PROFILE.to_owned(), server.to_owned());
        Self {
            folder: folder.to_owned(),
            places: vec![place],
            url: Some(url.to_owned()),
            flags: String::new(),
            settings: None,
            token: None,
        }
    }

    /// Profile and server of a name; what is not a name of ours is an address, with the profile of this run.
    fn place(&self, name: &str) -> (String, String) {
        let names = self.servers();
        let known = names.iter().position(|known| known == name);
        let address = || (self.places[0].0.clone(), name.trim_end_matches('/').to_owned());
        known.map_or_else(address, |index| self.places[index].clone())
    }

    fn is_first(&self, name: &str) -> bool {
        self.place(name) == self.places[0]
    }

    fn store(&self, name: &str) -> Store {
        let (profile, server) = self.place(name);
        Store::new(&self.folder, &profile, &server)
    }
}

/// `--server` and `--profile` as this run was given them: commands in the same shell have all else by themselves.
fn flags(context: &Context) -> String {
    let profile = &context.settings.profile;
    let is_given = matches!(profile.origin, crate::config::Origin::Flag(_));
    let profile = if is_given { format!(" --profile {}", quoted(&profile.value)) } else { String::new() };
    format!("{}{profile}", context.server_flag()).trim_start().to_owned()
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

    fn flags(&self, name: &str) -> String {
        if self.is_first(name) {
            return self.flags.clone();
        }
        let (profile, server) = self.place(name);
        let is_needed = profile != self.places[0].0 || self.flags.contains("--profile");
        let profile = if is_needed { format!(" --profile {}", quoted(&profile)) } else { String::new() };
        format!("--server {}{profile}", quoted(&server))
    }

    fn client(&self, name: &str) -> Result<Client, String> {
        let (_, server) = self.place(name);
        let credentials: Arc<dyn Credentials> = match &self.token {
            Some(token) if self.is_first(name) => Arc::new(BearerToken(token.clone())),
            _ => Arc::new(self.store(name)),
        };
        // Someone is waiting at the screen: what does not work is said soon.
        let retry = RetryPolicy { retries: 1, ..RetryPolicy::default() };
        let options = ClientOptions { credentials, retry, ..ClientOptions::default() };
        let url = self.url.as_ref().filter(|_| self.is_first(name)).unwrap_or(&server);
        Client::new(url, options).map_err(|error| error.to_string())
    }

    fn keep(&self, name: &str, session: &Session) -> Result<(), String> {
        if self.token.is_some() && self.is_first(name) {
            return Err("IMPALA_TOKEN is set, and would win over this; unset it first".to_owned());
        }
        self.store(name).set(Some(Stored::of_session(session))).map_err(|error| error.message)?;
        let (profile, server) = self.place(name);
        match &self.settings {
            Some((file, usual)) if profile == self.places[0].0 && server != *usual => {
                file.set("server", Some(&server)).map(drop).map_err(|error| error.message)
            }
            _ => Ok(()),
        }
    }

    fn forget(&self, name: &str) -> Result<Option<String>, String> {
        Ok(match self.store(name).take().map_err(|error| error.message)? {
            Some(Stored::Session { refresh_token, .. }) => Some(refresh_token),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_the_server_and_profile_that_they_would_not_take_by_themselves() {
        let place = |profile: &str, server: &str| (profile.to_owned(), server.to_owned());
        let kept = |flags: &str| Kept {
            folder: PathBuf::new(),
            places: vec![place("default", "http://a.test"), place("work", "http://b.test")],
            url: None,
            flags: flags.to_owned(),
            settings: None,
            token: None,
        };
        let check = |kept: Kept, name: &str, expected: &str| assert_eq!(kept.flags(name), expected, "{name}");
        check(kept(""), "http://a.test (profile default)", "");
        check(kept("--server http://a.test"), "http://a.test (profile default)", "--server http://a.test");
        check(kept(""), "http://b.test (profile work)", "--server http://b.test --profile work");
        check(kept(""), "http://c.test/", "--server http://c.test");
        check(kept("--profile default"), "http://c.test", "--server http://c.test --profile default");
        assert_eq!(kept("").place("http://c.test/"), place("default", "http://c.test"));
    }
}
