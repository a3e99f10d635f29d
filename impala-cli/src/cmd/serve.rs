//! `impala serve`

use std::io::IsTerminal as _;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::ValueEnum;
use etcetera::BaseStrategy as _;
use impala_server::Config;
use tracing_subscriber::EnvFilter;

use crate::context::Context;
use crate::embedded;
use crate::error::CliError;

/// Run a server: everything it needs is in one folder
///
/// It answers requests until Ctrl-C or SIGTERM, and then finishes those at work. Logs go to stderr; IMPALA_LOG filters
/// them, IMPALA_LOG=debug says more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  impala serve
  impala serve --listen 127.0.0.1:8080 --data-dir /srv/impala
  IMPALA_DATA_DIR=/srv/impala impala serve --log-format json --no-registration")]
pub struct Args {
    /// Address and port; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:5001",
        env = "IMPALA_LISTEN",
        hide_env_values = true
    )]
    listen: String,
    /// Where everything is kept; $XDG_DATA_HOME/impala when left out
    #[arg(long, value_name = "DIR", env = "IMPALA_DATA_DIR", hide_env_values = true)]
    data_dir: Option<PathBuf>,
    /// File with the secret that signs access tokens; one is made in the data folder when left out
    #[arg(long, value_name = "FILE", env = "IMPALA_JWT_SECRET_FILE", hide_env_values = true)]
    jwt_secret_file: Option<PathBuf>,
    /// Let nobody make an account
    #[arg(long)]
    no_registration: bool,
    /// Form of the logs
    #[arg(long, value_enum, default_value_t, env = "IMPALA_LOG_FORMAT", hide_env_values = true)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    #[default]
    Text,
    Json,
}

pub fn run(args: Args, context: &Context) -> Result<(), CliError> {
    start_logs(args.log_format);
    let is_for_people = args.log_format == LogFormat::Text;
    let mut config = Config::new(args.data_dir.map_or_else(default_data_dir, Ok)?);
    config.listen = address(&args.listen)?;
    config.jwt_secret_file = args.jwt_secret_file;
    config.allow_registration = !args.no_registration;
    if !config.listen.ip().is_loopback() {
        context.printer.warn(
            "others can reach this address, and passwords travel in the clear: put a TLS proxy before it",
        );
    }
    let data_dir = config.data_dir.display().to_string();
    embedded::runtime()?.block_on(async {
        let stop = impala_server::stop_signal().map_err(embedded::refused)?;
        let running = impala_server::start(config).await.map_err(embedded::refused)?;
        // Among lines of JSON, the log says it.
        if is_for_people {
            context.printer.note(&format!("Serving {data_dir} at {}. Ctrl-C stops.", running.url()));
        }
        stop.await;
        running.stop().await.map_err(embedded::refused)
    })
}

/// Where a server keeps its data when nothing else is said.
///
/// # Errors
/// When the user has no home folder.
pub fn default_data_dir() -> Result<PathBuf, CliError> {
    let base = etcetera::choose_base_strategy().map_err(|error| {
        CliError::usage(format!("there is no folder for data: {error}")).hint("name one with --data-dir")
    })?;
    Ok(base.data_dir().join("impala"))
}

fn address(text: &str) -> Result<SocketAddr, CliError> {
    // Names such as localhost are fine too.
    let mut found = text.to_socket_addrs().map_err(|error| {
        CliError::usage(format!("\"{text}\" is no address: {error}"))
            .hint("write ADDRESS:PORT, such as 127.0.0.1:5001")
    })?;
    found.next().ok_or_else(|| CliError::usage(format!("\"{text}\" is no address of this machine")))
}

fn start_logs(format: LogFormat) {
    let filter = EnvFilter::try_from_env("IMPALA_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A subscriber that is there already, as in a test, stays.
    let _ = match format {
        LogFormat::Json => logs.json().try_init(),
        LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
}
