//! The page behind a share link.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{Browser, ann_with_canvas, between};
use crate::support::{Answer, Server, soon};

const SHARES: &str = "/ann/p/canvases/rain/shares";

async fn link(ann: &Browser) -> String {
    let page = ann.post(SHARES, &[("name", "Board"), ("days", "30")]).await.text();
    let url = between(&page, "id=\"share-link\" href=\"", "\"").unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    url[url.find("/s/").unwrap()..].to_owned()
}

#[tokio::test]
async fn a_link_shows_the_canvas_to_anyone_and_nothing_to_do() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let path = link(&ann).await;
    let anyone = Browser::new(&server);
    let answer = anyone.get(&path).await;
    let page = answer.text();
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    assert!(
        page.contains("<h1>Rain</h1>")
            && page.contains(&format!("data-base=\"{path}\""))
            && page.contains("id=\"b-rows\""),
        "{page}"
    );
    for part in ["ann", "/p/", "Arrange", "Add block", "History", "method=\"post\"", "/api/"] {
        let rest = page.replace(&path, "").replace("/register", "");
        assert!(!rest.contains(part), "{part}: {page}");
    }
    let block = anyone.get(&format!("{path}/blocks/rows")).await;
    assert!(block.text().contains("<td>2026-01-02</td>"));
    assert!(anyone.get(&format!("{path}?all=1")).await.text().contains("<td>2026-01-02</td>"));
    assert!(anyone.get(&format!("{path}/blocks/rows?format=csv")).await.text().starts_with("day,kind,mm\n"));
    let lines = anyone.get(&format!("{path}/blocks?draw=rows")).await;
    assert!(lines.text().contains("<td>2026-01-02</td>") && lines.header("x-robots-tag").contains("noindex"));
    let about = anyone.get(&format!("{path}/blocks/rows?format=about")).await.text();
    assert!(about.contains(&format!("href=\"{path}#b-rows\"")), "there is a way back: {about}");
    assert!(about.contains("rain@1") && !about.contains("/ann/"), "{about}");
    assert!(anyone.get(&format!("{path}/grid.css")).await.text().contains("#b-rows{"));
    let curl = anyone.request(Method::GET, &path).header("user-agent", "curl/8.5.0").header("accept", "*/*");
    // The builder added a browser's Accept before.
    let mut curl = curl.build().unwrap();
    curl.headers_mut().insert("accept", "*/*".parse().unwrap());
    let text = reqwest::Client::new().execute(curl).await.unwrap().text().await.unwrap();
    assert!(text.contains("\u{1b}[1mRain\u{1b}[0m"), "{text}");
}

#[tokio::test]
async fn a_link_ends_when_whoever_shares_says() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let path = link(&ann).await;
    let anyone = Browser::new(&server);
    let page = ann.get(SHARES).await.text();
    assert!(page.contains("Board") && !page.contains(&path), "the link is shown once: {page}");
    let id = between(&page, "name=\"id\" value=\"", "\"").unwrap();
    let change = async |what: &str| {
        Browser::leads(&ann.post(&format!("{SHARES}/change"), &[("id", &id), ("do", what)]).await);
        ann.get(SHARES).await.text()
    };
    assert!(change("pause").await.contains(">paused<"));
    for path in [
        path.clone(),
        format!("{path}/blocks/rows"),
        format!("{path}/blocks"),
        format!("{path}/grid.css"),
        format!("{path}?format=json"),
    ] {
        let answer = anyone.get(&path).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        assert!(!answer.text().contains(path.trim_start_matches("/s/")), "{path}");
    }
    change("resume").await;
    assert_eq!(anyone.get(&path).await.status.as_u16(), 200);
    change("revoke").await;
    assert_eq!(anyone.get(&path).await.status.as_u16(), 404);
    let wrong = ann.post(SHARES, &[("days", "many")]).await;
    assert!(wrong.status.as_u16() == 422 && wrong.text().contains("is not a whole number"));
}

