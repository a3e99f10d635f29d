//! The page behind a share link.

use http::Method;

use super::{Browser, ann_with_canvas, between};
use crate::support::{Answer, Server};

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
        page.contains("<h1>Rain</h1>") && page.contains(&format!("data-src=\"{path}/blocks/rows\"")),
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
    let about = anyone.get(&format!("{path}/blocks/rows?format=about")).await.text();
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
    assert!(wrong.status.as_u16() == 422 && wrong.text().contains("is no whole number"));
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
