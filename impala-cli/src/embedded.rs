//! A server inside this process, for `impala demo` and `impala open`: a free loopback port, a folder for its data, a user
//! and a project.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use impala_core::api::{self, ApiTokenCreate, CanvasData, CanvasView, ProjectCreate, Scope};
use impala_core::client::{BearerToken, Client, ClientOptions, Credentials};
use impala_core::{Canvas, name};
use impala_server::{Config, Running, StartError};
use tokio::runtime::Runtime;

use crate::config::DEFAULT_PROFILE;
use crate::context::{Context, ProjectAddress};
use crate::credentials::{Store, Stored};
use crate::error::{CliError, Exit};
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

/// Serves until the process is told to end, or until the reader of its picture, through a pipe, is gone.
///
/// # Errors
/// When the server broke off before.
pub async fn serve_until(stop: Stop, embedded: Embedded, context: &Context) -> Result<(), CliError> {
    tokio::select! {
        () = stop => {}
        () = reader_gone(), if !context.printer.is_terminal => {}
    }
    embedded.stop().await
}

/// Whether what was opened is shown in the terminal canvas; otherwise it is printed.
#[cfg(feature = "tui")]
pub fn is_looked_at(is_to_be_printed: bool) -> bool {
    !is_to_be_printed && impala_tui::check_terminal().is_ok()
}

/// A program without the terminal canvas prints.
#[cfg(not(feature = "tui"))]
pub fn is_looked_at(_is_to_be_printed: bool) -> bool {
    false
}

/// Shows the embedded server's canvas in the terminal until it is left, then ends the server.
///
/// # Errors
/// When the terminal is lost, or the server broke off.
#[cfg(feature = "tui")]
pub async fn look(
    stop: Stop,
    embedded: Embedded,
    home: crate::terminal_canvas::Kept,
    setup: impala_tui::Setup,
) -> Result<(), CliError> {
    let looking = crate::terminal_canvas::run(setup, home);
    tokio::pin!(looking);
    // It hears of the end itself, and gives the terminal back; `stop` is awaited to say that someone listens.
    let result = tokio::select! {
        biased;
        result = &mut looking => result,
        () = stop => looking.await,
    };
    let stopped = embedded.stop().await;
    result.and(stopped)
}

/// Ready when stdout is a pipe that nobody reads any more; a file never is.
#[cfg(unix)]
async fn reader_gone() {
    use std::os::fd::AsFd as _;
    use tokio::io::Interest;
    use tokio::net::unix::pipe::Sender;

    // Nothing is written through it, so it may block.
    let stdout = std::io::stdout().as_fd().try_clone_to_owned().and_then(Sender::from_owned_fd_unchecked);
    match stdout {
        Ok(pipe) if pipe.ready(Interest::ERROR).await.is_ok() => {}
        _ => std::future::pending().await,
    }
}

/// Elsewhere nothing tells.
#[cfg(not(unix))]
async fn reader_gone() {
    std::future::pending().await
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
    /// Folder for credentials that belong to these data alone.
    pub config_dir: &'a Path,
    /// The server under which credentials without an end are kept; a session at the embedded one when `None`.
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
            sign_up(&url, resident, &store).await?;
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
            Ok(view) => Ok(self.client.replace_canvas(owner, project, canvas, &view.etag).await?),
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
    pub async fn draw(&self, canvas: &Canvas, style: Style, context: &Context) -> Result<(), CliError> {
        let slug = &canvas.metadata.slug;
        let data: CanvasData = self
            .client
            .canvas_data(&self.project.owner, &self.project.slug, slug, &Default::default())
            .await?;
        context.printer.raw(picture::draw(canvas, &data, style).as_bytes())?;
        picture::warn_of_failures(&data, None, context);
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

/// The line that lets another shell find a server, whatever its environment names.
pub fn shell_line(config_dir: &Path, url: &str, project: &ProjectAddress) -> String {
    let config_dir = quoted(config_dir);
    format!(
        "export IMPALA_CONFIG_DIR={config_dir} IMPALA_SERVER={url} IMPALA_PROJECT={project}; unset IMPALA_TOKEN IMPALA_PROFILE"
    )
}

/// A path as one word of a shell.
pub fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    match path.chars().all(|c| c.is_alphanumeric() || "/._-+@%,:".contains(c)) {
        true => path.into_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

fn client(url: &str, credentials: Arc<dyn Credentials>) -> Result<Client, CliError> {
    Ok(Client::new(url, ClientOptions { credentials, ..ClientOptions::default() })?)
}

/// How many names are tried for the user before giving up.
const NAMES: u32 = 9;

/// Makes a user with a password that nobody needs: what counts are the credentials that are kept. Saved data may know
/// someone of that name, who is left alone.
async fn sign_up(url: &str, resident: &Resident<'_>, store: &Store) -> Result<(), CliError> {
    let client = client(url, Arc::new(impala_core::client::Anonymous))?;
    let password = random_password()?;
    for number in 1.. {
        let username = match number {
            1 => resident.username.to_owned(),
            _ => format!("{}-{number}", resident.username),
        };
        match client.register(&api::Credentials { username, password: password.clone() }).await {
            Ok(session) => return keep(url, &session, resident, store).await,
            Err(error) if error.status() == Some(409) && number < NAMES => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A session ends some day, so what is to be kept is a token.
async fn keep(
    url: &str,
    session: &api::Session,
    resident: &Resident<'_>,
    store: &Store,
) -> Result<(), CliError> {
    if resident.kept_for.is_none() {
        return store.set(Some(Stored::of_session(session)));
    }
    let client = client(url, Arc::new(BearerToken(session.access_token.clone())))?;
    let scopes = vec![Scope::Read, Scope::Upload, Scope::Write, Scope::Admin];
    let body = ApiTokenCreate { name: "open".to_owned(), scopes, project: None, expires_at: None };
    let token = client.create_token(&body).await?.secret;
    store.set(Some(Stored::Token { username: session.user.username.clone(), token }))
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
    // With room for a number behind it.
    username.truncate(30);
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
