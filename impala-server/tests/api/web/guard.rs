//! Requests that a page of another site could make a browser send: none of them is carried out.

use http::Method;

use super::{Browser, ann_with_canvas, pages, with_form};
use crate::routes;
use crate::support::{Answer, Server};

/// Every form of the pages, with valid fields; `pages.rs` compares it with the route table.
pub const FORMS: [(&str, &[(&str, &str)]); 21] = [
    ("/logout", &[]),
    ("/account/password", &[("current", "correct horse battery"), ("new", "another good one")]),
    ("/account/tokens", &[("name", "x"), ("scope", "admin")]),
    ("/account/tokens/revoke", &[("id", "00000000-0000-7000-8000-000000000000")]),
    ("/new", &[("slug", "q")]),
    ("/ann/p/edit", &[("title", "Changed")]),
    ("/ann/p/delete", &[("confirm", "p")]),
    ("/ann/p/members", &[("username", "eve"), ("role", "editor")]),
    ("/ann/p/members/remove", &[("username", "eve")]),
    ("/ann/p/sources/rain/rollback", &[("version", "1")]),
    ("/ann/p/sources/rain/delete", &[("confirm", "rain")]),
    ("/ann/p/canvases", &[("title", "More")]),
    ("/ann/p/canvases/rain/add", &[("type", "text"), ("markdown", "x")]),
    ("/ann/p/canvases/rain/blocks/rows/edit", &[("title", "Changed")]),
    ("/ann/p/canvases/rain/blocks/rows/delete", &[]),
    ("/ann/p/canvases/rain/edit", &[("document", "x")]),
    ("/ann/p/canvases/rain/compact", &[]),
    ("/ann/p/canvases/rain/delete", &[("confirm", "rain")]),
    ("/ann/p/canvases/rain/restore", &[("revision", "1")]),
    ("/ann/p/canvases/rain/shares", &[("days", "30")]),
    (
        "/ann/p/canvases/rain/shares/change",
        &[("id", "00000000-0000-7000-8000-000000000000"), ("do", "revoke")],
    ),
];

async fn state(ann: &Browser) -> Vec<String> {
    let mut pages = Vec::new();
    for path in ["/", "/account", "/ann/p", "/ann/p/canvases/rain", "/ann/p/canvases/rain/history"] {
        pages.push(ann.get(path).await.text());
    }
    pages
}

#[tokio::test]
async fn no_form_is_taken_without_the_token_of_its_session() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let eve = Browser::registered(&server, "eve").await;
    let before = state(&ann).await;
    for (path, fields) in FORMS {
        for token in ["", "0000", &eve.form_token] {
            let mut fields = fields.to_vec();
            fields.push(("form_token", token));
            let answer = ann.post_bare(path, &fields).await;
            assert_eq!(answer.status.as_u16(), 403, "{path}");
        }
        assert_eq!(ann.post_bare(path, fields).await.status.as_u16(), 403, "{path}");
    }
    assert_eq!(state(&ann).await, before);
}

/// Whatever they know: the browser says where a request comes from.
#[tokio::test]
async fn no_form_is_taken_from_another_site() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let before = state(&ann).await;
    for (path, fields) in FORMS {
        let mut fields = fields.to_vec();
        fields.push(("form_token", &ann.form_token));
        for (name, value) in
            [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
        {
            let mut request = with_form(ann.request(Method::POST, path), &fields).build().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
            let status = reqwest::Client::new().execute(request).await.unwrap().status();
            assert_eq!(status.as_u16(), 403, "{path} with {name}: {value}");
        }
    }
    assert_eq!(state(&ann).await, before);
    let request =
        Browser::new(&server).request(Method::POST, "/login").header("sec-fetch-site", "cross-site");
    let fields = [("username", "ann"), ("password", "correct horse battery")];
    assert_eq!(
        Answer::of(with_form(request, &fields)).await.status.as_u16(),
        403,
        "signing someone in as another"
    );
}

/// With its own token every form is past the guard: the list above is one of forms that there are. Each on a server of its
/// own, as many of them end what the others need.
#[tokio::test]
async fn every_form_is_taken_with_its_token() {
    for (path, fields) in FORMS {
        let server = Server::start().await;
        let ann = ann_with_canvas(&server).await;
        let answer = ann.post(path, fields).await;
        let text = answer.text();
        assert!(!text.contains("did not come from a page"), "{path}: {text}");
        assert!(!text.contains("There is nothing at") && answer.status.as_u16() < 500, "{path}: {text}");
        assert_ne!(answer.status.as_u16(), 405, "{path}");
    }
}

/// The API takes the cookie too, for the scripts of the pages: with the same guard.
#[tokio::test]
async fn no_change_by_the_api_is_taken_from_the_cookie_alone() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let send = async |method: &Method, path: &str, token: Option<&str>, site: &str| {
        let mut request =
            ann.request(method.clone(), path).header("if-match", "*").header("sec-fetch-site", site);
        if let Some(token) = token {
            request = request.header("x-form-token", token);
        }
        Answer::of(
            request
                .header("accept", "application/json")
                .header("content-type", "application/json")
                .body("{}"),
        )
        .await
    };
    let mut changing = 0;
    for route in routes::all(&server).await.iter().filter(|route| !route.is_public) {
        let (method, path) = (&route.method, route.fill("ann/p"));
        if matches!(*method, Method::GET | Method::HEAD) {
            continue;
        }
        changing += 1;
        for (token, site) in [
            (None, "same-origin"),
            (Some("0000"), "same-origin"),
            (Some(ann.form_token.as_str()), "cross-site"),
            (Some(ann.form_token.as_str()), "same-site"),
        ] {
            send(method, &path, token, site).await.problem(403, "forbidden");
        }
    }
    assert!(changing > 15, "only {changing} routes change something");
    let path = "/api/v1/projects/ann/p/canvases/rain/compact";
    assert_ne!(send(&Method::POST, path, Some(&ann.form_token), "same-origin").await.status.as_u16(), 403);
    // Reading needs none; another site cannot read the answer.
    assert_eq!(ann.get("/api/v1/projects/ann/p").await.status.as_u16(), 200);
}

#[tokio::test]
async fn uploads_by_a_form_need_the_token_before_the_file() {
    let server = Server::start().await;
    let mut ann = ann_with_canvas(&server).await;
    let token = std::mem::take(&mut ann.form_token);
    let refused = ann.upload("/ann/p/sources", "evil.csv", "a\n1\n").await;
    assert_eq!(refused.status.as_u16(), 403);
    let part = reqwest::multipart::Part::text("a\n1\n").file_name("evil.csv");
    let form = reqwest::multipart::Form::new().part("file", part).text("form_token", token);
    let late = Answer::of(ann.request(Method::POST, "/ann/p/sources").multipart(form)).await;
    assert_eq!(late.status.as_u16(), 400);
    assert!(!ann.get("/ann/p").await.text().contains("evil"));
}

#[tokio::test]
async fn pages_say_that_nothing_foreign_may_run_in_them() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let pages = pages::all().into_iter().filter(|page| page.method == Method::GET).map(|page| page.path);
    let mut seen = 0;
    for path in pages.chain(["/nowhere/at/all".to_owned()]) {
        let answer = ann.get(&path).await;
        if answer.header("content-type") != "text/html; charset=utf-8" {
            continue;
        }
        seen += 1;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.header("cache-control"), "private, no-store", "{path}");
    }
    assert!(seen > 15, "only {seen} pages");
}
