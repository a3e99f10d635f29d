//! Turns for uploads: how many may be under way, of one user and of all, and how many read whole files at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use uuid::Uuid;

use super::blocking;
use crate::engine::{CancelOnDrop, Stop};
use crate::service::Error;

/// Uploads that may be under way at once; the others wait.
const UNDER_WAY: usize = 64;

/// Those of one user: a user with many idle uploads must not keep everyone else waiting.
const UNDER_WAY_PER_USER: usize = 8;

/// How long an upload waits for its turn.
pub(in crate::service) const TURN_TIMEOUT: Duration = Duration::from_secs(30);

/// When to come again, in seconds: an upload of ordinary size is through by then.
const COME_AGAIN_S: u64 = 5;

/// Limits how many uploads are at work.
#[derive(Debug)]
pub struct UploadTurns {
    under_way: Arc<Semaphore>,
    users: Arc<Mutex<HashMap<Uuid, usize>>>,
    working: Arc<Semaphore>,
}

impl UploadTurns {
    /// `working`: how many whole files are read at once, to check them, to join them or to make Parquet of them:
    /// that is what costs time and memory.
    pub fn new(working: usize) -> Self {
        Self {
            under_way: Arc::new(Semaphore::new(UNDER_WAY)),
            users: Arc::default(),
            working: Arc::new(Semaphore::new(working.max(1))),
        }
    }

    /// A turn to take bytes, of that user's share. When all turns are taken, it waits for one up to `patience`.
    ///
    /// # Errors
    /// `TooMany`.
    pub(in crate::service) async fn enter(&self, user_id: Uuid, patience: Duration) -> Result<Turn, Error> {
        let share = self.share(user_id)?;
        let turn = timeout(patience, turn(&self.under_way)).await;
        Ok(Turn { _turn: turn.map_err(|_| Error::TooMany { retry_after_s: COME_AGAIN_S })??, _share: share })
    }

    /// Reads whole files, off the async threads and when it is its turn. `work` is cancelled when nobody waits for it
    /// any more, and keeps its turn until it has ended.
    ///
    /// # Errors
    /// Those of `work`.
    pub(in crate::service) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Stop) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = turn(&self.working).await?;
        let stop = CancelOnDrop(Stop::never());
        let within = stop.0.clone();
        blocking(move || {
            let _turn = turn;
            work(&within)
        })
        .await
    }

    fn share(&self, user_id: Uuid) -> Result<Share, Error> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let count = users.entry(user_id).or_default();
        if *count >= UNDER_WAY_PER_USER {
            return Err(Error::TooMany { retry_after_s: COME_AGAIN_S });
        }
        *count += 1;
        drop(users);
        Ok(Share { users: Arc::clone(&self.users), user_id })
    }
}

/// A turn to take bytes, until dropped.
#[derive(Debug)]
pub(in crate::service) struct Turn {
    _turn: OwnedSemaphorePermit,
    _share: Share,
}

/// One of the uploads that a user may have under way.
#[derive(Debug)]
struct Share {
    users: Arc<Mutex<HashMap<Uuid, usize>>>,
    user_id: Uuid,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = users.entry(self.user_id) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

async fn turn(semaphore: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    let turn = Arc::clone(semaphore).acquire_owned().await;
    turn.map_err(|closed| Error::internal("waiting for other uploads", closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_user_has_a_share_of_the_turns_and_all_have_an_end() {
        let turns = UploadTurns::new(1);
        let enter = async |user: usize| turns.enter(Uuid::from_u128(user as u128), Duration::ZERO).await;
        let is_too_many = |turn: Result<Turn, Error>| matches!(turn, Err(Error::TooMany { .. }));
        let mut taken = Vec::new();
        for turn in 0..UNDER_WAY {
            taken.push(enter(turn / UNDER_WAY_PER_USER).await.unwrap());
        }
        assert!(is_too_many(enter(0).await), "their share is used up");
        assert!(is_too_many(enter(99).await), "all turns are taken");
        taken.pop();
        assert!(is_too_many(enter(0).await));
        taken.push(enter(99).await.unwrap());
        drop(taken);
        assert!(turns.users.lock().unwrap().is_empty(), "nobody is remembered");
        enter(0).await.unwrap();
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_told_to_stop_and_gives_its_turn_back() {
        let turns = UploadTurns::new(1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let endless = turns.work(move |stop| -> Result<(), Error> {
            let _ = begun.send(());
            loop {
                stop.check().map_err(crate::engine::QueryError::from)?;
            }
        });
        tokio::select! {
            _ = endless => unreachable!("it never ends by itself"),
            _ = has_begun => {}
        }
        assert_eq!(turns.work(|_| Ok(7)).await.unwrap(), 7);
    }
}
