//! Starting, serving and stopping.

mod connections;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::AnyPool;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::Config;
use crate::data_dir::{self, DataDir};
use crate::service::instance::agree_on_uploads;
use crate::service::jwt::JwtKeys;
use crate::service::passwords::Passwords;
use crate::service::runner::Runner;
use crate::service::sign_in_limit::SignInLimit;
use crate::service::uploads::UploadTurns;
use crate::service::{self, recovery};
use crate::state::{AppState, Clock, IdMaker, SystemClock, UuidMaker};
use crate::store::canvases::CanvasStore;
use crate::store::canvases::mongo::{MongoCanvases, WrongUrl, is_refusal};
use crate::store::canvases::owned::OwnedCanvases;
use crate::store::canvases::sql::SqlCanvases;
use crate::store::sql::{instance, unfinished};
use crate::store::uploads::Uploads;
use crate::store::{self, BoxError, StoreError};

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made or written.
    #[error("the data directory {} cannot be used", path.display())]
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another server uses the data directory.
    #[error("another server uses {}; stop it, or choose another data directory", path.display())]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// The secret that signs access tokens cannot be had.
    #[error("the secret {} cannot be used", path.display())]
    Secret {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database cannot be opened, or is not an Impala database.
    #[error("the database cannot be used")]
    Database(#[from] StoreError),
    /// The folder of uploaded files cannot be made or written.
    #[error("the uploads directory {} cannot be used", path.display())]
    Uploads {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The URL of MongoDB cannot be used.
    #[error("the MongoDB URL cannot be used")]
    MongoUrl(#[from] WrongUrl),
    /// MongoDB answers, and refuses the sign-in.
    #[error("MongoDB refuses the user or password of its URL")]
    MongoSignIn(#[source] BoxError),
    /// A restore or a copy into the stores was cut short.
    #[error("{what} into these stores has not ended; run it again")]
    Unfinished {
        /// Which.
        what: String,
    },
    /// Database, uploads and documents are not of one instance. Says which, and what to do.
    #[error("{what}")]
    Strangers {
        /// One line.
        what: String,
    },
    /// The address is taken, or not an address of this machine.
    #[error("cannot listen on {listen}")]
    Listen {
        /// Which.
        listen: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What a crash left could not be finished.
    #[error("the last run's work could not be finished")]
    Recover(#[from] service::Error),
    /// Serving failed.
    #[error("serving broke off")]
    Serve(#[source] BoxError),
}

/// Opens everything that requests need, and finishes what a crash cut short.
///
/// # Errors
/// The reason.
pub async fn connect(config: Config) -> Result<AppState, StartError> {
    connect_with(config, Arc::new(SystemClock), Arc::new(UuidMaker)).await
}

/// As [`connect`], with a clock and ids of the caller's choice.
///
/// # Errors
/// The reason.
pub async fn connect_with(
    config: Config,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdMaker>,
) -> Result<AppState, StartError> {
    let places = Places::of(&config)?;
    let uploads = open_uploads(places.uploads_dir).await?;
    let pool = store::connect_with(&places.database_url, &config.database).await?;
    refuse_unfinished(&pool).await?;
    let instance = instance::claim(&pool, ids.make(clock.now())).await?;
    agree_on_uploads(&pool, &uploads, instance).await.map_err(not_ours)?;
    let canvases = owned(canvas_store(&config, &pool).await?, &pool, instance.id).await?;
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let app = AppState {
        canvases,
        uploads,
        upload_turns: Arc::new(UploadTurns::new(cores)),
        runner: Arc::new(Runner::new(cores)),
        instance: instance.id,
        pool,
        jwt: Arc::new(JwtKeys::new(&places.secret)),
        passwords: Arc::new(Passwords::new(config.bcrypt_cost)?),
        sign_ins: Arc::new(SignInLimit::default()),
        events: Arc::default(),
        data_dir: places.data_dir.map(Arc::new),
        config: Arc::new(config),
        clock,
        ids,
    };
    recovery::recover(&app).await?;
    Ok(app)
}

/// The documents, if they are this instance's; when they cannot be reached, that is checked again before they are used.
async fn owned(
    canvases: Arc<dyn CanvasStore>,
    pool: &AnyPool,
    instance: Uuid,
) -> Result<Arc<dyn CanvasStore>, StartError> {
    let canvases = OwnedCanvases::new(canvases, pool.clone(), instance);
    match canvases.agree().await {
        Ok(()) | Err(StoreError::Unavailable(_)) => Ok(Arc::new(canvases)),
        Err(error) => Err(not_ours(error)),
    }
}

fn not_ours(error: StoreError) -> StartError {
    match error {
        StoreError::Refused(what) => StartError::Strangers { what },
        error => error.into(),
    }
}

/// On a thread of its own: it waits while another server sweeps the folder, perhaps in this process.
async fn open_uploads(dir: PathBuf) -> Result<Uploads, StartError> {
    let fault = |error: io::Error| StartError::Uploads { path: dir.clone(), source: error };
    let path = dir.clone();
    let opened = tokio::task::spawn_blocking(move || Uploads::open(path)).await;
    opened.map_err(|error| fault(io::Error::other(error)))?.map_err(fault)
}

/// Refuses stores that hold half an instance.
async fn refuse_unfinished(pool: &AnyPool) -> Result<(), StartError> {
    match unfinished::find(pool).await? {
        Some(unfinished) => Err(StartError::Unfinished { what: unfinished.what }),
        None => Ok(()),
    }
}

/// A MongoDB that is down now does not prevent a start: all that needs no canvas works, and the rest does once it is back.
pub(crate) async fn canvas_store(
    config: &Config,
    pool: &AnyPool,
) -> Result<Arc<dyn CanvasStore>, StartError> {
    let Some(url) = &config.mongodb_url else {
        return Ok(Arc::new(SqlCanvases::new(pool.clone())));
    };
    let canvases = MongoCanvases::open(url).await?;
    match canvases.check().await {
        Err(StoreError::Unavailable(error)) if is_refusal(&*error) => Err(StartError::MongoSignIn(error)),
        Err(StoreError::Unavailable(error)) => {
            tracing::warn!(%error, "MongoDB does not answer; canvases cannot be read or saved until it does");
            Ok(Arc::new(canvases))
        }
        answer => {
            answer?;
            Ok(Arc::new(canvases))
        }
    }
}

/// Where the parts of a server are.
struct Places {
    /// `None` when nothing is kept in it.
    data_dir: Option<DataDir>,
    secret: Vec<u8>,
    database_url: String,
    uploads_dir: PathBuf,
}

impl Places {
    fn of(config: &Config) -> Result<Self, StartError> {
        let needed = config.needs_data_dir().then(|| DataDir::open(&config.data_dir)).transpose()?;
        // It is there where one of these is missing.
        let data_dir = || needed.as_ref().ok_or_else(|| StartError::Serve("there is no data folder".into()));
        let secret = match &config.jwt_secret_file {
            Some(path) => data_dir::read_secret(path)?,
            None => data_dir()?.secret("jwt-secret")?,
        };
        let database_url = match &config.database_url {
            Some(url) => url.clone(),
            None => store::sqlite_url(&data_dir()?.database()?)?,
        };
        let uploads_dir = match &config.uploads_dir {
            Some(path) => path.clone(),
            None => data_dir()?.path().join("uploads"),
        };
        Ok(Self { data_dir: needed, secret, database_url, uploads_dir })
    }
}

/// Longest that closing the stores may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until `stop` is ready; then takes no new requests, and gives those at work time to end.
///
/// # Errors
/// `Serve` when the listener breaks.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let (drain_timeout, header_timeout) = (state.config.drain_timeout, state.config.header_timeout);
    let (pool, canvases, events) = (state.pool.clone(), state.canvases.clone(), Arc::clone(&state.events));
    let stopping = CancellationToken::new();
    let upkeep = tokio::spawn(recovery::keep_up(state.clone()));
    // Everything still running is dropped at the end of this block.
    {
        let serving = connections::serve(listener, crate::app(state), header_timeout, stopping.clone());
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            () = serving.as_mut() => {}
            () = stop => {
                tracing::info!("stopping");
                // They never end by themselves, and would hold the stop up.
                events.stop();
                stopping.cancel();
                if tokio::time::timeout(drain_timeout, serving).await.is_err() {
                    let seconds = drain_timeout.as_secs();
                    tracing::warn!(seconds, "some requests did not end in time and were cut");
                }
            }
        }
    }
    upkeep.abort();
    // It ends with the error of the cancellation above.
    let _ = upkeep.await;
    // What still holds a connection was cut above, and would never return it.
    let closing = async { tokio::join!(pool.close(), canvases.close()) };
    if tokio::time::timeout(CLOSE_TIMEOUT, closing).await.is_err() {
        tracing::warn!("the stores were not closed in time");
    }
    Ok(())
}

/// A server at work in its own task.
#[derive(Debug)]
pub struct Running {
    /// Where it listens; with the port that it got, if it was to take a free one.
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), StartError>>,
}

impl Running {
    /// The address for a client.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops it: requests at work end, new ones are refused.
    ///
    /// # Errors
    /// `Serve` when serving had broken off.
    pub async fn stop(mut self) -> Result<(), StartError> {
        drop(self.stop.take());
        self.join().await
    }

    async fn join(&mut self) -> Result<(), StartError> {
        (&mut self.task).await.map_err(|error| StartError::Serve(error.into()))?
    }
}

/// Starts a server; it serves when this returns.
///
/// # Errors
/// Why it did not start.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let listener = bind(config.listen).await?;
    let state = connect(config).await?;
    start_with(listener, state)
}

/// Serves `state` in a task.
///
/// # Errors
/// `Listen` when the listener has no address.
pub fn start_with(listener: TcpListener, state: AppState) -> Result<Running, StartError> {
    let listen = state.config.listen;
    let addr = listener.local_addr().map_err(|source| StartError::Listen { listen, source })?;
    let (stop, stopped) = oneshot::channel();
    let stopped = async {
        let _ = stopped.await;
    };
    let task = tokio::spawn(serve(listener, state, stopped));
    tracing::info!(%addr, "listening");
    Ok(Running { addr, stop: Some(stop), task })
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(listen).await.map_err(|source| StartError::Listen { listen, source })
}

/// Starts a server and serves until `stop` is ready; [`stop_signal`] is what a process wants here.
///
/// # Errors
/// Why it did not start, or broke off.
pub async fn run(config: Config, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), StartError> {
    let listener = bind(config.listen).await?;
    let state = connect(config).await?;
    tracing::info!(listen = %state.config.listen, "listening");
    serve(listener, state, stop).await
}

/// Ready when the process gets SIGTERM, or Ctrl-C.
///
/// # Errors
/// `Serve` when the system cannot report signals.
pub fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, StartError> {
    use tokio::signal::unix::{SignalKind, signal};
    let fault = |error: io::Error| StartError::Serve(error.into());
    let mut terminate = signal(SignalKind::terminate()).map_err(fault)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fault)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
