//! What a command runs with: settings, printer, and the way to the server.

use std::sync::Arc;

use etcetera::BaseStrategy as _;
use impala_core::client::{BearerToken, Client, ClientOptions, Credentials, Retry, RetryPolicy};

use crate::args::Global;
use crate::config::{DEFAULT_SERVER, Origin, Setting, Settings, Surroundings, UserFile};
use crate::credentials::{Store, Stored};
use crate::error::{CliError, Exit};
use crate::printer::Printer;
use crate::prompt;

/// The variable that holds an API token.
pub const TOKEN_VARIABLE: &str = "IMPALA_TOKEN";

/// What a command runs with.
pub struct Context {
    /// Server, project, profile and where each comes from.
    pub settings: Settings,
    /// What is wrong with the files that say them.
    pub faults: Vec<CliError>,
    /// Where output goes.
    pub printer: Printer,
    /// The value of `IMPALA_TOKEN`.
    pub token: Option<String>,
    no_input: bool,
    retries: u32,
}

/// A project by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectAddress {
    /// Username of its owner.
    pub owner: String,
    /// Its name under its owner.
    pub slug: String,
}

impl std::fmt::Display for ProjectAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.owner, self.slug)
    }
}

impl Context {
    /// Gathers settings from flags, environment and files.
    ///
    /// # Errors
    /// When a flag says what cannot be; what is wrong in files is kept in [`Self::faults`].
    pub fn new(global: &Global) -> Result<Self, CliError> {
        let here = std::env::current_dir().unwrap_or_default();
        let variable = |name: &str| std::env::var(name).ok();
        let config_home = etcetera::choose_base_strategy()
            .map(|base| base.config_dir().join("impala"))
            .unwrap_or_else(|_| ".impala".into());
        let around = Surroundings { variable: &variable, here: &here, config_home };
        let (settings, faults) = Settings::gather(&global.flags()?, &around);
        Ok(Self {
            printer: Printer::new(settings.color.value.into(), global.quiet),
            settings,
            faults,
            token: variable(TOKEN_VARIABLE).filter(|token| !token.is_empty()),
            no_input: global.no_input,
            retries: global.retries,
        })
    }

    /// The server's address, without a slash at the end.
    pub fn server(&self) -> &str {
        self.settings.server.value.trim_end_matches('/')
    }

    /// The stored credentials of this profile at this server.
    pub fn store(&self) -> Store {
        self.store_at(self.server())
    }

    /// The stored credentials of this profile at another server.
    pub fn store_at(&self, server: &str) -> Store {
        Store::new(&self.settings.folder, &self.settings.profile.value, server)
    }

    /// Where the server of later commands may be set: nothing says yet which that is, and nobody is signed in at the usual one.
    pub fn free_settings(&self) -> Option<UserFile> {
        let usual = &self.settings.usual_server;
        let is_said = matches!(usual.origin, Origin::Environment(_) | Origin::File(_));
        let is_used = || self.store_at(&usual.value).get().is_ok_and(|stored| stored.is_some());
        (!is_said && !is_used()).then(|| self.settings.user_file())
    }

    /// A client of the server, signed in as `IMPALA_TOKEN` or the stored credentials say.
    ///
    /// # Errors
    /// When the server's address is not valid.
    pub fn client(&self) -> Result<Client, CliError> {
        match &self.token {
            Some(token) => self.client_with(Arc::new(BearerToken(token.clone()))),
            None => self.client_with(Arc::new(self.store())),
        }
    }

    /// A client of the server with other credentials.
    ///
    /// # Errors
    /// When the server's address is not valid.
    pub fn client_with(&self, credentials: Arc<dyn Credentials>) -> Result<Client, CliError> {
        let printer = self.printer.clone();
        let on_retry = move |retry: &Retry| {
            let wait = retry.wait.as_secs_f64();
            printer.note(&format!("{}; trying again in {wait:.1} s", retry.reason));
        };
        let options = ClientOptions {
            credentials,
            retry: RetryPolicy { retries: self.retries, ..RetryPolicy::default() },
            on_retry: Some(Arc::new(on_retry)),
            ..ClientOptions::default()
        };
        Ok(Client::new(self.server(), options)?)
    }

