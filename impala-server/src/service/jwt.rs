//! Access tokens: JWTs (RFC 7519) signed with HS256, good for minutes, checked without the database.

use std::collections::HashSet;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Error;

const ISSUER: &str = "impala";
const AUDIENCE: &str = "impala-api";

/// The content of a token. All of it is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Username.
    pub sub: String,
    /// `impala`.
    pub iss: String,
    /// `impala-api`.
    pub aud: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// Its own id.
    pub jti: Uuid,
}

/// The key, ready for use.
pub struct JwtKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl JwtKeys {
    /// Keys of a secret of at least 32 bytes.
    pub fn new(secret: &[u8]) -> Self {
        // The server chooses the algorithm, never the token: `none` and RS256 with our secret as its public key are
        // refused before anything is computed.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.required_spec_claims = HashSet::from(["sub", "iss", "aud", "exp"].map(str::to_owned));
        // Times are checked below against the clock of the server, which tests can set.
        validation.validate_exp = false;
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A token for `username`, made `now` and good for `life_s` seconds.
    ///
    /// # Errors
    /// `Internal` when it cannot be signed.
    pub fn sign(&self, username: &str, jti: Uuid, now: Timestamp, life_s: u64) -> Result<String, Error> {
        let iat = now.as_second();
        let claims = Claims {
            sub: username.to_owned(),
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat,
            exp: iat.saturating_add_unsigned(life_s),
            jti,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|error| Error::internal("signing an access token", error))
    }

    /// The content of `token`, if this server's key signed it and it is valid `now`.
    ///
    /// # Errors
    /// `Unauthorized`, which distinguishes an expired token from one that never was valid.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Claims, Error> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| Error::Unauthorized(NOT_GOOD))?
            .claims;
        let now = now.as_second();
        if claims.iat > now + CLOCK_SKEW_S {
            return Err(Error::Unauthorized(NOT_GOOD));
        }
        if claims.exp <= now {
            return Err(Error::Unauthorized(EXPIRED));
        }
        Ok(claims)
    }
}

const NOT_GOOD: &str = "the access token is not good; sign in again";
const EXPIRED: &str = "the access token has expired; refresh it, or sign in again";

/// Servers behind one proxy share the key, not the clock.
const CLOCK_SKEW_S: i64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn tokens_are_good_from_their_making_to_their_end() {
        let keys = JwtKeys::new(&[1; 32]);
        let token = keys.sign("ann", Uuid::nil(), at(0), 900).unwrap();
        let check = |second, expected: Option<&str>| {
            let answer = keys.check(&token, at(second));
            assert_eq!(answer.err().map(|error| error.to_string()).as_deref(), expected, "{second} s");
        };
        check(-61, Some(NOT_GOOD));
        check(-60, None);
        check(0, None);
        check(899, None);
        check(900, Some(EXPIRED));
        assert_eq!(keys.check(&token, at(0)).unwrap().sub, "ann");
        assert!(JwtKeys::new(&[2; 32]).check(&token, at(0)).is_err());
    }
}
