//! The pages, as a browser without scripts sees them.

mod canvases;
mod guard;
mod hostile;
mod pages;
mod sessions;
mod shared;
mod sources;
mod weight;

use http::Method;
use serde_json::json;

use crate::support::{Answer, PASSWORD, Person, Server};

/// A browser: it keeps its cookie, and follows no redirect unless asked to.
pub struct Browser {
    url: String,
    client: reqwest::Client,
    pub cookie: String,
    pub form_token: String,
}

impl Browser {
    pub fn new(server: &Server) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let url = server.anyone().url;
        Self { url, client, cookie: String::new(), form_token: String::new() }
    }

    /// Registers by the form, and reads the form token of the session.
    pub async fn registered(server: &Server, username: &str) -> Self {
        let mut browser = Self::new(server);
        let answer = browser.post("/register", &[("username", username), ("password", PASSWORD)]).await;
        browser.keep(&answer).await;
        browser
    }

    /// Keeps the cookie of an answer, and looks for the form token on a page of that session.
    pub async fn keep(&mut self, answer: &Answer) {
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
        let cookie = answer.header("set-cookie");
        self.cookie = cookie.split(';').next().unwrap().to_owned();
        let page = self.get("/").await.text();
        self.form_token = between(&page, "<meta name=\"form-token\" content=\"", "\"").unwrap_or_default();
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let request = request.header("origin", &self.url);
        if self.cookie.is_empty() { request } else { request.header("cookie", &self.cookie) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Sends a form with the token of the session.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        fields.push(("form_token", &self.form_token));
        self.post_bare(path, &fields).await
    }

    /// Sends a form as it is.
    pub async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::of(with_form(self.request(Method::POST, path), fields)).await
    }

    /// Sends a form that works, and returns where it leads.
    #[track_caller]
    pub fn leads(answer: &Answer) -> String {
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
        answer.header("location").to_owned()
    }

    /// Uploads by the plain form.
    pub async fn upload(&self, path: &str, file: &str, csv: &str) -> Answer {
        let part = reqwest::multipart::Part::text(csv.to_owned()).file_name(file.to_owned());
        let form =
            reqwest::multipart::Form::new().text("form_token", self.form_token.clone()).part("file", part);
        Answer::of(self.request(Method::POST, path).multipart(form)).await
    }

    /// The same person with an API token.
    pub async fn api(&self, server: &Server, username: &str) -> Person {
        server.with_token(server.login(username).await["access_token"].as_str().unwrap())
    }
}

/// A request with the fields of a form.
pub fn with_form(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

pub const RAIN: &str = "day,kind,mm\n2026-01-01,rain,1.5\n2026-01-02,rain,7\n2026-01-03,snow,0.5\n";

/// Ann with the project `p`, its source `rain`, and the canvas `rain` that was proposed for it.
pub async fn ann_with_canvas(server: &Server) -> Browser {
    let ann = Browser::registered(server, "ann").await;
    Browser::leads(&ann.post("/new", &[("slug", "p"), ("title", "Weather"), ("description", "")]).await);
    Browser::leads(&ann.upload("/ann/p/sources", "rain.csv", RAIN).await);
    let to = Browser::leads(&ann.post("/ann/p/canvases", &[("title", ""), ("source", "rain")]).await);
    assert_eq!(to, "/ann/p/canvases/rain");
    ann
}

pub fn between(text: &str, start: &str, end: &str) -> Option<String> {
    Some(text.split_once(start)?.1.split_once(end)?.0.to_owned())
}

/// The `etag` that the forms of a page carry.
#[track_caller]
pub fn etag_of(page: &str) -> String {
    let etag = between(page, "name=\"etag\" value=\"", "\"");
    etag.unwrap().replace("&quot;", "\"")
}

#[tokio::test]
async fn a_stranger_sees_what_this_is_and_signs_in_first() {
    let server = Server::start().await;
    let browser = Browser::new(&server);
    let page = browser.get("/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text().contains("href=\"/docs\"") && page.text().contains("href=\"/register\""));
    // The first user has to register; later most have.
    assert!(page.text().contains("class=\"button primary\" href=\"/register\""), "{}", page.text());
    Browser::registered(&server, "ann").await;
    assert!(browser.get("/").await.text().contains("class=\"button primary\" href=\"/login\""));
    let to = Browser::leads(&browser.get("/ann/p?x=1").await);
    assert_eq!(to, "/login?next=%2Fann%2Fp%3Fx%3D1");
    // A program gets a problem as JSON.
    server.anyone().get("/ann/p").await.problem(401, "unauthorized");
    // A page that does not exist is one too.
    let missing = browser.get("/nowhere").await;
    assert_eq!((missing.status.as_u16(), missing.header("content-type")), (404, "text/html; charset=utf-8"));
    server.anyone().get("/nowhere").await.problem(404, "unknown_route");
}

#[tokio::test]
async fn files_of_the_page_are_kept_for_good_and_compressed() {
    let server = Server::start().await;
    let browser = Browser::new(&server);
    let page = browser.get("/").await.text();
    let style = between(&page, "rel=\"stylesheet\" href=\"", "\"").unwrap();
    let plain = browser.get(&style).await;
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(plain.header("content-type"), "text/css; charset=utf-8");
    let packed = Answer::of(browser.request(Method::GET, &style).header("accept-encoding", "gzip, br")).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() * 2 < plain.bytes.len(), "{} of {}", packed.bytes.len(), plain.bytes.len());
    assert_eq!(browser.get("/-/style.000000000000.css").await.status.as_u16(), 404);
}

#[tokio::test]
async fn members_are_added_and_leave_by_forms() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let bob = Browser::registered(&server, "bob").await;
    Browser::leads(&ann.post("/ann/p/members", &[("username", "bob"), ("role", "viewer")]).await);
    let page = bob.get("/ann/p").await.text();
    assert!(
        page.contains("Leave") && !page.contains("Add member") && !page.contains("type=\"file\""),
        "{page}"
    );
    let refused = bob.post("/ann/p/canvases", &[("title", "Mine")]).await;
    assert_eq!(refused.status.as_u16(), 403);
    assert!(refused.text().contains("This needs the role editor"), "{}", refused.text());
    assert_eq!(Browser::leads(&bob.post("/ann/p/members/remove", &[("username", "bob")]).await), "/");
    assert_eq!(bob.get("/ann/p").await.status.as_u16(), 404);
    let nobody = ann.post("/ann/p/members", &[("username", "nobody"), ("role", "viewer")]).await;
    assert_eq!(nobody.status.as_u16(), 422);
}

#[tokio::test]
async fn a_project_goes_only_when_its_name_was_typed() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let unsure = ann.post("/ann/p/delete", &[("confirm", "q")]).await;
    assert!(
        unsure.status.as_u16() == 422 && unsure.text().contains("nothing was changed"),
        "{}",
        unsure.text()
    );
    assert_eq!(ann.get("/ann/p").await.status.as_u16(), 200);
    Browser::leads(&ann.post("/ann/p/delete", &[("confirm", "p")]).await);
    assert_eq!(ann.get("/ann/p").await.status.as_u16(), 404);
}

#[tokio::test]
async fn nobody_takes_the_name_that_addresses_of_the_api_begin_with() {
    let server = Server::start().await;
    let answer =
        server.anyone().post("/api/v1/auth/register", json!({"username": "api", "password": PASSWORD})).await;
    assert_eq!(answer.problem(422, "invalid")["errors"][0]["pointer"], "/username");
}
