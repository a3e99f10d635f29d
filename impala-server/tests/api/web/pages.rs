//! Every route of the pages, as the route table is written: a new one is tested as soon as it exists.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use super::guard::FORMS;
use super::{Browser, RAIN, ann_with_canvas, between};
use crate::support::{Answer, Server};

const TABLE: &str = include_str!("../../../src/http/web.rs");

/// What a page stands for: a method, and an address in ann's project `p` with its source and its canvas `rain`.
#[derive(Debug)]
pub struct Page {
    pub method: Method,
    pub path: String,
}

/// All of them.
pub fn all() -> Vec<Page> {
    let pages: Vec<Page> = TABLE.split(".route(").skip(1).flat_map(read).collect();
    assert!(pages.len() > 40, "only {} in the table", pages.len());
    pages
}

fn read(route: &str) -> impl Iterator<Item = Page> {
    let (start, rest) = route.split_once('"').unwrap();
    let start = match start.trim() {
        "" => "",
        "&project(" => "/ann/p",
        "&source(" => "/ann/p/sources/rain",
        "&canvas(" => "/ann/p/canvases/rain",
        other => panic!("an address that begins with {other}"),
    };
    let (rest, handlers) = rest.split_once('"').unwrap();
    let path = format!("{start}{rest}").replace("{block}", "rows").replace("{secret}", "nobodys");
    let handlers = handlers.lines().next().unwrap_or_default().to_owned();
    let methods = [("get(", Method::GET), ("post(", Method::POST)].into_iter();
    methods
        .filter(move |(word, _)| handlers.contains(word))
        .map(move |(_, method)| Page { method, path: path.clone() })
}

fn of(method: Method) -> impl Iterator<Item = String> {
    all().into_iter().filter(move |page| page.method == method).map(|page| page.path)
}

/// What visitors may ask for without signing in.
fn is_public(path: &str) -> bool {
    matches!(path, "/" | "/login" | "/register") || path.starts_with("/-/") || path.starts_with("/s/")
}

fn is_of_the_project(path: &str) -> bool {
    path.starts_with("/ann/")
}

#[tokio::test]
async fn whoever_has_not_signed_in_is_led_there_from_every_page() {
    let server = Server::start().await;
    let _ann = ann_with_canvas(&server).await;
    let stranger = Browser::new(&server);
    for path in of(Method::GET) {
        let answer = stranger.get(&path).await;
        if is_public(&path) {
            assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
            continue;
        }
        let next = path.replace('/', "%2F");
        assert_eq!(Browser::leads(&answer), format!("/login?next={next}"));
        server.anyone().get(&path).await.problem(401, "unauthorized");
    }
    for path in of(Method::POST).filter(|path| !is_public(path)) {
        assert_eq!(Browser::leads(&stranger.post(&path, &[]).await), "/login", "{path}");
    }
}

#[tokio::test]
async fn a_project_of_others_is_not_there_on_any_page() {
    let server = Server::start().await;
    let _ann = ann_with_canvas(&server).await;
    let bob = Browser::registered(&server, "bob").await;
    let canvas = "/ann/p/canvases/rain";
    let more = ["?format=json", "?all=1", "/blocks/rows?format=csv", "/blocks/rows?format=about"];
    let more = more.into_iter().map(|rest| format!("{canvas}{rest}"));
    for path in of(Method::GET).filter(|path| is_of_the_project(path)).chain(more) {
        let answer = bob.get(&path).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        assert!(answer.text().contains("There is no project"), "{path}: {}", answer.text());
    }
    for (path, fields) in FORMS.into_iter().filter(|(path, _)| is_of_the_project(path)) {
        let answer = bob.post(path, fields).await;
        assert!(answer.text().contains("There is no project"), "{path}: {}", answer.text());
    }
    let upload = bob.upload("/ann/p/sources", "evil.csv", "a\n1\n").await;
    assert!(upload.text().contains("There is no project"), "{}", upload.text());
}

