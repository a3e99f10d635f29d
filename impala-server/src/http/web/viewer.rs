//! Who looks at a page.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use http::HeaderMap;

use crate::http::peer::Peer;
use crate::http::{auth, cookie};
use crate::service::{Caller, Error, browser, users};
use crate::state::AppState;
use crate::web::Shell;

/// Someone with a browser, perhaps signed in.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who they are.
    pub caller: Option<Caller>,
    /// What the frame of each page is made of.
    pub shell: Shell,
}

impl Viewer {
    /// Looks up who sent a request. A session that has ended counts as not signed in; that is not an error.
    ///
    /// # Errors
    /// When the database fails, or a bearer token is invalid.
    pub async fn of(app: &AppState, headers: &HeaderMap, peer: Peer) -> Result<Self, Error> {
        let mut form_token = String::new();
        let caller = match (auth::bearer(headers), cookie::session(headers, peer)) {
            (Some(token), _) => Some(users::who(app, token).await?),
            (None, Some(secret)) => match browser::who(app, secret).await {
                Ok(caller) => {
                    form_token = browser::form_token(secret);
                    Some(caller)
                }
                Err(Error::Unauthorized(_)) => None,
                Err(error) => return Err(error),
            },
            (None, None) => None,
        };
        let shell = Shell {
            username: caller.as_ref().map(|caller| caller.user.username.clone()),
            form_token,
            theme: cookie::get(headers, "theme")
                .filter(|theme| matches!(*theme, "dark" | "light"))
                .map(str::to_owned),
            may_register: app.config.allow_registration,
            now: app.now(),
        };
        Ok(Self { caller, shell })
    }
}

impl FromRequestParts<AppState> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Error> {
        Self::of(app, &parts.headers, Peer::known(&parts.extensions)).await
    }
}

/// Someone who has signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who they are.
    pub caller: Caller,
    /// What the frame of each page is made of.
    pub shell: Shell,
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Error> {
        let viewer = Viewer::of(app, &parts.headers, Peer::known(&parts.extensions)).await?;
        let caller = viewer.caller.ok_or(Error::Unauthorized("this needs a sign-in"))?;
        Ok(Self { caller, shell: viewer.shell })
    }
}
