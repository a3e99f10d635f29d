//! Values as people write them, both ways.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use ipnet::IpNet;

/// `127.0.0.1:5001`, and names such as `localhost:5001`.
pub(super) fn address(text: &str) -> Option<SocketAddr> {
    text.to_socket_addrs().ok()?.next()
}

const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 24 * 3_600_000)];

/// `500ms`, `30s`, `15m`, `12h`, `30d`; at least one millisecond.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, unit_ms) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let millis = number.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    (millis > 0).then(|| Duration::from_millis(millis))
}

/// The shortest way to write it.
pub(super) fn show_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    let unit = UNITS.into_iter().rev().find(|(_, unit_ms)| millis.is_multiple_of(u128::from(*unit_ms)));
    let (name, unit_ms) = unit.unwrap_or(("ms", 1));
    format!("{}{name}", millis / u128::from(unit_ms))
}

const SIZES: [(&str, u32); 4] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];

/// `8589934592`, `8_589_934_592` and `8GiB`; at least one byte.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let sized = SIZES.into_iter().find_map(|(name, shift)| Some((text.strip_suffix(name)?, shift)));
    let (digits, shift) = sized.unwrap_or((text, 0));
    count(digits.trim_end())?.checked_mul(1 << shift)
}

/// The shortest way to write it.
pub(super) fn show_bytes(bytes: u64) -> String {
    let size = SIZES.into_iter().rev().find(|(_, shift)| bytes > 0 && bytes.is_multiple_of(1 << shift));
    size.map_or_else(|| bytes.to_string(), |(name, shift)| format!("{}{name}", bytes >> shift))
}

/// A whole number from 1; digits may be grouped by `_`.
pub(super) fn count(text: &str) -> Option<u64> {
    text.replace('_', "").parse().ok().filter(|number| *number > 0)
}

/// Networks such as `10.0.0.0/8` and single addresses, separated by commas; empty for an empty text.
pub(super) fn networks(text: &str) -> Option<Vec<IpNet>> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words
        .map(|word| word.parse().ok().or_else(|| Some(IpNet::from(word.parse::<std::net::IpAddr>().ok()?))))
        .collect()
}

/// A URL whose scheme is one of these.
pub(super) fn url(text: &str, schemes: &[&str]) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    (schemes.contains(&scheme) && !rest.trim_start_matches('/').is_empty()).then(|| text.to_owned())
}

