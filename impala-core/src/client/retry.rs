//! What is tried again, and when.

use std::time::Duration;

use uuid::Uuid;

/// How often and how soon a request is tried again: exponential waits with jitter, or what the server asks for.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Tries after the first.
    pub retries: u32,
    /// The first wait, about.
    pub first: Duration,
    /// The longest wait, and the longest `Retry-After` that is waited for.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { retries: 3, first: Duration::from_millis(250), longest: Duration::from_secs(60) }
    }
}

/// A request that is about to be tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// What went wrong.
    pub reason: String,
    /// How long it is waited before.
    pub wait: Duration,
    /// 1 for the first retry.
    pub attempt: u32,
}

/// Whether a later try may do better. What the server does not know (501, 505) and a full disk (507) stay as they are.
pub(super) fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599) && !matches!(status, 501 | 505 | 507)
}

impl RetryPolicy {
    /// How long to wait before retry number `attempt` (from 1); `None` to give up.
    ///
    /// * `retry_after`: what the server asked for; when it is longer than the longest wait, giving up now is better than
    ///   being refused again.
    /// * `random`: any number; spreads the waits of many clients.
    pub(super) fn wait(&self, attempt: u32, retry_after: Option<Duration>, random: u64) -> Option<Duration> {
        if attempt > self.retries {
            return None;
        }
        if let Some(asked) = retry_after {
            return (asked <= self.longest).then_some(asked);
        }
        let doubled = self.first.saturating_mul(1 << (attempt - 1).min(16));
        let longest = doubled.min(self.longest);
        // Between half of it and all of it.
        let share = 0.5 + (random % 1_000) as f64 / 2_000.0;
        Some(longest.mul_f64(share))
    }
}

/// A number that differs between clients and calls.
pub(super) fn random() -> u64 {
    Uuid::now_v7().as_u64_pair().1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let policy =
            RetryPolicy { retries: 3, first: Duration::from_secs(1), longest: Duration::from_secs(3) };
        let check = |attempt, asked: Option<u64>, random, expected: Option<u64>| {
            let wait = policy.wait(attempt, asked.map(Duration::from_secs), random);
            assert_eq!(wait, expected.map(Duration::from_millis), "{attempt}");
        };
        check(1, None, 0, Some(500));
        check(2, None, 0, Some(1_000));
        check(3, None, 0, Some(1_500));
        check(1, None, 500, Some(750));
        check(4, None, 0, None);
        check(1, Some(2), 0, Some(2_000));
        check(1, Some(0), 0, Some(0));
        check(1, Some(90), 0, None);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(is_temporary(status), "{status}");
        }
        for status in [200, 400, 401, 403, 404, 409, 412, 413, 422, 501, 505, 507] {
            assert!(!is_temporary(status), "{status}");
        }
    }
}
