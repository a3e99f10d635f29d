//! Credentials in memory, for a program that keeps none: they end with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use impala_core::api::Session;
use impala_core::client::{
    Bearer, Client, ClientOptions, CredentialError, Credentials, Renewal, RenewalLock,
};
use jiff::{SignedDuration, Timestamp};

use crate::screen::quoted;
use crate::world::Home;

/// The server of this run and those that are typed, and the user who signs in there while the program runs.
pub struct InMemory {
    server: String,
    tokens: Mutex<BTreeMap<String, Arc<Tokens>>>,
}

impl InMemory {
    /// The server at that address, with an API token or without anything.
    pub fn new(server: String, token: Option<String>) -> Self {
        let tokens = Tokens::new(token.map(Token::Api));
        Self { tokens: Mutex::new(BTreeMap::from([(server.clone(), Arc::new(tokens))])), server }
    }

    fn tokens(&self, server: &str) -> Arc<Tokens> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.entry(server.to_owned()).or_insert_with(|| Arc::new(Tokens::new(None))).clone()
    }
}

impl Home for InMemory {
    fn servers(&self) -> Vec<String> {
        vec![self.server.clone()]
    }

    fn flags(&self, server: &str) -> String {
        if server == self.server { String::new() } else { format!("--server {}", quoted(server)) }
    }

    fn client(&self, server: &str) -> Result<Client, String> {
        let credentials = Arc::new(Shared(self.tokens(server)));
        let options = ClientOptions { credentials, ..ClientOptions::default() };
        Client::new(server, options).map_err(|error| error.to_string())
    }

    fn keep(&self, server: &str, session: &Session) -> Result<(), String> {
        self.tokens(server).lock().token = Some(Token::of(session));
        Ok(())
    }

    fn forget(&self, server: &str) -> Result<Option<String>, String> {
        Ok(match self.tokens(server).lock().token.take() {
            Some(Token::Session { refresh_token, .. }) => Some(refresh_token),
            _ => None,
        })
    }
}

enum Token {
    Api(String),
    Session { bearer: Bearer, refresh_token: String },
}

impl Token {
    fn of(session: &Session) -> Self {
        let life = SignedDuration::from_secs(i64::try_from(session.expires_in).unwrap_or(0).min(86_400));
        let bearer =
            Bearer { token: session.access_token.clone(), expires_at: Some(Timestamp::now() + life) };
        Self::Session { bearer, refresh_token: session.refresh_token.clone() }
    }

    fn bearer(&self) -> Bearer {
        match self {
            Self::Api(token) => Bearer { token: token.clone(), expires_at: None },
            Self::Session { bearer, .. } => bearer.clone(),
        }
    }
}

struct State {
    token: Option<Token>,
    /// A refresh token that is used twice ends the session, so one renews and the others wait.
    is_renewing: bool,
}

struct Tokens {
    state: Mutex<State>,
    renewed: Condvar,
}

impl Tokens {
    fn new(token: Option<Token>) -> Self {
        Self { state: Mutex::new(State { token, is_renewing: false }), renewed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tokens, as a client asks for them.
struct Shared(Arc<Tokens>);

impl Credentials for Shared {
    fn bearer(&self) -> Result<Option<Bearer>, CredentialError> {
        Ok(self.0.lock().token.as_ref().map(Token::bearer))
    }

    fn renew(&self, rejected: &str) -> Result<Renewal, CredentialError> {
        let state = self.0.lock();
        let waiting = self.0.renewed.wait_while(state, |state| state.is_renewing);
        let mut state = waiting.unwrap_or_else(PoisonError::into_inner);
        match &state.token {
            Some(token) if token.bearer().token != rejected => Ok(Renewal::Done(token.bearer())),
            Some(Token::Session { refresh_token, .. }) => {
                let refresh_token = refresh_token.clone();
                state.is_renewing = true;
                Ok(Renewal::Locked(Box::new(Locked { tokens: self.0.clone(), refresh_token })))
            }
            _ => Ok(Renewal::Impossible),
        }
    }
}

struct Locked {
    tokens: Arc<Tokens>,
    refresh_token: String,
}

impl RenewalLock for Locked {
    fn refresh_token(&self) -> &str {
        &self.refresh_token
    }

    fn keep(self: Box<Self>, session: &Session) -> Result<Bearer, CredentialError> {
        let token = Token::of(session);
        let bearer = token.bearer();
        self.tokens.lock().token = Some(token);
        Ok(bearer)
    }

    fn forget(self: Box<Self>) -> Result<(), CredentialError> {
        self.tokens.lock().token = None;
        Ok(())
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.tokens.lock().is_renewing = false;
        self.tokens.renewed.notify_all();
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use impala_core::api::User;

    use super::*;

    pub(crate) fn session(name: &str) -> Session {
        let user =
            User { id: Default::default(), username: "ann".to_owned(), created_at: Timestamp::UNIX_EPOCH };
        Session {
            access_token: name.to_owned(),
            refresh_token: format!("refresh-{name}"),
            token_type: "Bearer".to_owned(),
            expires_in: 900,
            user,
        }
    }

    #[test]
    fn one_renews_and_the_other_takes_what_came() {
        let home = InMemory::new("http://impala.test".to_owned(), None);
        let server = "http://impala.test";
        home.keep(server, &session("old")).expect("kept");
        let credentials = Shared(home.tokens(server));
        let Ok(Renewal::Locked(lock)) = credentials.renew("old") else { panic!("it can be renewed") };
        assert_eq!(lock.refresh_token(), "refresh-old");
        let other = Shared(home.tokens(server));
        let waiting = std::thread::spawn(
            move || matches!(other.renew("old"), Ok(Renewal::Done(bearer)) if bearer.token == "new"),
        );
        lock.keep(&session("new")).expect("kept");
        assert!(waiting.join().expect("no panic"));
        assert_eq!(home.forget("http://other.test"), Ok(None), "each server has its own");
        assert_eq!(home.forget(server), Ok(Some("refresh-new".to_owned())));
    }
}
