//! Signing in by a page: what the cookie is like, and what ends it.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;

use super::{Browser, between, with_form};
use crate::support::{Answer, PASSWORD, Server};

async fn login(browser: &Browser, password: &str) -> Answer {
    browser.post("/login", &[("username", "ann"), ("password", password), ("next", "/ann/p?a=1")]).await
}

#[tokio::test]
async fn the_cookie_is_for_this_server_and_no_script() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    let answer = login(&Browser::new(&server), PASSWORD).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("impala=session_"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"), "{cookie}");
    assert_eq!(Browser::leads(&answer), "/ann/p?a=1");

    // Behind a proxy that is trusted, and speaks TLS.
    let trusted = "127.0.0.0/8".parse().unwrap();
    let server = Server::start_with(|config| config.trusted_proxies = vec![trusted]).await;
    server.sign_up("ann").await;
    let browser = Browser::new(&server);
    let fields = [("username", "ann"), ("password", PASSWORD)];
    let request = with_form(browser.request(Method::POST, "/login"), &fields);
    let answer = Answer::of(request.header("x-forwarded-proto", "https")).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-impala=session_") && cookie.ends_with("; Secure"), "{cookie}");
    let home = async |cookie: &str| {
        let request = browser.request(Method::GET, "/").header("x-forwarded-proto", "https");
        Answer::of(request.header("cookie", cookie)).await.text()
    };
    let cookie = cookie.split(';').next().unwrap();
    assert!(home(cookie).await.contains("<h1>Projects</h1>"));
    // A page of another host could have set a cookie without the prefix.
    assert!(!home(&cookie.replace("__Host-impala", "impala")).await.contains("<h1>Projects</h1>"));
}

#[tokio::test]
async fn wrong_passwords_and_taken_names_are_said_on_the_form() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    let browser = Browser::new(&server);
    let answer = login(&browser, "wrong password").await;
    assert_eq!(answer.status.as_u16(), 403);
    let page = answer.text();
    assert!(
        page.contains("The username or the password is wrong.") && page.contains("value=\"ann\""),
        "{page}"
    );
    assert!(!page.contains("wrong password\""), "the password does not come back");
    let taken = browser.post("/register", &[("username", "ann"), ("password", PASSWORD)]).await;
    assert!(taken.status.as_u16() == 409 && taken.text().contains("is taken"));
    let short = browser.post("/register", &[("username", "bob"), ("password", "short")]).await;
    assert!(short.status.as_u16() == 422 && short.text().contains("at least 8"), "{}", short.text());
    for _ in 0..10 {
        login(&browser, "wrong password").await;
    }
    let slow = login(&browser, PASSWORD).await;
    assert!(slow.status.as_u16() == 429 && slow.text().contains("Too many tries"), "{}", slow.text());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let server = Server::start().await;
    let ann = Browser::registered(&server, "ann").await;
    let answer = ann.post("/logout", &[]).await;
    assert_eq!(answer.header("set-cookie"), "impala=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    assert!(Browser::leads(&ann.get("/account").await).starts_with("/login"));
    let api = ann.request(Method::GET, "/api/v1/me");
    Answer::of(api).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let server = Server::start().await;
    let ann = Browser::registered(&server, "ann").await;
    let mut other = Browser::new(&server);
    let answer = login(&other, PASSWORD).await;
    other.keep(&answer).await;
    let wrong =
        ann.post("/account/password", &[("current", "wrong password"), ("new", "another good one")]).await;
    assert!(wrong.status.as_u16() == 422 && wrong.text().contains("is not the current password"));
    Browser::leads(
        &ann.post("/account/password", &[("current", PASSWORD), ("new", "another good one")]).await,
    );
    for browser in [&ann, &other] {
        assert!(Browser::leads(&browser.get("/account").await).starts_with("/login"));
    }
}

#[tokio::test]
async fn a_session_ends_by_time() {
    let server = Server::start().await;
    let ann = Browser::registered(&server, "ann").await;
    server.clock.advance(SignedDuration::from_hours(24 * 30 - 1));
    assert_eq!(ann.get("/account").await.status.as_u16(), 200);
    server.clock.advance(SignedDuration::from_hours(1));
    assert!(Browser::leads(&ann.get("/account").await).starts_with("/login"));
}

/// Each secret is valid for one thing: a cookie refreshes nothing, and a refresh token or JWT is not a cookie.
#[tokio::test]
async fn secrets_are_not_good_for_each_others_work() {
    let server = Server::start().await;
    let mut ann = Browser::registered(&server, "ann").await;
    let secret = ann.cookie.trim_start_matches("impala=").to_owned();
    let body = json!({"refresh_token": secret});
    server.anyone().post("/api/v1/auth/refresh", body).await.problem(401, "unauthorized");
    assert_eq!(ann.get("/account").await.status.as_u16(), 200);
    let session = server.login("ann").await;
    for name in ["refresh_token", "access_token"] {
        ann.cookie = format!("impala={}", session[name].as_str().unwrap());
        assert!(Browser::leads(&ann.get("/account").await).starts_with("/login"), "{name}");
    }
}

#[tokio::test]
async fn whoever_signs_in_goes_nowhere_else() {
    let server = Server::start().await;
    server.sign_up("ann").await;
    let browser = Browser::new(&server);
    for next in ["https://evil.example/", "//evil.example/", "/\\evil.example/"] {
        let fields = [("username", "ann"), ("password", PASSWORD), ("next", next)];
        assert_eq!(Browser::leads(&browser.post("/login", &fields).await), "/", "{next}");
    }
}

/// A browser does not send a strict cookie when a link of another site was followed; a page of this site then asks again.
#[tokio::test]
async fn a_link_in_a_mail_finds_whoever_has_signed_in() {
    let server = Server::start().await;
    let stranger = Browser::new(&server);
    let request = stranger.request(Method::GET, "/ann/p?a=1&b=2").header("sec-fetch-site", "cross-site");
    let page = Answer::of(request).await;
    assert_eq!(page.status.as_u16(), 200);
    let again = between(&page.text(), "http-equiv=\"refresh\" content=\"", "\"");
    assert_eq!(again.as_deref(), Some("0;url=/ann/p?a=1&amp;b=2"));
    let request = stranger.request(Method::GET, "/ann/p").header("sec-fetch-site", "same-origin");
    assert_eq!(Browser::leads(&Answer::of(request).await), "/login?next=%2Fann%2Fp");
}

#[tokio::test]
async fn tokens_are_made_and_revoked() {
    let server = Server::start().await;
    let ann = Browser::registered(&server, "ann").await;
    let fields = [("name", "ci"), ("scope", "read"), ("scope", "upload"), ("project", ""), ("days", "90")];
    let page = ann.post("/account/tokens", &fields).await.text();
    let secret = between(&page, "id=\"secret\">", "<").unwrap();
    let me = server.with_token(&secret).get("/api/v1/me").await.ok();
    assert_eq!(me["token"]["scopes"], json!(["read", "upload"]));
    assert!(!ann.get("/account").await.text().contains(&secret));
    let id = me["token"]["id"].as_str().unwrap();
    Browser::leads(&ann.post("/account/tokens/revoke", &[("id", id)]).await);
    server.with_token(&secret).get("/api/v1/me").await.problem(401, "unauthorized");
    let wrong = ann.post("/account/tokens", &[("name", ""), ("days", "many")]).await;
    assert!(
        wrong.status.as_u16() == 422 && wrong.text().contains("is not a whole number"),
        "{}",
        wrong.text()
    );
}
