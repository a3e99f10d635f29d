//! What was said, to be read again when it is gone from the footer.

use std::collections::VecDeque;
use std::ops::Range;

use jiff::civil::Time;

use crate::look::Role;

/// Messages that are kept at most.
const MOST: usize = 100;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When, by the clock of this machine.
    pub at: Time,
    /// What it means.
    pub role: Role,
    /// The whole of it.
    pub text: String,
}

/// The latest messages. Each has a number, counted from 0 since the beginning, that stays its own when earlier ones are left out.
#[derive(Clone, Debug, Default)]
pub struct MessageLog {
    said: VecDeque<Said>,
    /// How many are left out, which is the number of the first one that is kept.
    left_out: usize,
}

impl MessageLog {
    /// Adds one; what is said several times in a row is kept once, with the latest time.
    pub fn push(&mut self, said: Said) {
        match self.said.back_mut() {
            Some(last) if (last.role, &last.text) == (said.role, &said.text) => last.at = said.at,
            _ => self.said.push_back(said),
        }
        if self.said.len() > MOST {
            self.said.pop_front();
            self.left_out += 1;
        }
    }

    /// The numbers of those that are kept.
    pub fn numbers(&self) -> Range<usize> {
        self.left_out..self.left_out + self.said.len()
    }

    /// The one of that number; `None` when it is left out, or there is none yet.
    pub fn get(&self, number: usize) -> Option<&Said> {
        self.said.get(number.checked_sub(self.left_out)?)
    }

    /// All that are kept, the latest last.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Said> {
        self.said.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hundred_are_kept_and_what_is_repeated_once() {
        let mut log = MessageLog::default();
        let said = |minute: i8, text: &str| Said {
            at: Time::constant(12, minute, 0, 0),
            role: Role::Warning,
            text: text.to_owned(),
        };
        log.push(said(1, "read-only"));
        log.push(said(2, "read-only"));
        assert_eq!((log.numbers(), log.get(0)), (0..1, Some(&said(2, "read-only"))));
        (0..MOST).for_each(|number| log.push(said(3, &number.to_string())));
        assert_eq!(log.numbers(), 1..MOST + 1);
        assert_eq!((log.get(0), log.get(MOST)), (None, Some(&said(3, "99"))));
    }
}
