//! Where the bearer token comes from. The client asks; the keeper of the tokens (a file, a keyring, memory) answers.

use jiff::Timestamp;

use crate::api::Session;

/// Why credentials could not be read or kept.
pub type CredentialError = Box<dyn std::error::Error + Send + Sync>;

/// A token to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer {
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// When it ends, where that is known: it is renewed a little before, so that no upload is sent with an expired one.
    pub expires_at: Option<Timestamp>,
}

/// Keeps tokens. The calls may block; the client makes them off the async threads.
pub trait Credentials: Send + Sync + 'static {
    /// The token to send; `None` when not signed in.
    ///
    /// # Errors
    /// When the place where they are kept cannot be read.
    fn bearer(&self) -> Result<Option<Bearer>, CredentialError>;

    /// Asks for a way to replace `rejected`, which the server no longer takes.
    ///
    /// # Errors
    /// When the place where they are kept cannot be locked or read.
    fn renew(&self, rejected: &str) -> Result<Renewal, CredentialError> {
        let _ = rejected;
        Ok(Renewal::Impossible)
    }
}

/// What can be done about a token that the server no longer takes.
pub enum Renewal {
    /// Nothing: sign in again.
    Impossible,
    /// Another process has renewed it already.
    Done(Bearer),
    /// A refresh token, and the lock that keeps every other process from using it too: a refresh token that is used
    /// twice revokes the whole session.
    Locked(Box<dyn RenewalLock>),
}

/// Holds the lock until dropped.
pub trait RenewalLock: Send {
    /// Good for one refresh.
    fn refresh_token(&self) -> &str;

    /// Keeps the new pair, then releases the lock.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn keep(self: Box<Self>, session: &Session) -> Result<Bearer, CredentialError>;

    /// Forgets the pair, as the server will not take it any more; then releases the lock.
    ///
    /// # Errors
    /// When that cannot be written.
    fn forget(self: Box<Self>) -> Result<(), CredentialError>;
}

/// Not signed in.
#[derive(Clone, Copy, Debug)]
pub struct Anonymous;

impl Credentials for Anonymous {
    fn bearer(&self) -> Result<Option<Bearer>, CredentialError> {
        Ok(None)
    }
}

/// One token that never changes, such as an API token.
#[derive(Clone)]
pub struct BearerToken(pub String);

impl Credentials for BearerToken {
    fn bearer(&self) -> Result<Option<Bearer>, CredentialError> {
        Ok(Some(Bearer { token: self.0.clone(), expires_at: None }))
    }
}
