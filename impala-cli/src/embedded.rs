//! A server inside this process, for `impala demo` and `impala open`: a free loopback port, a folder for its data, a user
//! and a project.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use impala_core::api::{self, CanvasData, CanvasView, ProjectCreate};
use impala_core::client::{Client, ClientOptions, Credentials};
use impala_core::{Canvas, name};
use impala_server::{Config, Running, StartError};
use tokio::runtime::Runtime;

use crate::config::DEFAULT_PROFILE;
use crate::context::{Context, ProjectAddress};
use crate::credentials::{Store, Stored};
use crate::error::{CliError, Exit};
use crate::files;
use crate::picture::{self, Style};

/// A runtime with the threads that a server needs.
///
/// # Errors
/// When the system gives none.
pub fn runtime() -> Result<Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("could not start: {error}")))
}

/// Ready when the process is told to end.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs `work`, which gets a future that is ready when the process is told to end: to wait for it is to serve until then.
///
/// # Errors
/// Those of `work`; [`Exit::Interrupted`] when the process is told to end before `work` waits for it.
pub fn run<W: Future<Output = Result<(), CliError>>>(work: impl FnOnce(Stop) -> W) -> Result<(), CliError> {
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let (awaited, signal) =
            (Arc::new(AtomicBool::new(false)), impala_server::stop_signal().map_err(refused)?);
        let told = impala_server::stop_signal().map_err(refused)?;
        let stop: Stop = Box::pin({
            let awaited = awaited.clone();
            async move {
                awaited.store(true, Ordering::Relaxed);
                signal.await;
            }
        });
        let interrupted = async move {
            told.await;
            if awaited.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            result = work(stop) => result,
            () = interrupted => Err(CliError::silent(Exit::Interrupted)),
        }
    });
    runtime.shutdown_background();
    result
}

/// A server at work, someone signed in, and a project to work in.
pub struct Embedded {
    running: Running,
    /// Signed in.
    pub client: Client,
    /// Where sources and canvases go.
    pub project: ProjectAddress,
}

/// Who uses an embedded server.
pub struct Resident<'a> {
    /// The user, made when there is none.
    pub username: &'a str,
    /// The project, made when there is none.
    pub project: &'a str,
    /// Folder for a `config.toml` and credentials with which other commands find the server.
    pub config_dir: &'a Path,
    /// The server under which the credentials are kept; the embedded one's own address when `None`.
    pub kept_for: Option<&'a str>,
}