/// The secret opens none of the other pages, in whatever place it is shown.
#[tokio::test]
async fn a_link_opens_no_other_page() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let path = link(&ann).await;
    let secret = path.trim_start_matches("/s/").to_owned();
    let mut reader = Browser::new(&server);
    reader.cookie = format!("impala={secret}");
    for path in [
        "/account",
        "/ann/p",
        "/ann/p/canvases/rain",
        "/ann/p/canvases/rain/blocks/rows",
        "/ann/p/sources/rain",
    ] {
        assert!(Browser::leads(&reader.get(path).await).starts_with("/login"), "{path}");
        let bearer = Answer::of(reader.request(Method::GET, path).bearer_auth(&secret)).await;
        assert!(Browser::leads(&bearer).starts_with("/login"), "{path}");
    }
    for rest in ["/sources", "/history", "/edit", "/shares", "/blocks/rows/edit", "/../../ann/p"] {
        assert_ne!(reader.get(&format!("{path}{rest}")).await.status.as_u16(), 200, "{rest}");
    }
}

/// The events of a share link: their names and data.
struct Events(reqwest::Response, String);

impl Events {
    async fn of(browser: &Browser, path: &str) -> Self {
        let request = browser.request(Method::GET, &format!("{path}/events"));
        let response = request.header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers().get("content-encoding"), None, "events come as they are");
        Self(response, String::new())
    }

    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) =
                self.1.split_once("\n\n").map(|(event, rest)| (event.to_owned(), rest.to_owned()))
            {
                self.1 = rest;
                let line = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
                };
                if let (Some(name), Some(data)) = (line("event:"), line("data:")) {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let chunk = soon("an event comes", self.0.chunk()).await.unwrap()?;
            self.1.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// A reader of the link learns that the canvas, or its data, is new; nothing of other changes, and no name.
#[tokio::test]
async fn a_link_tells_what_changes_of_its_canvas_and_nothing_else() {
    let server = Server::start_with(|config| config.events.recheck = Duration::from_millis(20)).await;
    let ann = ann_with_canvas(&server).await;
    let path = link(&ann).await;
    let anyone = Browser::new(&server);
    let mut events = Events::of(&anyone, &path).await;
    let (name, first) = events.next().await.unwrap();
    assert_eq!(name, "shared_canvas");
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["data", "etag"]);
    let page = anyone.get(&path).await.text();
    assert!(
        page.contains(&format!("data-etag=\"{}\"", first["etag"].as_str().unwrap().replace('"', "&quot;"))),
        "{first}"
    );
    assert!(page.contains(&format!("data-events=\"{path}/events\"")), "{page}");

    // Another canvas and another source are not reported: the next event is the change of their own canvas.
    let api = ann.api(&server, "ann").await;
    Browser::leads(&ann.upload("/ann/p/sources", "other.csv", "a\n1\n").await);
    Browser::leads(&ann.post("/ann/p/canvases", &[("title", "Other"), ("source", "")]).await);
    let block = json!({"id": "hello", "type": "text", "markdown": "Hello"});
    api.change(Method::POST, "/api/v1/projects/ann/p/canvases/rain/blocks", 1, &block).await.created();
    let (_, saved) = events.next().await.unwrap();
    assert_ne!(saved["etag"], first["etag"]);
    assert_eq!(saved["data"], first["data"]);

    Browser::leads(&ann.upload("/ann/p/sources", "rain.csv", "day,kind,mm\n2026-02-01,sun,0\n").await);
    let (_, uploaded) = events.next().await.unwrap();
    assert_eq!(uploaded["etag"], saved["etag"]);
    assert_ne!(uploaded["data"], saved["data"]);

    let page = ann.get(SHARES).await.text();
    let id = between(&page, "name=\"id\" value=\"", "\"").unwrap();
    Browser::leads(&ann.post(&format!("{SHARES}/change"), &[("id", &id), ("do", "revoke")]).await);
    assert_eq!(events.next().await, Some(("share_ended".to_owned(), json!({}))));
    assert_eq!(events.next().await, None);
    assert_eq!(anyone.get(&format!("{path}/events")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_link_is_listened_to_in_so_many_places_and_no_more() {
    let server = Server::start_with(|config| config.events.streams_per_user = 2).await;
    let ann = ann_with_canvas(&server).await;
    let (path, anyone) = (link(&ann).await, Browser::new(&server));
    let _two = [Events::of(&anyone, &path).await, Events::of(&anyone, &path).await];
    let third = anyone.get(&format!("{path}/events")).await;
    assert_eq!(third.status.as_u16(), 429, "{}", third.text());
}
