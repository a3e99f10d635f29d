//! Lines of the table with their keys, as footer, help and palette show them.

use super::{Binding, Key};

/// A line of the table with those of its keys that run it where someone is.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The line.
    pub binding: &'static Binding,
    pub(super) keys: Vec<Key>,
}

impl Shown {
    /// The keys, for people; empty when there are none.
    pub fn keys(&self) -> String {
        self.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    /// The first key, as short as the footer wants it.
    pub fn short_key(&self) -> String {
        short(&self.keys)
    }
}

pub(super) fn short(keys: &[Key]) -> String {
    let Some(key) = keys.first() else { return String::new() };
    match key.to_string().as_str() {
        "enter" => "⏎".to_owned(),
        other => other.to_owned(),
    }
}
