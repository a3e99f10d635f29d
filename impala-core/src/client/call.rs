//! One request, from building it over renewing the token and trying again to reading the answer.

use std::future::Future;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::credentials::{Bearer, Renewal};
use super::error::chain;
use super::retry::{Retry, is_temporary, random};
use super::upload::{Sent, UploadBody};
use super::{Client, ClientError};
use crate::api::{PROBLEM_JSON, Page, Problem, RefreshRequest, Session};

/// Makes the server's answer to a creating POST the same when it is sent again.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A token that ends within this time is renewed before it is sent.
const RENEW_BEFORE: jiff::SignedDuration = jiff::SignedDuration::from_secs(20);

/// One request.
pub(super) struct Call {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Payload,
    /// Whether sending it twice does no harm.
    is_repeatable: bool,
    /// Whether it carries the token.
    is_signed: bool,
    /// Whether it may take as long as bytes keep moving.
    is_long: bool,
}

enum Payload {
    Empty,
    Bytes(bytes::Bytes),
    Upload(UploadBody, Sent),
}

impl Call {
    pub(super) fn new(client: &Client, method: Method, segments: &[&str]) -> Self {
        let is_repeatable = method != Method::POST && method != Method::PATCH;
        Self {
            method,
            url: client.url(segments),
            headers: Vec::new(),
            body: Payload::Empty,
            is_repeatable,
            is_signed: true,
            is_long: false,
        }
    }

    pub(super) fn get(client: &Client, segments: &[&str]) -> Self {
        Self::new(client, Method::GET, segments)
    }

    /// A GET of a route outside of the API.
    pub(super) fn beside_the_api(client: &Client, name: &str) -> Self {
        let mut call = Self::get(client, &[]);
        call.url = client.base.clone();
        // `parse_base` has refused URLs that cannot have segments.
        if let Ok(mut path) = call.url.path_segments_mut() {
            path.pop_if_empty().push(name);
        }
        call
    }

    pub(super) fn post(client: &Client, segments: &[&str]) -> Self {
        Self::new(client, Method::POST, segments)
    }

    /// Adds `?name=value`, if there is one.
    pub(super) fn query(mut self, name: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.url.query_pairs_mut().append_pair(name, &value.to_string());
        }
        self
    }

    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self, ClientError> {
        let bytes = serde_json::to_vec(body).map_err(|error| ClientError::Unexpected {
            url: self.url.to_string(),
            status: 0,
            detail: format!("its body cannot be written as JSON: {error}"),
        })?;
        self.body = Payload::Bytes(bytes.into());
        self.headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        Ok(self)
    }

    pub(super) fn upload(mut self, body: UploadBody, sent: Sent) -> Self {
        self.is_repeatable &= body.is_repeatable();
        self.is_long = true;
        self.body = Payload::Upload(body, sent);
        self
    }

    /// Gives the request a key under which the server runs it only once, so that it may be sent again.
    pub(super) fn once(mut self) -> Self {
        let key = Uuid::now_v7().to_string();
        self.is_repeatable = true;
        self.header(IDEMPOTENCY_KEY, &key)
    }

    /// Says of a POST that only asks that it may be sent again.
    pub(super) fn harmless(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    pub(super) fn unsigned(mut self) -> Self {
        self.is_signed = false;
        self
    }

    pub(super) fn long(mut self) -> Self {
        self.is_long = true;
        self
    }

    fn can_send_again(&self) -> bool {
        !matches!(&self.body, Payload::Upload(body, _) if !body.is_repeatable())
    }
}

/// Items that a server gives at once, at most.
const LONGEST_PAGE: usize = 1_000;

