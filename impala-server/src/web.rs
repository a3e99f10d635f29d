//! Templates of the pages: what the services answered, as HTML. Nothing here asks or decides anything.
//!
//! Whatever comes from people goes through [`maud`], which escapes it. No inline style or script: the policy of the pages
//! forbids both.

pub mod account;
pub mod block;
pub mod block_form;
pub mod canvas;
pub mod canvas_tools;
pub mod document;
pub mod frame;
pub mod history;
pub mod markdown;
pub mod parameters;
pub mod parts;
pub mod project;
pub mod projects;
pub mod shares;
pub mod source;
pub mod state;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Name of the field of a form that carries the token of its session.
pub const FORM_TOKEN: &str = "form_token";

/// What the frame of each page is made of.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Who has signed in.
    pub username: Option<String>,
    /// What their forms carry.
    pub form_token: String,
    /// `dark` or `light`, when they chose one.
    pub theme: Option<String>,
    /// Whether strangers may register.
    pub may_register: bool,
    /// When the page is made.
    pub now: Timestamp,
}

/// Characters that need no escape in an address.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Text as a part of an address.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, &PLAIN).to_string()
}

/// What the addresses of a canvas keep besides its parameters: the preview that it is seen through, the earlier revision.
pub type Kept = [(&'static str, String)];

/// What is kept and the parameters of a canvas as the query of an address, `?` included; empty when there are none.
pub fn query(kept: &Kept, given: &crate::service::data::Given) -> String {
    let kept = kept.iter().map(|(name, value)| format!("{name}={}", encode(value)));
    let given = given.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let given = given.map(|(name, value)| format!("param.{}={}", encode(name), encode(value)));
    let pairs: Vec<String> = kept.chain(given).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_any_text() {
        assert_eq!(encode("a b/ü?&#"), "a%20b%2F%C3%BC%3F%26%23");
        let given = [("kind".to_owned(), vec!["rain & sun".to_owned(), "fog".to_owned()])].into();
        assert_eq!(query(&[], &given), "?param.kind=rain%20%26%20sun&param.kind=fog");
        assert_eq!(query(&[("revision", "3".to_owned())], &Default::default()), "?revision=3");
        assert_eq!(query(&[], &Default::default()), "");
    }
}
