//! Changes of a project, sent to its listeners.
//!
//! Several servers share their stores and nothing else, so no server hears of another's changes. Changes are therefore
//! found by comparing states: a watcher for each project with listeners reads its state, every second and at once when
//! this server itself changed something; each listener gets the difference between what was last sent to it and the
//! current state. A slow listener gets fewer and larger differences; nothing queues up, and nothing is lost.

pub mod hub;
pub mod shared;
pub mod state;
mod watcher;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use impala_core::api::events::ProjectEvent;
use impala_core::api::{Role, Scope};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::hub::Seat;
use self::state::ProjectState;
use super::paths::ProjectPath;
use super::{Caller, Error, access, users};
use crate::state::AppState;

/// How events are found and sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSettings {
    /// How often the stores are asked for changes of a project with listeners.
    pub poll: Duration,
    /// How often a listener's access is checked again.
    pub recheck: Duration,
    /// How long a stream is silent before a comment keeps it alive.
    pub keep_alive: Duration,
    /// Streams that one user may have open.
    pub streams_per_user: u32,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            recheck: Duration::from_secs(15),
            keep_alive: Duration::from_secs(15),
            streams_per_user: 50,
        }
    }
}

/// Listens to a project. `credential` is the bearer token of the request: it is checked again from time to time.
///
/// # Errors
/// `NotFound`, `Forbidden`; `TooMany` when the caller listens too often already.
pub async fn listen(
    app: &AppState,
    caller: &Caller,
    credential: String,
    path: ProjectPath,
) -> Result<Listener, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let seat = app.events.seat(caller.user.id, app.config.events.streams_per_user)?;
    let mut states = app.events.watch(app, project.id);
    // What is there already counts as news for this listener.
    states.mark_changed();
    let recheck = app.config.events.recheck;
    let mut recheck = interval_at(Instant::now() + recheck, recheck);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Ok(Listener {
        app: app.clone(),
        user_id: caller.user.id,
        credential,
        path,
        states,
        sent: None,
        pending: VecDeque::new(),
        recheck,
        stopping: app.events.stopping(),
        is_over: false,
        _seat: seat,
    })
}

/// A listener.
pub struct Listener {
    app: AppState,
    user_id: Uuid,
    credential: String,
    path: ProjectPath,
    states: watch::Receiver<Option<Arc<ProjectState>>>,
    /// The last state that was sent.
    sent: Option<Arc<ProjectState>>,
    pending: VecDeque<ProjectEvent>,
    recheck: Interval,
    stopping: CancellationToken,
    is_over: bool,
    _seat: Seat,
}

/// Whether a listener may go on.
enum Verdict {
    Stay,
    /// The token is no longer valid: another one may be.
    SignedOut,
    /// They are no longer in the project.
    Out,
}

impl Listener {
    /// The next event for the listener. `None` ends the stream: the server stops, or the token is no longer valid.
    pub async fn next(&mut self) -> Option<ProjectEvent> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                self.is_over |= event.is_last();
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                changed = self.states.changed() => {
                    changed.ok()?;
                    let state = self.states.borrow_and_update().clone();
                    if let Some(state) = state {
                        self.take(state).await;
                    }
                }
                _ = self.recheck.tick() => match self.verdict().await {
                    Verdict::Stay => {}
                    Verdict::SignedOut => return None,
                    Verdict::Out => self.pending.push_back(ProjectEvent::AccessLost),
                },
            }
        }
    }

    async fn take(&mut self, state: Arc<ProjectState>) {
        if state.is_gone() {
            self.pending.push_back(ProjectEvent::ProjectDeleted);
            return;
        }
        // The last state may not know yet of someone who has just joined through another server.
        if state.role_of(self.user_id).is_none() {
            match self.verdict().await {
                Verdict::Stay => {}
                Verdict::SignedOut => {
                    self.is_over = true;
                    return;
                }
                Verdict::Out => {
                    self.pending.push_back(ProjectEvent::AccessLost);
                    return;
                }
            }
        }
        match &self.sent {
            None => self.pending.push_back(state.snapshot()),
            Some(sent) => self.pending.extend(state.changes_since(sent, self.user_id)),
        }
        self.sent = Some(state);
    }

    /// Stores that cannot be reached are no reason to end a stream.
    async fn verdict(&self) -> Verdict {
        let caller = match users::who(&self.app, &self.credential).await {
            Ok(caller) => caller,
            Err(Error::Unauthorized(_)) => return Verdict::SignedOut,
            Err(_) => return Verdict::Stay,
        };
        let ProjectPath { owner, slug } = &self.path;
        match access::project(&self.app, &caller, owner, slug, Role::Viewer, Scope::Read).await {
            Err(Error::NotFound { .. } | Error::Forbidden(_)) => Verdict::Out,
            _ => Verdict::Stay,
        }
    }
}
