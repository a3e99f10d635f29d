//! The list of all settings.

use std::path::PathBuf;

use super::Settings;
use super::error::{Origin, SettingError};
use super::read::{
    address, bytes, count, duration, has_password, masked, networks, show_bytes, show_duration, url,
};
use crate::store;

/// The default log filter.
pub(super) const DEFAULT_LOG: &str = "info,sqlx=warn";

/// Form of the logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// Lines of JSON.
    Json,
}

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name, and its key in the file; a dot separates the name of a group.
    pub key: &'static str,
    /// The placeholder for its value in help.
    pub value_name: &'static str,
    /// What it does.
    pub help: &'static str,
    /// What a value is, as written after "expected".
    expected: &'static str,
    /// Whether it may hold a password.
    pub is_secret: bool,
    read: fn(&mut Settings, &str) -> Option<()>,
    show: fn(&Settings) -> String,
}

/// The flag of a key.
pub fn flag(key: &str) -> String {
    format!("--{}", key.replace(['_', '.'], "-"))
}

/// The variable of a key.
pub fn variable(key: &str) -> String {
    format!("IMPALA_{}", key.replace('.', "_").to_ascii_uppercase())
}

/// The key of the setting that names a file with the value of a secret one.
pub fn key_of_file(key: &str) -> String {
    format!("{key}_file")
}

impl Setting {
    /// Its value, without passwords.
    pub fn show(&self, settings: &Settings) -> String {
        (self.show)(settings)
    }

    pub(super) fn set(
        &self,
        settings: &mut Settings,
        text: &str,
        origin: &Origin,
    ) -> Result<(), SettingError> {
        if self.is_secret && matches!(origin, Origin::Flag(_)) && has_password(text) {
            return Err(SettingError::PasswordInFlag { flag: flag(self.key), variable: variable(self.key) });
        }
        (self.read)(settings, text).ok_or_else(|| SettingError::Wrong {
            key: self.key,
            // Even a broken URL may hold a password.
            value: match store::unknown_parameter(text).filter(|_| self.key == DATABASE_URL) {
                Some(name) => format!("a URL with the parameter \"{name}\", which means nothing"),
                None if self.is_secret => "something else".to_owned(),
                None => format!("\"{text}\""),
            },
            origin: origin.clone(),
            expected: self.expected.to_owned(),
        })
    }
}

const DATABASE_URL: &str = "database_url";
const DURATION: &str = "a duration such as 500ms, 30s, 15m, 12h or 30d";
const BYTES: &str = "a number of bytes, such as 4194304 or 4MiB";
const COUNT: &str = "a whole number from 1";

fn show_path(path: Option<&PathBuf>, otherwise: &str) -> String {
    path.map_or_else(|| otherwise.to_owned(), |path| path.display().to_string())
}

/// A setting that keeps a value as it is read: where it is, how it is read, how it is shown.
macro_rules! plain {
    ($place:ident $(. $rest:ident)*, $read:expr, $show:expr) => {
        (
            |settings: &mut Settings, text: &str| {
                settings.$place $(. $rest)* = $read(text)?;
                Some(())
            },
            |settings: &Settings| $show(settings.$place $(. $rest)*),
        )
    };
}

type Access = (fn(&mut Settings, &str) -> Option<()>, fn(&Settings) -> String);

const fn setting(
    key: &'static str,
    value_name: &'static str,
    help: &'static str,
    expected: &'static str,
    access: Access,
) -> Setting {
    Setting { key, value_name, help, expected, is_secret: false, read: access.0, show: access.1 }
}

const fn secret(setting: Setting) -> Setting {
    Setting { is_secret: true, ..setting }
}

