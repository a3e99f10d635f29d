//! Passwords: what one must look like, and bcrypt, which is slow on purpose and so stays off the async threads.

use std::sync::Arc;

use impala_core::FieldError;
use tokio::sync::Semaphore;

use super::Error;

/// Hashes and checks passwords, never more at once than there are processors.
pub struct Passwords {
    cost: u32,
    slots: Arc<Semaphore>,
    /// The hash of a random password, of the same cost: what an unknown user's password is compared with.
    decoy: String,
}

impl Passwords {
    /// Ready to hash with `cost`, 4 to 31.
    ///
    /// # Errors
    /// `Internal` when bcrypt does not take the cost.
    pub fn new(cost: u32) -> Result<Self, Error> {
        let decoy = bcrypt::hash(super::secrets::make("")?, cost).map_err(internal)?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { cost, slots: Arc::new(Semaphore::new(processors)), decoy })
    }

    /// The hash of a password that keeps to [`check`].
    ///
    /// # Errors
    /// `Internal` when bcrypt fails.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        let cost = self.cost;
        self.run(move || bcrypt::hash(password, cost)).await
    }

    /// Whether `password` is the one behind `hash`. Without a hash it never is, nor is one that bcrypt would read only in
    /// part (see [`check`]); but that takes the same time.
    ///
    /// # Errors
    /// `Internal` when the hash is invalid.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        let hash = hash.filter(|_| is_read_whole(&password));
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let is_right = self.run(move || bcrypt::verify(password, &hash)).await?;
        Ok(is_right && is_known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> bcrypt::BcryptResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        let slot =
            Arc::clone(&self.slots).acquire_owned().await.map_err(|error| Error::internal(WHAT, error))?;
        let answer = tokio::task::spawn_blocking(move || {
            // The work holds the slot, not the caller: a client that hangs up does not free it.
            let _slot = slot;
            work()
        });
        answer.await.map_err(|error| Error::internal(WHAT, error))?.map_err(internal)
    }
}

const WHAT: &str = "hashing a password";

fn internal(error: bcrypt::BcryptError) -> Error {
    Error::internal(WHAT, error)
}

/// Passwords that bcrypt distinguishes from every other one.
fn is_read_whole(password: &str) -> bool {
    password.len() <= 72 && !password.contains('\0')
}

/// Checks a new password. bcrypt reads 72 bytes and no more; and it repeats what it reads with a NUL in between, so
/// that one with a NUL could equal a shorter one.
///
/// # Errors
/// Names the rule.
pub fn check(pointer: &str, password: &str) -> Result<(), FieldError> {
    let fault = match password.len() {
        length @ 0..8 => format!("has {length} bytes; at least 8 are needed"),
        8..=72 if password.contains('\0') => "holds a NUL character".to_owned(),
        8..=72 => return Ok(()),
        length => format!("has {length} bytes; at most 72 can be used"),
    };
    Err(FieldError::at(pointer, fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_8_to_72_bytes() {
        let is_good = |password: &str| check("/password", password).is_ok();
        assert!(is_good("12345678") && is_good(&"x".repeat(72)) && is_good("ünïcödé"));
        assert!(!is_good("1234567") && !is_good(&"x".repeat(73)) && !is_good("nul\0 inside"));
    }

    #[tokio::test]
    async fn only_the_right_password_of_someone_known_is_right() {
        let passwords = Passwords::new(4).unwrap();
        let hash = passwords.hash("x".repeat(72)).await.unwrap();
        let check = async |password: &str, hash: Option<&String>, expected| {
            let is_right = passwords.verify(password.to_owned(), hash.cloned()).await.unwrap();
            assert_eq!(is_right, expected, "{password}");
        };
        check(&"x".repeat(72), Some(&hash), true).await;
        check(&"x".repeat(71), Some(&hash), false).await;
        check(&"x".repeat(72), None, false).await;
        check(&("x".repeat(72) + "JUNK"), Some(&hash), false).await;
        let hash = passwords.hash("twice\0twice".to_owned()).await.unwrap();
        check("twice\0twice", Some(&hash), false).await;
        assert!(passwords.decoy.starts_with("$2b$04$") && hash.starts_with("$2b$04$"));
    }
}
