//! `Upload-Checksum`: what the bytes of one request must hash to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// The supported algorithms, as `Tus-Checksum-Algorithm` lists them. tus requires SHA-1 of every server.
pub const ALGORITHMS: &str = "sha1,sha256";

/// What bytes must hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    is_sha256: bool,
    expected: Vec<u8>,
}

impl Checksum {
    /// Reads `sha256 BASE64`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(header: &str) -> Result<Self, String> {
        let (algorithm, base64) = header.trim().split_once(' ').unwrap_or((header, ""));
        let (is_sha256, length) = match algorithm {
            "sha1" => (false, 20),
            "sha256" => (true, 32),
            other => {
                return Err(format!(
                    "the checksum algorithm \"{other}\" is not known; known are {ALGORITHMS}"
                ));
            }
        };
        let expected = STANDARD.decode(base64.trim()).unwrap_or_default();
        if expected.len() != length {
            return Err(format!("Upload-Checksum is {algorithm} and {length} bytes in base64"));
        }
        Ok(Self { is_sha256, expected })
    }

    /// Begins to hash.
    pub(super) fn hasher(&self) -> Hasher {
        if self.is_sha256 { Hasher::Sha256(Sha256::new()) } else { Hasher::Sha1(Sha1::new()) }
    }

    /// Whether it is what was hashed.
    pub(super) fn is_of(&self, hasher: Hasher) -> bool {
        match hasher {
            Hasher::Sha1(hash) => hash.finalize().as_slice() == self.expected,
            Hasher::Sha256(hash) => hash.finalize().as_slice() == self.expected,
        }
    }
}

/// Hashes bytes as they come.
pub(super) enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Hasher {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_algorithms_are_checked() {
        let check = |header: &str, bytes: &[u8], expected: bool| {
            let checksum = Checksum::read(header).unwrap();
            let mut hasher = checksum.hasher();
            hasher.update(bytes);
            assert_eq!(checksum.is_of(hasher), expected, "{header}");
        };
        check("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello world", true);
        check("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello", false);
        check("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", b"hello world", true);
        check("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", b"hello", false);
    }

    #[test]
    fn what_is_no_checksum_is_refused() {
        for (wrong, expected) in [
            ("md5 XrY7u+Ae7tCTyyK7j1rNww==", "\"md5\" is not known; known are sha1,sha256"),
            ("sha1 abc", "20 bytes"),
            ("", "\"\" is not known"),
        ] {
            let detail = Checksum::read(wrong).unwrap_err();
            assert!(detail.contains(expected), "{detail}");
        }
    }
}