/// The range of a URL's password.
fn password(url: &str) -> Option<std::ops::Range<usize>> {
    let start = url.find("://")? + 3;
    let rest = &url[start..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    // A password with an unescaped `@` or `/` is a mistake; what follows the last `@` is the host all the same.
    let user_end = authority.rfind('@').or_else(|| rest.rfind('@'))?;
    let colon = rest[..user_end].find(':')?;
    Some(start + colon + 1..start + user_end)
}

/// Parameters of database URLs whose values are not secret, in lower case. All others are masked: drivers have many, and
/// add more.
const HARMLESS: &[&str] = &[
    "appname",
    "application_name",
    "authmechanism",
    "authsource",
    "cache",
    "compressors",
    "connecttimeoutms",
    "dbname",
    "directconnection",
    "heartbeatfrequencyms",
    "host",
    "hostaddr",
    "immutable",
    "journal",
    "loadbalanced",
    "localthresholdms",
    "maxidletimems",
    "maxpoolsize",
    "maxstalenessseconds",
    "minpoolsize",
    "mode",
    "options",
    "port",
    "readconcernlevel",
    "readpreference",
    "replicaset",
    "retryreads",
    "retrywrites",
    "serverselectiontimeoutms",
    "sockettimeoutms",
    "srvmaxhosts",
    "srvservicename",
    "ssl",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "tls",
    "tlsallowinvalidcertificates",
    "tlsallowinvalidhostnames",
    "tlscafile",
    "tlscertificatekeyfile",
    "tlsinsecure",
    "user",
    "uuidrepresentation",
    "w",
    "waitqueuetimeoutms",
    "wtimeoutms",
];

/// Ranges of parameter values that may be secret. A name that is written with escapes is not one of the harmless ones.
fn secret_values(url: &str) -> Vec<std::ops::Range<usize>> {
    // A password may hold a question mark, by mistake.
    let from = password(url).map_or(0, |range| range.end);
    let Some(query) = url[from..].find('?') else {
        return Vec::new();
    };
    let mut values = Vec::new();
    let mut start = from + query + 1;
    for parameter in url[start..].split(['&', ';']) {
        let end = start + parameter.len();
        // A part without a name may be the rest of a secret that was not escaped.
        let value = parameter.find('=').map_or(start, |equals| start + equals + 1);
        let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let is_harmless = HARMLESS.contains(&name.as_str()) || name.starts_with("options[");
        if value < end && !is_harmless {
            values.push(value..end);
        }
        start = end + 1;
    }
    values
}

/// Whether a URL holds a password, or something else that may be secret.
pub(super) fn has_password(url: &str) -> bool {
    password(url).is_some_and(|range| !range.is_empty()) || !secret_values(url).is_empty()
}

/// A URL with its password and anything else that may be secret masked.
pub(super) fn masked(url: &str) -> String {
    let mut text = url.to_owned();
    // From the end, so that the earlier ranges stay valid.
    for range in password(url).into_iter().chain(secret_values(url)).rev() {
        text.replace_range(range, "***");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_shown() {
        let check = |text: &str, millis: Option<u64>| {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        };
        check("30s", Some(30_000));
        check("15m", Some(900_000));
        check("500ms", Some(500));
        check("30d", Some(2_592_000_000));
        for wrong in ["30", "s", "", "0s", "-1s", "1.5s", "1w", "99999999999999999999d", "3 s"] {
            check(wrong, None);
        }
        for text in ["30s", "15m", "1500ms", "30d", "36h"] {
            assert_eq!(duration(text).map(show_duration).as_deref(), Some(text));
        }
    }

    #[test]
    fn sizes_are_read_and_shown() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(bytes(text), expected, "{text}");
        check("8GiB", Some(8 << 30));
        check("8 GiB", Some(8 << 30));
        check("1_000", Some(1_000));
        check("0", None);
        check("8GB", None);
        check("99999999999TiB", None);
        assert_eq!((show_bytes(8 << 30), show_bytes(1_000)), ("8GiB".to_owned(), "1000".to_owned()));
    }

    #[test]
    fn networks_are_lists_of_addresses_and_ranges() {
        let check = |text: &str, expected: Option<usize>| {
            assert_eq!(networks(text).map(|networks| networks.len()), expected, "{text}");
        };
        check("", Some(0));
        check("10.0.0.0/8, ::1,127.0.0.1", Some(3));
        check("10.0.0.0/33", None);
        check("proxy", None);
    }

    #[test]
    fn passwords_are_found_and_masked() {
        let check = |url: &str, expected: &str| {
            assert_eq!(masked(url), expected);
            assert_eq!(has_password(url), url != expected, "{url}");
        };
        check("postgres://impala:s3cret@db/impala", "postgres://impala:***@db/impala");
        check("postgres://impala:a@b@db/impala", "postgres://impala:***@db/impala");
        check("postgres://impala:a/b@db/impala", "postgres://impala:***@db/impala");
        check("postgres://impala@db/impala", "postgres://impala@db/impala");
        check("postgres://db:5432/impala", "postgres://db:5432/impala");
        check(
            "postgres://db/impala?user=x&password=y&sslmode=require",
            "postgres://db/impala?user=x&password=***&sslmode=require",
        );
        check(
            "postgres://db/impala?sslpassword=a&SSLMODE=require&password=b&password=c",
            "postgres://db/impala?sslpassword=***&SSLMODE=require&password=***&password=***",
        );
        check(
            "mongodb://db/?authMechanismProperties=AWS_SESSION_TOKEN:x&authSource=$external&tlsCertificateKeyFilePassword=y",
            "mongodb://db/?authMechanismProperties=***&authSource=$external&tlsCertificateKeyFilePassword=***",
        );
        check("postgres://db/impala?p%61ssword=x&=y&z", "postgres://db/impala?p%61ssword=***&=***&***");
        check("postgres://a:b?c@db/impala", "postgres://a:***@db/impala");
        check("mongodb://a:b@one,two/impala?replicaSet=rs", "mongodb://a:***@one,two/impala?replicaSet=rs");
        check("sqlite:///var/impala.db", "sqlite:///var/impala.db");
    }
}
