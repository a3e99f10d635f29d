//! The only task that watches a project on this server, for as long as someone listens.

use std::sync::Arc;
use std::time::Duration;

use sqlx::AnyPool;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::hub::{Hub, States};
use super::state::ProjectState;
use crate::state::AppState;
use crate::store::canvases::CanvasStore;

/// Looking takes at most one part in so many of a watcher's time: large projects are looked at less often.
const REST: u32 = 10;

struct Watcher {
    hub: Arc<Hub>,
    /// Not the whole state of the application, which holds the lock of the data folder.
    pool: AnyPool,
    documents: Arc<dyn CanvasStore>,
    project: Uuid,
    poll: Duration,
    states: States,
    wake: Arc<Notify>,
}

/// Starts the task. It ends with the last receiver of `states`.
pub(super) fn start(hub: Arc<Hub>, app: &AppState, project: Uuid, states: States, wake: Arc<Notify>) {
    let watcher = Watcher {
        hub,
        pool: app.pool.clone(),
        documents: Arc::clone(&app.canvases),
        project,
        poll: app.config.events.poll,
        states,
        wake,
    };
    tokio::spawn(watcher.run());
}

impl Watcher {
    async fn run(self) {
        let stopping = self.hub.stopping();
        let mut was_well = true;
        loop {
            let begun = Instant::now();
            tokio::select! {
                () = stopping.cancelled() => return,
                is_well = self.look() => {
                    if is_well != was_well {
                        tracing::info!(project = %self.project, is_well, "watching a project for changes");
                    }
                    was_well = is_well;
                }
            }
            let pause = self.poll.max(begun.elapsed().saturating_mul(REST));
            tokio::select! {
                () = stopping.cancelled() => return,
                () = self.states.closed() => if self.hub.forget(self.project, &self.states) { return },
                () = self.wake.notified() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Reads the state of the project, and sends it if it is new. While a store is down nothing is sent.
    async fn look(&self) -> bool {
        match ProjectState::read(&self.pool, &self.documents, self.project).await {
            Ok(state) => {
                self.states.send_if_modified(|sent| {
                    let is_news = sent.as_deref() != Some(&state);
                    if is_news {
                        *sent = Some(Arc::new(state));
                    }
                    is_news
                });
                true
            }
            Err(error) => {
                self.hub.has_failed();
                tracing::debug!(%error, project = %self.project, "cannot read what has changed");
                false
            }
        }
    }
}
