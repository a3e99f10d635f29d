//! Which projects are watched, and who listens how often.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::state::ProjectState;
use super::watcher;
use crate::service::Error;
use crate::state::AppState;

/// The state of a project; `None` until it was read for the first time.
pub(super) type States = watch::Sender<Option<Arc<ProjectState>>>;

/// Knows all watchers of this server.
#[derive(Debug, Default)]
pub struct Hub {
    watched: Mutex<HashMap<Uuid, Watched>>,
    seats: Arc<Mutex<HashMap<Uuid, u32>>>,
    failed_looks: AtomicU64,
    stopping: CancellationToken,
}

#[derive(Debug)]
struct Watched {
    states: States,
    wake: Arc<Notify>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// This server has changed something in the project: its listeners hear of it at once.
    pub fn changed(&self, project: Uuid) {
        if let Some(watched) = lock(&self.watched).get(&project) {
            watched.wake.notify_one();
        }
    }

    /// Ends all streams, future ones too.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Cancelled when all streams are to end.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// The states of a project, from the one watcher that it has.
    pub(super) fn watch(
        self: &Arc<Self>,
        app: &AppState,
        project: Uuid,
    ) -> watch::Receiver<Option<Arc<ProjectState>>> {
        match lock(&self.watched).entry(project) {
            Entry::Occupied(watched) => watched.get().states.subscribe(),
            Entry::Vacant(place) => {
                let (states, receiver) = watch::channel(None);
                let wake = Arc::new(Notify::new());
                place.insert(Watched { states: states.clone(), wake: Arc::clone(&wake) });
                watcher::start(Arc::clone(self), app, project, states, wake);
                receiver
            }
        }
    }

    /// Forgets a watcher without listeners; `false` when one has come in between.
    pub(super) fn forget(&self, project: Uuid, states: &States) -> bool {
        let mut watched = lock(&self.watched);
        let is_idle = states.receiver_count() == 0;
        if is_idle {
            watched.remove(&project);
        }
        is_idle
    }

    /// How many projects are watched.
    pub fn watched(&self) -> usize {
        lock(&self.watched).len()
    }

    /// How often reading the state of a project has failed.
    pub fn failed_looks(&self) -> u64 {
        self.failed_looks.load(Ordering::Relaxed)
    }

    /// Counts a failed read.
    pub(super) fn has_failed(&self) {
        self.failed_looks.fetch_add(1, Ordering::Relaxed);
    }

    /// A place for one more stream of a user.
    ///
    /// # Errors
    /// `TooMany` when they have `most` already.
    pub(super) fn seat(&self, user: Uuid, most: u32) -> Result<Seat, Error> {
        let mut seats = lock(&self.seats);
        let taken = seats.entry(user).or_default();
        if *taken >= most {
            return Err(Error::TooMany { retry_after_s: 10 });
        }
        *taken += 1;
        Ok(Seat { seats: Arc::clone(&self.seats), user })
    }
}

/// Given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Mutex<HashMap<Uuid, u32>>>,
    user: Uuid,
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Entry::Occupied(mut taken) = lock(&self.seats).entry(self.user) {
            *taken.get_mut() -= 1;
            if *taken.get() == 0 {
                taken.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_by_user_and_given_back() {
        let hub = Hub::default();
        let (ann, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = hub.seat(ann, 2).unwrap();
        let second = hub.seat(ann, 2).unwrap();
        assert!(matches!(hub.seat(ann, 2), Err(Error::TooMany { .. })));
        assert!(hub.seat(bob, 2).is_ok());
        drop(first);
        assert!(hub.seat(ann, 2).is_ok());
        drop(second);
        assert!(lock(&hub.seats).is_empty());
    }
}