impl Embedded {
    /// Starts a server over `data_dir` on a free port.
    ///
    /// # Errors
    /// When it cannot start, or its data belong to someone who is not known here.
    pub async fn start(data_dir: &Path, resident: &Resident<'_>) -> Result<Self, CliError> {
        let mut config = Config::new(data_dir);
        config.listen.set_port(0);
        let running = impala_server::start(config).await.map_err(refused)?;
        let url = running.url();
        let store = Store::new(resident.config_dir, DEFAULT_PROFILE, resident.kept_for.unwrap_or(&url));
        if store.get()?.is_none() {
            sign_up(&url, resident.username, &store).await?;
        }
        let client = client(&url, Arc::new(store))?;
        let project = project(&client, resident.project).await?;
        Ok(Self { running, client, project })
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// Makes the canvas, or replaces the one of that name.
    ///
    /// # Errors
    /// What the server says.
    pub async fn put(&self, canvas: &Canvas) -> Result<CanvasView, CliError> {
        let (owner, project) = (&self.project.owner, &self.project.slug);
        match self.client.canvas(owner, project, &canvas.metadata.slug).await {
            Ok(view) => {
                Ok(self.client.replace_canvas(owner, project, canvas, view.revision.revision).await?)
            }
            Err(error) if error.status() == Some(404) => {
                Ok(self.client.create_canvas(owner, project, canvas).await?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Draws a canvas on stdout.
    ///
    /// # Errors
    /// What the server says.
    pub async fn draw(&self, canvas: &Canvas, context: &Context) -> Result<(), CliError> {
        let slug = &canvas.metadata.slug;
        let data: CanvasData = self
            .client
            .canvas_data(&self.project.owner, &self.project.slug, slug, &Default::default())
            .await?;
        context.printer.raw(picture::draw(canvas, &data, Style::of(context)).as_bytes())?;
        picture::warn_of_failures(&data, context);
        Ok(())
    }

    /// Ends the server, so that its data are at rest.
    ///
    /// # Errors
    /// When it broke off before.
    pub async fn stop(self) -> Result<(), CliError> {
        // Connections that are kept open would hold it up.
        drop(self.client);
        self.running.stop().await.map_err(refused)
    }
}

/// Writes the settings with which commands in another shell find the server.
///
/// # Errors
/// When they cannot be written.
pub fn write_settings(config_dir: &Path, url: &str, project: &ProjectAddress) -> Result<(), CliError> {
    let mut document = toml_edit::DocumentMut::new();
    document["server"] = toml_edit::value(url);
    document["project"] = toml_edit::value(project.to_string());
    files::replace(&config_dir.join("config.toml"), document.to_string().as_bytes())
}

/// The line that lets another shell find an embedded server, also where the environment names another one.
pub fn shell_line(config_dir: &Path) -> String {
    let names = ["IMPALA_SERVER", "IMPALA_PROJECT", "IMPALA_PROFILE", "IMPALA_TOKEN"];
    let set: Vec<&str> = names
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        .collect();
    let unset = if set.is_empty() { String::new() } else { format!("unset {}; ", set.join(" ")) };
    format!("{unset}export IMPALA_CONFIG_DIR={}", config_dir.display())
}

fn client(url: &str, credentials: Arc<dyn Credentials>) -> Result<Client, CliError> {
    Ok(Client::new(url, ClientOptions { credentials, ..ClientOptions::default() })?)
}

/// Makes a user with a password that nobody needs: what counts are the tokens that are kept.
async fn sign_up(url: &str, username: &str, store: &Store) -> Result<(), CliError> {
    let credentials = api::Credentials { username: username.to_owned(), password: random_password()? };
    let client = client(url, Arc::new(impala_core::client::Anonymous))?;
    let session = client.register(&credentials).await.map_err(|error| {
        let is_taken = error.status() == Some(409);
        let error = CliError::from(error);
        match is_taken {
            true => error.hint("the saved data have such a user, whose credentials are not here; without --save nothing of it is needed"),
            false => error,
        }
    })?;
    store.set(Some(Stored::of_session(&session)))
}

fn random_password() -> Result<String, CliError> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| CliError::failed(format!("no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn project(client: &Client, slug: &str) -> Result<ProjectAddress, CliError> {
    let owner = client.me().await?.user.username;
    match client.project(&owner, slug).await {
        Ok(_) => {}
        Err(error) if error.status() == Some(404) => {
            let title = String::new();
            let body = ProjectCreate { slug: slug.to_owned(), title, description: String::new() };
            client.create_project(&body).await?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ProjectAddress { owner, slug: slug.to_owned() })
}

/// A username made of the one that the system knows.
pub fn username() -> String {
    let from_system = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let mut username = name::slug_from(&from_system.unwrap_or_default());
    username.truncate(32);
    if name::is_username(&username) { username } else { "analyst".to_owned() }
}

/// Why a server did not start.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub fn refused(error: StartError) -> CliError {
    let mut reason = String::new();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        reason = format!(": {cause}");
        source = cause.source();
    }
    match &error {
        StartError::Listen { listen, source } if source.kind() == std::io::ErrorKind::AddrInUse => {
            CliError::failed(format!("{listen} is in use"))
                .hint("a server may be running there already; --listen 127.0.0.1:0 takes a free port")
        }
        StartError::Listen { .. } => CliError::failed(format!("{error}{reason}"))
            .hint("--listen ADDRESS:PORT takes an address of this machine, such as 127.0.0.1:5001"),
        StartError::DataDir { .. } => {
            CliError::failed(format!("{error}{reason}")).hint("--data-dir DIR names another folder")
        }
        _ => CliError::failed(format!("{error}{reason}")),
    }
}