impl Client {
    /// Sends, and reads the JSON that comes back.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, ClientError> {
        read_json(self.send(call).await?).await
    }

    /// Sends, where no answer is wanted but that it worked.
    pub(super) async fn run(&self, call: Call) -> Result<(), ClientError> {
        self.send(call).await.map(drop)
    }

    /// Gets all pages of a list, or as many as it takes for the items that are wanted.
    pub(super) async fn list<T: DeserializeOwned>(&self, segments: &[&str]) -> Result<Vec<T>, ClientError> {
        let mut items: Vec<T> = Vec::new();
        let mut cursor: Option<String> = None;
        let most = self.most_listed.map_or(usize::MAX, |most| most as usize);
        loop {
            let left = self.most_listed.map(|_| (most - items.len()).min(LONGEST_PAGE));
            let call = Call::get(self, segments).query("cursor", cursor.as_ref()).query("limit", left);
            let page: Page<T> = self.ask(call).await?;
            items.extend(page.items);
            items.truncate(most);
            if page.next_cursor.is_none() || page.next_cursor == cursor || items.len() == most {
                return Ok(items);
            }
            cursor = page.next_cursor;
        }
    }

    /// Sends until it works, fails for good, or was tried often enough.
    pub(super) async fn send(&self, mut call: Call) -> Result<Response, ClientError> {
        let mut bearer = if call.is_signed { self.bearer().await? } else { None };
        let mut has_renewed = false;
        let mut attempt = 0;
        loop {
            let failure = match self.attempt(&mut call, bearer.as_ref()).await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    if response.status() == StatusCode::UNAUTHORIZED && !has_renewed && call.can_send_again()
                    {
                        has_renewed = true;
                        if let Some(renewed) = self.renew(bearer.as_ref()).await? {
                            bearer = Some(renewed);
                            continue;
                        }
                    }
                    Failure::of_answer(response).await
                }
                Err(failure) => failure,
            };
            attempt += 1;
            let may_repeat = call.can_send_again() && (call.is_repeatable || failure.was_not_sent);
            let wait = self.options.retry.wait(attempt, failure.retry_after, random());
            match wait {
                Some(wait) if failure.is_temporary && may_repeat => {
                    self.announce(&failure.error, wait, attempt);
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(failure.error),
            }
        }
    }

    fn announce(&self, error: &ClientError, wait: Duration, attempt: u32) {
        tracing::debug!(%error, ?wait, attempt, "trying again");
        if let Some(on_retry) = &self.options.on_retry {
            on_retry(&Retry { reason: error.to_string(), wait, attempt });
        }
    }

    async fn attempt(&self, call: &mut Call, bearer: Option<&Bearer>) -> Result<Response, Failure> {
        let mut request = self.http.request(call.method.clone(), call.url.clone());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        if let Some(bearer) = bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {}", bearer.token));
        }
        let mut sent = Sent::default();
        request = match &mut call.body {
            // An empty POST says so: some proxies refuse one without a length.
            Payload::Empty if call.method == Method::POST => request.header(CONTENT_LENGTH, "0"),
            Payload::Empty => request,
            Payload::Bytes(bytes) => request.body(bytes.clone()),
            Payload::Upload(body, counter) => {
                sent = counter.clone();
                sent.restart();
                body.attach(request, counter).await.map_err(Failure::for_good)?
            }
        };
        if !call.is_long {
            request = request.timeout(self.options.timeouts.answer);
        }
        let idle = self.options.timeouts.idle;
        match while_moving(request.send(), idle, || sent.bytes()).await {
            Some(answer) => answer.map_err(|error| self.failure_of(&error, &sent)),
            None => Err(self.silence(idle)),
        }
    }

    fn silence(&self, after: Duration) -> Failure {
        Failure {
            error: ClientError::TimedOut { url: self.base_url().to_owned(), after },
            is_temporary: true,
            was_not_sent: false,
            retry_after: None,
        }
    }

    fn failure_of(&self, error: &reqwest::Error, sent: &Sent) -> Failure {
        if let Some(source) = sent.take_error() {
            let what = "could not read what was to be uploaded".to_owned();
            return Failure::for_good(ClientError::File { what, source });
        }
        let url = self.base_url().to_owned();
        if error.is_timeout() && !error.is_connect() {
            return self.silence(self.options.timeouts.answer);
        }
        let reason = if error.is_connect() && error.is_timeout() {
            format!("no connection within {} s", self.options.timeouts.connect.as_secs())
        } else {
            chain(error)
        };
        Failure {
            error: ClientError::Unreachable { url, reason },
            is_temporary: true,
            was_not_sent: error.is_connect(),
            retry_after: None,
        }
    }

    /// The token to send, renewed when it is about to end.
    async fn bearer(&self) -> Result<Option<Bearer>, ClientError> {
        let credentials = self.options.credentials.clone();
        let bearer = off_thread(move || credentials.bearer()).await?;
        let is_ending = bearer
            .as_ref()
            .and_then(|bearer| bearer.expires_at)
            .is_some_and(|at| at <= jiff::Timestamp::now() + RENEW_BEFORE);
        if is_ending {
            // When that fails, the old one is sent and the server has the last word.
            return Ok(self.renew(bearer.as_ref()).await?.or(bearer));
        }
        Ok(bearer)
    }

    /// Replaces a token that the server no longer takes; `None` when there is no way to.
    async fn renew(&self, rejected: Option<&Bearer>) -> Result<Option<Bearer>, ClientError> {
        let Some(rejected) = rejected.map(|bearer| bearer.token.clone()) else {
            return Ok(None);
        };
        let credentials = self.options.credentials.clone();
        let asked = rejected.clone();
        let lock = match off_thread(move || credentials.renew(&asked)).await? {
            Renewal::Impossible => return Ok(None),
            Renewal::Done(bearer) => return Ok(Some(bearer)),
            Renewal::Locked(lock) => lock,
        };
        let body = RefreshRequest { refresh_token: lock.refresh_token().to_owned() };
        // Sent once: a refresh token that arrives a second time, later than a moment, revokes the session.
        let mut call = Call::post(self, &["auth", "refresh"]).unsigned().json(&body)?;
        match self.attempt(&mut call, None).await {
            Ok(response) if response.status().is_success() => {
                let session: Session = read_json(response).await?;
                off_thread(move || lock.keep(&session)).await.map(Some)
            }
            // Another process spent it just now, one that does not see the lock; what that one brought may be there.
            Ok(response) if response.status() == StatusCode::CONFLICT => {
                let credentials = self.options.credentials.clone();
                let kept = off_thread(move || credentials.bearer()).await?;
                match kept.filter(|kept| kept.token != rejected) {
                    Some(renewed) => Ok(Some(renewed)),
                    None => Err(Failure::of_answer(response).await.error),
                }
            }
            Ok(response) if matches!(response.status().as_u16(), 400 | 401 | 403) => {
                off_thread(move || lock.forget()).await.map(|()| None)
            }
            Ok(response) => Err(Failure::of_answer(response).await.error),
            Err(failure) => Err(failure.error),
        }
    }
}

