//! `impala serve`

mod flags;

use std::io::IsTerminal as _;
use std::path::PathBuf;

use etcetera::BaseStrategy as _;
use impala_server::settings::{LogFormat, SettingError, Settings, Sources};
use tracing_subscriber::EnvFilter;

use crate::context::Context;
use crate::embedded;
use crate::error::CliError;
use crate::printer::{JsonArgs, JsonFields, Table};
use flags::SettingFlags;

const FIELDS: [&str; 3] = ["setting", "value", "origin"];

/// Run a server: everything it needs is in one folder
///
/// It answers requests until Ctrl-C or SIGTERM, and then finishes those at work. Logs go to stderr.
///
/// Every setting can be given as a flag, as a variable (IMPALA_ and its name, such as IMPALA_LISTEN or
/// IMPALA_LIMITS_QUERY_ROWS) or in a TOML file, in this order of precedence. URLs with passwords do not belong in flags:
/// IMPALA_DATABASE_URL_FILE and IMPALA_MONGODB_URL_FILE name files that hold them.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala serve
  impala serve --listen 127.0.0.1:8080 --data-dir /srv/impala
  IMPALA_DATA_DIR=/srv/impala impala serve --log-format json --registration closed
  impala serve --config /etc/impala.toml --print-config")]
pub struct Args {
    /// Settings file, TOML [env: IMPALA_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print every setting and where it comes from, and do not serve
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    settings: SettingFlags,
}

pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let settings = gather(args)?;
    // What would stop a start is no configuration to be shown.
    let filter = filter(&settings)?;
    if args.print_config {
        return print(&settings, args, context);
    }
    if args.json.json.is_some() {
        return Err(CliError::usage("--json goes with --print-config"));
    }
    start_logs(&settings, filter);
    warn_of_the_open(&settings, context);
    let is_for_people = settings.log_format == LogFormat::Text;
    let place = match settings.config.needs_data_dir() {
        true => format!(" {}", settings.config.data_dir.display()),
        false => String::new(),
    };
    embedded::runtime()?.block_on(async {
        let stop = impala_server::stop_signal().map_err(embedded::refused)?;
        let running = impala_server::start(settings.config).await.map_err(embedded::refused)?;
        // Among lines of JSON, the log says it.
        if is_for_people {
            context.printer.note(&format!("Serving{place} at {}. Ctrl-C stops.", running.url()));
        }
        stop.await;
        running.stop().await.map_err(embedded::refused)
    })
}

fn gather(args: &Args) -> Result<Settings, CliError> {
    let variable = |name: &str| std::env::var(name).ok();
    let file = args
        .config
        .clone()
        .or_else(|| variable("IMPALA_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
    let sources = Sources {
        flag: &|key| args.settings.get(key),
        variable: &variable,
        file: file.as_deref(),
        default_data_dir: default_data_dir().ok(),
    };
    Settings::gather(&sources).map_err(|error| wrong(&error))
}

/// A setting that cannot be.
pub fn wrong(error: &SettingError) -> CliError {
    let hint = error.hint().unwrap_or_else(|| "impala serve --help lists the settings".to_owned());
    CliError::usage(error.to_string()).hint(hint)
}

fn print(settings: &Settings, args: &Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let shown = settings.shown();
    context.printer.list(
        &args.json,
        &FIELDS,
        &shown,
        |line| line.setting.to_owned(),
        |lines| {
            let mut table = Table::new(["SETTING", "VALUE", "FROM"]);
            for line in lines {
                table.row([line.setting, line.value.as_str(), line.origin.as_str()]);
            }
            table
        },
    )
}

fn warn_of_the_open(settings: &Settings, context: &Context) {
    let config = &settings.config;
    if config.listen.ip().is_loopback() {
        return;
    }
    // Among lines of JSON, the log says it.
    let warn = |text: &str| match settings.log_format {
        LogFormat::Json => tracing::warn!("{text}"),
        LogFormat::Text => context.printer.warn(text),
    };
    if config.trusted_proxies.is_empty() {
        warn("others can reach this address, and passwords travel in the clear: put a TLS proxy before it");
    }
    if config.allow_registration {
        warn("anyone who reaches this address can make an account: --registration closed ends that");
    }
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

/// What is logged.
fn filter(settings: &Settings) -> Result<EnvFilter, CliError> {
    EnvFilter::try_new(&settings.log).map_err(|error| {
        CliError::usage(format!("log is wrong: \"{}\" is not a filter: {error}", settings.log))
            .hint("write a level such as debug, or a filter such as info,sqlx=warn")
    })
}

fn start_logs(settings: &Settings, filter: EnvFilter) {
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A subscriber that is there already, as in a test, stays.
    let _ = match settings.log_format {
        LogFormat::Json => logs.json().try_init(),
        LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
}
