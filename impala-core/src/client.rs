//! The HTTP client: one method a route, so that no other part spells a path or reads a status.
//!
//! * [`ClientError`]: what can go wrong, by what the caller can do about it
//! * [`Credentials`]: where the bearer token comes from, and how an expired one is renewed
//! * [`RetryPolicy`]: what is tried again, and when
//! * [`Follow`]: what changes in a project, for as long as one likes
//! * `account`, `projects`, `sources`, `canvases`, `previews`, `shares`, `query`, `events`: the routes

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;

mod account;
mod call;
mod canvases;
mod credentials;
mod error;
mod events;
mod previews;
mod projects;
mod query;
mod resumable;
mod retry;
mod shares;
mod sources;
mod upload;

pub use account::ServerState;
pub use canvases::{ParameterTexts, RenderStyle};
pub use credentials::{Anonymous, Bearer, BearerToken, CredentialError, Credentials, Renewal, RenewalLock};
pub use error::ClientError;
pub use events::{EventStream, Follow, Followed};
pub use resumable::{ResumableUpload, UploadMemory};
pub use retry::{Retry, RetryPolicy};
pub use sources::Download;
pub use upload::{CsvChoices, Progress, UploadBody, UploadRequest};

/// How long the client waits.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the whole answer of a request that is not an upload or download.
    pub answer: Duration,
    /// For uploads and downloads: without a byte moving. The server reads the file a last time after the last byte
    /// has come, which for a large one takes minutes.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(90),
            idle: Duration::from_secs(600),
        }
    }
}

/// Called before a request is tried again.
pub type OnRetry = Arc<dyn Fn(&Retry) + Send + Sync>;

/// What a [`Client`] is made with.
#[derive(Clone)]
pub struct ClientOptions {
    /// Where the bearer token comes from.
    pub credentials: Arc<dyn Credentials>,
    /// What is tried again, and when.
    pub retry: RetryPolicy,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// What the client calls itself: `impala/0.1.0`.
    pub user_agent: String,
    /// Called before a request is tried again.
    pub on_retry: Option<OnRetry>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            credentials: Arc::new(Anonymous),
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            user_agent: concat!("impala/", env!("CARGO_PKG_VERSION")).to_owned(),
            on_retry: None,
        }
    }
}

/// Speaks to one server. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    options: ClientOptions,
    preview: Option<String>,
    most_listed: Option<u32>,
}

impl Client {
    /// The same client, whose lists end after so many items, where a number is given.
    #[must_use]
    pub fn listing_at_most(mut self, items: Option<u32>) -> Self {
        self.most_listed = items;
        self
    }

    /// The same client, which reads canvases and queries through a preview, where one is named.
    #[must_use]
    pub fn in_preview(mut self, preview: Option<String>) -> Self {
        self.preview = preview;
        self
    }

    /// A client of the server at `base_url`, `http://127.0.0.1:5001`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError::BadUrl`] when that is no `http` or `https` URL.
    pub fn new(base_url: &str, options: ClientOptions) -> Result<Self, ClientError> {
        let base = parse_base(base_url)?;
        let agent =
            HeaderValue::from_str(&options.user_agent).unwrap_or_else(|_| HeaderValue::from_static("impala"));
        // A redirect is reported, not followed: a bearer token goes to the server that it is for, and nowhere else.
        let builder = reqwest::Client::builder()
            .user_agent(agent)
            .connect_timeout(options.timeouts.connect)
            .tcp_keepalive(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none());
        // Reading the system's certificates costs milliseconds that a plain connection does not need.
        let builder = if base.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let http = builder.build().map_err(|error| ClientError::BadUrl {
            url: base_url.to_owned(),
            reason: error::chain(&error),
        })?;
        Ok(Self { http, base, options, preview: None, most_listed: None })
    }

    /// The same client, which asks once.
    #[must_use]
    pub fn without_retries(mut self) -> Self {
        self.options.retry.retries = 0;
        self
    }

    /// The server's address, without a slash at the end.
    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The URL of a route: each segment is escaped.
    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // `parse_base` has refused URLs that cannot have segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(segments);
        }
        url
    }
}

fn parse_base(base_url: &str) -> Result<Url, ClientError> {
    let bad = |reason: &str| ClientError::BadUrl { url: base_url.to_owned(), reason: reason.to_owned() };
    if !["http://", "https://"].iter().any(|scheme| base_url.starts_with(scheme)) {
        return Err(bad("it begins with neither http:// nor https://"));
    }
    let url = Url::parse(base_url).map_err(|error| bad(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("it holds a user name or password; sign in instead"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("an address ends before \"?\" and \"#\""));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_escaped_and_a_prefix_is_kept() {
        let check = |base: &str, segments: &[&str], expected: &str| {
            let client = Client::new(base, ClientOptions::default()).expect(base);
            assert_eq!(client.url(segments).as_str(), expected);
        };
        check("http://h:1", &["me"], "http://h:1/api/v1/me");
        check("http://h:1/", &["me"], "http://h:1/api/v1/me");
        check("http://h/team/", &["a/b", "../c"], "http://h/team/api/v1/a%2Fb/..%2Fc");
        check("http://h", &["sources", "taxis?x"], "http://h/api/v1/sources/taxis%3Fx");
    }

    #[test]
    fn what_is_no_servers_address_is_refused() {
        let check = |base: &str, expected: &str| {
            let error = Client::new(base, ClientOptions::default()).err().expect(base);
            assert!(error.to_string().contains(expected), "{error}");
        };
        check("localhost:5001", "neither http:// nor https://");
        check("nonsense", "neither http:// nor https://");
        check("http://", "empty host");
        check("http://ann:secret@h", "sign in instead");
        check("http://h/?x", "ends before");
    }
}