/// Why one try failed.
struct Failure {
    error: ClientError,
    /// Whether a later try may do better.
    is_temporary: bool,
    /// Whether the server cannot have seen the request.
    was_not_sent: bool,
    retry_after: Option<Duration>,
}

impl Failure {
    fn for_good(error: ClientError) -> Self {
        Self { error, is_temporary: false, was_not_sent: true, retry_after: None }
    }

    async fn of_answer(response: Response) -> Self {
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let is_temporary = is_temporary(response.status().as_u16());
        Self { error: error_of(response).await, is_temporary, was_not_sent: false, retry_after }
    }
}

/// Runs what may block, such as waiting for a lock, off the async threads.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, super::CredentialError> + Send + 'static,
) -> Result<T, ClientError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(ClientError::Credentials),
        Err(error) => Err(ClientError::Credentials(error.into())),
    }
}

/// Waits for `future` as long as `moved` changes at least once in `idle`; `None` when it stalls.
pub(super) async fn while_moving<T>(
    future: impl Future<Output = T>,
    idle: Duration,
    moved: impl Fn() -> u64,
) -> Option<T> {
    let mut future = std::pin::pin!(future);
    loop {
        let before = moved();
        match tokio::time::timeout(idle, &mut future).await {
            Ok(answer) => return Some(answer),
            Err(_) if moved() == before => return None,
            Err(_) => {}
        }
    }
}

async fn read_json<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    let (url, status) = (response.url().to_string(), response.status().as_u16());
    let bytes = response.bytes().await.map_err(|error| ClientError::Unreachable {
        url: url.clone(),
        reason: format!("the answer broke off: {}", chain(&error)),
    })?;
    serde_json::from_slice(&bytes).map_err(|error| ClientError::Unexpected {
        url,
        status,
        detail: format!("it is not what this version of impala expects: {error}"),
    })
}

/// What a refusing answer says.
async fn error_of(response: Response) -> ClientError {
    let (url, origin) = (response.url().to_string(), response.url().origin().ascii_serialization());
    let status = response.status();
    let header = |name: HeaderName| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (content_type, location) = (header(CONTENT_TYPE), header(reqwest::header::LOCATION));
    if status.is_redirection() {
        return ClientError::Unexpected {
            url,
            status: status.as_u16(),
            detail: format!("it points to {location}; use that server's address"),
        };
    }
    let bytes = response.bytes().await.unwrap_or_default();
    if content_type.starts_with(PROBLEM_JSON)
        && let Ok(problem) = serde_json::from_slice::<Problem>(&bytes)
    {
        return ClientError::Problem(Box::new(problem));
    }
    if matches!(status.as_u16(), 408 | 425 | 429 | 502..=504) {
        return ClientError::Busy { url: origin, status: status.as_u16() };
    }
    ClientError::Unexpected {
        url,
        status: status.as_u16(),
        detail: format!("status {status}, which says no more"),
    }
}

#[cfg(test)]
mod tests;
