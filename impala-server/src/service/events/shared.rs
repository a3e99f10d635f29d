//! Changes of the canvas behind a share link, sent to its readers.
//!
//! They learn that there is something new, and the name of its state: no source, no person, nothing of the project's other
//! canvases. The link is checked again at every change and from time to time, so the stream ends with it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::hub::Seat;
use super::state::ProjectState;
use crate::service::expected::Tag;
use crate::service::tables::Catalogue;
use crate::service::{Error, shares};
use crate::state::AppState;

/// An event for a reader of a share link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedEvent {
    /// State of the canvas; the first event has the state when the listening began.
    Canvas {
        /// Names its revision.
        tag: Tag,
        /// Names what its blocks read. Another one means that they have to be asked again.
        data: String,
    },
    /// The link has ended, is paused, or its canvas is gone. Nothing follows.
    Ended,
}

/// A listener of a share link.
pub struct SharedListener {
    app: AppState,
    secret: String,
    states: watch::Receiver<Option<Arc<ProjectState>>>,
    sent: Option<SharedEvent>,
    recheck: Interval,
    stopping: CancellationToken,
    _seat: Seat,
}

/// Listens to the canvas behind a link.
///
/// # Errors
/// `NotFound` for an invalid link; `TooMany` when it has too many listeners already.
pub async fn listen(app: &AppState, secret: String) -> Result<SharedListener, Error> {
    let opened = shares::open(app, &secret).await?;
    let seat = app.events.seat(opened.share, app.config.events.streams_per_user)?;
    let mut states = app.events.watch(app, opened.project);
    states.mark_changed();
    let recheck = app.config.events.recheck;
    let mut recheck = interval_at(Instant::now() + recheck, recheck);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopping = app.events.stopping();
    Ok(SharedListener { app: app.clone(), secret, states, sent: None, recheck, stopping, _seat: seat })
}

impl SharedListener {
    /// The next event for the listener. `None` ends the stream.
    pub async fn next(&mut self) -> Option<SharedEvent> {
        while self.sent != Some(SharedEvent::Ended) {
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                changed = self.states.changed() => {
                    changed.ok()?;
                    self.states.mark_unchanged();
                }
                _ = self.recheck.tick() => {}
            }
            // Stores that cannot be reached are no reason to end a stream.
            if let Ok(event) = self.look().await
                && self.sent.as_ref() != Some(&event)
            {
                self.sent = Some(event.clone());
                return Some(event);
            }
        }
        None
    }

    async fn look(&self) -> Result<SharedEvent, Error> {
        let opened = match shares::open(&self.app, &self.secret).await {
            Err(Error::NotFound { .. }) => return Ok(SharedEvent::Ended),
            opened => opened?,
        };
        let catalogue = Catalogue::of_canvas(&self.app, opened.project, &opened.saved.canvas).await?;
        Ok(SharedEvent::Canvas { tag: Tag::of(&opened.saved), data: catalogue.fingerprint() })
    }
}
