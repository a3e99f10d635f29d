//! Content negotiation: the form of an answer that the client prefers, by `Accept`, RFC 9110.

use http::HeaderMap;
use http::header::{ACCEPT, USER_AGENT};

/// Programs that people call from a terminal.
const TERMINALS: [&str; 4] = ["curl/", "Wget/", "HTTPie/", "xh/"];

/// Whether the program that asks is one that people call from a terminal.
pub fn is_terminal(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    TERMINALS.iter().any(|start| agent.starts_with(start))
}

/// The one of `offers` that `Accept` prefers; of equals the first. When it accepts none, the first: an answer in another
/// form is of more use than none.
pub fn choose<'a>(headers: &HeaderMap, offers: &[&'a str]) -> Option<&'a str> {
    let accepted: Vec<&str> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut best = (*offers.first()?, 0.0);
    for offer in offers {
        let weight = if accepted.is_empty() { 1.0 } else { weight(&accepted, offer) };
        if weight > best.1 {
            best = (offer, weight);
        }
    }
    Some(best.0)
}

/// The weight of the most specific range that covers `offer`.
fn weight(accepted: &[&str], offer: &str) -> f64 {
    let kind = offer.split('/').next().unwrap_or_default();
    let mut found = (0, 0.0);
    for range in accepted {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specificity = match name.as_str() {
            "*/*" => 1,
            name if name.strip_suffix("/*") == Some(kind) => 2,
            name if name == offer => 3,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        if specificity > found.0 {
            found = (specificity, weight);
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_best_liked_form_is_taken() {
        let check = |accept: Option<&'static str>, expected: &str| {
            let mut headers = HeaderMap::new();
            headers.extend(accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept))));
            assert_eq!(
                choose(&headers, &["application/json", "application/yaml"]),
                Some(expected),
                "{accept:?}"
            );
        };
        check(None, "application/json");
        check(Some("*/*"), "application/json");
        check(Some("application/yaml"), "application/yaml");
        check(Some("application/json;q=0.5, application/*"), "application/yaml");
        check(Some("application/yaml;q=0.1, application/json; q=0.9"), "application/json");
        check(Some("application/json;q=0, */*"), "application/yaml");
        check(Some("text/html"), "application/json");
    }
}
