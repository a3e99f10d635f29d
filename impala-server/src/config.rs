//! What the operator of a server can set.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use impala_core::api::Limits;
use impala_core::canvas::MAX_BLOCKS;
use ipnet::IpNet;

use crate::service::events::EventSettings;
use crate::store::DatabaseConfig;

/// The configuration of a server. [`Config::new`] has the defaults for one machine.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where everything is kept that is put nowhere else: database, uploads, secret. Made when it is needed and not there.
    pub data_dir: PathBuf,
    /// `sqlite://...` or `postgres://...`; an SQLite file in `data_dir` when `None`.
    pub database_url: Option<String>,
    /// How many connections to it there are, and how long things may take there.
    pub database: DatabaseConfig,
    /// `mongodb://.../name`: where canvas documents are kept; the SQL database when `None`.
    pub mongodb_url: Option<String>,
    /// Where uploaded files are kept; `uploads` in `data_dir` when `None`.
    pub uploads_dir: Option<PathBuf>,
    /// Holds the key that signs access tokens, at least 32 bytes; one is made in `data_dir` when `None`.
    pub jwt_secret_file: Option<PathBuf>,
    /// Whether anyone who reaches the server may register.
    pub allow_registration: bool,
    /// Proxies whose forwarding headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// How long a connection may take to send the head of its next request; also how long it may be idle.
    pub header_timeout: Duration,
    /// Rounds of bcrypt as a power of two, 4 to 31.
    pub bcrypt_cost: u32,
    /// How long a JWT is good for.
    pub access_token_life: Duration,
    /// How long a refresh token is good for.
    pub refresh_token_life: Duration,
    /// Size, number and time limits.
    pub limits: Limits,
    /// How long a page waits for the choices of its parameters. What takes longer is offered the next time.
    pub choices_patience: Duration,
    /// How changes of a project are found and sent.
    pub events: EventSettings,
    /// How long a stop waits for running requests.
    pub drain_timeout: Duration,
}

impl Config {
    /// One binary on one machine: loopback, everything under `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 5001)),
            data_dir: data_dir.into(),
            database_url: None,
            database: DatabaseConfig::default(),
            mongodb_url: None,
            uploads_dir: None,
            jwt_secret_file: None,
            allow_registration: true,
            trusted_proxies: Vec::new(),
            header_timeout: Duration::from_secs(60),
            bcrypt_cost: 12,
            access_token_life: Duration::from_secs(15 * 60),
            refresh_token_life: Duration::from_secs(30 * 24 * 60 * 60),
            limits: default_limits(),
            choices_patience: Duration::from_millis(400),
            events: EventSettings::default(),
            drain_timeout: Duration::from_secs(30),
        }
    }

    /// Whether anything is kept in the data folder. A server whose database, uploads and secret are elsewhere writes nothing
    /// but uploads.
    pub const fn needs_data_dir(&self) -> bool {
        self.database_url.is_none() || self.uploads_dir.is_none() || self.jwt_secret_file.is_none()
    }
}

fn default_limits() -> Limits {
    Limits {
        upload_bytes: 8 << 30,
        columns: 2_000,
        field_bytes: 16 << 20,
        document_bytes: 4 << 20,
        query_timeout_ms: 10_000,
        query_rows: 100_000,
        blocks: u32::try_from(MAX_BLOCKS).unwrap_or(u32::MAX),
    }
}
