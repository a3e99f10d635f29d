//! Slows down password guessing: a few failures are free, then each one costs waiting.
//!
//! Each server counts what comes to itself, in memory: n servers allow n times as many tries, which is still far from
//! enough to guess a password. Counting in the database would let anyone who is not signed in write to it as fast as they
//! can send.

use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;

use super::Error;

/// Failures per username and per address, in bounded memory: an attacker who tries a million names only pushes out the
/// oldest entries.
pub struct SignInLimit {
    failures: Cache<Key, Failures>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// One account from one address: someone tries passwords.
    Both(String, IpAddr),
    /// One account from anywhere: many machines try passwords. Allows more, or anyone could lock anyone out.
    User(String),
    /// One address, on any account: a list of leaked passwords is being tried. It may be a whole company, too.
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    since: Timestamp,
}

impl Key {
    /// Failures that a window allows.
    const fn allowed(&self) -> u32 {
        match self {
            Self::Both(..) => 10,
            Self::User(_) | Self::Address(_) => 100,
        }
    }
}

/// After this, counting starts over.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// Entries that are kept; about 100 bytes each.
const ENTRIES: u64 = 50_000;

impl Default for SignInLimit {
    fn default() -> Self {
        // Entries end by themselves some time after their window, whatever the clock that counts says.
        let failures = Cache::builder().max_capacity(ENTRIES).time_to_live(Duration::from_secs(600)).build();
        Self { failures }
    }
}

impl SignInLimit {
    /// Counts a try that is about to be made, as failed: two at once count as two.
    ///
    /// # Errors
    /// `TooMany` when there were too many of them.
    pub fn enter(&self, username: &str, address: IpAddr, now: Timestamp) -> Result<(), Error> {
        for key in keys(username, address) {
            let allowed = key.allowed();
            let failures = self.count(key, now);
            if failures.count > allowed {
                let wait = failures.since.duration_until(now);
                let left = (WINDOW - wait).as_secs().max(1);
                return Err(Error::TooMany { retry_after_s: u64::try_from(left).unwrap_or(1) });
            }
        }
        Ok(())
    }

    /// Takes the try back: it was right. The account's other failures are forgotten too, the address's are not, as
    /// an attacker may have an account of their own.
    pub fn succeeded(&self, username: &str, address: IpAddr) {
        let [both, user, address] = keys(username, address);
        self.failures.invalidate(&both);
        self.failures.invalidate(&user);
        self.failures.entry(address).and_compute_with(|entry| match entry {
            Some(entry) => {
                let failures = entry.into_value();
                let count = failures.count.saturating_sub(1);
                moka::ops::compute::Op::Put(Failures { count, ..failures })
            }
            None => moka::ops::compute::Op::Nop,
        });
    }

    fn count(&self, key: Key, now: Timestamp) -> Failures {
        let counted = self.failures.entry(key).and_upsert_with(|entry| match entry {
            Some(entry) if entry.value().since.duration_until(now) < WINDOW => {
                let failures = entry.into_value();
                Failures { count: failures.count.saturating_add(1), ..failures }
            }
            _ => Failures { count: 1, since: now },
        });
        counted.into_value()
    }
}

fn keys(username: &str, address: IpAddr) -> [Key; 3] {
    // A client has one address of IPv4, but a whole /64 of IPv6.
    let address = match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::from((u128::from(address) >> 64 << 64).to_be_bytes()),
        address => address,
    };
    // An overlong name is cut, so that memory stays bounded whatever is sent.
    let username: String = username.chars().take(32).collect();
    [Key::Both(username.clone(), address), Key::User(username), Key::Address(address)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn the_eleventh_failure_waits_until_the_window_ends() {
        let limit = SignInLimit::default();
        for _ in 0..10 {
            limit.enter("ann", HERE, at(0)).unwrap();
        }
        let check = |second, expected: u64| match limit.enter("ann", HERE, at(second)) {
            Err(Error::TooMany { retry_after_s }) => assert_eq!(retry_after_s, expected),
            other => panic!("{other:?}"),
        };
        check(0, 300);
        check(299, 1);
        limit.enter("bob", HERE, at(0)).unwrap();
        limit.enter("ann", [10, 0, 0, 1].into(), at(0)).unwrap();
        limit.enter("ann", HERE, at(300)).unwrap();
    }

    #[test]
    fn guessing_from_many_addresses_ends_too() {
        let limit = SignInLimit::default();
        for number in 0..100 {
            limit.enter("ann", [10, 0, 0, number].into(), at(0)).unwrap();
        }
        assert!(limit.enter("ann", HERE, at(0)).is_err());
        limit.enter("bob", HERE, at(0)).unwrap();
    }

    #[test]
    fn a_success_forgets_the_account_but_not_the_address() {
        let limit = SignInLimit::default();
        for number in 0..100 {
            limit.enter(&format!("user-{number}"), HERE, at(0)).unwrap();
        }
        assert!(limit.enter("mine", HERE, at(0)).is_err());
        limit.succeeded("mine", HERE);
        limit.succeeded("mine", HERE);
        limit.enter("mine", HERE, at(0)).unwrap();
        assert!(limit.enter("mine", HERE, at(0)).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let check = |one: &str, other: &str, expected| {
            let key = |text: &str| keys("x", text.parse().unwrap())[2].clone();
            assert_eq!(key(one) == key(other), expected, "{one} {other}");
        };
        check("2001:db8::1", "2001:db8::2:3:4:5", true);
        check("2001:db8::1", "2001:db8:0:1::1", false);
        check("::ffff:10.0.0.1", "10.0.0.1", true);
        check("10.0.0.1", "10.0.0.2", false);
    }
}
