//! What every request has at hand. Time and ids come in here, so that tests choose them.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::AnyPool;
use uuid::Uuid;

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::service::events::hub::Hub;
use crate::service::jwt::JwtKeys;
use crate::service::passwords::Passwords;
use crate::service::runner::Runner;
use crate::service::sign_in_limit::SignInLimit;
use crate::service::uploads::UploadTurns;
use crate::store::canvases::CanvasStore;
use crate::store::uploads::Uploads;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Makes ids.
pub trait IdMaker: Send + Sync {
    /// An id that nothing has yet, for something that is made now.
    fn make(&self, now: Timestamp) -> Uuid;
}

/// UUIDv7, of the time and chance.
pub struct UuidMaker;

impl IdMaker for UuidMaker {
    fn make(&self, now: Timestamp) -> Uuid {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds))
    }
}

/// Handles to everything that requests share. Cloning it is cheap.
#[derive(Clone)]
pub struct AppState {
    /// What was chosen.
    pub config: Arc<Config>,
    /// The folder that everything is kept in, if anything is. It is locked as long as this lives.
    pub data_dir: Option<Arc<DataDir>>,
    /// What the stores belong to, all of them.
    pub instance: Uuid,
    /// Users, tokens, projects, sources.
    pub pool: AnyPool,
    /// Canvas documents.
    pub canvases: Arc<dyn CanvasStore>,
    /// The files of sources.
    pub uploads: Uploads,
    /// Limits how many uploads are at work.
    pub upload_turns: Arc<UploadTurns>,
    /// Runs queries.
    pub runner: Arc<Runner>,
    /// Tells the time; ask [`AppState::now`].
    pub clock: Arc<dyn Clock>,
    /// Makes ids; ask [`AppState::new_id`].
    pub ids: Arc<dyn IdMaker>,
    /// Signs and checks access tokens.
    pub jwt: Arc<JwtKeys>,
    /// Hashes passwords, a few at a time.
    pub passwords: Arc<Passwords>,
    /// Counts failed sign-ins.
    pub sign_ins: Arc<SignInLimit>,
    /// Who listens to which project.
    pub events: Arc<Hub>,
}

impl AppState {
    /// Now, in whole microseconds: what is answered is what will be read back.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.ids.make(self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let at = |second| UuidMaker.make(Timestamp::from_second(second).unwrap());
        assert!(at(1_700_000_000) < at(1_700_000_001));
        assert_ne!(at(1_700_000_000), at(1_700_000_000));
        assert_eq!(at(1_700_000_000).get_version_num(), 7);
    }
}
