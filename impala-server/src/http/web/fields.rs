//! The fields of a form, sent from a page of the same session.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use impala_core::FieldError;

use super::viewer::SignedIn;
use crate::http::error::Rejection;
use crate::http::peer::Peer;
use crate::http::uploads::Refusal;
use crate::http::{auth, cookie, extract};
use crate::service::Error;
use crate::service::expected::{Expected, Tag};
use crate::state::AppState;
use crate::web::FORM_TOKEN;

/// Names and values, as sent.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form.
    ///
    /// # Errors
    /// `Malformed` for anything else.
    pub async fn read(request: Request, app: &AppState) -> Result<Self, Rejection> {
        let bytes = extract::body(request, app).await?;
        Ok(Self(url::form_urlencoded::parse(&bytes).into_owned().collect()))
    }

    /// Fields that come from elsewhere than a form.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a field without spaces around it; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The value of a field as sent; empty when there is none.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The revision that a change was made on: the field `etag`.
    pub fn expected(&self) -> Expected {
        let tag = self.get("etag").trim_matches('"');
        Expected::Tags(Tag::read(tag).into_iter().collect())
    }
}

/// A form of a signed-in user, sent by a page of that session.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// Who sent it.
    pub by: SignedIn,
    /// What.
    pub fields: Fields,
}

impl FromRequest<AppState> for Submitted {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let secret = cookie::session(&parts.headers, Peer::known(&parts.extensions));
        let secret = secret.ok_or(Error::Unauthorized("this needs a sign-in"))?.to_owned();
        let headers = parts.headers.clone();
        let by = SignedIn::from_request_parts(&mut parts, app).await?;
        let fields = Fields::read(Request::from_parts(parts, body), app).await?;
        auth::check_change(&headers, &secret, fields.get(FORM_TOKEN))?;
        Ok(Self { by, fields })
    }
}

/// A form of someone who has not signed in yet: to do so, or to register. Only the browser's statement protects it.
#[derive(Clone, Debug)]
pub struct Stranger(pub Fields);

impl FromRequest<AppState> for Stranger {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Refusal> {
        if !cookie::is_from_here(request.headers()) {
            let detail = "this did not come from a page of this server; open it, and send it again";
            return Err(Error::Forbidden(detail.to_owned()).into());
        }
        Ok(Self(Fields::read(request, app).await?))
    }
}

/// A number that a form has sent.
///
/// # Errors
/// At `pointer`, when it is not a number.
pub fn number<T: std::str::FromStr>(pointer: &str, text: &str) -> Result<T, FieldError> {
    text.parse().map_err(|_| FieldError::at(pointer, format!("\"{text}\" is not a whole number in range")))
}