/// Nor are they shown a form that would be refused.
#[tokio::test]
async fn a_viewer_reads_every_page_and_changes_nothing() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let vic = Browser::registered(&server, "vic").await;
    let _eve = Browser::registered(&server, "eve").await;
    for username in ["vic", "eve"] {
        Browser::leads(&ann.post("/ann/p/members", &[("username", username), ("role", "viewer")]).await);
    }
    let forms = ["/add", "/edit", "/shares"];
    for path in of(Method::GET).filter(|path| is_of_the_project(path)) {
        let answer = vic.get(&path).await;
        let expected = if forms.iter().any(|form| path.ends_with(form)) { 403 } else { 200 };
        assert_eq!(answer.status.as_u16(), expected, "{path}: {}", answer.text());
        if expected == 403 {
            let back = "href=\"/ann/p/canvases/rain\">Back to rain<";
            assert!(answer.text().contains(back), "{path}: {}", answer.text());
        }
        let page =
            answer.text().replace("action=\"/logout\"", "").replace("action=\"/ann/p/members/remove\"", "");
        assert!(!page.contains("method=\"post\" action="), "{path}: {page}");
    }
    for (path, fields) in FORMS.into_iter().filter(|(path, _)| is_of_the_project(path)) {
        let answer = vic.post(path, fields).await;
        assert_eq!(answer.status.as_u16(), 403, "{path}: {}", answer.text());
        assert!(answer.text().contains("This needs the role"), "{path}: {}", answer.text());
    }
    assert_eq!(vic.upload("/ann/p/sources", "more.csv", RAIN).await.status.as_u16(), 403);
}

/// `guard.rs` tries each of its forms without a token, with that of others, and from another site. Those that are no such
/// form have tests of their own there.
#[tokio::test]
async fn the_guard_knows_every_form() {
    let guarded: BTreeSet<String> = FORMS.iter().map(|(path, _)| (*path).to_owned()).collect();
    let others = ["/login", "/register", "/ann/p/sources"].map(str::to_owned);
    let known: BTreeSet<String> = guarded.into_iter().chain(others).collect();
    assert_eq!(of(Method::POST).collect::<BTreeSet<_>>(), known);
}

/// A project where there is something to do by every form.
async fn ann_with_everything(server: &Server) -> Browser {
    let ann = ann_with_canvas(server).await;
    let _eve = Browser::registered(server, "eve").await;
    let more = format!("{RAIN}2026-01-04,sun,0\n");
    Browser::leads(&ann.upload("/ann/p/sources", "rain.csv", &more).await);
    for (path, fields) in [
        ("/ann/p/members", [("username", "eve"), ("role", "viewer")]),
        ("/ann/p/canvases/rain/add", [("type", "text"), ("markdown", "x")]),
    ] {
        Browser::leads(&ann.post(path, &fields).await);
    }
    let api = ann.api(server, "ann").await;
    api.post("/api/v1/projects/ann/p/canvases/rain/shares", json!({"name": "Board"})).await.created();
    api.post("/api/v1/tokens", json!({"name": "ci", "scopes": ["read"]})).await.created();
    ann
}

/// Each form that a page has carries the token of its session and leads to a route; and there is a page for each route.
#[tokio::test]
async fn every_form_of_a_page_carries_its_token() {
    let server = Server::start().await;
    let (ann, stranger) = (ann_with_everything(&server).await, Browser::new(&server));
    let mut found = BTreeSet::new();
    for path in of(Method::GET) {
        let add = path.ends_with("/add").then(|| format!("{path}?type=text"));
        for path in std::iter::once(path).chain(add) {
            let who = if is_public(&path) && path != "/" { &stranger } else { &ann };
            let page = who.get(&path).await.text();
            for form in page.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
                let form = form.split("</form>").next().unwrap();
                let action = between(form, "action=\"", "\"").unwrap();
                let token = format!("name=\"form_token\" value=\"{}\"", ann.form_token);
                assert!(is_public(&action) || form.contains(&token), "{action} on {path}: {form}");
                found.insert(action);
            }
        }
    }
    assert_eq!(found, of(Method::POST).collect::<BTreeSet<_>>());
}

/// An address is read by its method: the others are refused, and say which there is.
#[tokio::test]
async fn no_page_takes_another_method() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    for path in all().into_iter().map(|page| page.path) {
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = Answer::of(ann.request(method, &path)).await;
            assert_eq!(answer.status.as_u16(), 405, "{path}");
            assert!(!answer.header("allow").is_empty(), "{path}");
        }
    }
}
