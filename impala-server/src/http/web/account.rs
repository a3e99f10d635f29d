//! Signing in and out, registering, and one's own account.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use impala_core::FieldError;
use impala_core::api::{ApiTokenCreate, Credentials, PasswordChange, Problem, Scope};
use jiff::ToSpan as _;

use super::fields::{Stranger, Submitted, number};
use super::human::page;
use super::see;
use super::viewer::{SignedIn, Viewer};
use crate::http::cookie;
use crate::http::error::problem;
use crate::http::extract::Query;
use crate::http::peer::Peer;
use crate::http::uploads::Refusal;
use crate::service::page::PageRequest;
use crate::service::{Error, browser, tokens, users};
use crate::state::AppState;
use crate::web::account::{Account, account};
use crate::web::frame;

/// Where to go afterwards.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// The form to sign in. Users who have signed in go on.
pub async fn login_page(viewer: Viewer, Query(Next { next }): Query<Next>) -> Response {
    if viewer.caller.is_some() {
        return see(frame::way_back(&next)).into_response();
    }
    page(frame::credentials(&viewer.shell, false, "", &next, None))
}

/// The form to register.
pub async fn register_page(viewer: Viewer, Query(Next { next }): Query<Next>) -> Response {
    if viewer.shell.may_register {
        return page(frame::credentials(&viewer.shell, true, "", &next, None));
    }
    page(frame::said(&viewer.shell, "Register", "this server takes no new users; ask its administrator"))
}

/// Signs someone in.
pub async fn login(
    State(app): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    form: Stranger,
) -> Result<Response, Refusal> {
    sign_in(&app, peer, &headers, form, false).await
}

/// Registers someone, who is then signed in.
pub async fn register(
    State(app): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    form: Stranger,
) -> Result<Response, Refusal> {
    sign_in(&app, peer, &headers, form, true).await
}

async fn sign_in(
    app: &AppState,
    peer: Peer,
    headers: &HeaderMap,
    Stranger(fields): Stranger,
    is_new: bool,
) -> Result<Response, Refusal> {
    let username = fields.get("username").to_owned();
    let credentials = Credentials { username: username.clone(), password: fields.raw("password").to_owned() };
    let user = match is_new {
        true => users::add(app, credentials, peer.address).await,
        false => users::verify(app, credentials, peer.address).await,
    };
    let user = match user {
        Ok(user) => user,
        Err(error) => {
            let fault = problem(&error);
            let viewer = Viewer::of(app, headers, peer).await?;
            let form = frame::credentials(&viewer.shell, is_new, &username, fields.raw("next"), Some(&fault));
            return Ok(refused(page(form), &fault));
        }
    };
    // An earlier session, perhaps of someone else at this browser, is over.
    if let Some(old) = cookie::session(headers, peer) {
        browser::end(app, old).await?;
    }
    let secret = browser::begin(app, &user).await?;
    let cookie = [(SET_COOKIE, cookie::set_session(&app.config, peer, &secret))];
    Ok((cookie, see(frame::way_back(fields.raw("next")))).into_response())
}

/// A form again, with the status of its fault. Not 401: the form itself is what was asked for.
pub fn refused(mut response: Response, fault: &Problem) -> Response {
    let status = match StatusCode::from_u16(fault.status) {
        Ok(StatusCode::UNAUTHORIZED) => StatusCode::FORBIDDEN,
        Ok(status) => status,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    *response.status_mut() = status;
    response
}

/// Signs someone out.
pub async fn logout(
    State(app): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    _form: Submitted,
) -> Result<Response, Refusal> {
    if let Some(secret) = cookie::session(&headers, peer) {
        browser::end(&app, secret).await?;
    }
    let cookie = [(SET_COOKIE, cookie::set_session(&app.config, peer, ""))];
    Ok((cookie, see("/")).into_response())
}

/// One's own account.
pub async fn show(State(app): State<AppState>, by: SignedIn) -> Result<Response, Error> {
    answer(&app, &by, None, None).await
}

async fn answer(
    app: &AppState,
    by: &SignedIn,
    made: Option<&str>,
    fault: Option<&Problem>,
) -> Result<Response, Error> {
    let part = PageRequest { limit: Some(1_000), cursor: None };
    let tokens = tokens::list(app, &by.caller, &part).await?.items;
    let page = page(account(&by.shell, &Account { tokens: &tokens, made, fault }));
    Ok(match fault {
        Some(fault) => refused(page, fault),
        None => page,
    })
}

/// Makes an API token, and shows it.
pub async fn create_token(State(app): State<AppState>, form: Submitted) -> Result<Response, Error> {
    match make_token(&app, &form).await {
        Ok(secret) => answer(&app, &form.by, Some(&secret), None).await,
        Err(error) => answer(&app, &form.by, None, Some(&problem(&error))).await,
    }
}

async fn make_token(app: &AppState, Submitted { by, fields }: &Submitted) -> Result<String, Error> {
    let scopes: Result<Vec<Scope>, String> = fields.all("scope").map(str::parse).collect();
    let wanted = ApiTokenCreate {
        name: fields.get("name").to_owned(),
        scopes: scopes.map_err(|detail| FieldError::at("/scopes", detail))?,
        project: Some(fields.get("project").to_owned()).filter(|project| !project.is_empty()),
        expires_at: end_in(app, fields.get("days"))?,
    };
    Ok(tokens::create(app, &by.caller, wanted).await?.secret)
}

/// So many days from now; never when nothing is said.
///
/// # Errors
/// At `/expires_at` when it is not a number, or out of range.
pub fn end_in(app: &AppState, days: &str) -> Result<Option<jiff::Timestamp>, FieldError> {
    if days.is_empty() {
        return Ok(None);
    }
    let days: i32 = number("/expires_at", days)?;
    let end = app.now().checked_add((i64::from(days) * 24).hours());
    end.map(Some).map_err(|_| FieldError::at("/expires_at", format!("in {days} days is beyond all time")))
}

/// Revokes an API token.
pub async fn revoke_token(State(app): State<AppState>, form: Submitted) -> Result<Redirect, Error> {
    let id = form.fields.get("id");
    let token = id.parse().map_err(|_| Error::not_found("token", id))?;
    tokens::revoke(&app, &form.by.caller, token).await?;
    Ok(see("/account"))
}

/// Changes the password. All sessions end, this one too.
pub async fn change_password(
    State(app): State<AppState>,
    peer: Peer,
    form: Submitted,
) -> Result<Response, Error> {
    let change = PasswordChange {
        current_password: form.fields.raw("current").to_owned(),
        new_password: form.fields.raw("new").to_owned(),
    };
    if let Err(error) = users::change_password(&app, &form.by.caller, change, peer.address).await {
        return answer(&app, &form.by, None, Some(&problem(&error))).await;
    }
    let cookie = [(SET_COOKIE, cookie::set_session(&app.config, peer, ""))];
    Ok((cookie, see("/login")).into_response())
}
