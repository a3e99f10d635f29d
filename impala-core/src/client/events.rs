//! `events` of a project: a stream that the server writes as things change.

mod follow;
mod parser;

use std::time::Duration;

use reqwest::Response;
use reqwest::header::ACCEPT;

use super::call::{Call, while_moving};
use super::error::chain;
use super::{Client, ClientError};
use crate::api::events::ProjectEvent;
pub use follow::{Follow, Followed};
use parser::Parser;

/// The server says something, be it only a comment, every 15 seconds. After twice that the connection is dead.
const SILENCE: Duration = Duration::from_secs(40);

impl Client {
    /// GET `events`: what changes in a project, beginning with all that there is. [`Follow`] also reconnects.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn events(&self, owner: &str, project: &str) -> Result<EventStream, ClientError> {
        let call = Call::get(self, &["projects", owner, project, "events"]);
        let asking = self.send(call.long().header(ACCEPT, "text/event-stream"));
        let answer = self.options.timeouts.answer;
        let url = self.base_url().to_owned();
        match tokio::time::timeout(answer, asking).await {
            Ok(response) => Ok(EventStream { response: response?, parser: Parser::default(), url }),
            Err(_) => Err(ClientError::TimedOut { url, after: answer }),
        }
    }
}

/// Events as they come. Dropping it hangs up.
pub struct EventStream {
    response: Response,
    parser: Parser,
    url: String,
}

impl EventStream {
    /// The next event; `None` when the server has ended the stream: it stops, or the session is over. Events that
    /// this version does not know are passed over.
    ///
    /// It may be dropped half-way and called again; nothing is lost.
    ///
    /// # Errors
    /// `Unreachable` when the connection breaks, `TimedOut` when it is dead, `Unexpected` for anything that is not an event.
    pub async fn next(&mut self) -> Result<Option<ProjectEvent>, ClientError> {
        loop {
            while let Some(message) = self.parser.next() {
                if let Some(event) = self.read(&message.name, &message.data)? {
                    return Ok(Some(event));
                }
            }
            match while_moving(self.response.chunk(), SILENCE, || 0).await {
                Some(Ok(Some(bytes))) => self.parser.push(&bytes).map_err(|detail| self.odd(detail))?,
                Some(Ok(None)) => return Ok(None),
                Some(Err(error)) => {
                    let reason = format!("the events broke off: {}", chain(&error));
                    return Err(ClientError::Unreachable { url: self.url.clone(), reason });
                }
                None => return Err(ClientError::TimedOut { url: self.url.clone(), after: SILENCE }),
            }
        }
    }

    fn read(&self, name: &str, data: &str) -> Result<Option<ProjectEvent>, ClientError> {
        if !ProjectEvent::NAMES.contains(&name) {
            return Ok(None);
        }
        let event = serde_json::from_str(data);
        event.map(Some).map_err(|error| self.odd(format!("the event {name} cannot be read: {error}")))
    }

    fn odd(&self, detail: String) -> ClientError {
        ClientError::Unexpected { url: self.url.clone(), status: self.response.status().as_u16(), detail }
    }
}