    /// The project that the command is about.
    ///
    /// # Errors
    /// When none was chosen, or when it is to be one's own and nobody is signed in.
    pub async fn project(&self, client: &Client) -> Result<ProjectAddress, CliError> {
        match &self.settings.project {
            Some(project) => self.address(client, &project.value).await,
            None => Err(CliError::usage("no project was chosen").hint(
                "give --project OWNER/SLUG, or choose one for good with `impala project use`; `impala project list` shows yours",
            )),
        }
    }

    /// The address that `owner/slug` or `slug` stands for.
    ///
    /// # Errors
    /// When it is neither, or when nobody is signed in whose project `slug` could be.
    pub async fn address(&self, client: &Client, text: &str) -> Result<ProjectAddress, CliError> {
        let (owner, slug) = match text.split_once('/') {
            Some((owner, slug)) => (owner.to_owned(), slug),
            None => (self.username(client).await?, text),
        };
        if owner.is_empty() || slug.is_empty() || slug.contains('/') {
            return Err(CliError::usage(format!("\"{text}\" is not a project; write OWNER/SLUG or SLUG")));
        }
        Ok(ProjectAddress { owner, slug: slug.to_owned() })
    }

    async fn username(&self, client: &Client) -> Result<String, CliError> {
        let stored = if self.token.is_some() { None } else { self.store().get()? };
        match stored.as_ref().map(Stored::username) {
            Some(username) => Ok(username.to_owned()),
            None => Ok(client.me().await?.user.username),
        }
    }

    /// Whether there is a person to ask.
    pub fn may_ask(&self) -> bool {
        !self.no_input && prompt::is_possible()
    }

    /// Asks before deleting `what`, unless `yes`.
    ///
    /// # Errors
    /// When the answer is no, or when there is nobody to ask.
    pub async fn confirm_deleting(&self, what: &str, yes: bool) -> Result<(), CliError> {
        self.confirm_deleting_with(what, "", yes).await
    }

    /// The same; `follows` says what comes of it, as sentences that begin with a space.
    ///
    /// # Errors
    /// As [`confirm_deleting`](Self::confirm_deleting).
    pub async fn confirm_deleting_with(&self, what: &str, follows: &str, yes: bool) -> Result<(), CliError> {
        if yes {
            return Ok(());
        }
        if !self.may_ask() {
            let message = format!("deleting {what} cannot be undone, and there is nobody to ask");
            return Err(CliError::usage(message).hint("--yes does it without asking"));
        }
        prompt::confirm(&format!("Delete {what}?{follows} It cannot be undone.")).await
    }

    /// Adds what is known here to an error: which command signs in, for instance.
    pub fn explain(&self, mut error: CliError) -> CliError {
        let is_refused = error.exit == Exit::Forbidden
            && error.hint.as_deref().is_some_and(|hint| hint.starts_with("sign in"));
        if is_refused && self.token.is_some() {
            error.hint = Some(format!("{TOKEN_VARIABLE} is set, and the server does not take that token"));
        } else if is_refused {
            let flag = self.server_flag();
            let is_unknown = self.store().get().ok().flatten().is_none();
            if is_unknown {
                error.message = format!("not signed in at {}", self.server());
            }
            error.hint = Some(match (is_unknown, self.may_ask()) {
                (false, true) => format!("sign in with `impala login{flag}`"),
                (true, true) => {
                    format!(
                        "sign in with `impala login{flag}`, or make an account with `impala register{flag}`"
                    )
                }
                (_, false) => format!(
                    "set {TOKEN_VARIABLE} to an API token; at a terminal, `impala login{flag}` signs in and `impala register{flag}` makes an account"
                ),
            });
        }
        error
    }

    /// ` --profile NAME`, for commands that are about this profile, where it is needed.
    pub fn profile_flag(&self) -> String {
        match &self.settings.profile {
            Setting { value, origin: Origin::Flag(_) } => format!(" --profile {value}"),
            _ => String::new(),
        }
    }

    /// ` --server URL`, for commands in hints, where it is needed.
    pub fn server_flag(&self) -> String {
        match &self.settings.server {
            setting if setting.value == DEFAULT_SERVER => String::new(),
            setting if matches!(setting.origin, Origin::Flag(_)) => {
                format!(" --server {}", self.server())
            }
            _ => String::new(),
        }
    }
}
