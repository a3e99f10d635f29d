//! Random secrets that are shown once and kept as their hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::Error;

/// 32 random bytes as text, behind `prefix`.
///
/// # Errors
/// `Internal` when the machine has no randomness to give.
pub fn make(prefix: &str) -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("making a secret", error))?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The hash under which a secret is kept, in hexadecimal. Plain SHA-256: nobody guesses 32 random bytes, so the
/// slowness that passwords need would only slow every request down.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_alike() {
        let (one, other) = (make("impala_").unwrap(), make("impala_").unwrap());
        assert_eq!(one.len(), "impala_".len() + 43);
        assert_ne!(one, other);
        assert_ne!(hash(&one), hash(&other));
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
