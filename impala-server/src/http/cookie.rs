//! The cookies of browsers: the session, and the theme.

use http::header::{COOKIE, HOST, HeaderValue, ORIGIN};
use http::{HeaderMap, HeaderName};

use super::peer::Peer;
use crate::config::Config;
use crate::service::browser::SESSION_PREFIX;

/// A header that only browsers send, and only to trustworthy origins.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Browsers accept a cookie of this name only from this very host, and only over TLS.
const SECURE_NAME: &str = "__Host-impala";

/// Its name where there is no TLS.
const PLAIN_NAME: &str = "impala";

/// The value of a cookie.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The secret of the session. Over TLS only the cookie counts that only this host can have set.
pub fn session(headers: &HeaderMap, peer: Peer) -> Option<&str> {
    let name = if peer.is_https { SECURE_NAME } else { PLAIN_NAME };
    get(headers, name).filter(|secret| secret.starts_with(SESSION_PREFIX))
}

/// `Set-Cookie` for a session that has begun; with an empty secret for one that has ended.
pub fn set_session(config: &Config, peer: Peer, secret: &str) -> HeaderValue {
    let (name, secure) = if peer.is_https { (SECURE_NAME, "; Secure") } else { (PLAIN_NAME, "") };
    let life_s = if secret.is_empty() { 0 } else { config.refresh_token_life.as_secs() };
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={life_s}{secure}");
    // Names and secrets consist of letters, digits, - and _.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Whether a browser says that one of this server's pages sent this request. A browser that says nothing is very old, or
/// hides where it comes from.
pub fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    let host_of = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned());
    let (origin, host) = (text(&ORIGIN).and_then(host_of), text(&HOST));
    origin.is_some() && origin.as_deref() == host
}

/// Whether a browser followed a link from another site: it does not send a strict cookie then.
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get(SEC_FETCH_SITE).and_then(|value| value.to_str().ok());
    matches!(site, Some("cross-site" | "same-site"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let headers = headers(&[(COOKIE, "theme=dark; ximpala=1; impala=session_x; other=2")]);
        assert_eq!(get(&headers, "impala"), Some("session_x"));
        assert_eq!(get(&headers, "theme"), Some("dark"));
        assert_eq!(get(&headers, "them"), None);
    }

    #[test]
    fn behind_tls_only_the_cookie_of_this_host_counts() {
        let config = Config::new("x");
        let [plain, secure] =
            [false, true].map(|is_https| Peer { address: std::net::Ipv4Addr::LOCALHOST.into(), is_https });
        let headers = headers(&[(COOKIE, "impala=session_plain; __Host-impala=session_secure")]);
        assert_eq!(session(&headers, plain), Some("session_plain"));
        assert_eq!(session(&headers, secure), Some("session_secure"));
        let set = |peer| set_session(&config, peer, "s").to_str().unwrap().to_owned();
        assert_eq!(set(plain), "impala=s; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
        let expected = "__Host-impala=s; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000; Secure";
        assert_eq!(set(secure), expected);
    }

    #[test]
    fn pages_of_others_are_known() {
        let check = |pairs: &[(HeaderName, &'static str)], expected: bool| {
            assert_eq!(is_from_here(&headers(pairs)), expected, "{pairs:?}");
        };
        check(&[(SEC_FETCH_SITE, "same-origin")], true);
        check(&[(SEC_FETCH_SITE, "same-site"), (ORIGIN, "http://h:1"), (HOST, "h:1")], false);
        check(&[(SEC_FETCH_SITE, "cross-site")], false);
        check(&[(ORIGIN, "http://h:1"), (HOST, "h:1")], true);
        check(&[(ORIGIN, "http://h:2"), (HOST, "h:1")], false);
        check(&[(ORIGIN, "null"), (HOST, "h:1")], false);
        check(&[(HOST, "h:1")], false);
        check(&[], false);
    }
}