fn count_u32(text: &str) -> Option<u32> {
    u32::try_from(count(text)?).ok()
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

/// All of them, in the order that people read them.
pub static SETTINGS: &[Setting] = &[
    setting(
        "listen",
        "ADDRESS:PORT",
        "Where to listen; port 0 takes a free one",
        "an address and a port, such as 127.0.0.1:5001",
        plain!(config.listen, address, |listen: std::net::SocketAddr| listen.to_string()),
    ),
    setting(
        "data_dir",
        "DIR",
        "Where everything is kept that no other setting puts elsewhere",
        "a folder",
        (
            |settings, text| {
                settings.config.data_dir = path(text)?;
                Some(())
            },
            |settings| match settings.config.needs_data_dir() {
                true => settings.config.data_dir.display().to_string(),
                false => "(not needed)".to_owned(),
            },
        ),
    ),
    secret(setting(
        DATABASE_URL,
        "URL",
        "Database for users, projects and sources: postgres://... or sqlite://...; SQLite in the data folder when left out",
        "a URL that begins with postgres:// or sqlite://",
        (
            |settings, text| {
                let url = url(text, &["postgres", "postgresql", "sqlite"])?;
                settings.config.database_url =
                    Some(url).filter(|url| store::unknown_parameter(url).is_none());
                settings.config.database_url.is_some().then_some(())
            },
            |settings| match &settings.config.database_url {
                Some(url) => masked(url),
                None => "(SQLite in the data folder)".to_owned(),
            },
        ),
    )),
    secret(setting(
        "mongodb_url",
        "URL",
        "MongoDB for canvases: mongodb://.../DATABASE; the other database when left out",
        "a URL that begins with mongodb:// or mongodb+srv://",
        (
            |settings, text| {
                settings.config.mongodb_url = Some(url(text, &["mongodb", "mongodb+srv"])?);
                Some(())
            },
            |settings| match &settings.config.mongodb_url {
                Some(url) => masked(url),
                None => "(in the database)".to_owned(),
            },
        ),
    )),
    setting(
        "uploads",
        "DIR",
        "Where uploaded files are kept; in the data folder when left out",
        "a folder",
        (
            |settings, text| {
                settings.config.uploads_dir = Some(path(text)?);
                Some(())
            },
            |settings| show_path(settings.config.uploads_dir.as_ref(), "(in the data folder)"),
        ),
    ),
    setting(
        "jwt_secret_file",
        "FILE",
        "File with the secret that signs access tokens; one is made in the data folder when left out",
        "a file",
        (
            |settings, text| {
                settings.config.jwt_secret_file = Some(path(text)?);
                Some(())
            },
            |settings| show_path(settings.config.jwt_secret_file.as_ref(), "(in the data folder)"),
        ),
    ),
    setting(
        "registration",
        "open|closed",
        "Whether anyone who reaches the server may make an account",
        "open or closed",
        (
            |settings, text| {
                settings.config.allow_registration = match text {
                    "open" => true,
                    "closed" => false,
                    _ => return None,
                };
                Some(())
            },
            |settings| if settings.config.allow_registration { "open" } else { "closed" }.to_owned(),
        ),
    ),
    setting(
        "trusted_proxies",
        "NETWORKS",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted, separated by commas",
        "networks or addresses separated by commas, such as 10.0.0.0/8,127.0.0.1",
        (
            |settings, text| {
                settings.config.trusted_proxies = networks(text)?;
                Some(())
            },
            |settings| {
                let networks: Vec<String> =
                    settings.config.trusted_proxies.iter().map(ToString::to_string).collect();
                if networks.is_empty() { "(none)".to_owned() } else { networks.join(",") }
            },
        ),
    ),
    setting(
        "header_timeout",
        "DURATION",
        "How long a connection may take to send the head of its next request",
        DURATION,
        plain!(config.header_timeout, duration, show_duration),
    ),
    setting(
        "drain_timeout",
        "DURATION",
        "How long a stop waits for requests that are at work",
        DURATION,
        plain!(config.drain_timeout, duration, show_duration),
    ),
    setting(
        "access_token_life",
        "DURATION",
        "How long an access token is good for",
        DURATION,
        plain!(config.access_token_life, duration, show_duration),
    ),
    setting(
        "refresh_token_life",
        "DURATION",
        "How long a sign-in lasts when it is not used",
        DURATION,
        plain!(config.refresh_token_life, duration, show_duration),
    ),
    setting(
        "bcrypt_cost",
        "COST",
        "Rounds of bcrypt as a power of two",
        "a number from 10 to 20",
        plain!(
            config.bcrypt_cost,
            |text| count_u32(text).filter(|cost| (10..=20).contains(cost)),
            |cost: u32| cost.to_string()
        ),
    ),
    setting(
        "log",
        "FILTER",
        "What is logged: error, warn, info, debug, or a filter such as info,sqlx=warn",
        "error, warn, info, debug, trace or a filter such as info,sqlx=warn",
        (
            |settings, text| {
                text.clone_into(&mut settings.log);
                Some(())
            },
            |settings| settings.log.clone(),
        ),
    ),
    setting(
        "log_format",
        "text|json",
        "Form of the logs",
        "text or json",
        (
            |settings, text| {
                settings.log_format = match text {
                    "text" => LogFormat::Text,
                    "json" => LogFormat::Json,
                    _ => return None,
                };
                Some(())
            },
            |settings| match settings.log_format {
                LogFormat::Text => "text".to_owned(),
                LogFormat::Json => "json".to_owned(),
            },
        ),
    ),
    setting(
        "database.connections",
        "COUNT",
        "Connections to the database; all servers together stay below PostgreSQL's max_connections",
        COUNT,
        plain!(config.database.connections, count_u32, |connections: u32| connections.to_string()),
    ),
    setting(
        "database.acquire_timeout",
        "DURATION",
        "Longest wait for a connection, or, with SQLite, for other writers",
        DURATION,
        plain!(config.database.acquire_timeout, duration, show_duration),
    ),
    setting(
        "database.statement_timeout",
        "DURATION",
        "Longest that PostgreSQL works on one statement",
        DURATION,
        plain!(config.database.statement_timeout, duration, show_duration),
    ),
    setting(
        "database.lock_timeout",
        "DURATION",
        "Longest that a statement of PostgreSQL waits for what another one holds",
        DURATION,
        plain!(config.database.lock_timeout, duration, show_duration),
    ),
    setting(
        "database.idle_transaction_timeout",
        "DURATION",
        "When PostgreSQL ends a transaction in which nothing happens",
        DURATION,
        plain!(config.database.idle_transaction_timeout, duration, show_duration),
    ),
    setting(
        "limits.upload_bytes",
        "BYTES",
        "Largest upload",
        BYTES,
        plain!(config.limits.upload_bytes, bytes, show_bytes),
    ),
    setting(
        "limits.columns",
        "COUNT",
        "Most columns of a source",
        COUNT,
        plain!(config.limits.columns, count_u32, |columns: u32| columns.to_string()),
    ),
    setting(
        "limits.field_bytes",
        "BYTES",
        "Largest field of a CSV file",
        BYTES,
        plain!(config.limits.field_bytes, bytes, show_bytes),
    ),
    setting(
        "limits.document_bytes",
        "BYTES",
        "Largest JSON or YAML body",
        BYTES,
        plain!(config.limits.document_bytes, bytes, show_bytes),
    ),
    setting(
        "limits.query_timeout_ms",
        "MILLISECONDS",
        "Longest that a query may take",
        COUNT,
        plain!(config.limits.query_timeout_ms, count, |millis: u64| millis.to_string()),
    ),
    setting(
        "limits.query_rows",
        "COUNT",
        "Most rows of an answer",
        COUNT,
        plain!(config.limits.query_rows, count, |rows: u64| rows.to_string()),
    ),
    setting(
        "limits.blocks",
        "COUNT",
        "Most blocks of a canvas",
        "a number from 1 to 500",
        plain!(
            config.limits.blocks,
            |text| count_u32(text).filter(|blocks| *blocks as usize <= impala_core::canvas::MAX_BLOCKS),
            |blocks: u32| blocks.to_string()
        ),
    ),
    setting(
        "events.poll",
        "DURATION",
        "How often the stores are asked for changes made through other servers, in projects that someone listens to",
        DURATION,
        plain!(config.events.poll, duration, show_duration),
    ),
    setting(
        "events.streams_per_user",
        "COUNT",
        "Streams of events that one user may have open",
        COUNT,
        plain!(config.events.streams_per_user, count_u32, |streams: u32| streams.to_string()),
    ),
];
