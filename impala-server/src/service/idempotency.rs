//! Requests that may arrive twice and are done once: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).

use impala_core::FieldError;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Caller, Error};
use crate::state::AppState;
use crate::store::sql::idempotency::{self, Claim, KeptAnswer, Known};

/// How long an answer is kept.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// No request takes this long; one without an answer after it ended with its server.
const ABANDONED: SignedDuration = SignedDuration::from_mins(10);

/// Larger answers are not kept.
pub const ANSWER_BYTES: usize = 64 * 1024;

const KEY_CHARS: usize = 255;

/// What to do with a request.
#[derive(Debug)]
pub enum Step {
    /// Do it, then [`finish`].
    Do(Claim),
    /// It was done: answer this.
    Replay(KeptAnswer),
}

/// Looks up whether a request was done before. `request` is all of it that identifies what is
/// to be done, in parts.
///
/// # Errors
/// `Invalid` for an invalid key, or one that was used for another request; `TooMany` while the first is running.
pub async fn begin(app: &AppState, caller: &Caller, key: &str, request: &[&[u8]]) -> Result<Step, Error> {
    let is_key = (1..=KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_key {
        let detail = format!("Idempotency-Key has 1 to {KEY_CHARS} visible ASCII characters");
        return Err(FieldError::at("", detail).into());
    }
    let now = app.now();
    let before = |age: SignedDuration| now.checked_sub(age).unwrap_or(Timestamp::MIN);
    let claim = Claim {
        user_id: caller.user.id,
        key: key.to_owned(),
        request_hash: hash(caller, request),
        now,
        forget_before: before(LIFE),
        abandoned_before: before(ABANDONED),
    };
    match idempotency::claim(&app.pool, &claim).await? {
        Known::New => Ok(Step::Do(claim)),
        Known::Answered(answer) => Ok(Step::Replay(answer)),
        // Not a conflict: clients give up on one, and retry after this, when the answer is there.
        Known::Running => Err(Error::TooMany { retry_after_s: 1 }),
        Known::Other => Err(FieldError::at(
            "",
            "the Idempotency-Key was used for another request before; use a new one for this",
        )
        .into()),
    }
}

/// The token counts too: one with fewer rights must not read another's answer.
fn hash(caller: &Caller, request: &[&[u8]]) -> String {
    let token = caller.token.as_ref().map(|used| used.token.id.to_string()).unwrap_or_default();
    let mut hasher = Sha256::new();
    for part in [token.as_bytes()].iter().chain(request) {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

/// Keeps the answer of a request that was done, or forgets the request when its answer cannot be given again.
///
/// # Errors
/// Only the store's own.
pub async fn finish(app: &AppState, claim: &Claim, answer: Option<KeptAnswer>) -> Result<(), Error> {
    match answer {
        Some(answer) => idempotency::keep(&app.pool, claim, &answer).await?,
        None => idempotency::forget(&app.pool, claim).await?,
    }
    Ok(())
}
