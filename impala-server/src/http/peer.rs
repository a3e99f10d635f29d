//! Who sent a request: the other end of the connection, or the client that a trusted proxy names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use crate::state::AppState;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Their address.
    pub address: IpAddr,
    /// Whether they came over TLS, which ends at the proxy.
    pub is_https: bool,
}

impl Peer {
    /// Looks it up.
    pub fn of(request: &Request, trusted: &[IpNet]) -> Self {
        let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let connected = connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        Self::behind(connected, request.headers(), trusted)
    }

    /// As it was looked up when the request came in.
    pub fn known(extensions: &http::Extensions) -> Self {
        let nobody = Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_https: false };
        extensions.get().copied().unwrap_or(nobody)
    }

    /// `connected` is the other end of the connection. Each proxy appends the address of its client: read from the right, the
    /// first one that is not a trusted proxy sent the request; addresses to its left are unverified.
    fn behind(connected: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
        let mut address = connected.to_canonical();
        if !is_trusted(address) {
            return Self { address, is_https: false };
        }
        let texts = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let chain: Vec<&str> = texts(X_FORWARDED_FOR).flat_map(|value| value.split(',')).collect();
        for entry in chain.into_iter().rev() {
            let Some(named) = read(entry.trim()) else { break };
            address = named;
            if !is_trusted(address) {
                break;
            }
        }
        let scheme = texts(X_FORWARDED_PROTO).next_back().and_then(|value| value.split(',').next_back());
        Self { address, is_https: scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https")) }
    }
}

/// An address, with or without a port.
fn read(entry: &str) -> Option<IpAddr> {
    let address = entry.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()));
    let address = address.or_else(|| entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

impl FromRequestParts<AppState> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self::known(&parts.extensions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let check = |connected: &str, forwarded: &[&'static str], expected: &str| {
            let trusted: Vec<IpNet> = ["10.0.0.0/8", "::1/128"].map(|text| text.parse().unwrap()).into();
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(X_FORWARDED_FOR, value.parse().unwrap());
            }
            let peer = Peer::behind(connected.parse().unwrap(), &headers, &trusted);
            assert_eq!(peer.address.to_string(), expected, "{connected} {forwarded:?}");
        };
        check("10.0.0.1", &["203.0.113.7"], "203.0.113.7");
        check("10.0.0.1", &["1.1.1.1, 203.0.113.7, 10.2.3.4"], "203.0.113.7");
        check("10.0.0.1", &["1.1.1.1", "203.0.113.7:4711"], "203.0.113.7");
        check("::ffff:10.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1");
        check("::1", &["2001:db8::1"], "2001:db8::1");
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        check("10.0.0.1", &["nonsense, 10.0.0.2"], "10.0.0.2");
        check("10.0.0.1", &["unknown"], "10.0.0.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("203.0.113.9", &["1.1.1.1"], "203.0.113.9");
    }

    #[test]
    fn the_scheme_is_the_proxys_word_too() {
        let check = |connected: &str, value: &'static str, expected| {
            let headers = HeaderMap::from_iter([(X_FORWARDED_PROTO, value.parse().unwrap())]);
            let trusted = ["10.0.0.0/8".parse().unwrap()];
            assert_eq!(Peer::behind(connected.parse().unwrap(), &headers, &trusted).is_https, expected);
        };
        check("10.0.0.1", "https", true);
        check("10.0.0.1", "https, http", false);
        check("10.0.0.1", "http", false);
        check("203.0.113.9", "https", false);
    }
}
