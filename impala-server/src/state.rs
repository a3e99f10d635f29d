//! What every request needs. Time and ids come in here, so that tests can set them.

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

/// The current time.
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
    /// A new unique id, for something that is made now.
    fn make(&self, now: Timestamp) -> Uuid;
}

/// UUIDv7, from time and randomness.
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
    /// The configuration.
    pub config: Arc<Config>,
    /// The folder that everything is kept in, if there is one. It is locked as long as this lives.
    pub data_dir: Option<Arc<DataDir>>,
    /// The instance that all stores belong to.
    pub instance: Uuid,
    /// Users, tokens, projects, sources.
    pub pool: AnyPool,
    /// Canvas documents.
    pub canvases: Arc<dyn CanvasStore>,
    /// The files of sources.
    pub uploads: Uploads,
    /// Limits how many uploads run at once.
    pub upload_turns: Arc<UploadTurns>,
    /// Runs queries.
    pub runner: Arc<Runner>,
    /// Gives the time; call [`AppState::now`].
    pub clock: Arc<dyn Clock>,
    /// Makes ids; call [`AppState::new_id`].
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
