//! Follows a project through broken connections and restarts of the server.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::super::retry::{RetryPolicy, is_temporary, random};
use super::{Client, ClientError, EventStream};
use crate::api::events::ProjectEvent;

/// What following a project brings.
#[derive(Debug)]
pub enum Followed {
    /// Something changed. A `snapshot` says that the connection is new: it includes all that was missed.
    Event(ProjectEvent),
    /// The server cannot be reached, or does not answer as it should. It is tried again.
    Offline {
        /// Why.
        error: ClientError,
        /// When it is tried again.
        retry_in: Duration,
    },
}

/// A stream of events that reconnects by itself.
pub struct Follow {
    client: Client,
    owner: String,
    project: String,
    state: State,
    /// Failures in a row.
    failures: u32,
}

enum State {
    /// Connect at that time.
    Waiting(Instant),
    Connected {
        stream: Box<EventStream>,
        since: Instant,
    },
    Ended,
}

/// Waits of 0.5 s, 1 s, ... 30 s, for ever.
const BACK_OFF: RetryPolicy =
    RetryPolicy { retries: u32::MAX, first: Duration::from_millis(500), longest: Duration::from_secs(30) };

/// A connection that held as long as this was a good one.
const GOOD: Duration = Duration::from_secs(5);

impl Follow {
    /// Follows the project; nothing is sent before the first [`Follow::next`].
    pub fn new(client: &Client, owner: &str, project: &str) -> Self {
        let mut client = client.clone();
        // Failures are reported and waited for here.
        client.options.retry.retries = 0;
        Self {
            client,
            owner: owner.to_owned(),
            project: project.to_owned(),
            state: State::Waiting(Instant::now()),
            failures: 0,
        }
    }

    /// What comes next; `None` after the last event of a project that is gone, or that the user may no longer read.
    ///
    /// It may be dropped half-way and called again.
    ///
    /// # Errors
    /// What waiting does not fix: no longer signed in, no such project. After it comes `None`.
    pub async fn next(&mut self) -> Result<Option<Followed>, ClientError> {
        loop {
            match &mut self.state {
                State::Ended => return Ok(None),
                State::Waiting(until) => {
                    sleep_until(*until).await;
                    match self.client.events(&self.owner, &self.project).await {
                        Ok(stream) => {
                            let (stream, since) = (Box::new(stream), Instant::now());
                            self.state = State::Connected { stream, since };
                        }
                        Err(error) => return self.failed(error).map(Some),
                    }
                }
                State::Connected { stream, since } => {
                    let since = *since;
                    match stream.next().await {
                        Ok(Some(event)) => {
                            if event.is_last() {
                                self.state = State::Ended;
                            }
                            return Ok(Some(Followed::Event(event)));
                        }
                        // A server that stops ends its streams; the one beside it, or the next one, goes on.
                        Ok(None) => self.reconnect(since),
                        Err(error) => {
                            self.forgive(since);
                            return self.failed(error).map(Some);
                        }
                    }
                }
            }
        }
    }

    fn forgive(&mut self, since: Instant) {
        if since.elapsed() >= GOOD {
            self.failures = 0;
        }
    }

    fn reconnect(&mut self, since: Instant) {
        self.forgive(since);
        let wait = self.wait();
        self.state = State::Waiting(Instant::now() + wait);
    }

    fn failed(&mut self, error: ClientError) -> Result<Followed, ClientError> {
        let may_pass = match &error {
            ClientError::Unreachable { .. } | ClientError::TimedOut { .. } => true,
            error => error.status().is_some_and(is_temporary),
        };
        if !may_pass {
            self.state = State::Ended;
            return Err(error);
        }
        let retry_in = self.wait();
        self.state = State::Waiting(Instant::now() + retry_in);
        Ok(Followed::Offline { error, retry_in })
    }

    /// The next wait, longer with each failure in a row.
    fn wait(&mut self) -> Duration {
        self.failures = self.failures.saturating_add(1);
        BACK_OFF.wait(self.failures, None, random()).unwrap_or(BACK_OFF.longest)
    }
}
