//! What is wrong with a file: the first five problems in full, the others counted.

use impala_core::number_format::group_thousands;
use impala_core::{FieldError, Invalid};

const MOST_SHOWN: usize = 5;

/// Longest value, in characters, that a message repeats.
const MOST_SHOWN_CHARS: usize = 60;

/// Problems in the order they were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    first: Vec<FieldError>,
    more: u64,
}

impl Problems {
    pub fn add(&mut self, problem: FieldError) {
        if self.first.len() < MOST_SHOWN {
            self.first.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub fn extend(&mut self, others: Self) {
        self.more += others.more;
        others.first.into_iter().for_each(|problem| self.add(problem));
    }

    /// All of them, `last` included, as the sender gets them.
    pub fn with(mut self, last: FieldError) -> Invalid {
        self.add(last);
        self.into_invalid()
    }

    /// All of them behind a summary.
    pub fn behind(self, summary: FieldError) -> Invalid {
        let mut invalid = self.into_invalid();
        invalid.errors.insert(0, summary);
        invalid
    }

    /// `Ok` when there are none.
    pub fn check(self) -> Result<(), Invalid> {
        if self.first.is_empty() { Ok(()) } else { Err(self.into_invalid()) }
    }

    fn into_invalid(self) -> Invalid {
        let mut errors = self.first;
        if self.more > 0 {
            errors.push(FieldError::more(self.more));
        }
        Invalid { errors }
    }
}

/// `48,113`.
pub(super) fn thousands(count: u64) -> String {
    group_thousands(&count.to_string())
}

/// `1 row`, `5 rows`.
pub(super) fn counted(count: u64, one: &str) -> String {
    format!("{} {one}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// A value as messages repeat it: on one line, and cut to a readable length.
pub(super) fn shown(value: &[u8]) -> String {
    // A character has at most 4 bytes, so what is cut off here is not shown anyway.
    let head = &value[..value.len().min(4 * MOST_SHOWN_CHARS + 4)];
    let text = String::from_utf8_lossy(head);
    let mut shown: String = text.chars().take(MOST_SHOWN_CHARS).flat_map(visible).collect();
    if text.chars().count() > MOST_SHOWN_CHARS {
        shown.push('…');
    }
    shown
}

/// Line breaks and control characters as escapes, so that a message stays one line and harmless to a terminal.
fn visible(c: char) -> impl Iterator<Item = char> {
    let escaped: Vec<char> = if c.is_control() { c.escape_default().collect() } else { vec![c] };
    escaped.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_problems_are_shown_and_the_others_counted() {
        let check = |count: usize, expected: &[&str]| {
            let mut problems = Problems::default();
            (0..count).for_each(|index| problems.add(FieldError::at("", index.to_string())));
            let errors = problems.check().err().map_or(Vec::new(), |invalid| invalid.errors);
            assert_eq!(errors.iter().map(|error| error.detail.as_str()).collect::<Vec<_>>(), expected);
        };
        check(0, &[]);
        check(5, &["0", "1", "2", "3", "4"]);
        check(1042, &["0", "1", "2", "3", "4", "and 1,037 more"]);
    }

    #[test]
    fn values_are_shown_short_and_on_one_line() {
        let check = |value: &str, expected: &str| assert_eq!(shown(value.as_bytes()), expected);
        check("N/A", "N/A");
        check("a\nb\0\u{1b}[2J", "a\\nb\\u{0}\\u{1b}[2J");
        check(&"ä".repeat(61), &format!("{}…", "ä".repeat(60)));
        check(&"ä".repeat(60), &"ä".repeat(60));
    }
}
