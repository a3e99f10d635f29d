//! What people get that programs do not: problems as pages, or as text at a terminal; the redirect to the sign-in, and security
//! headers.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERER,
    REFERRER_POLICY, VARY,
};
use http::{HeaderMap, Method, StatusCode};
use impala_core::api::{PROBLEM_JSON, Problem};
use maud::Markup;

use super::viewer::Viewer;
use crate::http::peer::Peer;
use crate::http::{accept, cookie};
use crate::state::AppState;
use crate::web::{self, frame};

/// Everything comes from here, and nothing inline: user content cannot become a script, whatever is overlooked.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Browser features that no page needs.
const PERMISSIONS: &str =
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=(), browsing-topics=()";

/// Bytes of a problem; the largest have a few thousand.
const PROBLEM_BYTES: usize = 1 << 20;

/// Whether the client is a browser that wants a page, not a program.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let offers = ["application/json", "text/html"];
    headers.contains_key(http::header::ACCEPT) && accept::choose(headers, &offers) == Some("text/html")
}

/// Whether whoever asks reads the answer as it comes: from a terminal, or because text is what they like best.
fn wants_text(headers: &HeaderMap) -> bool {
    let (json, text) = ("application/json", "text/plain");
    let offers = if accept::is_terminal(headers) { [text, json] } else { [json, text] };
    headers.contains_key(http::header::ACCEPT) && accept::choose(headers, &offers) == Some(text)
}

/// A page, with the headers that all pages have.
pub fn page(markup: Markup) -> Response {
    let mut response = markup.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        // Not `no-referrer`: with that browsers send forms with `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (CACHE_CONTROL, "private, no-store"),
        (VARY, "accept, cookie"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Makes pages of the problems that browsers get, and text of those that are read at a terminal. A browser that must sign in is
/// redirected.
pub async fn explain(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    if !wants_page(request.headers()) {
        let is_text = wants_text(request.headers());
        let response = next.run(request).await;
        return if is_text && is_problem(&response) { as_text(response).await } else { response };
    }
    let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let peer = Peer::known(request.extensions());
    let response = next.run(request).await;
    if !is_problem(&response) {
        return response;
    }
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    if response.status() == StatusCode::UNAUTHORIZED && uri.path() != "/login" {
        return to_sign_in(&method, path, &headers);
    }
    let (parts, body) = response.into_parts();
    let Some(problem) = read_problem(body).await else {
        return parts.status.into_response();
    };
    let viewer = Viewer::of(&app, &headers, peer).await.ok();
    let back = came_from(&headers).filter(|_| method != Method::GET);
    let mut page = page(frame::problem(
        viewer.as_ref().map(|viewer| &viewer.shell),
        &problem,
        uri.path(),
        back.as_deref(),
    ));
    *page.status_mut() = parts.status;
    for name in [http::header::RETRY_AFTER, http::header::ALLOW] {
        if let Some(value) = parts.headers.get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

fn is_problem(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON)
}

async fn read_problem(body: Body) -> Option<Problem> {
    let bytes = to_bytes(body, PROBLEM_BYTES).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The same answer, for somebody who reads it at a terminal.
async fn as_text(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Some(problem) = read_problem(body).await else {
        return parts.status.into_response();
    };
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    parts.headers.insert(VARY, HeaderValue::from_static("accept, user-agent, cookie"));
    Response::from_parts(parts, Body::from(text_of(&problem)))
}

/// What went wrong, each fault of what was asked, and what helps.
fn text_of(problem: &Problem) -> String {
    let mut lines = vec![format!("error: {}", problem.detail)];
    lines.extend(problem.errors.iter().map(|error| format!("  {error}")));
    if problem.status == StatusCode::UNAUTHORIZED.as_u16() {
        lines.extend(WAYS_IN.map(str::to_owned));
    }
    // Some of it was in the address: no escape sequence of it reaches the terminal.
    let tame = |line: String| line.replace(char::is_control, "\u{fffd}") + "\n";
    lines.into_iter().map(tame).collect()
}

/// How someone who is not signed in gets to see a page from a terminal.
const WAYS_IN: [&str; 2] = [
    "hint: with an API token (`impala token create NAME --scope read` makes one): curl -H \"Authorization: Bearer $IMPALA_TOKEN\" ...",
    "hint: a share link needs none (`impala share create CANVAS` makes one); ask somebody who may see the canvas for it",
];

/// The page of this server that a form was on.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let page = url::Url::parse(headers.get(REFERER)?.to_str().ok()?).ok()?;
    let query = page.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(frame::way_back(&format!("{}{query}", page.path())))
}

/// To the sign-in and back. A browser that follows a link of another site does not send the cookie; loaded again from this
/// site, it does.
fn to_sign_in(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if *method != Method::GET {
        return Redirect::to("/login").into_response();
    }
    if cookie::is_from_elsewhere(headers) {
        return page(frame::again(path));
    }
    Redirect::to(&format!("/login?next={}", web::encode(path))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_on_this_server() {
        let check = |referer: &'static str, expected: Option<&str>| {
            let headers = [(REFERER, HeaderValue::from_static(referer))].into_iter().collect();
            assert_eq!(came_from(&headers).as_deref(), expected, "{referer}");
        };
        check("http://127.0.0.1:5001/ann/p?x=1#sources", Some("/ann/p?x=1"));
        check("https://elsewhere.example/ann/p", Some("/ann/p"));
        check("https://elsewhere.example//evil.example", Some("/"));
        check("nothing", None);
    }

    #[test]
    fn people_at_a_terminal_are_told_from_programs() {
        let check = |agent: &'static str, accept: &'static str, expected: bool| {
            let pairs = [(http::header::USER_AGENT, agent), (http::header::ACCEPT, accept)];
            let pairs = pairs.map(|(name, value)| (name, HeaderValue::from_static(value)));
            assert_eq!(wants_text(&pairs.into_iter().collect()), expected, "{agent} {accept}");
        };
        check("curl/8.5.0", "*/*", true);
        check("curl/8.5.0", "text/plain", true);
        check("curl/8.5.0", "application/json", false);
        check("Mozilla/5.0", "*/*", false);
        check("Mozilla/5.0", "text/plain", true);
        check("python-requests/2.32", "*/*", false);
    }

    #[test]
    fn browsers_are_told_from_programs() {
        let check = |accept: Option<&'static str>, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.extend(accept.map(|accept| (http::header::ACCEPT, HeaderValue::from_static(accept))));
            assert_eq!(wants_page(&headers), expected, "{accept:?}");
        };
        check(Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), true);
        check(Some("text/html"), true);
        check(Some("*/*"), false);
        check(Some("application/json"), false);
        check(Some("text/plain"), false);
        check(None, false);
    }
}
