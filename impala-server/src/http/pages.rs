//! The API describing itself: the OpenAPI document, and a readable list of it. No script, nothing from elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use impala_core::schema;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::openapi::{is_public, operations, scope};
use super::web::assets::{PAGES, STYLE};
use crate::state::AppState;

/// The page may load our style sheet and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";

/// Serves both. They are made once.
pub fn routes(document: &OpenApi) -> Router<AppState> {
    let docs = Bytes::from(docs(document));
    let document = Bytes::from(serde_json::to_vec_pretty(document).unwrap_or_default());
    Router::new()
        .route("/docs", get(async move || asset(HTML, docs.clone())))
        .route("/api/openapi.json", get(async move || asset("application/json", document.clone())))
        .route(schema::PATH, get(async || asset("application/schema+json", schema::text().into())))
}

fn asset(media_type: &'static str, body: Bytes) -> Response {
    ([(CONTENT_TYPE, media_type), (CONTENT_SECURITY_POLICY, POLICY)], body).into_response()
}

/// The routes by area, each with its sentence.
fn docs(document: &OpenApi) -> String {
    let mut areas: BTreeMap<&str, String> = BTreeMap::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations(item) {
            let area = operation.tags.iter().flatten().next().map_or("other", String::as_str);
            areas.entry(area).or_default().push_str(&entry(method, path, operation));
        }
    }
    let areas = areas.iter().fold(String::new(), |mut page, (area, entries)| {
        let _ = write!(page, "<h2>{}</h2>\n<dl>\n{entries}</dl>\n", escape(area));
        page
    });
    let page = include_str!("../web/docs.html").replace("{{style}}", STYLE.url());
    page.replace("{{pages}}", PAGES.url()).replace("{{areas}}", &areas)
}

fn entry(method: &str, path: &str, operation: &Operation) -> String {
    let words = [&operation.summary, &operation.description];
    let words = words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    let note = match scope(operation) {
        _ if is_public(operation) => "no sign-in".to_owned(),
        Some(scope) => format!("scope {scope}"),
        None => "any token".to_owned(),
    };
    format!(
        "<dt><code><span class=\"method\">{method}</span> {}</code> <span class=\"note\">{}</span></dt>\n<dd>{}</dd>\n",
        escape(path),
        escape(&note),
        escape(&words)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_escaped() {
        assert_eq!(escape("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
    }
}
